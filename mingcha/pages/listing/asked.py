"""What a URL asks of a list: conditions, order, columns, page. What it says wrongly is told and left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from mingcha.pages.listing.declare import Column, Event, Listing, Rows

OWN = ("sort", "columns", "page", "format", "part")
"""Names in the URL that are no conditions."""

MOST_PAGES = 200


@dataclass(frozen=True)
class Asked:
    """A URL, understood."""

    listing: Listing
    texts: Mapping[str, str]
    """Conditions as they were written, those that hold."""
    values: Mapping[str, Any]
    """The same, cleaned."""
    sort: str
    columns: tuple[Column, ...]
    page: int
    faults: tuple[str, ...]

    def narrowed(self, rows: Rows, *, without: str = "") -> Rows:
        """The rows under all conditions but the one named."""
        said = [each for each in self.listing.filters if each.name in self.values and each.name != without]
        taken = {day for each in said if isinstance(each, Event) for day in each.days}
        for each in said:
            if isinstance(each, Event):
                days = (self.values.get(day) for day in each.days)
                rows = each.apply(rows, (self.values[each.name], *days))
            elif each.name not in taken:
                rows = each.apply(rows, self.values[each.name])
        return rows

    def sorted(self, rows: Rows) -> Rows:
        """In the order asked for."""
        return rows.order_by(self._order, self.listing.tie)

    def count(self, rows: Rows, most: int) -> int:
        """How many rows, counted up to `most` along the order asked for: the index that serves the page serves this."""
        return rows.order_by(self._order)[:most].count()

    @property
    def _order(self) -> str:
        column = self.listing.column(self.sort.removeprefix("-"))
        assert column is not None
        return f"-{column.order}" if self.sort.startswith("-") else column.order

    def url(self, **changes: str | int | None) -> str:
        """The query of the same list with some names changed; the page begins anew where it is not named."""
        usual_texts = {each.name: each.unsaid for each in self.listing.filters}
        said = {name: text for name, text in self.texts.items() if text != usual_texts[name]}
        if self.sort != self.listing.order:
            said["sort"] = self.sort
        if self.columns != usual(self.listing):
            said["columns"] = ",".join(column.name for column in self.columns)
        for name, value in changes.items():
            said.pop(name, None)
            if value not in (None, ""):
                said[name] = str(value)
        return "?" + urlencode(said)

    @property
    def narrow(self) -> bool:
        """Whether any condition was set."""
        return any(self.texts.get(each.name, "") != each.unsaid for each in self.listing.filters)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What a form of filters has to carry along: order and columns."""
        carried = QueryDict(self.url().removeprefix("?"))
        return [(name, carried[name]) for name in ("sort", "columns") if name in carried]


def usual(listing: Listing) -> tuple[Column, ...]:
    """The columns shown where none are chosen."""
    return tuple(column for column in listing.columns if column.shown)


def read(listing: Listing, query: QueryDict) -> Asked:
    """Understand a URL. Never refuses: faults are told beside the list."""
    texts: dict[str, str] = {}
    values: dict[str, Any] = {}
    faults: list[str] = []
    for each in listing.filters:
        text = query.get(each.name, each.unsaid).strip()
        if not text:
            continue
        try:
            values[each.name] = each.clean(text)
            texts[each.name] = text
        except ValueError as error:
            faults.append(str(error))
    return Asked(
        listing, texts, values, _sort(listing, query), _columns(listing, query), _page(query), tuple(faults)
    )


def _sort(listing: Listing, query: QueryDict) -> str:
    asked = query.get("sort", "")
    column = listing.column(asked.removeprefix("-"))
    return asked if column and column.order else listing.order


def _columns(listing: Listing, query: QueryDict) -> tuple[Column, ...]:
    named = {name for text in query.getlist("columns") for name in text.split(",")}
    chosen = tuple(column for column in listing.columns if column.name in named)
    return chosen or usual(listing)


def _page(query: QueryDict) -> int:
    text = query.get("page", "1")
    return min(max(int(text), 1), MOST_PAGES) if text.isdecimal() and len(text) < 6 else 1
