"""The table of addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("mingcha.api.urls")),
    path("", include("mingcha.pages.urls")),
]
