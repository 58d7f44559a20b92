"""The duty roster, month by month, and the log of a day."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mingcha.accounts.acts import RefusedError, by
from mingcha.accounts.models import Account, Grant, Role
from mingcha.accounts.policy import grants_in_force, may, needs
from mingcha.alerts.law import law_in_force
from mingcha.base import clock
from mingcha.casework import duty
from mingcha.casework.duty_models import Duty, LogEntry
from mingcha.law.instants import day_number
from mingcha.pages.casework.forms import done
from mingcha.pages.casework.table import people


@dataclass(frozen=True)
class Cell:
    """One day of the month: who is on duty, how many entries its log has."""

    day: date
    inside: bool
    works: bool
    today: bool
    duties: list[Duty]
    entries: int


def _duties(request: HttpRequest) -> QuerySet[Duty]:
    rows = Duty.objects.filter(ended_at=None).select_related("account")
    return request.scope.limit(rows, agency=None)  # type: ignore[attr-defined, no-any-return]


def _entries(request: HttpRequest) -> QuerySet[LogEntry]:
    return request.scope.limit(LogEntry.objects.all(), agency=None)  # type: ignore[attr-defined, no-any-return]


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return clock.local_now().date().replace(day=1)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return clock.local_now().date()


@needs("casework.duty")
@require_GET
def roster(request: HttpRequest) -> HttpResponse:
    """值守表."""
    first = _month(request.GET.get("month", ""))
    weeks = months.Calendar().monthdatescalendar(first.year, first.month)
    low, high = weeks[0][0], weeks[-1][-1]
    duties: dict[date, list[Duty]] = {}
    for each in _duties(request).filter(day__gte=low, day__lte=high).order_by("day", "pk"):
        duties.setdefault(each.day, []).append(each)
    logged: dict[date, int] = {}
    for day in _entries(request).filter(day__gte=low, day__lte=high).values_list("day", flat=True):
        logged[day] = logged.get(day, 0) + 1
    _, calendar = law_in_force()
    today = clock.local_now().date()
    context: dict[str, Any] = {
        "month": first,
        "before": first - timedelta(days=1),
        "after": high + timedelta(days=1) if high.month == first.month else high,
        "weeks": [
            [
                Cell(
                    day, day.month == first.month, calendar.is_working(0, day_number(day)), day == today,
                    duties.get(day, []), logged.get(day, 0),
                )
                for day in week
            ]
            for week in weeks
        ],
        "candidates": _candidates(request),
        "today": today,
        "law": duty.LAW,
        "weekdays": "一二三四五六日",
    }  # fmt: skip
    return render(request, "casework/roster.html", context)


def _candidates(request: HttpRequest) -> list[Account]:
    """The supervisors of the regions in scope."""
    grants = Grant.objects.filter(role=Role.SUPERVISOR, ended_at=None, account__is_active=True)
    scope = request.scope  # type: ignore[attr-defined]
    found = {g.account for g in grants.select_related("account") if scope.holds(g.region_code, g.agency_code)}
    return sorted(found, key=lambda account: account.username)


def _own_region(request: HttpRequest) -> str:
    """The region whose watch the person keeps."""
    held = [grant for grant in grants_in_force(request.user) if grant.role == Role.SUPERVISOR]
    return held[0].region_code if held else ""


@needs("casework.duty")
@require_POST
def put(request: HttpRequest) -> HttpResponse:
    """Put somebody on duty."""

    def run() -> None:
        chosen = {str(account.pk): account for account in _candidates(request)}
        account = chosen.get(request.POST.get("account", ""))
        if account is None:
            raise RefusedError("请从列表中选择值守人。")
        first = _day(request.POST.get("day", ""))
        duty.put(
            first, _day(request.POST.get("last") or str(first)), account, _own_region(request), by(request)
        )

    done(request, "排班", run, "已排班")
    return redirect(f"/duty/?month={request.POST.get('day', '')[:7]}")


@needs("casework.duty")
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Take somebody off duty."""
    key = request.POST.get("duty", "")
    found = (
        _duties(request).filter(pk=int(key)).first()
        if key.isascii() and key.isdecimal() and len(key) < 19
        else None
    )

    def run() -> None:
        if found is None:
            raise RefusedError("没有这一班,或已被取消。")
        duty.end(found, by(request))

    done(request, "取消", run, "已取消这一班")
    return redirect(f"/duty/?month={found.day:%Y-%m}" if found else "/duty/")


@needs("casework.duty")
@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """值守日志 of a day."""
    day = _day(request.GET.get("day", ""))
    entries = list(_entries(request).filter(day=day).order_by("pk"))
    names = people({entry.author for entry in entries})
    for entry in entries:
        entry.author_name = names.get(entry.author, entry.author)  # type: ignore[attr-defined]
    context = {
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "entries": entries,
        "duties": list(_duties(request).filter(day=day).order_by("pk")),
        "writes": may(request.user, "casework.duty") and day <= clock.local_now().date(),
        "law": duty.LAW,
        "longest": duty.LONGEST,
    }
    return render(request, "casework/log.html", context)


@needs("casework.duty")
@require_POST
def write(request: HttpRequest) -> HttpResponse:
    """Write into the log."""
    day = _day(request.POST.get("day", ""))

    def run() -> None:
        text, handled = request.POST.get("text", ""), request.POST.get("handled", "")
        duty.write(day, _own_region(request), text, handled, by(request))

    done(request, "记录", run, "已记入日志")
    return redirect(f"/duty/log/?day={day}")
