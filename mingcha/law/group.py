"""A group of clocks that are counted alike: their columns, and the ruler that counts them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mingcha.law.bench import Bench
from mingcha.law.clocks import Clocks
from mingcha.law.instants import MINUTE, Bools, Days, Instants, as_stop
from mingcha.law.pauses import Columns, Index, Pauses, Standing, standing
from mingcha.law.rulers import Lookup, Positions, Ruler
from mingcha.law.units import MINUTES, Unit

GIVEN: Final = 8
PAUSED: Final = 16
"""Bits beside the unit in the kind of a group: the due moment is given; there are pauses."""
KINDS: Final = 32
MOST_UNITS: Final = 1 << 20
"""Limits are cut to this: some 2,800 years of days, behind the end of every calendar."""


@dataclass(frozen=True)
class Group:
    """Some rows of the clocks, all of one kind; with pauses, those with most of them first."""

    bench: Bench
    unit: Unit
    rows: Index
    lookup: Lookup
    hours: int
    """The office hours of the group, where they matter."""
    start: Instants
    stop: Instants
    limit: NDArray[np.int64]
    given: Instants | None
    """The due moments, if this kind has them given."""
    ends_with_stop: Bools | None
    pauses: Pauses | None
    ruler: Ruler
    begin: Positions
    """The starts on the ruler."""
    standing: Standing | None
    """The pauses on the ruler, if this kind has any."""

    @classmethod
    def of(
        cls,
        bench: Bench,
        kind: int,
        rows: Index,
        lookup: Lookup,
        clocks: Clocks,
        stops: Instants,
        pauses: Pauses | None,
    ) -> Group:
        """Gather the rows of one kind."""
        unit = Unit(kind & ~(GIVEN | PAUSED))
        hours = 0 if clocks.hours is None else int(clocks.hours[rows[0]])
        ruler = bench.ruler(unit, lookup, hours)
        own = pauses if kind & PAUSED else None
        ends = clocks.ends_with_stop[rows] if own is not None and clocks.ends_with_stop is not None else None
        start, stop = clocks.start[rows], stops[rows]
        return cls(
            bench=bench,
            unit=unit,
            rows=rows,
            lookup=lookup,
            hours=hours,
            start=start,
            stop=stop,
            limit=clocks.limit[rows],
            given=clocks.due[rows] if kind & GIVEN and clocks.due is not None else None,
            ends_with_stop=ends,
            pauses=own,
            ruler=ruler,
            begin=ruler.place(start),
            standing=None if own is None else standing(own, rows, stop, ends, ruler),
        )

    @property
    def columns(self) -> Columns:
        """The pauses on the ruler of the group."""
        return [] if self.standing is None else self.standing.columns

    @property
    def closes(self) -> bool:
        """The due day ends at closing time."""
        return self.ruler.in_days and self.bench.settings.grain == "worktime"

    def until(self) -> Positions:
        """min(stop, as_of), and not before the start."""
        # MISSING - 1 wraps round to the latest instant of all
        end = np.minimum(self.stop - 1, self.bench.as_of - 1) + 1
        until = self.ruler.place_end(end)
        if not self.ruler.in_days:  # a stop on the day of as_of itself, without a time
            until = np.minimum(until, as_stop(np.full(1, self.bench.as_of)))
        return np.maximum(until, self.begin)

    def on(self, unit: Unit) -> tuple[Ruler, Columns]:
        """The ruler of another unit, and the pauses on it."""
        ruler = self.bench.ruler(unit, self.lookup, self.hours)
        if self.pauses is None:
            return ruler, []
        return ruler, standing(self.pauses, self.rows, self.stop, self.ends_with_stop, ruler).columns


def amount(unit: Unit, units: NDArray[np.int64], since: Positions) -> Positions:
    """So many units as an amount of the unit's ruler; months run from the day `since`."""
    units = np.minimum(units, MOST_UNITS)
    if unit == Unit.MONTH:
        return _months(since, units)
    return units if unit.in_days else units * (MINUTES[unit] * MINUTE)


def _months(since: Days, months: NDArray[np.int64]) -> Days:
    """Days from each day to the same day so many months on, or the last of that month (民法典 202)."""
    day = since.astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    day_of_month = (day - month).astype(np.int64)
    target = month + months
    first = target.astype("datetime64[D]").astype(np.int64)
    length = (target + 1).astype("datetime64[D]").astype(np.int64) - first
    landed = first + np.minimum(day_of_month, length - 1)
    return np.asarray(np.minimum(landed - since, MOST_UNITS))
