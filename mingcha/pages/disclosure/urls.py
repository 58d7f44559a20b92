"""Addresses of 公示."""

from __future__ import annotations

from django.urls import path

from mingcha.pages.disclosure import views

urlpatterns = [
    path("", views.disclosure, name="disclosure"),
    path("switch/", views.switch, name="disclosure-switch"),
    path("preview/<str:part>/", views.preview, name="disclosure-preview"),
]
