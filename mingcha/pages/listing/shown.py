"""A list as a page shows it: one page of rows, the facet with its counts, the way on."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString

from mingcha.pages.listing import drawn
from mingcha.pages.listing.asked import MOST_PAGES, Asked
from mingcha.pages.listing.declare import Column, Filter, Rows
from mingcha.report.marks import BY_NAME

SIZE = 50
"""Rows of a page."""

CAP = SIZE * MOST_PAGES
"""Rows are counted up to here; who needs more asks more narrowly or exports."""


@dataclass(frozen=True)
class Head:
    """The head of a column: where a click on it leads, and how it is sorted now (the words of aria-sort)."""

    column: Column
    url: str
    sorted: str


@dataclass(frozen=True)
class Option:
    """An option of the facet; `is_mark`: its value is the name of a mark."""

    value: str
    label: str
    count: int
    url: str
    here: bool

    @property
    def is_mark(self) -> bool:
        """Shown as a badge."""
        return self.value in BY_NAME


@dataclass(frozen=True)
class Field:
    """A filter in the form."""

    filter: Filter
    value: str
    options: SafeString
    """Those of a select."""


class Shown:
    """What the template of a list asks. `rows` are those that may be seen, before any condition."""

    def __init__(self, asked: Asked, rows: Rows, *, choosing: bool = False) -> None:
        self.asked, self.listing = asked, asked.listing
        self._rows = rows
        self._narrowed = asked.narrowed(rows)
        start = (asked.page - 1) * SIZE
        found = list(asked.sorted(self._narrowed)[start : start + SIZE + 1])
        self.has_next = len(found) > SIZE and asked.page < MOST_PAGES
        self.lines = drawn.lines(self.listing, asked.columns, self.listing.prepare(found[:SIZE]))
        self.body = drawn.body(self.lines, choosing=choosing)
        self.first = start + 1 if self.lines else 0
        self.last = start + len(self.lines)
        self.total = self._total(len(found))
        self.capped = self.total > CAP
        self.shown_total = min(self.total, CAP)

    def _total(self, found: int) -> int:
        if found <= SIZE and (found or self.asked.page == 1):
            return self.first + found - 1 if found else 0
        return self.asked.count(self._narrowed, CAP + 1)

    @property
    def heads(self) -> list[Head]:
        """Heads of the columns shown."""
        return [self._head(column) for column in self.asked.columns]

    def _head(self, column: Column) -> Head:
        if not column.order:
            return Head(column, "", "")
        now, name = self.asked.sort, column.name
        said = {name: "ascending", f"-{name}": "descending"}.get(now, "")
        return Head(column, self.asked.url(sort=f"-{name}" if now == name else name), said)

    @property
    def fields(self) -> list[Field]:
        """The filters that stand in the form."""
        return [
            Field(each, text, drawn.options(each.options(), text))
            for each in self.listing.filters
            if each.name != self.listing.facet
            for text in (self.asked.texts.get(each.name, ""),)
        ]

    @property
    def facet(self) -> list[Option]:
        """Options of the facet, each with the count it would show."""
        name = self.listing.facet
        chosen = next((each for each in self.listing.filters if each.name == name), None)
        if chosen is None:
            return []
        counts = self.listing.count(self.asked.narrowed(self._rows, without=name))
        now = self.asked.texts.get(name, "")
        options = [("", "全部"), *chosen.options()]
        return [
            Option(
                value,
                label,
                counts.get(value, 0) if value else sum(counts.values()),
                self.asked.url(**{name: value}),
                value == now,
            )
            for value, label in options
        ]

    @property
    def choosable(self) -> list[tuple[Column, bool]]:
        """Every column, and whether it is shown now."""
        return [(column, column in self.asked.columns) for column in self.listing.columns]

    @property
    def here(self) -> str:
        """The query of this list as it stands, without the page."""
        return self.asked.url()

    @property
    def part(self) -> str:
        """The query of the part that is refreshed."""
        return self.asked.url(page=self.asked.page if self.asked.page > 1 else None, part="rows")

    @property
    def previous(self) -> str:
        """The query of the page before; empty on the first."""
        page = self.asked.page
        return self.asked.url(page=page - 1 if page > 2 else None) if page > 1 else ""

    @property
    def next(self) -> str:
        """The query of the next page; empty on the last."""
        return self.asked.url(page=self.asked.page + 1) if self.has_next else ""
