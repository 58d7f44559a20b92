"""The clock (时限计时): when a limit is due, warned of, overrun; one definition for one case and a million.

    elapsed(t) = #{ d : S < d <= t, W(d) }  -  #{ d in union of (P, min(R, t)], d > S, W(d) }

- 行政许可法 第八十二条: limits in working days, days off not counted. 民法典 第二百零一条: the starting day
  is not counted.
- Due is the first working day d >= S with elapsed(d) >= limit on whose end the clock is not paused (民法典
  第二百零三条: a last day that is a day off moves to the next working day).
- left(d) is the number of working days after d up to the due day (河南 第七条(三) 所剩时限).
- Overrun is judged by dates for limits in days, to the second for limits in hours and minutes.
- A moment is unknown for want of a calendar where a day without data would have to be known to say when it is,
  or that there is none; a warning needs the days from the start to it, and those it counts up to the due day.

Columns in, columns out: `run` answers with moments, the instants at which the state changes if nothing else
happens.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from mingcha.law.answer import answer
from mingcha.law.bench import Bench
from mingcha.law.calendar import Calendar
from mingcha.law.clocks import Cause, Clocks, ClockSettings, Times
from mingcha.law.group import GIVEN, KINDS, PAUSED, Group
from mingcha.law.instants import MISSING, Bools, Instants, as_stop, before
from mingcha.law.office import OfficeHours
from mingcha.law.pauses import Index, Pauses, by_count
from mingcha.law.rulers import NEVER, Lookup
from mingcha.law.units import NO_UNIT, OFFICE_UNITS, Unit

__all__ = ["NO_UNIT", "Cause", "ClockSettings", "Clocks", "OfficeHours", "Times", "Unit", "reached", "run"]

CHUNK: Final = 1 << 17
"""Clocks worked on at a time: enough to make little of each call, few enough to stay near the processor."""
KEPT_HEAP: Final = 1 << 24
"""Bytes of one block that, once given back, teach the C library to keep blocks of this size for the next column
instead of returning each to the kernel and faulting it in again."""


def run(calendar: Calendar, clocks: Clocks, settings: ClockSettings, as_of: int) -> Times:
    """The moments of every clock, what it has used by min(stop, as_of), why it is undetermined if it is."""
    times = Times.blank(len(clocks), settings)
    bench = Bench(calendar, settings, as_of, clocks.office)
    if len(clocks) > CHUNK // 16:
        np.empty(KEPT_HEAP, dtype=np.uint8)
    for first in range(0, len(clocks), CHUNK):
        last = min(first + CHUNK, len(clocks))
        _run_chunk(bench, clocks.part(first, last), times.part(first, last))
    return times


def reached(moment: Instants, stop: Instants, by_date: Bools | bool = False) -> Bools:
    """Which levels a clock comes to: those whose moment is known and by which it was not stopped.

    With `by_date` (overrun of a limit in days) a stop exactly at the moment, 00:00 of the first late day, is
    late. Whether the moment has come by as_of is the caller's to ask.
    """
    stopped = as_stop(stop)
    in_time = (stopped < moment) | ((stopped == moment) & ~np.asarray(by_date))
    return np.asarray((moment != MISSING) & ((stop == MISSING) | ~in_time))


def _run_chunk(bench: Bench, clocks: Clocks, times: Times) -> None:
    """Find the faults, sort the sound clocks by what they count, answer kind by kind."""
    stop = clocks.stop if clocks.stop is not None else np.full(len(clocks), MISSING, dtype=np.int64)
    given = clocks.due != MISSING if clocks.due is not None else None
    pauses = _pauses(bench, clocks)
    times.cause[:] = _faults(bench.settings, clocks, stop, given)
    faulty = times.cause != Cause.OK
    if faulty.any():
        times.forget(faulty)
    kind = _kinds(clocks, given, pauses, faulty)
    for value in [value for value in range(KINDS) if (kind == value).any()]:
        rows = np.flatnonzero(kind == value)
        for part in _by_office(rows, clocks) if _needs_office(value, bench.settings) else [rows]:
            ordered = by_count(pauses, part) if pauses is not None and value & PAUSED else part
            lookup = _lookup(bench, clocks, ordered)
            answer(Group.of(bench, value, ordered, lookup, clocks, stop, pauses), times)


def _kinds(clocks: Clocks, given: Bools | None, pauses: Pauses | None, faulty: Bools) -> NDArray[np.int8]:
    """What each clock is counted as: its unit and two bits; -1 for a faulty one."""
    kinds = clocks.unit.copy()
    if pauses is not None:
        kinds |= (np.diff(pauses.offsets) > 0).astype(np.int8) * PAUSED
    if given is not None and given.any():
        own = clocks.unit[given]
        kinds[given] = np.where(own == NO_UNIT, Unit.WORKING_DAY, own) | GIVEN
    if faulty.any():
        kinds[faulty] = -1
    return kinds


def _faults(settings: ClockSettings, clocks: Clocks, stop: Instants, given: Bools | None) -> NDArray[np.int8]:
    """The causes that need neither counting nor pauses; of several the first stands."""
    counted = np.ones(len(clocks), dtype=bool) if given is None else ~given
    known_unit = (clocks.unit >= 0) & (clocks.unit < len(Unit))
    faults = [
        (clocks.start == MISSING, Cause.NO_START),
        ((clocks.limit < 0) & counted, Cause.NO_LIMIT),
        (~known_unit & (counted | (clocks.unit != NO_UNIT)), Cause.NO_UNIT),
    ]
    if settings.early_stop == "undetermined":
        faults.append((before(stop, clocks.start), Cause.STOP_BEFORE_START))
    found = np.zeros(len(clocks), dtype=np.int8)
    for where, cause in faults:
        if where.any():
            found[where & (found == Cause.OK)] = cause
    return found


def _pauses(bench: Bench, clocks: Clocks) -> Pauses | None:
    """The pauses as reported, with the ends of their caps; None if there are no rows of pauses."""
    offsets, caps = clocks.pause_offsets, clocks.pause_cap
    if offsets is None or len(clocks.pause_start) == 0:
        return None
    cap_ends = None if caps is None else _cap_ends(bench, clocks, offsets, caps)
    return Pauses(offsets, clocks.pause_start, clocks.pause_end, cap_ends)


def _cap_ends(bench: Bench, clocks: Clocks, offsets: NDArray[np.int64], caps: NDArray[np.int64]) -> Instants:
    """Where the cap of each pause ends it: the due moment of a clock of that many units from its start."""
    row = np.repeat(np.arange(len(clocks)), np.diff(offsets))
    working_days = np.full(len(caps), Unit.WORKING_DAY, dtype=np.int8)
    capped = Clocks(
        start=clocks.pause_start,
        limit=caps,
        unit=working_days if clocks.pause_cap_unit is None else clocks.pause_cap_unit,
        layer=clocks.layer if isinstance(clocks.layer, int) else clocks.layer[row],
        hours=None if clocks.hours is None else clocks.hours[row],
        office=clocks.office,
    )
    settings = ClockSettings(due_day_off=bench.settings.due_day_off)
    due = run(bench.calendar, capped, settings, bench.as_of).due
    return np.where(due == MISSING, NEVER, due)


def _needs_office(kind: int, settings: ClockSettings) -> bool:
    """Whether clocks of a kind ask for office hours, and so are taken by layer and office."""
    units = {Unit(kind & ~(GIVEN | PAUSED)), *(unit for _, unit in settings.late)}
    return bool(units & OFFICE_UNITS) or settings.grain == "worktime"


def _by_office(rows: Index, clocks: Clocks) -> list[Index]:
    """Rows by calendar layer and office hours."""
    key = np.zeros(len(rows), dtype=np.int64)
    if not isinstance(clocks.layer, int):
        key += clocks.layer[rows].astype(np.int64) << 16
    if clocks.hours is not None:
        key += clocks.hours[rows]
    return [rows[key == value] for value in np.unique(key)]


def _lookup(bench: Bench, clocks: Clocks, rows: Index) -> Lookup:
    """The calendar of some rows; one layer for all where it is the same."""
    if isinstance(clocks.layer, int):
        return Lookup(bench.calendar.tables, clocks.layer)
    layers = clocks.layer[rows]
    return Lookup(bench.calendar.tables, int(layers[0]) if (layers == layers[0]).all() else layers)
