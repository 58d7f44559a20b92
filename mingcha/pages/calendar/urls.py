"""Addresses of 日历."""

from __future__ import annotations

from django.urls import path

from mingcha.pages.calendar import views

urlpatterns = [
    path("", views.calendar, name="calendar"),
    path("<int:year>/", views.calendar, name="calendar-year"),
]
