"""Office hours (办公时间): the blocks of the day in which working hours run, and when a due day closes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mingcha.law.calendar import BEYOND, Calendar, DayKind
from mingcha.law.instants import DAY, MINUTE, Days, Instants, day_of

Block = tuple[int, int]
CLOSED: Final = 7
"""Row of the block tables for a day without office hours."""


@dataclass(frozen=True)
class OfficeHours:
    """Blocks (opens, closes) in minutes of the day for Monday to Sunday, each day's in order.

    Hours run on working days; on a week-end only where that week-day has blocks of its own and no notice
    closes the day. A make-up day without blocks of its own is worked like the first week-day that has some.
    """

    blocks: tuple[tuple[Block, ...], ...]

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, int]]) -> OfficeHours:
        """From rows (weekday 1-7, opens, closes) as `hall_hours` holds them, times in minutes of the day."""
        days: list[list[Block]] = [[] for _ in range(7)]
        for weekday, opens, closes in rows:
            days[weekday - 1].append((opens, closes))
        return cls(tuple(tuple(sorted(blocks)) for blocks in days))

    def pattern(self, calendar: Calendar, layer: int) -> NDArray[np.int8]:
        """Per day of the calendar the week-day (0-6) whose blocks are worked, or CLOSED; one entry more."""
        kinds = calendar.layers[layer].kinds
        weekday = (np.arange(BEYOND) + 3) % 7
        own = np.array([bool(blocks) for blocks in self.blocks])
        usual = int(np.argmax(own)) if own.any() else CLOSED
        works = (kinds == DayKind.WORKING) | (kinds == DayKind.MAKEUP)
        worked = np.where(own[weekday], weekday, np.where(weekday < 5, CLOSED, usual))
        weekend = np.where((kinds == DayKind.WEEKEND) & own[weekday], weekday, CLOSED)
        return np.append(np.where(works, worked, weekend), CLOSED).astype(np.int8)

    def tables(self) -> tuple[Instants, Instants]:
        """Openings and lengths of the blocks in microseconds, shape (8, most blocks); row CLOSED has none."""
        most = max([len(blocks) for blocks in self.blocks] + [1])
        opens, lengths = np.zeros((8, most), dtype=np.int64), np.zeros((8, most), dtype=np.int64)
        for day, blocks in enumerate(self.blocks):
            for index, (opening, closing) in enumerate(blocks):
                opens[day, index] = opening * MINUTE
                lengths[day, index] = (closing - opening) * MINUTE
        return opens, lengths


DEFAULT_OFFICE: Final = OfficeHours.of(
    [(day, opens, closes) for day in range(1, 6) for opens, closes in ((540, 720), (780, 1020))]
)
"""09:00-12:00 and 13:00-17:00 of working days."""


class OfficeClock:
    """Office time of one layer and one set of hours: how much has run by when, and when so much has run."""

    def __init__(self, calendar: Calendar, layer: int, hours: OfficeHours) -> None:
        self._pattern = hours.pattern(calendar, layer)
        self._opens, self._lengths = hours.tables()
        self._by_end_of_day: Instants = np.cumsum(self._lengths.sum(axis=1)[self._pattern])

    def used(self, instants: Instants) -> Instants:
        """Microseconds of office time up to each instant, since the first day of the calendar."""
        day = np.clip(day_of(instants), 0, BEYOND)
        pattern = self._pattern[day]
        total = self._by_end_of_day[day]
        since_midnight = instants - day.astype(np.int64) * DAY
        for opens, length in zip(self._opens.T, self._lengths.T, strict=True):
            total = total - length[pattern] + np.clip(since_midnight - opens[pattern], 0, length[pattern])
        return total

    def at(self, amounts: Instants) -> Instants:
        """The first instant by which so much office time has run; behind the last day if it never does."""
        day = np.minimum(np.searchsorted(self._by_end_of_day, amounts), BEYOND)
        pattern = self._pattern[day]
        rest = amounts - self._by_end_of_day[day] + self._lengths.sum(axis=1)[pattern]
        reached = day * DAY
        for opens, length in zip(self._opens.T, self._lengths.T, strict=True):
            within = (rest > 0) & (length[pattern] > 0)
            ran = day * DAY + opens[pattern] + np.minimum(rest, length[pattern])
            reached = np.where(within, ran, reached)
            rest = rest - length[pattern]
        return reached

    def closing(self, days: Days) -> Instants:
        """When the office closes on each day; 24:00 of a day without office hours."""
        pattern = self._pattern[np.clip(days, 0, BEYOND)]
        closes = (self._opens + self._lengths).max(axis=1)[pattern]
        return days.astype(np.int64) * DAY + np.where(closes > 0, closes, DAY)
