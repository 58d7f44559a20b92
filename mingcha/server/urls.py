"""The table of addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from mingcha.accounts.policy import by_token, public
from mingcha.api import soap
from mingcha.base import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("mingcha.api.urls")),
    path("soap/report", soap.endpoint, name="soap"),
    path("healthz", public(health.healthz), name="healthz"),
    path("readyz", public(health.readyz), name="readyz"),
    path("metrics", by_token(health.prometheus), name="metrics"),
    path("", include("mingcha.pages.urls")),
]
