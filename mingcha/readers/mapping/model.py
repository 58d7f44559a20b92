"""What a mapping is, once read: plain frozen records.

A source is a foreign table or event log; a part is what one source gives to one fact table, a value how one
column comes about. Every text named `sql` is an expression of `mingcha.readers.mapping.expression`.
"""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from pathlib import Path

FORMATS = ("csv", "xlsx", "jsonl", "parquet", "xes")
ELEMENT, POSITION = "element", "position"
"""Columns that a part with `each` has besides those of its source: the element and its place from 1."""


@dataclass(frozen=True)
class Number:
    """A running number: 1, 2, … among rows that agree in `within`, by `order` (else as in the file)."""

    within: tuple[str, ...]
    order: str = ""


@dataclass(frozen=True)
class Source:
    """Foreign files of one layout.

    `files` are patterns of file names; `optional` ones may be missing; a `partial` one may lack columns.
    `blanks` are texts that mean nothing was entered, `dates` the strptime formats of columns that are not in
    a spelling that everybody reads, `add` running numbers that the files themselves lack.
    """

    name: str
    files: tuple[str, ...]
    format: str = ""
    optional: bool = False
    partial: bool = False
    encoding: str = ""
    delimiter: str = ","
    sheet: str = ""
    blanks: tuple[str, ...] = ()
    dates: Map[str, str] = field(default_factory=dict)
    add: Map[str, Number] = field(default_factory=dict)


@dataclass(frozen=True)
class Join:
    """At most one row of another source: its columns -> ours, the first or last row in an order."""

    alias: str
    source: str
    on: Map[str, str]
    where: str = ""
    keep: str = "last"
    order: str = ""


@dataclass(frozen=True)
class Each:
    """One row for each element of a list in a column; texts are split at `split`."""

    column: str
    split: str = ""


@dataclass(frozen=True)
class Value:
    """How one column of a fact table comes about: exactly one origin, then what is done with it.

    Origins: `column` (several: the first that is not blank), `sql`, `constant`, `first` or `last` (a column
    of a group's rows, those of `where`), `count` (rows of `where`), `number`.
    Then: `match` (a regular expression whose first group, or all of it, is kept), `map` (None: becomes
    missing) with `otherwise` (`refuse`, `keep`, `missing`, or a value for the rest), `scale` (worst and best
    of the sender's rating), `split` (the sender's mark between list elements), `coin` (a substitute code),
    and `default` where nothing was entered.
    """

    column: tuple[str, ...] = ()
    sql: str = ""
    constant: str = ""
    first: str = ""
    last: str = ""
    count: bool = False
    number: Number | None = None
    where: str = ""
    match: str = ""
    map: Map[str, str | None] | None = None
    otherwise: str = "refuse"
    scale: tuple[int, int] | None = None
    split: str = ""
    coin: str = ""
    default: str = ""

    @property
    def picks(self) -> bool:
        """Whether it chooses among the rows of a group."""
        return bool(self.first or self.last or self.count)


@dataclass(frozen=True)
class Part:
    """What one source gives to a fact table; without a source, one row of constants."""

    table: str
    values: Map[str, Value]
    source: str = ""
    where: str = ""
    joins: tuple[Join, ...] = ()
    group: tuple[str, ...] = ()
    order: str = ""
    each: Each | None = None
    path: tuple[str | int, ...] = ()


@dataclass(frozen=True)
class Mapping:
    """A whole mapping file, with the packs that are to judge what comes of it."""

    id: str
    title: str
    origin: str
    sources: Map[str, Source]
    parts: tuple[Part, ...]
    packs: tuple[str, ...] = ()
    as_of: str = ""
    notes: tuple[str, ...] = ()
    file: Path = Path()
    lines: Map[tuple[str | int, ...], int] = field(default_factory=dict, compare=False)

    @property
    def tables(self) -> tuple[str, ...]:
        """The fact tables it fills, in the order of the file."""
        return tuple(dict.fromkeys(part.table for part in self.parts))
