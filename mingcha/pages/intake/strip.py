"""The strip of reporting days of a source 报送日历: one cell a day, a shape and a word with each colour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate

from mingcha.base import clock
from mingcha.intake import workdays
from mingcha.intake.models import Batch, Source
from mingcha.law.instants import date_of, day_number, moment
from mingcha.pages.lookups import stored

STATES = {
    "in_time": ("●", "按时"),
    "nil": ("○", "零报送"),
    "late": ("◐", "迟报"),
    "silent": ("✕", "未报"),
    "due": ("…", "今日待报"),
    "got": ("●", "有报送"),
    "none": ("·", "无报送"),
    "off": ("", "休息日"),
}
"""State -> (sign, word)."""


@dataclass(frozen=True)
class Cell:
    """One day of a source."""

    day: date
    state: str
    note: str = ""

    @property
    def sign(self) -> str:
        """What stands in the cell."""
        return STATES[self.state][0]

    @property
    def said(self) -> str:
        """The cell in words."""
        return f"{self.day:%m-%d} {STATES[self.state][1]}{self.note}"


def strips(sources: Iterable[Source], days: int, now: datetime) -> dict[int, list[Cell]]:
    """The last days of each source, the newest last; source id -> cells."""
    found = list(sources)
    span = [now.date() - timedelta(days=back) for back in range(days - 1, -1, -1)]
    arrived = _arrivals([source.code for source in found], span[0])
    batches = _batches([source.pk for source in found], span[0])
    working = {day: workdays.works(day) for day in span}
    return {
        source.pk: [
            _cell(
                source,
                day,
                working[day],
                arrived.get((source.code, day)),
                batches.get((source.pk, day), 0),
                now,
            )
            for day in span
        ]
        for source in found
    }


def _cell(source: Source, day: date, works: bool, arrival: Any, batches: int, now: datetime) -> Cell:
    counted = f",{batches} 批" if batches else ""
    if not source.schedule.get("daily") or (day.isoformat() < source.schedule.get("since", "")):
        state = "got" if batches else "none" if works else "off"
        return Cell(day, state, counted)
    if not works:
        return Cell(day, "off", counted)
    if arrival is not None and arrival.exempt:
        return Cell(day, "none", counted)
    if arrival is None or arrival.arrived_at is None:
        past = now > workdays.deadline(day)
        return Cell(day, "silent" if past else "due", counted)
    at = moment(arrival.arrived_at)
    assert isinstance(at, datetime)
    if at > workdays.deadline(day):
        return Cell(day, "late", f",{at:%m-%d %H:%M} 到{counted}")
    return Cell(day, "nil" if arrival.nil else "in_time", f",{at:%m-%d %H:%M} 到{counted}")


def _arrivals(codes: list[str], first: date) -> dict[tuple[str, date], Any]:
    rows = stored("arrivals").filter(source__in=codes, day__gte=day_number(first))
    return {(row.source, date_of(row.day)): row for row in rows}


def _batches(sources: list[int], first: date) -> dict[tuple[int, date], int]:
    start = clock.aware(datetime.combine(first, datetime.min.time()))
    rows = (
        Batch.objects.filter(source__in=sources, received_at__gte=start)
        .annotate(day=TruncDate("received_at", tzinfo=clock.ZONE))
        .values("source", "day")
        .annotate(batches=Count("pk"))
    )
    return {(row["source"], row["day"]): row["batches"] for row in rows}
