"""Addresses of the public pages."""

from __future__ import annotations

from django.urls import path

from mingcha.pages.public import again_views, case_views, complain_views, guide_views, home, open_views

urlpatterns = [
    path("", home.home, name="public"),
    path("case/", case_views.find, name="public-find"),
    path("case/<str:ticket>/", case_views.case, name="public-case"),
    path("case/<str:ticket>/rate/", again_views.rate, name="public-rate"),
    path("case/<str:ticket>/appeal/", again_views.appeal, name="public-appeal"),
    path("guides/", guide_views.guides, name="public-guides"),
    path("guides/<str:item_code>/", guide_views.guide, name="public-guide"),
    path("complain/", complain_views.complain, name="public-complain"),
    path("complaint/", complain_views.receipt, name="public-receipt"),
    path("open/", open_views.months, name="public-open"),
    path("open/answers/", open_views.answers, name="public-answers"),
    path("open/<str:month>/", open_views.month, name="public-month"),
    path("open/<str:month>/<str:part>/", open_views.part, name="public-month-part"),
]
