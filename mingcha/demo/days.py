"""The demo city's own arithmetic of days, so that its truth does not rest on the clock that it checks.

It knows one array, the working days of the national calendar, and counts in it: a limit of n working days
from day S is due on the n-th working day after S; days off taken out by pauses move it on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingcha.demo.dice import Ints
from mingcha.law.calendar import Calendar, DayKind
from mingcha.law.instants import DAY, HOUR, MISSING, SECOND

UNITS = ("working_day", "natural_day", "month", "working_hour")
WORKING, NATURAL, MONTH, OFFICE_HOUR = range(4)

OPENS, LUNCH, AFTERNOON, CLOSES = 9 * HOUR, 12 * HOUR, 13 * HOUR, 17 * HOUR


@dataclass(frozen=True)
class WorkDays:
    """Working days as a running count and its inverse. Days are numbers since 1970-01-01."""

    working: NDArray[np.bool_]
    count: Ints
    nth: Ints

    @classmethod
    def of(cls, calendar: Calendar) -> WorkDays:
        """The national layer of a calendar."""
        kinds = calendar.layers[0].kinds
        working = (kinds == DayKind.WORKING) | (kinds == DayKind.MAKEUP)
        return cls(working, np.cumsum(working, dtype=np.int64), np.flatnonzero(working).astype(np.int64))

    def used(self, first: Ints, last: Ints) -> Ints:
        """Working days after ``first`` up to ``last``."""
        return np.asarray(self.count[last] - self.count[first])

    def after(self, days: Ints, number: int | Ints) -> Ints:
        """The ``number``-th working day after each day (1: the next one)."""
        return np.asarray(self.nth[self.count[days] + number - 1])

    def on_or_after(self, days: Ints) -> Ints:
        """Each day itself if it is a working day, else the next one."""
        return np.asarray(self.nth[self.count[days - 1]])

    def due(self, start: Ints, limit: Ints, unit: Ints) -> Ints:
        """The due day of each limit in days or months, nothing paused (民法典 201-203)."""
        due = np.where(limit > 0, self.after(start, np.maximum(limit, 1)), self.on_or_after(start))
        natural = self.on_or_after(start + limit)
        months = self.on_or_after(_months_later(start, np.where(unit == MONTH, limit, 0)))
        return np.select([unit == NATURAL, unit == MONTH], [natural, months], due)

    def office_due(self, start: Ints, hours: Ints) -> Ints:
        """The instant at which so many office hours (9-12, 13-17 of working days) after an instant are
        used up."""
        day = start // DAY
        begun = np.where(self.working[day], _office_time(start % DAY), 0)
        total = (self.count[day - 1] * 7) * HOUR + begun + hours * HOUR
        whole, rest = np.divmod(total - 1, 7 * HOUR)
        rest += 1
        return self.nth[whole] * DAY + np.where(rest <= 3 * HOUR, OPENS + rest, AFTERNOON + rest - 3 * HOUR)


def _office_time(time: Ints) -> Ints:
    """Office time of a working day gone by at a time of day."""
    return np.asarray(
        np.clip(time - OPENS, 0, LUNCH - OPENS) + np.clip(time - AFTERNOON, 0, CLOSES - AFTERNOON)
    )


def _months_later(days: Ints, months: Ints) -> Ints:
    """The same day of a later month, or its last day."""
    start = days.astype("datetime64[D]")
    month = start.astype("datetime64[M]")
    first = (month + months).astype("datetime64[D]")
    last = (month + months + 1).astype("datetime64[D]") - 1
    same = first + (start - month.astype("datetime64[D]"))
    return np.asarray(np.minimum(same, last), dtype=np.int64)


def instant_texts(instants: Ints) -> list[str]:
    """2026-03-01T09:00:00."""
    return np.datetime_as_string((instants // SECOND).astype("datetime64[s]")).tolist()  # type: ignore[no-any-return]


def midnight_after(days: Ints) -> Ints:
    """00:00 of the day after each day: when an overrun of a limit in days begins."""
    return np.asarray((days + 1) * DAY)


def no_instants(count: int) -> Ints:
    """So many missing instants."""
    return np.full(count, MISSING, dtype=np.int64)


def shifted(instants: Ints, by: int | Ints) -> Ints:
    """Instants moved by microseconds; missing ones stay missing."""
    return np.where(instants == MISSING, MISSING, instants + np.where(instants == MISSING, 0, by))
