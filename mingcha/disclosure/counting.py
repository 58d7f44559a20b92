"""The numbers of a month 月度数字: satisfaction by agency and item, red cards, rectifications; nothing of any person.

Each rating counts in the month it was given, each change of an alert in the month it was recorded: so that whatever is
recorded late is published with the month in which it was, and nothing twice or never.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from mingcha.accounts.policy import Scope
from mingcha.alerts.models import Alert, Change
from mingcha.alerts.transitions import OPENING
from mingcha.base import clock
from mingcha.casework.models import Matter
from mingcha.disclosure.hiding import total_visible, visible
from mingcha.evaluations import figures
from mingcha.evaluations.figures import Group, Period
from mingcha.intake.fact_models import FACTS
from mingcha.law.instants import instant

_AT_ONCE: Final = 500


@dataclass(frozen=True)
class Span:
    """A month of local time, half open."""

    month: str
    first: datetime
    after: datetime


def span_of(month: str) -> Span:
    """The month "2026-10". Raises ValueError."""
    year, number = map(int, month.split("-"))
    first = datetime(year, number, 1)
    return Span(month, first, datetime(first.year + first.month // 12, first.month % 12 + 1, 1))


def satisfaction(span: Span, agencies: Collection[str]) -> dict[str, Any]:
    """By agency and item, small groups hidden: `hidden` agencies; `total` None where it would tell them."""
    inside = _groups(span, agencies, "agency")
    counts = {group.key: group.rated for group in inside}
    shown = visible(counts)
    total = sum(group.content for group in inside)
    items = [
        {"agency": agency, "item": group.key, **_told(group.rated, group.content)}
        for agency in sorted(shown)
        for group in _visible(_groups(span, [agency], "item"))
    ]
    return {
        "total": _told(sum(counts.values()), total) if inside and total_visible(counts) else None,
        "agencies": [
            {"agency": group.key, **_told(group.rated, group.content)}
            for group in inside
            if group.key in shown
        ],
        "items": items,
        "hidden": len(counts) - len(shown),
    }


def _groups(span: Span, agencies: Collection[str], by: str) -> list[Group]:
    """Groups that anybody rated, by key; ratings of no agency or item are a group of their own."""
    period = Period(span.first.date(), span.after.date() - timedelta(days=1))
    found = figures.satisfaction(Scope(frozenset(), frozenset(agencies)), period, by)
    return sorted((group for group in found if group.rated), key=lambda group: group.key)


def _visible(groups: list[Group]) -> list[Group]:
    """The items of one agency that may be told beside their sum; what has no name is not told, but hides others."""
    shown = visible({group.key: group.rated for group in groups})
    return [group for group in groups if group.key and group.key in shown]


def _told(rated: int, content: int) -> dict[str, int]:
    """As it is published: the share in ten-thousandths."""
    return {"rated": rated, "satisfied": content, "share": content * 10_000 // rated}


def red_cards(span: Span, agencies: Collection[str]) -> list[dict[str, Any]]:
    """Agency -> red cards issued and withdrawn in the month, those with any. What is only proposed is no card: it may
    rise to red and go again without anybody having been given one."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: {"issued": 0, "withdrawn": 0})
    changes = _changes(span).filter(level=Alert.Level.RED)
    for name, rows in (
        ("issued", changes.filter(kind__in=OPENING).exclude(state=Alert.State.PROPOSED)),
        ("withdrawn", changes.filter(kind=Change.Kind.WITHDRAWN).exclude(state_before=Alert.State.PROPOSED)),
    ):
        counted = rows.values_list("alert__agency_code").annotate(Count("alert", distinct=True))
        for agency, count in counted.order_by():
            if agency in agencies:
                found[agency][name] = count
    return [{"agency": agency, **counts} for agency, counts in sorted(found.items())]


def rectifications(span: Span, agencies: Collection[str]) -> list[dict[str, Any]]:
    """Agency -> rectifications demanded and struck off in the month, and bad reviews put right in it."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: {"demanded": 0, "accepted": 0, "reviews": 0})
    first, after = clock.aware(span.first), clock.aware(span.after)
    matters = Matter.objects.filter(kind="rectify")
    for name, rows in (
        ("demanded", matters.filter(opened_at__gte=first, opened_at__lt=after)),
        ("accepted", matters.filter(state="accepted", closed_at__gte=first, closed_at__lt=after)),
    ):
        for agency, count in rows.order_by().values_list("agency_code").annotate(Count("pk")):
            found[agency][name] = count
    for agency, count in _reviews(span).items():
        found[agency]["reviews"] = count
    return [{"agency": agency, **told} for agency, told in sorted(found.items()) if agency in agencies]


def _reviews(span: Span) -> Mapping[str, int]:
    """Agency -> bad reviews that were confirmed and put right in the month."""
    handled = _present("review_handling").filter(
        rectified_at__gte=instant(span.first), rectified_at__lt=instant(span.after)
    )
    numbers = list(handled.values_list("evaluation_no", flat=True))
    found: dict[str, int] = defaultdict(int)
    for i in range(0, len(numbers), _AT_ONCE):
        rated = _present("evaluations").filter(evaluation_no__in=numbers[i : i + _AT_ONCE])
        for agency in rated.values_list("agency_code", flat=True):
            found[agency or ""] += 1
    return found


def verdicts(span: Span) -> dict[str, int]:
    """How many changes of alerts of each kind the month recorded, over everything: what the month's digest covers."""
    rows = _changes(span).order_by().values_list("kind").annotate(Count("pk"))
    counts = dict(rows)
    return {kind: counts.get(kind, 0) for kind in Change.Kind.values}


def _changes(span: Span) -> QuerySet[Change]:
    inside = Q(recorded_at__gte=clock.aware(span.first), recorded_at__lt=clock.aware(span.after))
    return Change.objects.filter(inside)


def _present(table: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = FACTS[table]._default_manager.filter(seen_to=None).exclude(withdrawn=True)
    return rows
