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
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

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
        "nil": first.nil and not any(known),
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
    since = date.fromisoformat(source.schedule["since"])
    first = max(since, (now - LOOK_BACK).date())
    days = workdays.working_days(first, workdays.reporting_day(now))
    if not days:
        return []
    rows = answers(days, _arrivals(source, days[0]), now)
    held = FACTS["arrivals"]._default_manager.filter(
        source=source.code, seen_to=None, day__gte=day_number(days[0])
    )
    known = {row["day"]: tuple(row[name] for name in _COLUMNS) for row in held.values("day", *_COLUMNS)}
    return [
        {"source": source.code, **row} for row in rows if known.get(day_number(row["day"])) != _stored(row)
    ]


def _stored(row: dict[str, Any]) -> tuple[Any, ...]:
    """A row's values as the store holds them."""
    arrived = instant(row["arrived_at"])
    return (row["rows"], row["nil"], None if arrived == MISSING else arrived, row["reviewed_by"])


def _arrivals(source: Source, first: date) -> list[Arrival]:
    """What came in after the deadline before `first`, in order of time."""
    start = clock.aware(workdays.deadline(workdays.working_day_before(first)))
    counts = Q(received_at__gt=start) | Q(reviewed_at__gt=start)
    batches = Batch.objects.filter(counts, source=source).exclude(
        state__in=[Batch.State.WAITING, Batch.State.REFUSED]
    )
    found = [
        Arrival(
            clock.local(batch.reviewed_at or batch.received_at),
            received_rows(batch.counts) if batch.state == Batch.State.APPLIED else None,
            reviewed_by=batch.reviewed_by,
        )
        for batch in batches.only("received_at", "reviewed_at", "reviewed_by", "counts", "state").iterator()
    ]
    nils = NilReport.objects.filter(source=source, at__gt=start)
    found += [Arrival(clock.local(nil.at), 0, nil=True) for nil in nils]
    return sorted(found, key=lambda arrival: arrival.at)


def received_rows(counts: dict[str, dict[str, int]]) -> int:
    """Rows that a batch brought, by the counts of its tables."""
    return sum(table.get("received", 0) for table in counts.values())
