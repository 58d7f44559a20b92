"""Addresses of 组织机构."""

from __future__ import annotations

from django.urls import path

from mingcha.pages.organisation import views

urlpatterns = [
    path("", views.organisation, name="organisation"),
    path("region/new/", views.region, name="region-new"),
    path("region/<slug:code>/", views.organisation, name="organisation-region"),
    path("region/<slug:code>/edit/", views.region, name="region-edit"),
    path("agency/new/", views.agency, name="agency-new"),
    path("agency/<slug:code>/edit/", views.agency, name="agency-edit"),
]
