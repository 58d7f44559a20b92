"""Addresses of 投诉线索."""

from __future__ import annotations

from django.urls import path

from mingcha.pages.complaints import views

urlpatterns = [
    path("", views.complaints, name="complaints"),
    path("new/", views.new, name="complaint-new"),
    path("<int:pk>/", views.complaint, name="complaint"),
    path("of/<int:matter>/", views.of_matter, name="complaint-of"),
    path("<int:pk>/act/", views.act, name="complaint-act"),
    path("<int:pk>/look/", views.look, name="complaint-look"),
    path("<int:pk>/place/", views.place_it, name="complaint-place"),
]
