"""The reporting day 报送日: up to 17:00 of each working day, what arose on days off on the first working day after.

郑州市政务服务电子监察工作规则(试行)第十二条(三): 报送周期为每个工作日下午5:00。周末、节假日期间产生的办件数据,在上班
第一天同步报送。So the day D stands for what arose after 17:00 of the working day before D, up to 17:00 of D.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final

from mingcha.law.calendar import NATIONAL, Calendar, DayKind
from mingcha.law.instants import day_number
from mingcha.law.load import load_calendar

DEADLINE: Final = time(17)
_LONGEST: Final = 40
"""Days that no run of days off is longer than; beyond it the calendar is missing and week-days are taken."""

_provided: list[Callable[[], Calendar]] = []


def provide_calendar(calendar: Callable[[], Calendar]) -> None:
    """Take the calendar in force from who publishes calendars (`alerts.law`); before that, the shipped one."""
    _provided[:] = [calendar]


@cache
def _shipped() -> Calendar:
    return load_calendar()


def calendar_in_force() -> Calendar:
    """The calendar that reporting days are counted by."""
    return _provided[0]() if _provided else _shipped()


def works(day: date) -> bool:
    """Whether a day is a working day; where the calendar has no data yet, Monday to Friday."""
    calendar = calendar_in_force()
    info = calendar.day(calendar.layer(NATIONAL), day_number(day))
    return day.weekday() < 5 if info.kind is DayKind.UNKNOWN else info.kind.works


def reporting_day(moment: datetime) -> date:
    """The day in whose report something of this local moment belongs: the first whose deadline is not before it."""
    day = moment.date()
    if moment.time() > DEADLINE or not works(day):
        day = next_working_day(day)
    return day


def deadline(day: date) -> datetime:
    """Until when the report of a day is due, local."""
    return datetime.combine(day, DEADLINE)


def next_working_day(day: date) -> date:
    """The first working day after a day."""
    return next(candidate for candidate in _days_from(day, 1) if works(candidate))


def working_day_before(day: date) -> date:
    """The last working day before a day."""
    return next(candidate for candidate in _days_from(day, -1) if works(candidate))


def window_start(moment: datetime) -> datetime:
    """The last deadline before this local moment: what arose after it is reported in time by then."""
    return deadline(working_day_before(reporting_day(moment)))


def working_days(first: date, last: date) -> list[date]:
    """The working days from `first` to `last`, both included."""
    return [day for day in (first + timedelta(n) for n in range((last - first).days + 1)) if works(day)]


def _days_from(day: date, step: int) -> Iterator[date]:
    for count in range(1, _LONGEST):
        yield day + timedelta(step * count)
    raise LookupError(f"{day} 前后 {_LONGEST} 天内没有工作日;请核对工作日历")
