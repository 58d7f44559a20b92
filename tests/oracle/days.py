"""Working days, read day by day from the calendar files: a set of listed days and the week, nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

import mingcha
from oracle.times import ONE_DAY

FOLDER = Path(mingcha.__file__).parent / "rulebook" / "calendars"
LAYER_LENGTHS = (12, 9, 6, 4, 2)


class NoDataError(Exception):
    """A day of which nothing is known."""

    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(str(day))


@lru_cache(maxsize=1)
def _notices() -> tuple[dict[date, bool], frozenset[int], frozenset[int]]:
    """Listed days (True: worked), years with a notice, years with only their statutory days."""
    noticed = {}
    for path in sorted(FOLDER.glob("[0-9]*.yaml")):
        noticed[int(path.stem)] = {_day(entry): entry["off"] == "false" for entry in _read(path)}
    statutory = {
        _day(entry): False for entry in _read(FOLDER / "statutory.yaml") if _day(entry).year not in noticed
    }
    listed = dict(statutory)
    for days in noticed.values():
        listed.update(days)
    return listed, frozenset(noticed), frozenset(day.year for day in statutory)


def _read(path: Path) -> list[dict[str, str]]:
    """The listed days of a file, everything as text (`off` would otherwise be read as a boolean)."""
    read = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 text only
    return list(read["days"])


def _day(entry: Mapping[str, str]) -> date:
    return date.fromisoformat(entry["date"])


class Days:
    """Layers of working days: the national one and, over it, what places override (code -> {day: worked})."""

    def __init__(self, local: Mapping[str, Mapping[date, bool]] | None = None) -> None:
        self.listed, self.noticed, self.statutory = _notices()
        self.local = local or {}

    def layer_for(self, hall: str | None, region: str | None) -> str:
        """The hall's own layer, else its region's, upward."""
        if hall in self.local:
            return str(hall)
        for length in LAYER_LENGTHS:
            if region and len(region) >= length and region[:length] in self.local:
                return region[:length]
        return ""

    def _overrides(self, layer: str) -> Iterator[Mapping[date, bool]]:
        """What a layer overrides, its own first, then that of the regions above it."""
        if layer in self.local:
            yield self.local[layer]
        if layer.isdigit():
            for length in LAYER_LENGTHS:
                if length < len(layer) and layer[:length] in self.local:
                    yield self.local[layer[:length]]

    def known(self, layer: str, day: date) -> bool:
        return day.year in self.noticed | self.statutory or any(day in o for o in self._overrides(layer))

    def works(self, layer: str, day: date) -> bool:
        """W(d). Raises NoDataError."""
        for override in self._overrides(layer):
            if day in override:
                return override[day]
        if not self.known(layer, day):
            raise NoDataError(day)
        return self.listed.get(day, day.isoweekday() <= 5)

    def plain_weekend(self, layer: str, day: date) -> bool:
        """A Saturday or Sunday of which no notice says anything."""
        told = day in self.listed or any(day in o for o in self._overrides(layer))
        return day.isoweekday() > 5 and not told

    def provisional(self, layer: str, day: date) -> bool:
        """From 25 December on until next year's notice is there; every day of a year without one."""
        if any(day in o for o in self._overrides(layer)) or not self.known(layer, day):
            return False
        if day.year in self.noticed:
            return (day.month, day.day) >= (12, 25) and day.year + 1 not in self.noticed
        return True

    def provisional_between(self, layer: str, start: date, end: date) -> bool:
        """A provisional day lies between the start (not counted) and the end."""
        return any(self.provisional(layer, d) for d in span(start + ONE_DAY, end))

    def working_days(self, first: date, last: date) -> list[date]:
        """National working days first..last."""
        return [d for d in span(first, last) if self.known("", d) and self.works("", d)]


def span(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += ONE_DAY


Hours = dict[int, list[tuple[int, int]]]
DEFAULT_HOURS: Hours = {weekday: [(540, 720), (780, 1020)] for weekday in range(1, 6)}


def blocks(days: Days, layer: str, hours: Hours, day: date) -> list[tuple[int, int]]:
    """Office blocks of one day in minutes; a make-up day is worked like the first week-day with hours."""
    own = hours.get(day.isoweekday(), [])
    if days.works(layer, day):
        return sorted(own or hours.get(min(hours, default=0), []))
    return sorted(own) if days.plain_weekend(layer, day) else []


def closing(row: Mapping[str, Any]) -> int:
    return int(row["closes"])
