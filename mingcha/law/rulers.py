"""Rulers: what a unit of time counts, as a measure over positions and its inverse.

A position is a day number (units in days) or an instant (units to the second). `used(p)` is how much has been
counted up to and including position p; `at(k)` is the first position by which k has been counted; `settle(p)`
is the first position from p on that can be a due moment. With these three the closed form of the clock is one
for all units.
"""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from mingcha.law.calendar import STRIDE, Tables
from mingcha.law.instants import DAY, Days, Instants, as_start, as_stop, at_day, day_of
from mingcha.law.office import OfficeClock

Positions = NDArray[np.int64]
NEVER: Final = 1 << 62
"""The instant of a pause without an end."""
NEVER_DAY: Final = NEVER // DAY


class Lookup:
    """The calendar tables of some clocks' layers; k values looked up are those of the first k clocks."""

    def __init__(self, tables: Tables, layers: NDArray[np.int16] | int) -> None:
        self.tables = tables
        self.layer = layers if isinstance(layers, int) else None
        self._base = None if isinstance(layers, int) else np.multiply(layers, STRIDE, dtype=np.int64)

    def of(self, table: Days, index: Positions) -> Days:
        """`table` at each index, the index cut to the table's ends."""
        if self._base is None:
            start = (self.layer or 0) * STRIDE
            return table[start : start + STRIDE].take(index, mode="clip")
        return table.take(np.clip(index, 0, STRIDE - 1) + self._base[: len(index)])

    def constant(self, tables: tuple[Days, ...], first: int, last: int) -> bool:
        """Whether no running count grows over (first, last]; False where layers differ."""
        if self.layer is None or first < 0 or first >= STRIDE:
            return False
        start, end = self.layer * STRIDE + first, self.layer * STRIDE + min(last, STRIDE - 1)
        return all(table[start] == table[end] for table in tables)


class Ruler(Protocol):
    """See the module; every method takes and gives arrays."""

    in_days: bool
    """Positions are days."""
    counts_working_days: bool
    """`used` is C(d)."""
    counts_by_calendar: bool
    """`used` depends on the calendar."""
    needs_calendar: bool
    """The due moment depends on the calendar."""
    never: int
    """Position of the end of a pause without one."""

    def place(self, instants: Instants) -> Positions:
        """Instants as positions, a date alone being 00:00."""

    def place_end(self, instants: Instants) -> Positions:
        """Instants as positions, a date alone being the end of its day."""

    def used(self, positions: Positions) -> Positions:
        """What is counted up to each position."""

    def at(self, amounts: Positions) -> Positions:
        """First position by which the amount is counted."""

    def settle(self, positions: Positions) -> Positions:
        """First possible due moment from each position on."""

    def day(self, positions: Positions) -> Days:
        """The day of each position."""


class _DayRuler:
    in_days = True
    never = NEVER_DAY

    def __init__(self, lookup: Lookup, moves: bool) -> None:
        self._lookup = lookup
        self._moves = moves

    def place(self, instants: Instants) -> Positions:
        return day_of(instants)

    place_end = place

    def day(self, positions: Positions) -> Days:
        return positions

    def settle(self, positions: Positions) -> Positions:
        return self._lookup.of(self._lookup.tables.next_working, positions) if self._moves else positions


class WorkingDays(_DayRuler):
    """工作日: C(d) and its inverse."""

    counts_working_days = True
    needs_calendar = True
    counts_by_calendar = True

    def used(self, positions: Positions) -> Positions:
        """C(d)."""
        return self._lookup.of(self._lookup.tables.count, positions)

    def at(self, amounts: Positions) -> Positions:
        """The k-th working day."""
        return self._lookup.of(self._lookup.tables.nth, amounts)


class NaturalDays(_DayRuler):
    """自然日, and months once they are turned into days: every day counts."""

    counts_working_days = False
    needs_calendar = True
    counts_by_calendar = False

    def used(self, positions: Positions) -> Positions:
        """The position itself."""
        return positions

    def at(self, amounts: Positions) -> Positions:
        """The amount itself."""
        return amounts


class _TimeRuler:
    in_days = False
    counts_working_days = False
    never = NEVER

    def place(self, instants: Instants) -> Positions:
        return as_start(instants)

    def place_end(self, instants: Instants) -> Positions:
        return as_stop(instants)

    def day(self, positions: Positions) -> Days:
        return day_of(positions)

    def settle(self, positions: Positions) -> Positions:
        return positions


class StraightTime(_TimeRuler):
    """小时, 分钟: every microsecond counts, no calendar."""

    needs_calendar = False
    counts_by_calendar = False

    def used(self, positions: Positions) -> Positions:
        """The position itself."""
        return positions

    def at(self, amounts: Positions) -> Positions:
        """The amount itself."""
        return amounts


class OfficeTime(_TimeRuler):
    """工作小时: time inside the office's blocks, of one layer and one set of hours."""

    needs_calendar = True
    counts_by_calendar = True

    def __init__(self, office: OfficeClock) -> None:
        self._office = office

    def used(self, positions: Positions) -> Positions:
        """Office time run by then."""
        return self._office.used(positions)

    def at(self, amounts: Positions) -> Positions:
        """When so much office time has run."""
        return self._office.at(amounts)


def midnight_after(days: Days) -> Instants:
    """The end of each day: 00:00 of the next."""
    return at_day(days) + DAY
