"""A year of the calendar as twelve months of weeks, for a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mingcha.law.calendar import Calendar, DayInfo, DayKind, Notice
from mingcha.law.instants import day_number

KIND_LABELS = {
    DayKind.WORKING: "工作日",
    DayKind.MAKEUP: "调休上班",
    DayKind.OFF: "放假",
    DayKind.WEEKEND: "周末",
    DayKind.UNKNOWN: "无数据",
}
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Cell:
    """A day in its week; None where the week reaches beyond the month."""

    info: DayInfo
    here: bool

    @property
    def css(self) -> str:
        """The name of its look."""
        return self.info.kind.name.lower()

    @property
    def told(self) -> str:
        """What people read of the day."""
        name = f" {self.info.name}" if self.info.name else ""
        notice = f",{self.info.notice}" if self.info.notice else ""
        unsure = ",暂定" if self.info.provisional else ""
        weekday = WEEKDAYS[self.info.day.weekday()]
        return f"{self.info.day} 周{weekday}:{KIND_LABELS[self.info.kind]}{name}{notice}{unsure}"


@dataclass(frozen=True)
class Month:
    """One month: its weeks from Monday, and how many days are worked."""

    number: int
    weeks: tuple[tuple[Cell | None, ...], ...]
    working: int


@dataclass(frozen=True)
class Year:
    """One year of one layer."""

    year: int
    months: tuple[Month, ...]
    special: tuple[Cell, ...]
    """Days off and make-up days by name, in order."""
    notices: tuple[Notice, ...]
    working: int
    provisional: int
    unknown: int


def year_of(calendar: Calendar, layer: int, year: int, today: date) -> Year:
    """The year as it is known in this calendar."""
    first, after = day_number(date(year, 1, 1)), day_number(date(year + 1, 1, 1))
    cells = [
        Cell(info, info.day == today) for info in (calendar.day(layer, day) for day in range(first, after))
    ]
    months = tuple(
        _month(number, [c for c in cells if c.info.day.month == number]) for number in range(1, 13)
    )
    numbers = {cell.info.notice for cell in cells}
    return Year(
        year,
        months,
        tuple(cell for cell in cells if cell.info.name),
        tuple(notice for notice in calendar.notices if notice.number in numbers),
        sum(month.working for month in months),
        sum(cell.info.provisional for cell in cells),
        sum(cell.info.kind == DayKind.UNKNOWN for cell in cells),
    )


def _month(number: int, cells: Sequence[Cell]) -> Month:
    before = cells[0].info.day.weekday()
    padded: list[Cell | None] = [None] * before + list(cells)
    padded += [None] * (-len(padded) % 7)
    weeks = tuple(tuple(padded[at : at + 7]) for at in range(0, len(padded), 7))
    return Month(number, weeks, sum(cell.info.kind.works for cell in cells))


def years_known(calendar: Calendar) -> range:
    """Years that have any data, and the one after them."""
    covered, _, _ = calendar.version.partition("+")
    first, _, last = covered.partition("-")
    return range(int(first), int(last or first) + 2) if first not in ("", "0") else range(2026, 2028)
