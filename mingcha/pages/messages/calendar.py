"""One's due cases as a calendar (iCalendar, RFC 5545): what is due when, by the open alerts one may see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from icalendar import Calendar, Event

from mingcha.accounts.address import address
from mingcha.accounts.models import Account, Role
from mingcha.accounts.places import places
from mingcha.accounts.policy import by_token, grants_in_force, scope
from mingcha.alerts.models import Alert, Watch
from mingcha.alerts.transitions import LIVE
from mingcha.base import clock
from mingcha.base.config import config
from mingcha.intake.fact_models import FACTS
from mingcha.notify import links
from mingcha.notify.dispatch import link_of

MOST: Final = 1_000
"""Entries; those due soonest."""
AHEAD: Final = timedelta(days=60)
BACK: Final = timedelta(days=30)
"""How long something overdue stays."""


@by_token
@require_GET
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar of whoever made the link; 404 for any other token."""
    account = links.owner_of(token, address(request))
    if account is None:
        raise Http404("没有这个日程,或地址已作废")
    alerts = _due(account)
    answer = HttpResponse(written(alerts, _watched(account, alerts)), "text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Disposition"] = 'inline; filename="mingcha.ics"'
    return answer


def _cases(account: Account) -> QuerySet[Any]:
    """The open rows of the cases that are one's own: an officer's those it handles, else those of the scope."""
    cases = scope(account, "cases.read").limit(
        FACTS["cases"]._default_manager.filter(seen_to=None, completed_at=None)
    )
    roles = {grant.role for grant in grants_in_force(account)}
    return cases.filter(officer_code=account.officer_code) if roles == {Role.OFFICER} else cases


def _due(account: Account) -> list[Alert]:
    """The open alerts that say when something is due."""
    alerts = scope(account, "alerts.read").limit(Alert.objects.filter(state__in=LIVE))
    if {grant.role for grant in grants_in_force(account)} == {Role.OFFICER}:
        alerts = alerts.filter(case_no__in=_cases(account).values("case_no"))
    return list(alerts.filter(due_at__gte=clock.local_now() - BACK).order_by("due_at", "id")[:MOST])


def _watched(account: Account, alerts: list[Alert]) -> list[Watch]:
    """Cases whose next moment lies ahead, without an alert as yet: a warning, or the end of a limit."""
    now = clock.local_now()
    soon = Watch.objects.filter(unit="case", look_again_at__gte=now, look_again_at__lt=now + AHEAD)
    own = soon.filter(key__in=_cases(account).values("case_no"))
    return list(own.exclude(key__in=[alert.case_no for alert in alerts]).order_by("look_again_at")[:MOST])


def written(alerts: list[Alert], watched: list[Watch]) -> bytes:
    """The file. Texts are escaped by the library; the UID of an alert never changes, its sequence rises with every
    change."""
    made = Calendar()
    made.add("prodid", "-//Mingcha//CN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", f"{config().site_name}·应办结")
    made.add("x-published-ttl", "PT1H")
    for event in (*_events(alerts), *_looks(watched)):
        made.add_component(event)
    return bytes(made.to_ical())


def _events(alerts: list[Alert]) -> Iterator[Event]:
    trees = places()
    for alert in alerts:
        due = alert.due_at
        if due is None:
            continue
        event = Event()
        event.add("uid", f"alert-{alert.pk}@{_site()}")
        event.add("dtstamp", alert.changed_at)
        event.add("last-modified", alert.changed_at)
        event.add("sequence", alert.version)
        event.add("summary", f"{Alert.Level(alert.level).label}:{alert.case_no or alert.key} 应办结")
        event.add("description", f"{trees.agency_name(alert.agency_code)}\n{alert.reason}\n{alert.article}")
        event.add("dtstart", clock.aware(due) if isinstance(due, datetime) else due)
        event.add(
            "dtend", clock.aware(due) + timedelta(minutes=15) if isinstance(due, datetime) else _next(due)
        )
        event.add("transp", "TRANSPARENT")
        if config().site_url:
            event.add("url", link_of(f"/alerts/{alert.pk}/"))
        yield event


def _looks(watched: list[Watch]) -> Iterator[Event]:
    for watch in watched:
        event, at = Event(), watch.look_again_at
        when = at if isinstance(at, datetime) else datetime.combine(at, time())
        event.add("uid", f"case-{watch.key}@{_site()}")
        event.add("dtstamp", clock.now())
        event.add("summary", f"办件 {watch.key} 下一监察时点")
        event.add("description", "届时系统再次判定:到预警、应办结或停钟结束的时点")
        event.add("dtstart", clock.aware(when))
        event.add("dtend", clock.aware(when) + timedelta(minutes=15))
        event.add("transp", "TRANSPARENT")
        yield event


def _next(day: date) -> date:
    return day + timedelta(days=1)


def _site() -> str:
    return f"{config().region or 'local'}.mingcha"
