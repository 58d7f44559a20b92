"""The table of addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from mingcha.api import soap

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("mingcha.api.urls")),
    path("soap/report", soap.endpoint, name="soap"),
    path("", include("mingcha.pages.urls")),
]
