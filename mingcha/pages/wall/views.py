"""The wall screen, and the page where its addresses are kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from mingcha.accounts.acts import by
from mingcha.accounts.policy import Scope, by_token, needs
from mingcha.base import clock
from mingcha.pages.live.table import by_mark, prepare
from mingcha.pages.lookups import trees
from mingcha.pages.models import Wall
from mingcha.pages.overview import numbers
from mingcha.pages.overview.views import chart_of
from mingcha.pages.wall import tokens

LATEST = 9
"""Signals that stand on the screen."""


@by_token
@require_GET
def wall(request: HttpRequest, token: str) -> HttpResponse:
    """The screen; `?part=numbers` is what refreshes itself."""
    found = tokens.find(token)
    if found is None:
        raise Http404("没有这个大屏地址,或它已停用")
    scope, now = tokens.scope_of(found), clock.local_now()
    context = {"wall": found, "now": now, "token": token, **_numbers(scope, found.region_code, now)}
    part = request.GET.get("part") == "numbers"
    answer = render(request, "wall/numbers.html" if part else "wall/wall.html", context)
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _numbers(scope: Scope, region: str, now: datetime) -> dict[str, Any]:
    open_alerts, day = numbers.open_alerts(scope), now.date()
    marks = by_mark(open_alerts)
    trend = numbers.trend(scope, day)
    issued = open_alerts.filter(level__in=numbers.LEVELS)
    return {
        "compared": numbers.compared(scope, day),
        "open": [(level, marks.get(level, 0)) for level in numbers.LEVELS],
        "parts": numbers.parts(scope, region)[:12],
        "agencies": numbers.ranking(scope, "agency_code", 8),
        "latest": prepare(list(issued.order_by("-lawful_at", "-id")[:LATEST])),
        "chart": chart_of(trend, drills=False),
        "week": numbers.received(scope, day - timedelta(days=6), day),
    }


@needs("walls.manage")
@require_GET
def walls(request: HttpRequest) -> HttpResponse:
    """Addresses of wall screens."""
    return render(request, "wall/walls.html", _listed(request))


def _listed(request: HttpRequest) -> dict[str, Any]:
    known, scope = trees(), request.scope  # type: ignore[attr-defined]
    rows = scope.limit(Wall.objects.order_by("ended_at", "-made_at"), agency=None)
    offered = [
        (code, region.name) for code, region in sorted(known.regions.items()) if scope.holds(code, None)
    ]
    return {
        "walls": [(row, known.region_name(row.region_code) or "全部") for row in rows],
        "regions": offered,
        "everything": scope.everything,
    }


@needs("walls.manage")
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Make an address; it is shown this once."""
    name, region = request.POST.get("name", "").strip(), request.POST.get("region", "")
    scope: Scope = request.scope  # type: ignore[attr-defined]
    allowed = scope.everything if not region else region in trees().regions and scope.holds(region, None)
    if not name or len(name) > 60 or not allowed:
        messages.error(request, "请写明大屏的名称(不超过 60 个字),并选择您管辖范围内的区划")
        return redirect("walls")
    _, token = tokens.make(name, region, by(request))
    address = request.build_absolute_uri(reverse("wall", args=[token]))
    return render(request, "wall/walls.html", {**_listed(request), "address": address})


@needs("walls.manage")
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an address."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = get_object_or_404(scope.limit(Wall.objects.all(), agency=None), pk=pk)
    tokens.end(found, by(request))
    messages.success(request, f"大屏“{found.name}”已停用")
    return redirect("walls")
