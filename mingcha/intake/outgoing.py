"""Rows out 导出: what the store knows now of a table, in the canonical form, personal values masked.

The form is that of the readers (`readers.export` writes it), so that what went out can come in again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa
from django.db.models import QuerySet

from mingcha.accounts import masking
from mingcha.accounts.scopes import Scope
from mingcha.facts.arrow import arrow_schema
from mingcha.facts.declare import Column, Table
from mingcha.facts.schema import TABLES
from mingcha.intake import personal
from mingcha.intake.fact_models import FACTS
from mingcha.intake.stored import from_stored

CHUNK: Final = 20_000
MOST_ROWS: Final = 300_000
"""Rows that are given through a page; more by `mingcha export`."""


def seen_rows(table: str, scope: Scope) -> QuerySet[Any]:
    """The present rows of a table that lie in a scope: by their own region or agency, else by their case.

    A table that says neither is seen whole by who sees everything, and by nobody else, but for the catalogue of
    regions, agencies and items, which is public.
    """
    declared, rows = TABLES[table], _present(table)
    named = declared.by_name
    if scope.everything or declared.group == "reference":
        return rows
    if "agency_code" in named or "region_code" in named:
        region = "region_code" if "region_code" in named else None
        return scope.limit(rows, region, "agency_code" if "agency_code" in named else None)
    if "case_no" in named:
        cases = scope.limit(_present("cases")).values("case_no")
        return rows.filter(case_no__in=cases)
    return rows.none()


def as_arrow(table: str, rows: QuerySet[Any], *, masked: bool = True) -> pa.Table:
    """Rows of a table as canonical Arrow; personal values masked (a mask is no value that readers would take), or in
    the open, where whoever asks may have them and has put it on record."""
    declared = TABLES[table]
    names = [column.name for column in declared.columns]
    sealed = ["sealed"] if any(column.personal for column in declared.columns) else []
    people = _shown(masked) if sealed else None
    schema = arrow_schema(declared)
    batches, chunk = [], []
    for values in rows.order_by(*declared.keys).values_list(*names, *sealed).iterator(CHUNK):
        chunk.append(values)
        if len(chunk) == CHUNK:
            batches.append(_batch(declared, names, chunk, people))
            chunk = []
    if chunk:
        batches.append(_batch(declared, names, chunk, people))
    return pa.Table.from_batches(batches, schema) if batches else schema.empty_table()


def _present(table: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = FACTS[table]._default_manager.filter(seen_to=None).exclude(withdrawn=True)
    return rows


Show = Callable[[Column, str | None], str | None]


def _shown(masked: bool) -> Show:
    return masking.masked if masked else lambda _, value: value


def _batch(table: Table, names: list[str], rows: list[tuple[Any, ...]], show: Show | None) -> pa.RecordBatch:
    columns = dict(zip(names, zip(*rows, strict=True), strict=False))
    people = _people(table, names, rows, show) if show else {}
    schema = arrow_schema(table)
    arrays = []
    for column in table.columns:
        if column.name in people:
            arrays.append(pa.array(people[column.name], pa.string()))
        else:
            made = from_stored(column, pa.array(list(columns[column.name])))
            arrays.append(made.cast(schema.field(column.name).type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _people(
    table: Table, names: list[str], rows: list[tuple[Any, ...]], show: Show
) -> dict[str, list[str | None]]:
    """The personal columns, opened."""
    made: dict[str, list[str | None]] = {column.name: [] for column in table.columns if column.personal}
    for row in rows:
        opened = personal.open_row(row[-1], personal.about(table, dict(zip(names, row, strict=False))))
        for name, values in made.items():
            values.append(show(table.column(name), opened.get(name)))
    return made
