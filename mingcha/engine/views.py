"""Fact tables as of a moment: what had happened by ``as_of``, and (two times) what was known by ``known_at``.

One view ``v_<table>`` per table, with only the columns that some rule reads, in the types rules see: instants
and days as BIGINT microseconds, money as 分. See facts.md "As of".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from mingcha.facts.declare import Column, Kind, Table
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Source
from mingcha.law.instants import instant
from mingcha.rules.expression import KINDS
from mingcha.rules.functions import DAY, FUNCTIONS, TEXT

GOES_WITH = {
    "cases": {
        "outcome": "completed_at",
        "abnormal_reason": "completed_at",
        "opinion": "opinion_at",
        "reject_reason": "opinion_at",
    },
    "complaints": {"verified": "verified_at"},
    "appeals": {"decision": "decided_at"},
    "review_handling": {"finding": "confirmed_at"},
}
"""Columns that are facts only once the event they belong to has happened."""

STAYS = {"materials": "waiver IS NOT NULL"}
"""Rows that stay although all of their events lie ahead: a waived material is known by its waiver."""

SQL_TYPES = {"bigint": "BIGINT", "instant": "BIGINT", "boolean": "BOOLEAN"}
LIST_TYPES = {"duckdb": "VARCHAR[]", "spark": "ARRAY<STRING>", "sqlite": "TEXT"}


def quoted(name: str, dialect: str) -> str:
    """An identifier that may be a word of SQL (`limit`)."""
    return f"`{name}`" if dialect == "spark" else f'"{name}"'


def null_of(kind: str, dialect: str) -> str:
    """A typed NULL."""
    types = {**SQL_TYPES, "text": TEXT[dialect], "list": LIST_TYPES[dialect]}
    return f"CAST(NULL AS {types[kind]})"


def as_of_view(
    name: str,
    raw: str,
    present: Iterable[str],
    wanted: Iterable[str],
    now: str,
    dialect: str,
    *,
    come: Collection[str] = (),
    extra: str = "",
) -> str:
    """SQL of ``v_<name>``.

    ``raw`` is the relation with the canonical rows, ``present`` the columns it has, ``wanted`` those that rules
    read; ``extra`` is a further condition (a scope). ``now`` is SQL of the last instant that counts, in microseconds
    (`last_instant`). Nothing is asked of events that have ``come`` in every row (`all_come`).
    """
    table, present = TABLES[name], set(present)
    selected = []
    for column in table.columns:
        if column.name in wanted or column.key:
            selected.append(
                f"{_value(table, column, present, now, dialect, come)} AS {quoted(column.name, dialect)}"
            )
    conditions = [c for c in (_visible(table, present, now, dialect, come), extra) if c]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {', '.join(selected)} FROM {raw}{where}"


def view_reads(name: str, present: Collection[str], wanted: Collection[str]) -> set[str]:
    """The columns that `as_of_view` and a restriction to what was known read."""
    table = TABLES[name]
    carriers = {event for column, event in GOES_WITH.get(name, {}).items() if column in wanted}
    read = {*wanted, *table.keys, *table.events, *carriers, "seen_from", "seen_to"}
    read |= {condition.split()[0] for condition in [STAYS.get(name, "")] if condition}
    return read & set(present)


def all_come(source: Source, now: int) -> frozenset[str]:
    """Events of a table none of which lies ahead in any row, and which no row lacks that has to have them."""
    table = TABLES[source.table]
    found = set()
    for column in (table.column(name) for name in table.events if name in source.columns):
        last = source.greatest(column.name)
        if last is None or (last.lacking and _has_to_be(column)):
            continue
        if last.value is None or instant(last.value) <= now:
            found.add(column.name)
    return frozenset(found)


def _value(
    table: Table, column: Column, present: set[str], now: str, dialect: str, come: Collection[str]
) -> str:
    if column.name not in present:
        return null_of(KINDS[column.kind], dialect)
    value = raw_value(column, dialect)
    if column.name in table.events and column.name not in come:
        return f"CASE WHEN {value} <= {now} THEN {value} END"
    carrier = GOES_WITH.get(table.name, {}).get(column.name)
    if carrier and carrier in present and carrier not in come:
        event = raw_value(table.column(carrier), dialect)
        return f"CASE WHEN {event} > {now} THEN NULL ELSE {value} END"
    return value


def last_instant(as_of: int) -> str:
    """SQL of the last instant that has come by ``as_of``: a date alone at midnight counts as that midnight."""
    return str(as_of + 1)


def raw_value(column: Column, dialect: str) -> str:
    """A canonical column in the form rules see."""
    name = quoted(column.name, dialect)
    if column.kind is Kind.INSTANT:
        return FUNCTIONS["micros"].render(dialect, name)
    if column.kind is Kind.DAY:
        return f"(CAST({FUNCTIONS['day_number'].render(dialect, name)} AS BIGINT) * {DAY} + 1)"
    if column.kind is Kind.MONEY:
        return FUNCTIONS["cents"].render(dialect, name)
    if column.kind is Kind.TIME:
        return f"CAST({name} AS BIGINT)"
    return name


def _visible(table: Table, present: set[str], now: str, dialect: str, come: Collection[str]) -> str:
    """A row is absent whose required event lies ahead, or all of whose events do.

    The catalogue's own rows stay: an item not yet published is there, without its `published_at`.
    """
    happened = [table.column(name) for name in table.events if name in present]
    if not happened:
        return ""
    required = [c for c in happened if _has_to_be(c)]
    conditions = [f"{raw_value(c, dialect)} <= {now}" for c in required if c.name not in come]
    optional = [c for c in happened if not _has_to_be(c)]
    ahead = any(c.name not in come for c in optional)
    if ahead and not required and table.group != "reference":
        values = [raw_value(c, dialect) for c in optional]
        some = [f"{value} <= {now}" for value in values]
        none = " AND ".join(f"{value} IS NULL" for value in values)
        condition = f"{' OR '.join(some)} OR ({none})"
        stays = STAYS.get(table.name)
        also = f" OR {stays}" if stays and stays.split()[0] in present else ""
        conditions.append(f"({condition}{also})")
    return " AND ".join(conditions)


def _has_to_be(column: Column) -> bool:
    return column.required or column.key
