"""Addresses of 办件."""

from django.urls import path

from mingcha.pages.cases.person import forget, person
from mingcha.pages.cases.views import case, cases, clocks, look

urlpatterns = [
    path("cases/", cases, name="cases"),
    path("cases/person/", person, name="case-person"),
    path("cases/person/forget/", forget, name="case-person-forget"),
    path("cases/clocks/<path:case_no>/", clocks, name="case-clocks"),
    path("cases/look/<path:case_no>/", look, name="case-look"),
    path("cases/of/<path:case_no>/", case, name="case"),
]
