"""The numbers of a month 月度数字: satisfaction by agency and item, red cards, rectifications; nothing of any person.

Each rating counts in the month it was given, each change of an alert in the month it was recorded: so that whatever is
recorded late is published with the month in which it was, and nothing twice or never.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from mingcha.alerts.models import Alert, Change
from mingcha.alerts.transitions import OPENING
from mingcha.base import clock
from mingcha.casework.models import Matter
from mingcha.disclosure.hiding import total_visible, visible
from mingcha.intake.fact_models import FACTS
from mingcha.law.instants import instant

SATISFIED: Final = 3
"""From this level on a rating is 满意: 非常满意, 满意, 基本满意."""
_RATED: Final = ("case", "visit")
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


@dataclass
class Tally:
    """How many rated, and how many of them were satisfied."""

    count: int = 0
    satisfied: int = 0

    def add(self, count: int, satisfied: int) -> None:
        """More of both."""
        self.count += count
        self.satisfied += satisfied

    def told(self) -> dict[str, int]:
        """As it is published: the share in ten-thousandths."""
        return {
            "rated": self.count,
            "satisfied": self.satisfied,
            "share": self.satisfied * 10_000 // self.count,
        }


def satisfaction(span: Span, agencies: Collection[str]) -> dict[str, Any]:
    """By agency and item, small groups hidden: `hidden` agencies; `total` None where it would tell them."""
    by_item = _tallies(span, agencies)
    by_agency: dict[str, Tally] = defaultdict(Tally)
    for (agency, _), tally in by_item.items():
        by_agency[agency].add(tally.count, tally.satisfied)
    counts = {agency: tally.count for agency, tally in by_agency.items()}
    shown = visible(counts)
    items = {
        agency: visible({item: t.count for (of, item), t in by_item.items() if of == agency})
        for agency in shown
    }
    total = Tally(sum(counts.values()), sum(tally.satisfied for tally in by_agency.values()))
    return {
        "total": total.told() if total.count and total_visible(counts) else None,
        "agencies": [{"agency": agency, **by_agency[agency].told()} for agency in sorted(shown)],
        "items": [
            {"agency": agency, "item": item, **tally.told()}
            for (agency, item), tally in sorted(by_item.items())
            if item in items.get(agency, ())
        ],
        "hidden": len(counts) - len(shown),
    }


def _tallies(span: Span, agencies: Collection[str]) -> dict[tuple[str, str], Tally]:
    """(agency, item; "" where not said) -> tally, of ratings that somebody gave."""
    given = (
        _present("evaluations")
        .filter(kind__in=_RATED, level__isnull=False, case_no__isnull=False)
        .filter(submitted_at__gte=instant(span.first), submitted_at__lt=instant(span.after))
        .exclude(is_default=True)
    )
    found: dict[tuple[str, str], Tally] = defaultdict(Tally)
    waiting: list[tuple[str, int]] = []
    for case_no, level in given.values_list("case_no", "level").iterator(chunk_size=5_000):
        waiting.append((case_no, level))
        if len(waiting) == _AT_ONCE:
            _add(found, waiting, agencies)
            waiting = []
    _add(found, waiting, agencies)
    return found


def _add(
    found: dict[tuple[str, str], Tally], waiting: list[tuple[str, int]], agencies: Collection[str]
) -> None:
    """Ratings by what their case says: the agency and the item are the case's, whatever the rating names."""
    cases = _present("cases").filter(case_no__in={case_no for case_no, _ in waiting})
    places = {
        no: (agency, item) for no, agency, item in cases.values_list("case_no", "agency_code", "item_code")
    }
    for case_no, level in waiting:
        agency, item = places.get(case_no, ("", ""))
        if agency in agencies:
            found[(agency, item or "")].add(1, int(level >= SATISFIED))


def red_cards(span: Span, agencies: Collection[str]) -> list[dict[str, Any]]:
    """Agency -> red cards issued and withdrawn in the month, those with any."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: {"issued": 0, "withdrawn": 0})
    changes = _changes(span).filter(level=Alert.Level.RED)
    for name, kinds in (("issued", list(OPENING)), ("withdrawn", [Change.Kind.WITHDRAWN])):
        rows = (
            changes.filter(kind__in=kinds)
            .values_list("alert__agency_code")
            .annotate(Count("alert", distinct=True))
        )
        for agency, count in rows.order_by():
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
