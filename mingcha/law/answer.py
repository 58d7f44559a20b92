"""From positions to moments: what a group of clocks that are counted alike answers, and how sure that is."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mingcha.law.calendar import LAST_DAY
from mingcha.law.clocks import Cause, Times
from mingcha.law.group import Group, amount
from mingcha.law.instants import DATE_ALONE, MINUTE, MISSING, Bools, Days, Instants, as_start, at_day
from mingcha.law.moments import NO_DAY, Course, WarningDay, reach, run_down, warn_before
from mingcha.law.pauses import Index, taken_off
from mingcha.law.rulers import NEVER, Positions, midnight_after
from mingcha.law.units import Unit


class Sureness:
    """What the calendar knows of the days between the start of each clock and some day.

    The starting day matters only where something is counted on it: a limit of 0, or office hours.
    Where one layer is sure of the whole span from the earliest start to the latest day, nothing is looked up.
    """

    def __init__(self, group: Group) -> None:
        self._lookup = group.lookup
        begin = group.ruler.day(group.begin)
        runs_at_once = group.ruler.counts_by_calendar and not group.ruler.in_days
        if group.given is None:
            self._before = begin - ((group.limit == 0) | runs_at_once)
        else:
            self._before = np.minimum(begin, group.ruler.day(group.ruler.place_end(group.given)) - 1)
        self._earliest = int(self._before.min())
        self._outside = (begin < 0) | (begin > LAST_DAY)

    @cached_property
    def _unknown(self) -> Days:
        """Unknown days before the first that matters; -1 where the start lies outside the calendar."""
        count = self._lookup.of(self._lookup.tables.unknown, self._before)
        return np.where(self._outside, -1, count)

    @cached_property
    def _provisional(self) -> Days:
        """Provisional days before the first that matters."""
        return self._lookup.of(self._lookup.tables.provisional, self._before)

    def lost(self, day: Days) -> Bools:
        """A day without any data lies between the start and this day."""
        unknown = self._lookup.tables.unknown
        if self._lookup.constant(unknown, self._earliest, int(day.max())):
            return np.zeros(len(day), dtype=bool)
        return np.asarray(self._lookup.of(unknown, day) > self._unknown)

    def provisional(self, day: Days) -> Bools:
        """A provisional day lies between the start and this day."""
        provisional = self._lookup.tables.provisional
        if self._lookup.constant(provisional, self._earliest, int(day.max())):
            return np.zeros(len(day), dtype=bool)
        return np.asarray(self._lookup.of(provisional, day) > self._provisional)


def answer(group: Group, times: Times) -> None:
    """Write what the clocks of a group answer into their rows of `times`."""
    settings, ruler = group.bench.settings, group.ruler
    course = Course(ruler, group.lookup, group.begin, group.columns, settings.count_today)
    if group.given is None:
        due, warnings = run_down(course, amount(group.unit, group.limit, group.begin), settings.left)
    else:
        due = ruler.settle(ruler.place_end(group.given))
        warnings = warn_before(course, due, settings.left)
    sure = Sureness(group)
    lost = _write_due(group, due, sure, times)
    for warning, out, flags in zip(warnings, times.left_at, times.left_provisional, strict=True):
        lost |= _write_left(group, warning, sure, out, flags)
    for late, out, flags in zip(settings.late, times.late_at, times.late_provisional, strict=True):
        lost |= _write_late(group, due, late, sure, out, flags)
    lost |= _write_overrun(group, due, sure, times)
    until = group.until()
    _write_elapsed(group, until, sure, times)
    _write_cause(group, due, until, lost, sure, times)


def _write_due(group: Group, due: Positions, sure: Sureness, times: Times) -> Bools:
    """The due moment; returns where a missing calendar hides it."""
    day = group.ruler.day(due)
    stands = due < group.ruler.never
    lost = _lost(group, stands, day, sure)
    if group.closes:
        instants = _closing(group, due)
    else:
        instants = at_day(due) | DATE_ALONE if group.ruler.in_days else due
    _write(group, instants, stands & ~lost, day, sure, times.due, times.due_provisional)
    return lost


def _write_overrun(group: Group, due: Positions, sure: Sureness, times: Times) -> Bools:
    """The overrun moment; returns where a missing calendar hides it."""
    ruler, by_date = group.ruler, group.ruler.in_days and not group.closes
    day = ruler.day(due)
    if ruler.in_days and group.bench.settings.overrun == "working_days":
        day = due = reach(ruler, due, np.ones_like(due), group.columns)
        instants, by_date = at_day(due), True
    elif group.closes:
        instants = _closing(group, due)
    else:
        instants = midnight_after(due) if ruler.in_days else due
    stands = due < ruler.never
    lost = _lost(group, stands, day, sure)
    known = stands & ~lost
    _write(group, _from_start(group, instants), known, day, sure, times.overrun_at, times.overrun_provisional)
    times.by_date[group.rows] = by_date
    return lost


def _write_late(
    group: Group, due: Positions, late: tuple[int, Unit], sure: Sureness, out: Instants, flags: Bools
) -> Bools:
    """When the clock is so many units past its due day; returns where a missing calendar hides it."""
    count, unit = late
    ruler, columns = group.on(unit)
    if group.ruler.in_days and not ruler.in_days:
        begin = np.where(due < group.ruler.never, midnight_after(due), ruler.never)
    elif ruler.in_days and not group.ruler.in_days:
        begin = group.ruler.day(due)
    else:
        begin = due
    units = np.full(len(due), count, dtype=np.int64)
    position = reach(ruler, begin, amount(unit, units, begin), columns)
    stands = position < ruler.never
    needs = np.maximum(ruler.day(position), group.ruler.day(due))
    lost = stands & sure.lost(needs) if ruler.needs_calendar else _lost(group, stands, needs, sure)
    instants = at_day(position) if ruler.in_days else position
    _write(group, _from_start(group, instants), stands & ~lost, ruler.day(position), sure, out, flags)
    return lost


def _write_left(group: Group, warning: WarningDay, sure: Sureness, out: Instants, flags: Bools) -> Bools:
    """The first day with so much left; returns where a missing calendar hides it."""
    begin = group.ruler.day(group.begin)
    stands = warning.first != NO_DAY
    if group.given is None:
        stands &= group.limit > 0
    if group.bench.settings.short_promise == "silent":
        stands &= warning.first != begin
    lost = stands & sure.lost(warning.hangs_on)
    known = stands & ~lost
    out[group.rows] = _where_known(np.maximum(at_day(warning.first), as_start(group.start)), known)
    _flag(flags, group.rows, known & sure.provisional(warning.first))
    return np.asarray(lost)


def _write_elapsed(group: Group, until: Positions, sure: Sureness, times: Times) -> None:
    """What has been used, and what pauses took off, by min(stop, as_of)."""
    ruler = group.ruler
    known = ~sure.lost(ruler.day(until)) if ruler.counts_by_calendar else np.ones(len(until), dtype=bool)
    elapsed = ruler.used(until) - ruler.used(group.begin)
    minutes = 1 if ruler.in_days else MINUTE
    if group.columns:
        off = taken_off(ruler, group.begin, until, group.columns)
        elapsed -= off
        times.paused[group.rows] = _where_known(off // minutes, known)
    else:
        times.paused[group.rows] = 0 if known.all() else np.where(known, 0, MISSING)
    times.elapsed[group.rows] = _where_known(elapsed if ruler.in_days else elapsed // minutes, known)


def _write_cause(
    group: Group, due: Positions, until: Positions, lost: Bools, sure: Sureness, times: Times
) -> None:
    """A pause left open by the stop before the due day; a day without data that the level at as_of needs."""
    ruler = group.ruler
    stands = due < ruler.never
    if lost.any() or not stands.all():
        until = ruler.day(until)
        eve = until.copy()  # of an open pause: what comes from there on is unknown for another reason
        for start, end in group.columns:
            opened = np.where(end >= ruler.never, ruler.day(start) - 1, until[: len(start)])
            np.minimum(eve[: len(start)], opened, out=eve[: len(start)])
        needed = (lost & sure.lost(until)) | (~stands & sure.lost(eve))
        times.cause[group.rows[needed]] = Cause.NO_CALENDAR
    if group.pauses is not None:
        open_from = group.pauses.open_from[group.rows]
        hanging = (open_from < NEVER) & ~(due < ruler.place(open_from))
        times.cause[group.rows[hanging]] = Cause.OPEN_PAUSE_AT_STOP


def _lost(group: Group, stands: Bools, day: Days, sure: Sureness) -> Bools:
    """Where a moment that stands hangs on a day without data."""
    return stands & sure.lost(day) if group.ruler.needs_calendar else np.zeros_like(stands)


def _write(
    group: Group, instants: Instants, known: Bools, day: Days, sure: Sureness, out: Instants, flags: Bools
) -> None:
    """One moment and whether it is provisional."""
    out[group.rows] = _where_known(instants, known)
    if group.ruler.needs_calendar:
        _flag(flags, group.rows, known & sure.provisional(day))


def _where_known(values: NDArray[Any], known: Bools) -> NDArray[Any]:
    """MISSING where not known; mostly all is, and then nothing is copied."""
    return values if known.all() else np.where(known, values, MISSING)


def _flag(flags: Bools, rows: Index, raised: Bools) -> None:
    """Raise flags, which are down at first; mostly none is raised."""
    if raised.any():
        flags[rows] = raised


def _from_start(group: Group, instants: Instants) -> Instants:
    """A given due day may lie before the start; no level begins before the clock does."""
    return instants if group.given is None else np.maximum(instants, as_start(group.start))


def _closing(group: Group, days: Days) -> Instants:
    """When the office closes on each day."""
    return group.bench.office_clock(group.lookup, group.hours).closing(days)
