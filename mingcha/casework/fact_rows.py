"""The fact row of a matter: kept with it as JSON, written to the store, and given to the rules as facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from mingcha.casework.declare import Kind, kind_of
from mingcha.casework.models import Matter
from mingcha.facts.declare import Column
from mingcha.facts.declare import Kind as Holds
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts
from mingcha.intake import applying
from mingcha.law.instants import DATE_ALONE

Row = dict[str, Any]


def plain(value: Any) -> Any:
    """A value as JSON keeps it: moments as ISO text, a date alone without a time."""
    return value.isoformat() if isinstance(value, date) else value


def value_of(column: Column, kept: Any) -> Any:
    """The inverse of `plain`, by what the column holds."""
    if not isinstance(kept, str) or column.kind not in (Holds.INSTANT, Holds.DAY):
        return kept
    if len(kept) == 10:
        return date.fromisoformat(kept)
    return datetime.fromisoformat(kept)


def row_of(matter: Matter) -> Row:
    """The row as it is now, in Python values, with its key."""
    kind = kind_of(matter.kind)
    table = TABLES[kind.table]
    return {name: value_of(table.column(name), kept) for name, kept in matter.fact.items()} | _key(
        kind, matter
    )


def _key(kind: Kind, matter: Matter) -> Row:
    return {kind.key: matter.subject if kind.keyed_by == "subject" else matter.no}


def write(matters: Iterable[Matter], actor: str) -> None:
    """Write the rows of matters that have one, in the caller's transaction. Each row is written whole, so that rows of
    one batch do not clear each other's columns."""
    told: dict[tuple[str, frozenset[str]], list[Row]] = defaultdict(list)
    for matter in matters:
        kind = kind_of(matter.kind)
        if kind.table:
            row = row_of(matter)
            told[(kind.table, frozenset(row))].append(row)
    for (table, _), rows in told.items():
        applying.write({table: rows}, actor)


def as_facts(tables: Mapping[str, Iterable[Mapping[str, Any]]]) -> Facts:
    """Rows in Python values as facts; every column of a table is there."""
    return Facts.from_rows({name: [_whole(name, row) for row in rows] for name, rows in tables.items()})


def _whole(table: str, row: Mapping[str, Any]) -> Row:
    made: Row = {}
    for column in TABLES[table].columns:
        value = row.get(column.name)
        value = column.default if value is None else value
        if column.kind is Holds.INSTANT and isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day, microsecond=DATE_ALONE)
        made[column.name] = value
    return made
