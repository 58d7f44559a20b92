"""What pages and the API ask about alerts: narrowed, sorted, counted, by day, ranked. Reads only.

Every function takes a queryset already cut to what the reader may see (`accounts.policy.scope(…).limit(…)`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, Value, When

from mingcha.alerts.counting import kept
from mingcha.alerts.models import Alert, Change, DayCount, Undetermined
from mingcha.alerts.transitions import IS_LIVE, LEVELS, LIVE, OPENING
from mingcha.base import clock

Alerts = QuerySet[Alert]

SEVERITY: Final = Case(
    *(When(level=level, then=Value(place)) for place, level in enumerate(LEVELS)),
    output_field=IntegerField(),
)
"""0 for none to 4 for red, to sort by."""

COLOURED: Final = (Alert.Level.WARNING, Alert.Level.YELLOW, Alert.Level.RED)
"""Levels that are counted day by day."""

SORTS: Final = {
    "severity": ("-severity", "-lawful_at", "-id"),
    "lawful_at": ("-lawful_at", "-id"),
    "due_at": ("due_at", "-id"),
    "next_at": ("next_at", "-id"),
    "changed_at": ("-changed_at", "-id"),
    "case_no": ("case_no", "-id"),
}


@dataclass(frozen=True)
class Filter:
    """What is asked for; what is empty asks for nothing. `text` is part of a case number, a key, or a reason."""

    levels: Sequence[str] = ()
    states: Sequence[str] = ()
    rules: Sequence[str] = ()
    regions: Sequence[str] = ()
    agencies: Sequence[str] = ()
    items: Sequence[str] = ()
    case_no: str = ""
    text: str = ""
    first: date | None = None
    last: date | None = None
    flag: str = ""
    live: bool | None = None


def narrowed(alerts: Alerts, asked: Filter) -> Alerts:
    """The alerts under every condition asked. Regions are prefixes; days are those of `lawful_at`, both included."""
    for column, values in (
        ("level", asked.levels), ("state", asked.states), ("rule", asked.rules),
        ("agency_code", asked.agencies), ("item_code", asked.items),
    ):  # fmt: skip
        if values:
            alerts = alerts.filter(**{f"{column}__in": list(values)})
    if asked.regions:
        alerts = alerts.filter(_any(Q(region_code__startswith=code) for code in asked.regions))
    if asked.case_no:
        alerts = alerts.filter(case_no=asked.case_no)
    if asked.text:
        alerts = alerts.filter(
            Q(case_no__startswith=asked.text) | Q(key__startswith=asked.text) | Q(reason__contains=asked.text)
        )
    if asked.first:
        alerts = alerts.filter(lawful_at__gte=datetime.combine(asked.first, datetime.min.time()))
    if asked.last:
        after = asked.last + timedelta(days=1)
        alerts = alerts.filter(lawful_at__lt=datetime.combine(after, datetime.min.time()))
    if asked.flag in ("abnormal", "manual", "lead", "provisional", "standing"):
        alerts = alerts.filter(**{asked.flag: True})
    if asked.live is not None:
        alerts = alerts.filter(IS_LIVE) if asked.live else alerts.exclude(state__in=LIVE)
    return alerts


REACHED: Final = "reached"
ENDED: Final = "ended"


def happened(alerts: Alerts, what: str, first: date | None, last: date | None) -> Alerts:
    """The alerts that reached a level (its name; `REACHED`: a warning or a card) or came to an end (`ENDED`) on these
    lawful days, both included: those that `DayCount` counts, whatever has become of them since."""
    changes = Change.objects.filter(_on(first, last))
    if what == ENDED:
        changes = changes.filter(state_before__in=LIVE).exclude(state__in=LIVE)
    else:
        levels = COLOURED if what == REACHED else (what,)
        changes = changes.filter(kind__in=OPENING, level__in=levels).exclude(state=Alert.State.PROPOSED)
    return alerts.filter(pk__in=changes.order_by().values("alert"))


def _on(first: date | None, last: date | None) -> Q:
    """Changes of these lawful days; one without a lawful moment is of the day it was recorded."""
    lawful, recorded = Q(), Q(lawful_at=None)
    if first:
        begin = datetime.combine(first, datetime.min.time())
        lawful &= Q(lawful_at__gte=begin)
        recorded &= Q(recorded_at__gte=clock.aware(begin))
    if last:
        after = datetime.combine(last + timedelta(days=1), datetime.min.time())
        lawful &= Q(lawful_at__lt=after)
        recorded &= Q(recorded_at__lt=clock.aware(after))
    return lawful | recorded if lawful else Q()


def _any(conditions: Iterable[Q]) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found


def ordered(alerts: Alerts, by: str = "severity") -> Alerts:
    """Sorted by one of `SORTS`, always the same order for equals."""
    return alerts.annotate(severity=SEVERITY).order_by(*SORTS[by])


def by_level(alerts: Alerts) -> dict[str, int]:
    """How many of each level, every level named."""
    found = dict(alerts.order_by().values_list("level").annotate(Count("id")))
    return {level.value: found.get(level.value, 0) for level in LEVELS}


def by_state(alerts: Alerts) -> dict[str, int]:
    """How many in each state, every state named."""
    found = dict(alerts.order_by().values_list("state").annotate(Count("id")))
    return {state.value: found.get(state.value, 0) for state in Alert.State}


@dataclass(frozen=True)
class Day:
    """The alerts of one lawful day at one level: how many were raised to it, how many ended."""

    day: date
    level: str
    raised: int
    ended: int


def trend(counts: QuerySet[DayCount], first: date, last: date) -> list[Day]:
    """Day by day and level by level, both days included; days without any are left out."""
    rows = (
        counts.filter(day__gte=first, day__lte=last)
        .order_by("day", "level")
        .values_list("day", "level")
        .annotate(Sum("raised"), Sum("ended"))
    )
    return [Day(*row) for row in rows]


def raised_between(counts: QuerySet[DayCount], first: date, last: date) -> dict[str, int]:
    """How many alerts reached each level on these lawful days."""
    rows = counts.filter(day__gte=first, day__lte=last).order_by().values_list("level")
    found = dict(rows.annotate(Sum("raised")))
    return {level.value: found.get(level.value, 0) for level in LEVELS}


@dataclass(frozen=True)
class Ranked:
    """One region, agency, rule or item with the alerts of its own."""

    code: str
    warning: int
    yellow: int
    red: int
    all: int


RANKS: Final = ("region_code", "agency_code", "rule", "item_code")


def ranking(alerts: Alerts, by: str, most: int = 20) -> list[Ranked]:
    """The codes of one of `RANKS` with the most red cards, then yellow cards, then warnings."""
    if by not in RANKS:
        raise ValueError(f"不能按 {by} 排名;可用:{'、'.join(RANKS)}")
    return kept(alerts, f"ranking/{by}/{most}", lambda: _ranking(alerts, by, most))


def _ranking(alerts: Alerts, by: str, most: int) -> list[Ranked]:
    counted: dict[str, Any] = {
        level: Count("id", filter=Q(level=level)) for level in ("warning", "yellow", "red")
    }
    rows = alerts.exclude(**{by: ""}).order_by().values(by).annotate(**counted, all=Count("id"))
    ranked = rows.order_by("-red", "-yellow", "-warning", by)[:most]
    return [Ranked(row[by], row["warning"], row["yellow"], row["red"], row["all"]) for row in ranked]


def undetermined_by(rows: QuerySet[Undetermined], by: str = "cause") -> dict[str, int]:
    """How many verdicts could not be reached, by cause, item, agency or rule: what has to be chased."""
    open_rows = rows.filter(settled_at__isnull=True)
    return dict(open_rows.order_by().values_list(by).annotate(Count("id")))
