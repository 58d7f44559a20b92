"""What a list declares: its columns, its filters, where its rows come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet

Rows = QuerySet[Any]
Options = Sequence[tuple[str, str]]
"""(value, label)."""

LONGEST = 200
"""Characters of a text that is looked for."""


@dataclass(frozen=True)
class Column:
    """One column. `value` gives what is exported (a text, a whole number or None), `show` the HTML if it is more
    than that; `order`: the field to sort by."""

    name: str
    label: str
    value: Callable[[Any], str | int | None]
    show: Callable[[Any], str] | None = None
    order: str = ""
    numeric: bool = False
    shown: bool = True
    wide: bool = False


@dataclass(frozen=True)
class Filter:
    """One condition of the URL. `apply` cuts the rows by a value that `clean` let through."""

    name: str
    label: str
    apply: Callable[[Rows, Any], Rows]

    def clean(self, text: str) -> Any:
        """The value. Raises ValueError in Chinese for what cannot be one."""
        if len(text) > LONGEST or "\x00" in text:
            raise ValueError(f"“{self.label}”过长,请缩短后再查")
        return text

    def options(self) -> Options:
        """What may be chosen; empty where a text is typed."""
        return ()

    @property
    def kind(self) -> str:
        """How it is entered: text, choice or day."""
        return "text"

    @property
    def unsaid(self) -> str:
        """The text that holds where the URL says nothing."""
        return ""


@dataclass(frozen=True)
class Choice(Filter):
    """One of a closed list."""

    choices: Callable[[], Options] = tuple
    usual: str = ""
    """What holds where the URL says nothing."""

    def clean(self, text: str) -> str:
        """One of the options."""
        if text not in {value for value, _ in self.choices()}:
            raise ValueError(f"“{self.label}”没有“{text[:30]}”这一项,已不按它筛选")
        return text

    def options(self) -> Options:
        """The closed list."""
        return self.choices()

    @property
    def kind(self) -> str:
        """A select."""
        return "choice"

    @property
    def unsaid(self) -> str:
        """Its usual option."""
        return self.usual


@dataclass(frozen=True)
class Day(Filter):
    """A day, as 2026-10-14."""

    def clean(self, text: str) -> date:
        """The day."""
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"“{self.label}”要写作 2026-10-14 的样子,已不按它筛选") from None

    @property
    def kind(self) -> str:
        """A field for a day."""
        return "day"


@dataclass(frozen=True)
class Event(Choice):
    """Something that happens on a day: where it is asked for, the list's days are those on which it happened. `apply`
    takes what was chosen with the first and the last day, each None where it is not said."""

    days: tuple[str, str] = ("from", "to")
    """The names of the filters whose days are its own then."""


@dataclass(frozen=True)
class Listing:
    """A list. `facet` names the filter whose options stand above the table with their counts."""

    name: str
    title: str
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...]
    order: str
    """The column sorted by at first, with - for descending."""
    href: Callable[[Any], str]
    tie: str = "-pk"
    """Field that settles ties, so that pages do not overlap."""
    facet: str = ""
    count: Callable[[Rows], Mapping[str, int]] = field(default=lambda rows: {})
    """Counts of the facet's options."""
    prepare: Callable[[list[Any]], list[Any]] = field(default=lambda rows: rows)
    """What is looked up once for many rows (names of items, …)."""
    place: tuple[str | None, str | None] | None = ("region_code", "agency_code")
    """The fields that say in which region and with which agency a row lies: who may export in one office and only read
    in another exports the one. None for rows that lie nowhere."""
    empty: str = "没有符合条件的记录"
    empty_next: str = "放宽条件再查,或清除全部条件。"

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)
