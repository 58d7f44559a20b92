"""The closed form: due moment, first day with so much left, and the moment when so much more has been used.

For a gap [a, p) between pauses, with `off` taken off before it, the due moment is the first settled position
from max(at(used(S) + off + limit), a) on, where that lies before p. No day is ever walked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from mingcha.law.instants import Bools, Days
from mingcha.law.pauses import Columns, Gap, gaps
from mingcha.law.rulers import Lookup, Positions, Ruler, midnight_after

NO_DAY: Final = 1 << 30


@dataclass
class WarningDay:
    """The first day with `left <= n` of each clock, NO_DAY where a pause without an end stands before it."""

    n: int
    first: Days
    hangs_on: Days
    """The last day whose kind that day hangs on, or where there is none, that there is none."""

    @classmethod
    def none(cls, n: int, course: Course) -> WarningDay:
        """No day found yet."""
        first = np.full(len(course.begin), NO_DAY, dtype=np.int64)
        return cls(n, first, first if course.ruler.counts_working_days else np.zeros_like(first))

    def offer(self, days: Days, hangs_on: Days, fits: Bools, asked: Bools) -> None:
        """Days of one gap for the first clocks: where they fit, and where the gap had any day to ask for."""
        if self.hangs_on is not self.first:
            waiting = asked & (self.first[: len(days)] == NO_DAY)
            np.copyto(self.hangs_on[: len(days)], hangs_on, where=waiting)
        _keep_first(self.first, days, fits, NO_DAY)


@dataclass(frozen=True)
class Course:
    """Clocks of one ruler from where they begin, their pauses by column, and the calendar they look up."""

    ruler: Ruler
    lookup: Lookup
    begin: Positions
    spent: Positions
    """What the ruler has counted up to the beginning."""
    pauses: Columns
    count_today: bool


def run_down(course: Course, limit: Positions, left: Sequence[int]) -> tuple[Positions, list[WarningDay]]:
    """Due position of each clock (`never` where an open pause stands before it) and its warning days."""
    ruler = course.ruler
    found = np.full_like(course.begin, ruler.never)
    warnings = [WarningDay.none(n, course) for n in left]
    target = course.spent + limit
    for gap in gaps(ruler, course.begin, course.pauses):
        size = len(gap.begin)
        aim = target[:size] + gap.off
        due = ruler.settle(np.maximum(ruler.at(aim), gap.begin))
        if gap.pause is None:
            found = due
        else:
            _keep_first(found, due, (due < gap.pause) & (gap.begin < ruler.never), ruler.never)
            if not ruler.in_days:  # several gaps may share a day; one after the due moment does not move it
                due = np.minimum(due, found[:size])
        for warning in warnings:
            _warn(course, gap, aim, due, warning)
    return found, warnings


def warn_before(course: Course, due: Positions, left: Sequence[int]) -> list[WarningDay]:
    """Warning days before a due moment that is given and that no pause moves."""
    warnings = [WarningDay.none(n, course) for n in left]
    begin = course.ruler.day(course.begin)
    for warning in warnings:
        warning.first = np.maximum(_left_day(course, _count(course, due), warning.n), begin)
        warning.hangs_on = np.maximum(course.ruler.day(due), warning.first)
    return warnings


def reach(ruler: Ruler, begin: Positions, amount: Positions, held: Columns) -> Positions:
    """The first position by which `amount` more has been used since `begin`, pauses not counted."""
    found = np.full_like(begin, ruler.never)
    target = ruler.used(begin) + amount
    for gap in gaps(ruler, begin, held):
        size = len(gap.begin)
        position = ruler.at(target[:size] + gap.off)
        if gap.pause is None:
            found = position
        else:
            _keep_first(found, position, (position <= gap.pause) & (gap.begin < ruler.never), ruler.never)
    return np.where(begin < ruler.never, found, ruler.never)


def _keep_first(found: Positions, offered: Positions, fits: Bools, never: int) -> None:
    """Keep what an earlier gap found: each gap offers later positions than those before it.

    Written without a masked copy, which costs several times as much on masks without a pattern.
    """
    kept = found[: len(offered)]
    np.minimum(kept, np.maximum(offered, np.multiply(~fits, never, dtype=found.dtype)), out=kept)


def _count(course: Course, positions: Positions) -> Days:
    """C of the day of each position."""
    return course.lookup.of(course.lookup.tables.count, course.ruler.day(positions))


def _left_day(course: Course, last: Days, n: int) -> Days:
    """The first day d with C(due day) - C(d) <= n; with today counted, with C(due day) - C(d - 1) <= n."""
    day = course.lookup.of(course.lookup.tables.nth, last - n)
    return day + 1 if course.count_today else day


def _warn(course: Course, gap: Gap, aim: Positions, due: Positions, warning: WarningDay) -> None:
    """Offer the first day of the gap with `left <= n`, with the pauses as they stood on it.

    No level begins on a day at whose end, and at whose eve's end, the clock is paused.
    """
    ruler = course.ruler
    last = aim if ruler.counts_working_days else _count(course, due)
    day = np.maximum(_left_day(course, last, warning.n), ruler.day(gap.begin))
    hangs_on = day if ruler.counts_working_days else np.maximum(ruler.day(due), day)
    if gap.pause is None or gap.last_end is None:
        warning.first, warning.hangs_on = day, hangs_on
        return
    end = ruler.day(gap.pause)
    if ruler.in_days:  # a level may still begin on the day the pause starts, unless one ends on it
        end = end + (gap.last_end < end)
    asked = (gap.begin < ruler.never) & (ruler.day(gap.begin) < end)
    warning.offer(day, hangs_on, asked & (day < end), asked)
    if not ruler.in_days:
        _warn_as_pause_starts(course, gap, aim, due, warning)


def _warn_as_pause_starts(
    course: Course, gap: Gap, aim: Positions, due: Positions, warning: WarningDay
) -> None:
    """To the second: the day on which the next pause starts and runs over midnight, as if it ended there."""
    ruler = course.ruler
    assert gap.pause is not None and gap.resume is not None and gap.last_end is not None  # noqa: S101
    day = ruler.day(gap.pause)
    midnight = midnight_after(day)
    start = np.maximum(gap.pause, gap.begin)
    resumed = np.maximum(ruler.at(aim + ruler.used(midnight) - ruler.used(start)), midnight)
    due = np.where(due < gap.pause, due, resumed)
    near = _left_day(course, _count(course, due), warning.n) <= day
    runs_on = (ruler.day(gap.resume) > day) & (day >= ruler.day(gap.begin)) & (ruler.day(gap.last_end) < day)
    asked = runs_on & (gap.begin < ruler.never) & (gap.pause < ruler.never)
    warning.offer(day, np.maximum(ruler.day(due), day), asked & near, asked)
