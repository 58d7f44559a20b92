"""The rows of a case as they are known now: every table, values as people say them, each with batch and line."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mingcha.accounts import masking
from mingcha.base.sealing import SealError
from mingcha.facts.declare import Column, Kind, Table
from mingcha.facts.schema import TABLES
from mingcha.intake import personal
from mingcha.intake.models import Batch
from mingcha.law.instants import date_of
from mingcha.pages.lookups import local, stored
from mingcha.pages.templatetags.words import when

CASE_TABLES = tuple(table for table in TABLES.values() if "case_no" in table.by_name)
MOST = 200
"""Rows of one table that a page shows."""

_UNSAID = ("case_no", "withdrawn", "source_version")
"""Columns that stand elsewhere on the page or say nothing to a reader."""


@dataclass(frozen=True)
class RowShown:
    """A row: the columns shown with their values, and where it came from."""

    cells: tuple[tuple[Column, str], ...]
    batch: Batch | None
    line: int | None


@dataclass(frozen=True)
class TableShown:
    """A table of the case; columns that hold nothing are left out."""

    name: str
    label: str
    columns: tuple[Column, ...]
    rows: tuple[RowShown, ...]


def rows_of(case_no: str, without: Container[str] = ()) -> dict[str, list[Any]]:
    """Stored rows of the case by table, those in force now; tables without any are left out, and those `without`."""
    found = {}
    for table in CASE_TABLES:
        if table.name in without:
            continue
        order = [key for key in table.keys if key != "case_no"] or ["pk"]
        if rows := list(stored(table.name).filter(case_no=case_no).order_by(*order)[:MOST]):
            found[table.name] = rows
    return found


def shown(found: Mapping[str, list[Any]], *, clear: bool = False) -> list[TableShown]:
    """The rows as a page shows them; `clear`: personal values unmasked (who may and why was asked before)."""
    numbers = {row.seen_from for rows in found.values() for row in rows}
    batches = Batch.objects.select_related("source").in_bulk(numbers, field_name="no")
    return [_table(TABLES[name], rows, batches, clear) for name, rows in found.items()]


def _table(table: Table, rows: list[Any], batches: Mapping[int, Batch], clear: bool) -> TableShown:
    told = [_told(table, row, clear) for row in rows]
    columns = tuple(
        column
        for column in table.columns
        if column.name not in _UNSAID and any(values.get(column.name) not in (None, "") for values in told)
    )
    lines = tuple(
        RowShown(
            tuple((column, values.get(column.name, "")) for column in columns),
            batches.get(row.seen_from),
            row.batch_row,
        )
        for row, values in zip(rows, told, strict=True)
    )
    return TableShown(table.name, table.label, columns, lines)


def _told(table: Table, row: Any, clear: bool) -> dict[str, str]:
    """Values by column. Personal ones come from the seal alone: their columns hold tokens."""
    opened = _opened(table, row)
    found = {}
    for column in table.columns:
        if column.personal:
            value = opened.get(column.name)
            found[column.name] = (value if clear else masking.masked(column, value)) or ""
        else:
            found[column.name] = said(column, getattr(row, column.name, None))
    return found


def _opened(table: Table, row: Any) -> dict[str, str]:
    if not any(column.personal for column in table.columns):
        return {}
    about = personal.about(table, {name: getattr(row, name) for name in table.keys})
    try:
        return personal.open_row(row.sealed, about)
    except SealError:
        return {column.name: "(无法开启)" for column in masking.personal_columns(table.name)}


def said(column: Column, value: Any) -> str:
    """A stored value as people say it; empty for none."""
    if value is None:
        return ""
    if column.kind is Kind.BOOL:
        return "是" if value else "否"
    if column.kind is Kind.INSTANT:
        return when(local(value))
    if column.kind is Kind.DAY:
        return when(date_of(value))
    if column.kind is Kind.TIME:
        return f"{value // 60:02d}:{value % 60:02d}"
    if column.kind is Kind.MONEY:
        return f"{value // 100:,}.{value % 100:02d} 元"
    if column.kind is Kind.LIST:
        return str(value).replace(";", "、")
    if column.codes is not None:
        return dict(column.codes.values).get(str(value), str(value))
    return masking.text(str(value))


def happenings(found: Mapping[str, list[Any]]) -> list[tuple[Any, str, str]]:
    """Every moment of every row, in order: (moment, what, where it stands)."""
    return sorted(_moments(found), key=lambda told: (str(told[0]), told[2], told[1]))


def _moments(found: Mapping[str, list[Any]]) -> Iterator[tuple[Any, str, str]]:
    for name, rows in found.items():
        table = TABLES[name]
        for row in rows:
            for column in _moment_columns(table):
                at = local(getattr(row, column.name))
                if at is not None:
                    yield at, column.label + ("(计划)" if column.planned else ""), _name(table, row)


def _moment_columns(table: Table) -> Iterable[Column]:
    return (c for c in table.columns if c.kind is Kind.INSTANT and c.name != "reported_at")


def _name(table: Table, row: Any) -> str:
    if table.name == "cases":
        return table.label
    named = getattr(row, "name", None) or getattr(row, "kind_name", None)
    keys = [said(table.column(key), getattr(row, key)) for key in table.keys if key != "case_no"]
    return " ".join(str(part) for part in (table.label, *keys, named) if part not in (None, ""))
