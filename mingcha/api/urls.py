"""Addresses of the web service: one line a router."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path

from mingcha.accounts.policy import public
from mingcha.api import alerts, batches, cases, complaints, docs, hooks, law, ratings
from mingcha.api.app import api
from mingcha.api.problem import Refused, problem
from mingcha.api.submit import router as submit

for router in (
    alerts.router, cases.router, law.router, batches.router, hooks.router, ratings.router, complaints.router,
):  # fmt: skip
    api.add_router("", router)
api.add_router("/submit", submit)


@public
def unknown(request: HttpRequest) -> HttpResponse:
    """An address that is none."""
    return problem(request, Refused(404, "没有这个地址", "各个地址见 /api/v1/openapi.json"))


urlpatterns: list[URLPattern | URLResolver] = [
    path("docs", docs.docs, name="api-docs"),
    path("", api.urls),
    re_path(r"", unknown, name="api-unknown"),
]
