"""The oracle: a walk day by day, or minute by minute, written from clock.md and from nothing else."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

import numpy as np

from mingcha.law.calendar import DayInfo
from mingcha.law.clock import Cause, ClockSettings
from mingcha.law.instants import day_number
from mingcha.law.load import load_calendar
from mingcha.law.units import Unit

ONE = timedelta(days=1)
MIN = timedelta(minutes=1)
HORIZON = 420
DAYS_OF_MINUTES = 60
OFFICE = (Unit.WORKING_HOUR, Unit.WORKING_MINUTE)
BLOCKS = ((540, 720), (780, 1020))
CALENDAR = load_calendar()


class LostError(Exception):
    """A day without data stands in the way."""


class NeverError(Exception):
    """A pause without an end stands in the way."""


@dataclass
class Case:
    """One clock in plain values; None is missing."""

    start: Any
    limit: int | None
    unit: Unit | None
    stop: Any = None
    pauses: list[tuple[Any, Any, int | None]] = field(default_factory=list)
    due: Any = None
    ends_with_stop: bool = False
    layer: int = 0


def day(value: datetime | date) -> date:
    return value.date() if isinstance(value, datetime) else value


def from_(value: datetime | date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def to(value: datetime | date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time(23, 59, 59))


def earlier(a: datetime | date, b: datetime | date) -> bool:
    if isinstance(a, datetime) and isinstance(b, datetime):
        return a < b
    return day(a) < day(b)


@cache
def known_day(layer: int, d: date) -> DayInfo:
    return CALENDAR.day(layer, day_number(d))


class Walk:
    """Walks one case; every method is a sentence of clock.md."""

    def __init__(self, case: Case, how: ClockSettings, as_of: datetime) -> None:
        self.case, self.how, self.as_of = case, how, as_of
        self.unit = case.unit if case.unit is not None else Unit.WORKING_DAY
        self.s = day(case.start) if case.start else None
        self.pauses: list[tuple[Any, Any]] = []
        self.hanging: Any = None
        self.seen: dict[Any, Any] = {}

    # calendar

    def info(self, d: date) -> Any:
        return known_day(self.case.layer, d)

    def works(self, d: date) -> bool:
        kind = self.info(d).kind
        if kind.name == "UNKNOWN":
            raise LostError
        return bool(kind.works)

    def sure(self, first: date, last: date) -> None:
        """Raise if a day after `first` up to `last` has no data."""
        d = first + ONE
        while d <= last:
            if self.info(d).kind.name == "UNKNOWN":
                raise LostError
            d += ONE

    def first_that_matters(self) -> date:
        """The start counts where the limit is 0, and where minutes of its own day are counted."""
        if self.case.due is not None:
            return min(self.s, day(self.case.due) - ONE)
        return self.s - ONE if self.case.limit == 0 or self.unit in OFFICE else self.s

    def provisional(self, d: date) -> bool:
        x = self.first_that_matters() + ONE
        while x <= d:
            if self.info(x).provisional:
                return True
            x += ONE
        return False

    # causes

    def cause(self) -> Cause:
        case = self.case
        if case.start is None:
            return Cause.NO_START
        if case.due is None and (case.limit is None or case.limit < 0):
            return Cause.NO_LIMIT
        if case.due is None and case.unit is None:
            return Cause.NO_UNIT
        if case.stop is not None and self.how.early_stop == "undetermined" and earlier(case.stop, case.start):
            return Cause.STOP_BEFORE_START
        for p, r, cap in case.pauses if case.due is None else []:
            if case.stop is None or not earlier(case.stop, p):
                self.pauses.append((p, self.end_of(p, r, cap)))
        backwards = any(r is not None and earlier(r, p) for p, r in self.pauses)
        return Cause.PAUSE_ENDS_BEFORE_START if backwards else Cause.OK

    def end_of(self, p: Any, r: Any, cap: int | None) -> Any:
        """Where a pause ends; remembers one left hanging by the stop."""
        end, stop = r, self.case.stop
        if cap is not None:
            capped = Walk(Case(p, cap, Unit.WORKING_DAY, layer=self.case.layer), plain(self.how), self.as_of)
            with suppress(LostError):
                end = min([capped.due_day(), *([r] if r else [])], key=to)
        if r is None and stop is not None and (end is None or earlier(stop, end)):
            if self.case.ends_with_stop:
                return stop
            self.hanging = p if self.hanging is None else min(self.hanging, p, key=from_)
        return end

    # days

    def paused_at_end_of(self, d: date) -> bool:
        return any(day(p) <= d and (r is None or d < day(r)) for p, r in self.pauses)

    def counts(self, d: date) -> bool:
        return self.works(d) if self.unit == Unit.WORKING_DAY else True

    def taken_off(self, d: date, pauses: list[tuple[Any, Any]]) -> bool:
        return any(day(p) < d and (r is None or d <= day(r)) for p, r in pauses)

    def limit_days(self) -> int:
        if self.unit != Unit.MONTH:
            return self.case.limit
        return (add_months(self.s, self.case.limit) - self.s).days

    def due_day(self, pauses: list[tuple[Any, Any]] | None = None) -> date:
        pauses = self.pauses if pauses is None else pauses
        elapsed, limit, d = 0, self.limit_days(), self.s
        for _ in range(HORIZON * 30):
            if any(day(p) <= d and r is None for p, r in pauses):
                raise NeverError
            if d > self.s or self.case.limit == 0:
                self.works(d)
            if d > self.s and self.counts(d) and not self.taken_off(d, pauses):
                elapsed += 1
            paused = any(day(p) <= d and (r is None or d < day(r)) for p, r in pauses)
            if elapsed >= limit and not paused and (self.how.due_day_off == "stays" or self.works(d)):
                return d
            d += ONE
        raise AssertionError("the walk has no end")

    def given_day(self) -> date:
        d = day(self.case.due)
        self.sure(self.first_that_matters(), d)
        while self.how.due_day_off == "moves" and not self.works(d):
            d += ONE
        return d

    def left_day(self, n: int) -> date:
        """First day with left <= n, with the pauses as they stood on it."""
        if self.case.limit == 0 and self.case.due is None:
            raise NeverError
        d = self.s
        for _ in range(HORIZON):
            if not (self.paused_at_end_of(d) and self.paused_at_end_of(d - ONE)):
                due = self.due_seen_on(d)
                x, left = d if self.how.count_today else d + ONE, 0
                while x <= due:
                    left += self.works(x) if x != d or x > self.s else self.info(x).kind.works
                    x += ONE
                if left <= n:
                    return d
            d += ONE
            if any(day(p) < d and r is None for p, r in self.pauses):
                raise NeverError
        raise AssertionError("the walk has no end")

    def left_day_of_working_limit(self, n: int) -> date:
        """limit - elapsed(d) <= n, which asks nothing of the days after d."""
        if self.case.limit == 0:
            raise NeverError
        d, elapsed = self.s, 0
        for _ in range(HORIZON):
            if d > self.s and self.works(d) and not self.taken_off(d, self.pauses):
                elapsed += 1
            today = self.info(d).kind.works if self.how.count_today else 0
            level = self.case.limit - elapsed + today <= n
            if level and not (self.paused_at_end_of(d) and self.paused_at_end_of(d - ONE)):
                return d
            d += ONE
            if any(day(p) < d and r is None for p, r in self.pauses):
                raise NeverError
        raise AssertionError("the walk has no end")

    def due_seen_on(self, d: date) -> date:
        if self.case.due is not None:
            return self.given_day() if self.unit.in_days else day(self.case.due)
        seen = []
        for p, r in self.pauses:
            if day(p) <= d:
                running = r is None or day(r) > d
                seen.append((p, (d if self.unit.in_days else midnight_after(d)) if running else r))
        if tuple(seen) not in self.seen:
            self.seen[tuple(seen)] = self.due_day(seen) if self.unit.in_days else day(self.due_instant(seen))
        return self.seen[tuple(seen)]

    # minutes

    def minutes(self, pauses: list[tuple[Any, Any]]) -> tuple[Any, Any]:
        """Minute by minute from the start: is it counted, is it paused."""
        begin = from_(self.case.start)
        days = DAYS_OF_MINUTES + (self.until().date() - self.s).days
        counted = np.array([self.runs(self.s + k * ONE) for k in range(days)]).ravel()
        counted = counted[begin.hour * 60 + begin.minute :]
        paused = np.zeros(len(counted), dtype=bool)
        for p, r in pauses:
            first = max((from_(p) - begin) // MIN, 0)
            last = len(counted) if r is None else max(-((begin - to(r)) // MIN), 0)
            paused[first:last] = True
        return counted, paused

    def runs(self, d: date) -> Any:
        """The minutes of a day that are counted, pauses aside."""
        if self.unit not in OFFICE:
            return np.ones(1440, dtype=bool)
        minute = np.arange(1440)
        open_ = sum(((opens <= minute) & (minute < closes)) for opens, closes in BLOCKS)
        return (open_ > 0) & self.info(d).kind.works

    def due_instant(self, pauses: list[tuple[Any, Any]] | None = None) -> datetime:
        pauses = self.pauses if pauses is None else pauses
        counted, paused = self.minutes(pauses)
        limit = self.case.limit * (60 if self.unit in (Unit.HOUR, Unit.WORKING_HOUR) else 1)
        elapsed = np.cumsum(counted & ~paused) - (counted & ~paused)
        reached = np.flatnonzero((elapsed >= limit) & ~paused)
        begin = from_(self.case.start)
        opened = [day(p) for p, r in pauses if r is None]
        if self.unit in OFFICE:
            last = [(begin + int(reached[0]) * MIN).date()] if len(reached) else opened
            self.sure(self.first_that_matters(), min(last, default=self.s + DAYS_OF_MINUTES * ONE))
        if not len(reached):
            assert opened, "the walk has no end"
            raise NeverError
        return begin + int(reached[0]) * MIN

    # what is asked of both

    def until(self) -> datetime:
        end = self.as_of if self.case.stop is None else min(to(self.case.stop), self.as_of)
        return max(end, from_(self.case.start))

    def used(self) -> tuple[int, int]:
        """Elapsed and paused by min(stop, as_of)."""
        elapsed = off = 0
        if self.unit in (Unit.WORKING_DAY, *OFFICE):
            self.sure(self.first_that_matters(), self.until().date())
        if self.unit.in_days:
            d = self.s + ONE
            while d <= self.until().date():
                counted = self.counts(d)
                taken = self.taken_off(d, self.pauses)
                elapsed, off = elapsed + (counted and not taken), off + (counted and taken)
                d += ONE
            return elapsed, off
        counted, paused = self.minutes(self.pauses)
        whole = (self.until() - from_(self.case.start)) // MIN
        return int((counted & ~paused)[:whole].sum()), int((counted & paused)[:whole].sum())


def add_months(d: date, months: int) -> date:
    year, month = divmod(d.year * 12 + d.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - ONE).day
    return date(year, month + 1, min(d.day, last))


def midnight_after(d: date) -> datetime:
    return datetime.combine(d + ONE, time())


def plain(how: ClockSettings) -> ClockSettings:
    return ClockSettings(due_day_off=how.due_day_off)
