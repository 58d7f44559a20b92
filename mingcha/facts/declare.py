"""How a fact table (事实表) is declared: columns, kinds, keys, code lists.

One declaration serves every reader, template, database model, rule and reference page. Nothing here knows
about files or Arrow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """What a column holds, and so how a cell is read and how it is stored."""

    TEXT = "text"
    CODE = "code"  # one of a closed list
    INTEGER = "integer"
    MONEY = "money"  # yuan with at most two decimals in files; 分 inside
    BOOL = "bool"
    INSTANT = "instant"  # local wall time, Asia/Shanghai; may be a date alone
    DAY = "day"
    MONTH = "month"  # text YYYY-MM
    TIME = "time"  # minutes of the day
    LIST = "list"  # texts, joined with ";" in files


@dataclass(frozen=True)
class CodeList:
    """A closed list of values, each with its Chinese label; readers accept the value, the label or an alias.

    `extension` is a regular expression for values which the standard leaves to local use (e.g. 11… of GB/T
    39046 A.1).
    """

    name: str
    label: str
    values: dict[str, str]
    source: str = ""
    aliases: dict[str, str] = field(default_factory=dict)
    extension: str = ""

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Every accepted spelling -> value."""
        own = {value: value for value in self.values}
        labels = {label: value for value, label in self.values.items()}
        return {**labels, **self.aliases, **own}

    def read(self, text: str) -> str | None:
        """The value that `text` spells, or None if it spells none."""
        found = self.spellings.get(text)
        if found is None and self.extension and re.fullmatch(self.extension, text):
            return text
        return found


@dataclass(frozen=True)
class Column:
    """One column.

    `key` columns are required too; `required` is the * of the fact tables: a row without it is refused.
    `planned` instants lie ahead by nature (a due date); every other instant is an event, absent while it lies
    after `as_of`. `default` is filled by readers where the cell is blank or the column absent, never where
    the value is bad. `check` names a check of checks.py.
    """

    name: str
    label: str
    kind: Kind
    key: bool = False
    required: bool = False
    codes: CodeList | None = None
    planned: bool = False
    personal: bool = False
    default: str | int | None = None
    check: str = ""
    low: int | None = None
    high: int | None = None
    arrival: bool = False
    note: str = ""
    source: str = ""

    @property
    def must(self) -> bool:
        """Whether a row without this value is refused."""
        return self.key or self.required

    @property
    def event(self) -> bool:
        """Whether this is an instant at which something happened (neither planned nor the arrival of the
        row)."""
        return self.kind is Kind.INSTANT and not self.planned and not self.arrival


@dataclass(frozen=True)
class Table:
    """One fact table.

    `unit` is what is judged together (`case`, `item`, `agency`, `hall`, ...) and `unit_column` the column
    that holds its key.
    """

    name: str
    label: str
    group: str
    columns: tuple[Column, ...]
    unit: str
    unit_column: str
    note: str = ""
    source: str = ""

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Columns by English name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def by_label(self) -> dict[str, Column]:
        """Columns by Chinese label."""
        return {column.label: column for column in self.columns}

    @property
    def lasting(self) -> bool:
        """Whether it holds what changes seldom (the catalogue, offices, people), not what happens."""
        return self.group == "reference"

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Names of the key columns, in order."""
        return tuple(column.name for column in self.columns if column.key)

    @cached_property
    def must(self) -> tuple[str, ...]:
        """Names of the columns without which a row is refused: key and starred."""
        return tuple(column.name for column in self.columns if column.must)

    @cached_property
    def events(self) -> tuple[str, ...]:
        """Names of the event instants."""
        return tuple(column.name for column in self.columns if column.event)

    def column(self, name: str) -> Column:
        """The column of that English name; KeyError if there is none."""
        return self.by_name[name]


GROUPS = {
    "reference": "目录",
    "case": "办件",
    "feedback": "评价",
    "casework": "处理与履职",
    "hall": "大厅与服务过程",
}
