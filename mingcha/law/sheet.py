"""One clock, day by day (时限表): what the terminal prints, what a verdict explains, what the picture draws.

The moments come from `clock.run`; so does the count of every day, asked by stopping the same clock on each.
Nothing is counted here a second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

import numpy as np

from mingcha.law.calendar import Calendar, DayInfo, DayKind
from mingcha.law.clock import Cause, Clocks, ClockSettings, Times, run
from mingcha.law.instants import MISSING, Instants, day_number, instant, moment
from mingcha.law.office import DEFAULT_OFFICE, OfficeHours
from mingcha.law.units import NO_UNIT, Unit

Moment = datetime | date
ONE_DAY: Final = timedelta(days=1)
LONGEST: Final = 3_000
"""A sheet shows at most so many days."""
AFTER: Final = 2
"""Days shown after the last thing that happens."""


class Mark(StrEnum):
    """What happens on a day."""

    WARN = "warn"
    DUE = "due"
    OVERRUN = "overrun"
    STOP = "stop"
    TODAY = "today"


class State(StrEnum):
    """Why a day is counted or not."""

    START = "start"
    """The starting day, not counted (民法典 第二百零一条)."""
    COUNTED = "counted"
    OFF = "off"
    PAUSED = "paused"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Pause:
    """A pause with a name for people. No end: it is open; `cap` working days: then it ends at the latest."""

    start: Moment
    end: Moment | None = None
    name: str = "暂停"
    cap: int | None = None


@dataclass(frozen=True)
class Question:
    """What a clock is asked: its facts, its calendar and how it is read."""

    calendar: Calendar
    start: Moment
    limit: int | None
    unit: Unit | None
    as_of: Moment
    stop: Moment | None = None
    pauses: tuple[Pause, ...] = ()
    layer: int = 0
    due: Moment | None = None
    ends_with_stop: bool = False
    office: OfficeHours = DEFAULT_OFFICE
    settings: ClockSettings = ClockSettings(left=(2,))


@dataclass(frozen=True)
class SheetDay:
    """One day of the sheet."""

    info: DayInfo
    state: State
    total: int | None
    """Used by the end of the day: days, or minutes for limits in hours and minutes; None where unknown."""
    used: int
    """How much of that fell on this day."""
    pause: str = ""
    """Name of the pause that covers the day."""
    marks: tuple[Mark, ...] = ()

    @property
    def day(self) -> date:
        """The date."""
        return self.info.day


@dataclass(frozen=True)
class Sheet:
    """What a clock answers, and its days. Moments as in `Times`, None where unknown."""

    question: Question
    due: Moment | None
    warnings: dict[int, Moment | None]
    """By threshold n: when `left <= n` begins."""
    overrun: Moment | None
    late: dict[tuple[int, Unit], Moment | None]
    elapsed: int | None
    paused: int | None
    provisional: bool
    """The due moment rests on a provisional day."""
    cause: Cause
    days: tuple[SheetDay, ...]

    def left(self, day: date) -> int | None:
        """Working days after `day` up to the due day, pauses as they stood on it; None while unknown."""
        asked = self.question
        seen = tuple(_as_seen_on(asked, pause, day) for pause in asked.pauses if _day(pause.start) <= day)
        due = moment(int(_ask(replace(asked, pauses=seen, stop=None), [None]).due[0]))
        if due is None:
            return None
        first = day_number(day) + (0 if asked.settings.count_today else 1)
        return sum(
            asked.calendar.is_working(asked.layer, each) for each in range(first, day_number(_day(due)) + 1)
        )


def clock(
    start: Moment,
    limit: int | None,
    unit: Unit | str | None = Unit.WORKING_DAY,
    *,
    as_of: Moment,
    calendar: Calendar,
    stop: Moment | None = None,
    pauses: Iterable[Pause | tuple[Moment, Moment | None, str]] = (),
    layer: int | str = 0,
    due: Moment | None = None,
    ends_with_stop: bool = False,
    office: OfficeHours = DEFAULT_OFFICE,
    settings: ClockSettings | None = None,
) -> Sheet:
    """The sheet of one clock. `layer` is an index or a code; without settings, warning is asked at left <= 2.

    Raises ValueError for an unknown unit or a time with an offset, KeyError for an unknown layer.
    """
    return draw(
        Question(
            calendar=calendar,
            start=start,
            limit=limit,
            unit=Unit.parse(unit) if isinstance(unit, str) else unit,
            as_of=as_of,
            stop=stop,
            pauses=tuple(pause if isinstance(pause, Pause) else Pause(*pause) for pause in pauses),
            layer=layer if isinstance(layer, int) else calendar.layer(layer),
            due=due,
            ends_with_stop=ends_with_stop,
            office=office,
            settings=settings or ClockSettings(left=(2,)),
        )
    )


def draw(asked: Question) -> Sheet:
    """The answer of one clock and its days."""
    times = _ask(asked, [asked.stop])
    settings = asked.settings
    sheet = Sheet(
        question=asked,
        due=moment(int(times.due[0])),
        warnings={n: moment(int(at[0])) for n, at in zip(settings.left, times.left_at, strict=True)},
        overrun=moment(int(times.overrun_at[0])),
        late={late: moment(int(at[0])) for late, at in zip(settings.late, times.late_at, strict=True)},
        elapsed=_number(times.elapsed[0]),
        paused=_number(times.paused[0]),
        provisional=bool(times.due_provisional[0]),
        cause=Cause(int(times.cause[0])),
        days=(),
    )
    return replace(sheet, days=tuple(_days(sheet)))


def _ask(asked: Question, stops: list[Moment | None]) -> Times:
    """The same clock, stopped at each of some moments."""
    count, pauses = len(stops), asked.pauses * len(stops)
    caps = [MISSING if pause.cap is None else pause.cap for pause in pauses]
    clocks = Clocks(
        start=_column([asked.start] * count),
        limit=_column([asked.limit] * count),
        unit=np.full(count, NO_UNIT if asked.unit is None else asked.unit, dtype=np.int8),
        stop=_column(stops),
        layer=asked.layer,
        due=_column([asked.due] * count),
        ends_with_stop=np.full(count, asked.ends_with_stop),
        pause_offsets=np.arange(count + 1) * len(asked.pauses),
        pause_start=_column([pause.start for pause in pauses]),
        pause_end=_column([pause.end for pause in pauses]),
        pause_cap=np.array(caps, dtype=np.int64),
        office=(asked.office,),
    )
    return run(asked.calendar, clocks, asked.settings, instant(asked.as_of))


def _days(sheet: Sheet) -> Iterator[SheetDay]:
    """Every day from the start to a little after the last thing that happens."""
    asked = sheet.question
    first = _day(asked.start)
    days = [first + n * ONE_DAY for n in range(min((_last_day(sheet) - first).days + 1, LONGEST))]
    totals = _totals(asked, days)
    covers = [(_day(pause.start), _end_day(asked, pause), pause.name) for pause in asked.pauses]
    before = 0
    for day, total in zip(days, totals, strict=True):
        info = asked.calendar.day(asked.layer, day_number(day))
        name = next((name for start, end, name in covers if start < day <= end), "")
        used = 0 if total is None else total - before
        before = before if total is None else total
        state = _state(asked, info, name, total, used)
        yield SheetDay(info, state, total, used, name, tuple(_marks(sheet, day)))


def _totals(asked: Question, days: list[date]) -> list[int | None]:
    """What is used by the end of each day, if the clock runs on as it stands."""
    in_days = asked.unit is None or asked.unit.in_days
    ends: list[Moment] = [day if in_days else datetime.combine(day + ONE_DAY, time()) for day in days]
    stop = asked.stop
    stops: list[Moment | None] = [end if stop is None or _day(end) <= _day(stop) else stop for end in ends]
    counted = replace(
        asked,
        limit=asked.limit if asked.limit is not None and asked.limit >= 0 else 0,
        unit=asked.unit if asked.unit is not None else Unit.WORKING_DAY,
        as_of=days[-1] + ONE_DAY,
        settings=replace(asked.settings, left=(), late=(), early_stop="in_time"),
    )
    return [_number(value) for value in _ask(counted, stops).elapsed]


def _last_day(sheet: Sheet) -> date:
    """The last thing that happens, and a few days."""
    asked = sheet.question
    ends = [asked.start, sheet.due, sheet.overrun, asked.stop, *sheet.warnings.values(), *sheet.late.values()]
    if sheet.due is None:
        ends += [asked.as_of, *(pause.start for pause in asked.pauses)]
    return max(_day(end) for end in ends if end is not None) + AFTER * ONE_DAY


def _state(asked: Question, info: DayInfo, pause: str, total: int | None, used: int) -> State:
    """Why a day is counted or not; the first reason that applies."""
    stopped = asked.stop is not None and info.day > _day(asked.stop)
    reasons = [
        (stopped, State.STOPPED),
        (used > 0, State.COUNTED),
        (info.day == _day(asked.start), State.START),
        (info.kind == DayKind.UNKNOWN or total is None, State.UNKNOWN),
        (pause != "", State.PAUSED),
    ]
    return next((state for applies, state in reasons if applies), State.OFF)


def _marks(sheet: Sheet, day: date) -> Iterator[Mark]:
    """What happens on a day."""
    if any(at is not None and _day(at) == day for at in sheet.warnings.values()):
        yield Mark.WARN
    named = ((sheet.due, Mark.DUE), (sheet.overrun, Mark.OVERRUN), (sheet.question.stop, Mark.STOP))
    for at, mark in (*named, (sheet.question.as_of, Mark.TODAY)):
        if at is not None and _day(at) == day:
            yield mark


def _end_day(asked: Question, pause: Pause) -> date:
    """The day on which a pause ends: its own end, its cap, the stop that ends it, or never."""
    ends = [date.max if pause.end is None else _day(pause.end)]
    if pause.cap is not None:
        capped = replace(
            asked, start=pause.start, limit=pause.cap, unit=Unit.WORKING_DAY, pauses=(), due=None
        )
        cap = moment(int(_ask(capped, [None]).due[0]))
        ends += [] if cap is None else [_day(cap)]
    if asked.ends_with_stop and asked.stop is not None:
        ends.append(_day(asked.stop))
    return min(ends)


def _as_seen_on(asked: Question, pause: Pause, day: date) -> Pause:
    """A pause as it stood on a day: one that is running then ended on it."""
    if pause.end is not None and _day(pause.end) <= day:
        return pause
    in_days = asked.unit is None or asked.unit.in_days
    return replace(pause, end=day if in_days else datetime.combine(day + ONE_DAY, time()))


def _column(values: list[Moment | None] | list[int | None] | list[Moment]) -> Instants:
    return np.array([instant(value) for value in values], dtype=np.int64)


def _number(value: np.int64) -> int | None:
    return None if value == MISSING else int(value)


def _day(value: Moment) -> date:
    return value.date() if isinstance(value, datetime) else value
