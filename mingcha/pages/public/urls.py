"""Addresses of the public pages."""

from __future__ import annotations

from django.urls import path

from mingcha.pages.public import case_views, guide_views, home

urlpatterns = [
    path("", home.home, name="public"),
    path("case/", case_views.find, name="public-find"),
    path("case/<str:ticket>/", case_views.case, name="public-case"),
    path("guides/", guide_views.guides, name="public-guides"),
    path("guides/<str:item_code>/", guide_views.guide, name="public-guide"),
]
