"""Addresses of 实时监察."""

from django.urls import path

from mingcha.pages.live.views import batch, live

urlpatterns = [
    path("live/", live, name="live"),
    path("live/batch/", batch, name="live-batch"),
]
