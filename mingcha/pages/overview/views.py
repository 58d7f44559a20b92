"""总览."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from mingcha.accounts.models import Account
from mingcha.accounts.policy import Scope, may, needs
from mingcha.alerts.models import Alert
from mingcha.base import clock
from mingcha.base.config import config
from mingcha.pages.live.table import by_mark
from mingcha.pages.navigation import navigation
from mingcha.pages.overview import numbers


@needs("account.own")
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Where one begins: the overview, or for whom it is not the first page of one's navigation."""
    account = request.user
    if may(account, "overview.read"):
        return redirect("overview")
    assert isinstance(account, Account)
    first = next((link.url for section in navigation(account, "/") for link in section.links), None)
    return redirect(first or "profile")


@needs("overview.read")
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """总览."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    template = "overview/today.html" if request.GET.get("part") == "today" else "overview/overview.html"
    context = today(scope)
    drills = may(request.user, "alerts.read")
    if template.endswith("overview.html"):
        context |= rest(scope, drills=drills)
    return render(request, template, {**context, "may_drill": drills})


def today(scope: Scope) -> dict[str, Any]:
    """What is refreshed: today's numbers, and what is open."""
    now = clock.local_now()
    marks = by_mark(numbers.open_alerts(scope))
    return {
        "now": now,
        "today": now.date(),
        "compared": numbers.compared(scope, now.date()),
        "open": [(level, marks.get(level, 0)) for level in ("red", "yellow", "warning", "note")],
        "proposed": numbers.proposed(scope),
        "undetermined": numbers.undetermined(scope),
    }


def rest(scope: Scope, *, drills: bool) -> dict[str, Any]:
    """What is read once."""
    day = clock.local_now().date()
    trend, heat = numbers.trend(scope, day), numbers.heat(scope, day)
    return {
        "trend": trend,
        "chart": chart_of(trend, drills=drills),
        "regions": numbers.ranking(scope, "region_code"),
        "agencies": numbers.ranking(scope, "agency_code"),
        "parts": numbers.parts(scope, config().region),
        "heat": heat,
        "heat_rows": numbers.steps(heat),
    }


def chart_of(trend: numbers.Trend, *, drills: bool) -> dict[str, Any]:
    """The trend as the script of charts takes it: names of series by level, their values, where a day leads (if the
    list may be seen)."""
    days = trend.days if drills else []
    return {
        "kind": "stack",
        "labels": [f"{day:%m-%d}" for day in trend.days],
        "links": [f"/live/?state=all&event=reached&from={day}&to={day}" for day in days],
        "series": [
            {"mark": level, "name": Alert.Level(level).label, "values": list(counts)}
            for level, counts in trend.levels.items()
        ],
    }
