"""Addresses of the web service: one line a router."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from mingcha.api.app import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", api.urls),
]
