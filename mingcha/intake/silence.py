"""Silence supervised: who reported by 17:00 of each working day, as `arrivals` facts that the rules read.

    the report of day D arrived with the first batch (or 零报送) after the deadline before D, whenever that came

So a report of Monday 18:00 answers Monday late; one of Tuesday 16:30 after a silent Monday answers both, Monday late
and Tuesday in time. A day whose deadline has passed unanswered is written too, without arrival, so that its rule
(zhengzhou-12) fires at once. What waits for review arrives when it is admitted (审核后上报); what was refused never
did. A source that is switched off, or has no daily duty any more, is exempt 免报 from that day on, day by day, until it
has one again; days that were due before stay due.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import dropwhile
from typing import Any, Final

from django.db import transaction
from django.db.models import Sum

from mingcha.base import audit, clock
from mingcha.base.config import config
from mingcha.intake import workdays
from mingcha.intake.applying import write
from mingcha.intake.fact_models import FACTS
from mingcha.intake.models import Batch, Source
from mingcha.intake.way_models import NilReport
from mingcha.law.instants import MISSING, day_number, instant

EPOCH: Final = date(1970, 1, 1).toordinal()
LOOK_BACK: Final = timedelta(days=60)
"""Days unanswered for longer stay as they are."""
_COLUMNS: Final = ("rows", "nil", "arrived_at", "reviewed_by", "exempt", "agency_code", "region_code")


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
            rows.append(_unanswered(day))
    return rows


def _unanswered(day: date, *, exempt: bool = False) -> dict[str, Any]:
    return {
        "day": day,
        "rows": 0,
        "nil": False,
        "arrived_at": None,
        "reviewed_by": None,
        "exempt": exempt,
    }


def _answered(day: date, first: Arrival, counted: list[Arrival]) -> dict[str, Any]:
    known = [arrival.rows for arrival in counted if arrival.rows is not None]
    return {
        "day": day,
        "rows": sum(known) if known else None,
        "nil": first.nil and all(arrival.nil for arrival in counted),
        "arrived_at": first.at,
        "reviewed_by": first.reviewed_by or None,
        "exempt": False,
    }


def report_nil(source: Source, sent_by: str) -> NilReport:
    """Take a 零报送: there is nothing to report."""
    with transaction.atomic():
        report = NilReport.objects.create(source=source, at=clock.now(), sent_by=sent_by[:150])
        audit.record(sent_by or source.code, "source.nil", f"source:{source.code}")
    return report


def supervise(now: datetime) -> int:
    """Write what has changed in the `arrivals` of every source that is or was supervised by `now` (local); how many
    rows."""
    written, was = 0, set(FACTS["arrivals"]._default_manager.values_list("source", flat=True).distinct())
    for source in Source.objects.order_by("id"):
        if source.active and source.schedule.get("daily"):
            rows = _changed(source, now)
        else:
            rows = _exempt(source, now) if source.code in was else []
        if rows:
            with transaction.atomic():
                write({"arrivals": rows}, "silence")
            written += len(rows)
    return written


Known = dict[int, tuple[Any, ...]]
"""The rows of a source that are held, by the number of their day."""


def _changed(source: Source, now: datetime) -> list[dict[str, Any]]:
    """The rows of a source that the store does not hold as they are."""
    since = date.fromisoformat(
        source.schedule.get("since") or clock.local(source.created_at).date().isoformat()
    )
    first, present = max(since, (now - LOOK_BACK).date()), workdays.reporting_day(now)
    known = _known(source, first)
    days = workdays.working_days(first, present)
    days = [day for day in days if day == present or not _is_exempt(known.get(day_number(day)))]
    days = list(dropwhile(lambda day: _settled(known.get(day_number(day)), day, now), days))
    arrivals = [arrival for day in days for arrival in _arrivals(source, day, now)]
    return _differing(source, known, answers(days, arrivals, now))


def _exempt(source: Source, now: datetime) -> list[dict[str, Any]]:
    """Rows that excuse a source without a duty for the days of which nothing is said yet."""
    known = _known(source, (now - LOOK_BACK).date())
    last = date.fromordinal(EPOCH + max(known)) if known else now.date() - timedelta(days=1)
    days = workdays.working_days(last + timedelta(days=1), workdays.reporting_day(now))
    return _differing(source, known, [_unanswered(day, exempt=True) for day in days])


def _known(source: Source, first: date) -> Known:
    held = FACTS["arrivals"]._default_manager.filter(
        source=source.code, seen_to=None, day__gte=day_number(first)
    )
    return {row["day"]: tuple(row[name] for name in _COLUMNS) for row in held.values("day", *_COLUMNS)}


def _differing(source: Source, known: Known, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the rows, with where the source belongs, that are not held as they are."""
    place = {
        "agency_code": source.agency_code or None,
        "region_code": source.region_code or config().region or None,
    }
    whole = [{"source": source.code, **row, **place} for row in rows]
    return [row for row in whole if known.get(day_number(row["day"])) != _stored(row)]


def _is_exempt(known: tuple[Any, ...] | None) -> bool:
    return known is not None and bool(known[_COLUMNS.index("exempt")])


def _settled(known: tuple[Any, ...] | None, day: date, now: datetime) -> bool:
    """Whether a day was answered, with its rows, and lies a day back: it is not looked at again."""
    if known is None or now < workdays.deadline(day) + timedelta(days=1):
        return False
    rows, arrived_at = known[0], known[2]
    return rows is not None and arrived_at is not None


def _stored(row: dict[str, Any]) -> tuple[Any, ...]:
    """A row's values as the store holds them."""
    arrived = instant(row["arrived_at"])
    return tuple(
        (None if arrived == MISSING else arrived) if name == "arrived_at" else row[name] for name in _COLUMNS
    )


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
