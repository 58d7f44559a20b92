"""Addresses of the web service: one line a router."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from mingcha.api.app import api
from mingcha.api.submit import router as submit

api.add_router("/submit", submit)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", api.urls),
]
