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
from mingcha.law.rulers import NEVER, Positions, Ruler, midnight_after
from mingcha.law.units import Unit


class Sureness:
    """What the calendar knows of the days between the start of each clock and some day.

    The starting day matters only where something is counted on it: a limit of 0, or office hours.
    Where one layer is sure of the whole span from the earliest start to the latest day, nothing is looked up.
    """

    def __init__(self, group: Group, latest: int) -> None:
        self._group = group
        self._lookup = group.lookup
        self._begin = group.ruler.day(group.begin)
        tables = group.lookup.tables
        earliest = int(self._begin.min()) - 1
        self._calm_until = -1
        if group.given is None and group.lookup.constant(
            (tables.unknown, tables.provisional), earliest, latest
        ):
            self._calm_until = latest
            self._nothing = np.zeros(len(self._begin), dtype=bool)

    @cached_property
    def _before(self) -> Days:
        """The day before the first that matters."""
        group = self._group
        if group.given is not None:
            day = group.ruler.day(group.ruler.place_end(group.given))
            return np.asarray(np.minimum(self._begin, day - 1))
        counts_at_once = group.ruler.counts_by_calendar and not group.ruler.in_days
        return np.asarray(self._begin - ((group.limit == 0) | counts_at_once))

    @cached_property
    def _unknown(self) -> Days:
        """Unknown days until then; -1 where the start lies outside the calendar."""
        count = self._lookup.of(self._lookup.tables.unknown, self._before)
        return np.where((self._begin < 0) | (self._begin > LAST_DAY), -1, count)

    @cached_property
    def _provisional(self) -> Days:
        """Provisional days until then."""
        return self._lookup.of(self._lookup.tables.provisional, self._before)

    def lost(self, day: Days) -> Bools:
        """A day without any data lies between the start and this day."""
        if self._is_calm(day):
            return self._nothing
        return np.asarray(self._lookup.of(self._lookup.tables.unknown, day) > self._unknown)

    def provisional(self, day: Days) -> Bools:
        """A provisional day lies between the start and this day."""
        if self._is_calm(day):
            return self._nothing
        return np.asarray(self._lookup.of(self._lookup.tables.provisional, day) > self._provisional)

    def _is_calm(self, day: Days) -> bool:
        return self._calm_until >= 0 and int(day.max()) <= self._calm_until


def answer(group: Group, times: Times) -> None:
    """Write what the clocks of a group answer into their rows of `times`."""
    settings, ruler = group.bench.settings, group.ruler
    spent = ruler.used(group.begin)
    course = Course(ruler, group.lookup, group.begin, spent, group.columns, settings.count_today)
    if group.given is None:
        due, warnings = run_down(course, amount(group.unit, group.limit, group.begin), settings.left)
    else:
        due = ruler.settle(ruler.place_end(group.given))
        warnings = warn_before(course, due, settings.left)
    until = group.until()
    sure = Sureness(group, int(max(ruler.day(due).max(), ruler.day(until).max())))
    lost = _write_due(group, due, sure, times)
    for warning, out, flags in zip(warnings, times.left_at, times.left_provisional, strict=True):
        lost |= _write_left(group, warning, sure, out, flags)
    for late, out, flags in zip(settings.late, times.late_at, times.late_provisional, strict=True):
        lost |= _write_late(group, due, late, sure, out, flags)
    lost |= _write_overrun(group, due, sure, times)
    _write_elapsed(group, spent, until, sure, times)
    _write_cause(group, due, until, lost, sure, times)


def _write_due(group: Group, due: Positions, sure: Sureness, times: Times) -> Bools:
    """The due moment; returns where a missing calendar hides it."""
    day = group.ruler.day(due)
    stands = due < group.ruler.never
    lost = _lost(group, stands, day, sure)
    if group.closes:
        instants = _closing(group, due)
    elif group.ruler.in_days:
        instants = at_day(due) | DATE_ALONE
    else:
        instants = due
    _write(group, instants, stands & ~lost, day, sure, times.due, times.due_provisional)
    return lost


def _write_overrun(group: Group, due: Positions, sure: Sureness, times: Times) -> Bools:
    """The overrun moment; returns where a missing calendar hides it."""
    ruler, by_date = group.ruler, group.ruler.in_days and not group.closes
    day, stands = ruler.day(due), due < ruler.never
    lost = _lost(group, stands, day, sure)
    if ruler.in_days and group.bench.settings.overrun == "working_days":
        day = reach(ruler, due, np.ones_like(due), group.columns)
        lost = _lost_on_the_way(group, stands, day, day, 0, sure)
        instants, stands, by_date = at_day(day), day < ruler.never, True
    elif group.closes:
        instants = _closing(group, due)
    else:
        instants = midnight_after(due) if ruler.in_days else due
    known = stands & ~lost
    _write(group, _from_start(group, instants), known, day, sure, times.overrun_at, times.overrun_provisional)
    times.by_date[group.rows] = by_date
    return lost


def _write_late(
    group: Group, due: Positions, late: tuple[int, Unit], sure: Sureness, out: Instants, flags: Bools
) -> Bools:
    """When a second clock of so many units, started on the due day, is overrun; returns where it is hidden.

    A limit to the second starts it at the due instant, hours behind a due day when that day is over.
    """
    count, unit = late
    ruler, columns = group.on(unit)
    stands = due < group.ruler.never
    if group.ruler.in_days and not ruler.in_days:
        begin = np.where(stands, midnight_after(due), ruler.never)
    else:
        begin = group.ruler.day(due) if ruler.in_days else due
    units = np.full(len(due), count, dtype=np.int64)
    second = Course(ruler, group.lookup, begin, ruler.used(begin), columns, count_today=False)
    end, _ = run_down(second, amount(unit, units, begin), ())
    day = np.maximum(ruler.day(end), group.ruler.day(due))
    found = stands & (end < ruler.never)
    lost = np.zeros_like(found)
    if ruler.needs_calendar or group.ruler.needs_calendar:
        overrun, eve = np.where(found, day, group.ruler.never), int(ruler.in_days)
        lost = _lost_on_the_way(group, stands, overrun, day, eve, sure)
    instants = midnight_after(end) if ruler.in_days else end
    _write(group, _from_start(group, instants), found & ~lost, ruler.day(end), sure, out, flags)
    if ruler.needs_calendar and not group.ruler.needs_calendar:
        days = group.lookup.tables.provisional  # those of the second clock alone: the first asked no calendar
        hangs = group.lookup.of(days, ruler.day(end)) > group.lookup.of(days, group.ruler.day(due))
        _flag(flags, group.rows, found & ~lost & hangs)
    return lost


def _lost_on_the_way(
    group: Group, stands: Bools, found: Positions, day: Days, eve: int, sure: Sureness
) -> Bools:
    """Where what follows a due day that stands hangs on a day without data.

    Where an open pause lies before it, all days until that pause starts, or its eve, must be known to say so.
    """
    lost = sure.lost(day)
    if group.standing is not None:
        opened = group.ruler.day(group.ruler.place(group.standing.open_start))
        lost = np.where(found < group.ruler.never, lost, sure.lost(opened - eve))
    return np.asarray(stands & lost)


def _write_left(group: Group, warning: WarningDay, sure: Sureness, out: Instants, flags: Bools) -> Bools:
    """The first day with so much left; returns where a missing calendar hides it."""
    needs = warning.hangs_on
    if needs is warning.first and group.standing is not None:
        # none comes after an open pause: the days behind its start need not be known
        needs = np.minimum(needs, group.ruler.day(group.ruler.place(group.standing.open_start)))
    lost, known = sure.lost(needs), warning.first != NO_DAY
    if group.given is None:
        lost = lost & (group.limit > 0)
        known &= group.limit > 0
    known &= ~lost
    if group.bench.settings.short_promise == "silent":
        known &= warning.first != group.ruler.day(group.begin)
    out[group.rows] = _where_known(np.maximum(at_day(warning.first), as_start(group.start)), known)
    _flag(flags, group.rows, known & sure.provisional(warning.first))
    return np.asarray(lost)


def _write_elapsed(group: Group, spent: Positions, until: Positions, sure: Sureness, times: Times) -> None:
    """What has been used, and what pauses took off, by min(stop, as_of)."""
    ruler = group.ruler
    known = ~sure.lost(ruler.day(until)) if ruler.counts_by_calendar else np.ones(len(until), dtype=bool)
    elapsed = ruler.used(until) - spent
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
        needed = lost & sure.lost(until)
        if ruler.needs_calendar:
            if group.standing is not None:  # what comes after an open pause is unknown for another reason
                until = np.minimum(until, _last_before(ruler, group.standing.open_start))
            needed |= ~stands & sure.lost(until)
        times.cause[group.rows[needed]] = Cause.NO_CALENDAR
    if group.standing is not None:
        opened = group.standing.open_at_stop
        hanging = (opened < NEVER) & ~(due < ruler.place(opened))
        if hanging.any():
            if ruler.needs_calendar:
                hanging &= ~sure.lost(_last_before(ruler, opened))
            times.cause[group.rows[hanging]] = Cause.OPEN_PAUSE_AT_STOP
        if group.standing.reversed.any():
            times.forget(group.rows[group.standing.reversed])
            times.cause[group.rows[group.standing.reversed]] = Cause.PAUSE_ENDS_BEFORE_START


def _last_before(ruler: Ruler, pause: Instants) -> Days:
    """The last day on which a clock can be due before a pause: its eve; to the second, its own day."""
    return ruler.day(ruler.place(pause)) - int(ruler.in_days)


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
