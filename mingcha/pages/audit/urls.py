"""Addresses of 审计."""

from __future__ import annotations

from django.urls import path

from mingcha.pages.audit import views

urlpatterns = [
    path("", views.acts, name="audit"),
    path("<int:pk>/", views.act, name="audit-row"),
    path("verify/", views.verify, name="audit-verify"),
]
