"""When a person may be disturbed: working hours 工作时间 of the calendar, and the moment of a digest."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from mingcha.law.calendar import Calendar, DayKind
from mingcha.law.instants import day_number
from mingcha.law.office import DEFAULT_OFFICE

FURTHEST: Final = 60
"""Days looked ahead; longer than any holiday."""
DIGEST_AT: Final = time(8, 30)


def in_working_hours(moment: datetime, calendar: Calendar, layer: int = 0) -> datetime:
    """The first moment from `moment` on (local wall time) in office hours, 09:00-12:00 and 13:00-17:00 of a working
    day. Where the calendar does not know a day, Monday to Friday are taken for working days."""
    for ahead in range(FURTHEST):
        midnight = datetime.combine(moment.date() + timedelta(days=ahead), time())
        if not _works(midnight, calendar, layer):
            continue
        for opens, closes in DEFAULT_OFFICE.blocks[0]:
            if moment < midnight + timedelta(minutes=closes):
                return max(moment, midnight + timedelta(minutes=opens))
    return moment


def next_digest(moment: datetime, at: time, calendar: Calendar, layer: int = 0) -> datetime:
    """The first `at` o'clock of a working day after `moment` (local wall time)."""
    for ahead in range(FURTHEST):
        midnight = datetime.combine(moment.date() + timedelta(days=ahead), time())
        when = datetime.combine(midnight.date(), at)
        if when > moment and _works(midnight, calendar, layer):
            return when
    return moment


def _works(day: datetime, calendar: Calendar, layer: int) -> bool:
    kind = calendar.day(layer, day_number(day.date())).kind
    return kind.works or (kind is DayKind.UNKNOWN and day.weekday() < 5)
