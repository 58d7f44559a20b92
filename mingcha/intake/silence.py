"""Silence supervised: who reported by 17:00 of each working day, as `arrivals` facts that the rules read.

    the report of day D arrived with the first batch (or 零报送) after the deadline before D, whenever that came

So a report of Monday 18:00 answers Monday late; one of Tuesday 16:30 after a silent Monday answers both, Monday late
and Tuesday in time. A day whose deadline has passed unanswered is written too, without arrival, so that its rule
(zhengzhou-12) fires at once. What waits for review arrives when it is admitted (审核后上报); what was refused never
did.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import dropwhile
from typing import Any, Final

from django.db import transaction
from django.db.models import Sum

from mingcha.base import audit, clock
from mingcha.intake import workdays
from mingcha.intake.applying import write
from mingcha.intake.fact_models import FACTS
from mingcha.intake.models import Batch, Source
from mingcha.intake.way_models import NilReport
from mingcha.law.instants import MISSING, day_number, instant

LOOK_BACK: Final = timedelta(days=60)
"""Days unanswered for longer stay as they are."""
_COLUMNS: Final = ("rows", "nil", "arrived_at", "reviewed_by")


@dataclass(frozen=True)
class Arrival:
    """One thing that came in: when (local), how many rows (None: not applied yet), whether it was a 零报送."""

    at: datetime
    rows: int | None
    nil: bool = False
    reviewed_by: str = ""


def answers(days: list[date], arrivals: list[Arrival], now: datetime) -> list[dict[str, Any]]:
    """The `arrivals` rows of working days (without `source`), by what arrived in order of time: a row for each day
    that is answered, or that should have been by `now`."""
    rows = []
    for day in days:
        start, due = workdays.deadline(workdays.working_day_before(day)), workdays.deadline(day)
        after = [arrival for arrival in arrivals if arrival.at > start]
        if after:
            counted = [arrival for arrival in after if arrival.at <= due] or after[:1]
            rows.append(_answered(day, after[0], counted))
        elif now > due:
            rows.append({"day": day, "rows": 0, "nil": False, "arrived_at": None, "reviewed_by": None})
    return rows


def _answered(day: date, first: Arrival, counted: list[Arrival]) -> dict[str, Any]:
    known = [arrival.rows for arrival in counted if arrival.rows is not None]
    return {
        "day": day,
        "rows": sum(known) if known else None,
        "nil": first.nil and all(arrival.nil for arrival in counted),
        "arrived_at": first.at,
        "reviewed_by": first.reviewed_by or None,
    }


def report_nil(source: Source, sent_by: str) -> NilReport:
    """Take a 零报送: there is nothing to report."""
    with transaction.atomic():
        report = NilReport.objects.create(source=source, at=clock.now(), sent_by=sent_by[:150])
        audit.record(sent_by or source.code, "source.nil", f"source:{source.code}")
    return report


def supervise(now: datetime) -> int:
    """Write what has changed in the `arrivals` of every supervised source by `now` (local); how many rows."""
    written = 0
    for source in Source.objects.filter(active=True, schedule__daily=True).order_by("id"):
        if rows := _changed(source, now):
            with transaction.atomic():
                write({"arrivals": rows}, "silence")
            written += len(rows)
    return written


def _changed(source: Source, now: datetime) -> list[dict[str, Any]]:
    """The rows of a source that the store does not hold as they are."""
    since = date.fromisoformat(
        source.schedule.get("since") or clock.local(source.created_at).date().isoformat()
    )
    first = max(since, (now - LOOK_BACK).date())
    held = FACTS["arrivals"]._default_manager.filter(
        source=source.code, seen_to=None, day__gte=day_number(first)
    )
    known = {row["day"]: tuple(row[name] for name in _COLUMNS) for row in held.values("day", *_COLUMNS)}
    days = workdays.working_days(first, workdays.reporting_day(now))
    days = list(dropwhile(lambda day: _settled(known.get(day_number(day)), day, now), days))
    arrivals = [arrival for day in days for arrival in _arrivals(source, day, now)]
    rows = answers(days, arrivals, now)
    return [
        {"source": source.code, **row} for row in rows if known.get(day_number(row["day"])) != _stored(row)
    ]


def _settled(known: tuple[Any, ...] | None, day: date, now: datetime) -> bool:
    """Whether a day was answered, with its rows, and lies a day back: it is not looked at again."""
    if known is None or now < workdays.deadline(day) + timedelta(days=1):
        return False
    rows, _, arrived_at, _ = known
    return rows is not None and arrived_at is not None


def _stored(row: dict[str, Any]) -> tuple[Any, ...]:
    """A row's values as the store holds them."""
    arrived = instant(row["arrived_at"])
    return (row["rows"], row["nil"], None if arrived == MISSING else arrived, row["reviewed_by"])


def _arrivals(source: Source, day: date, now: datetime) -> list[Arrival]:
    """What came in for a day, after the deadline before it and up to its own: all batches as one, and 零报送.

    The rows are counted once the deadline is over, so that a busy source is not written anew every minute.
    """
    due = workdays.deadline(day)
    span = (clock.aware(workdays.deadline(workdays.working_day_before(day))), clock.aware(due))
    batches = Batch.objects.filter(source=source).exclude(
        state__in=[Batch.State.WAITING, Batch.State.REFUSED]
    )
    direct = batches.filter(reviewed_at=None, received_at__gt=span[0], received_at__lte=span[1])
    reviewed = batches.filter(reviewed_at__gt=span[0], reviewed_at__lte=span[1])
    firsts = [
        (batch.reviewed_at or batch.received_at, batch.reviewed_by)
        for batch in (direct.order_by("received_at").first(), reviewed.order_by("reviewed_at").first())
        if batch is not None
    ]
    found = []
    if firsts:
        at, reviewed_by = min(firsts)
        sums = [part.aggregate(rows=Sum("quality__rows"))["rows"] for part in (direct, reviewed)]
        measured = [rows for rows in sums if rows is not None] if now > due else []
        found.append(Arrival(clock.local(at), sum(measured) if measured else None, reviewed_by=reviewed_by))
    nil = NilReport.objects.filter(source=source, at__gt=span[0], at__lte=span[1]).order_by("at").first()
    if nil is not None:
        found.append(Arrival(clock.local(nil.at), 0, nil=True))
    return sorted(found, key=lambda arrival: arrival.at)
