"""The calendar (工作日历): which days are working days, by whose notice, and how sure that is.

W(d) is true on Monday to Friday less the days off, plus the make-up days (调休), of the State Council's
yearly notice, then less or plus what a local layer overrides. Days from 25 December on are provisional until
next year's notice is loaded, and so is every day of a year that has only its statutory days. A day with no
data at all is unknown.

Every layer covers the days FIRST_DAY..LAST_DAY, so a day number is its own index into the tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mingcha.law.instants import Bools, Days, date_of, day_number

FIRST_DAY: Final = 0
LAST_DAY: Final = day_number(date(2099, 12, 31))
BEYOND: Final = LAST_DAY + 1
"""Index behind the last day: the tables hold an entry there, and it counts as unknown."""
STRIDE: Final = BEYOND + 2
"""Entries of one layer in a table; `nth` needs one more than there are days."""

NATIONAL: Final = "national"
EVERY_DAY: Final = "every_day"
WEEKDAYS: Final = "weekdays"
REGION_PREFIXES: Final = (12, 9, 6, 4, 2)
"""Lengths of a region code that name a village, township, county, city, province."""


class DayKind(IntEnum):
    """What a day is in one layer."""

    UNKNOWN = 0
    WORKING = 1
    WEEKEND = 2
    OFF = 3
    MAKEUP = 4

    @property
    def works(self) -> bool:
        """True on a working day, make-up days included."""
        return self in (DayKind.WORKING, DayKind.MAKEUP)


@dataclass(frozen=True)
class Notice:
    """The document a day off or a make-up day rests on."""

    number: str
    title: str
    issued: date | None = None
    url: str = ""
    verified: bool = True


@dataclass(frozen=True)
class DayInfo:
    """One day as people see it. `name` and `notice` are empty on plain week-days and week-ends."""

    day: date
    kind: DayKind
    name: str = ""
    notice: str = ""
    provisional: bool = False


@dataclass(frozen=True)
class Layer:
    """One calendar by name: `national`, a region code, a hall code, `every_day`, `weekdays`."""

    code: str
    name: str
    kinds: NDArray[np.int8]
    provisional: Bools
    named: dict[int, tuple[str, str]]
    """Day number -> (name, notice number) of days off and make-up days."""


@dataclass(frozen=True)
class Tables:
    """Look-up tables of all layers end to end: the entry of day d in layer i stands at `i * STRIDE + d`."""

    count: Days
    """C(d): working days up to d inclusive."""
    nth: Days
    """Inverse of C: the day of the k-th working day at index k; BEYOND where there is none, 0 at index 0."""
    next_working: Days
    """The first working day on or after d; BEYOND where there is none."""
    unknown: Days
    """Days without data up to d inclusive."""
    provisional: Days
    """Provisional days up to d inclusive."""


@dataclass(frozen=True)
class Calendar:
    """All layers of one version. Made by `load_calendar`; immutable and picklable."""

    version: str
    notices: tuple[Notice, ...]
    layers: tuple[Layer, ...]
    tables: Tables

    def layer(self, code: str) -> int:
        """Index of a layer by its code. Raises KeyError with the codes there are."""
        for index, layer in enumerate(self.layers):
            if layer.code == code:
                return index
        raise KeyError(f"没有日历层“{code}”;现有:{'、'.join(layer.code for layer in self.layers)}")

    def layer_for(self, hall_code: str | None, region_code: str | None) -> int:
        """Index of the layer of a case: its hall's, else its region's, upward; 0 is the national one."""
        codes = {layer.code: index for index, layer in enumerate(self.layers)}
        if hall_code and hall_code in codes:
            return codes[hall_code]
        for length in REGION_PREFIXES:
            prefix = (region_code or "")[:length]
            if len(prefix) == length and prefix in codes:
                return codes[prefix]
        return 0

    def day(self, layer: int, day: int) -> DayInfo:
        """What one day (day number) is, by name, notice and sureness."""
        if not FIRST_DAY <= day <= LAST_DAY:
            return DayInfo(date_of(day), DayKind.UNKNOWN)
        held = self.layers[layer]
        name, notice = held.named.get(day, ("", ""))
        return DayInfo(date_of(day), DayKind(int(held.kinds[day])), name, notice, bool(held.provisional[day]))

    def is_working(self, layer: int, day: int) -> bool:
        """W(d) of one day; False where unknown."""
        return self.day(layer, day).kind.works

    def notice(self, number: str) -> Notice:
        """A notice by its number (文号)."""
        return next(notice for notice in self.notices if notice.number == number)


def make_tables(layers: tuple[Layer, ...]) -> Tables:
    """Prefix sums and their inverse for every layer, once, so that the clock only looks up."""
    size = len(layers) * STRIDE
    tables = Tables(*(np.full(size, BEYOND, dtype=np.int64) for _ in range(5)))
    for index, layer in enumerate(layers):
        start = index * STRIDE
        span = slice(start, start + STRIDE)
        working = (layer.kinds == DayKind.WORKING) | (layer.kinds == DayKind.MAKEUP)
        ordinals = np.flatnonzero(working).astype(np.int64)
        tables.count[span] = _running(working)
        tables.unknown[span] = _running(layer.kinds == DayKind.UNKNOWN)
        tables.unknown[start + BEYOND :][:2] += 1
        tables.provisional[span] = _running(layer.provisional)
        tables.nth[start] = 0
        tables.nth[start + 1 : start + 1 + len(ordinals)] = ordinals
        upcoming = np.searchsorted(ordinals, np.arange(BEYOND))
        tables.next_working[start : start + BEYOND] = np.append(ordinals, BEYOND)[upcoming]
    return tables


def _running(flags: Bools) -> Days:
    """Running count over the days, carried on to the entries behind the last day."""
    total = np.cumsum(flags, dtype=np.int64)
    return np.append(total, [total[-1], total[-1]]).astype(np.int64)
