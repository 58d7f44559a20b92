"""Which rows go with a case, and a table's rows as they are stored: every column, with ids and both times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import pyarrow as pa
from django.db import connection, models

from mingcha.facts.schema import TABLES
from mingcha.intake.fact_models import FACTS

CASES: Final = "cases"
COLUMN: Final[dict[str, str]] = {
    **{name: "case_no" for name, table in TABLES.items() if table.group == "case"},
    "evaluations": "case_no",
    "issued": "key",
}
"""The tables whose rows go with a case, and the column that names it. What has a life of its own (complaints, tickets,
appeals) stays."""
_ONLY: Final = {"issued": " AND about = 'cases'"}
_TYPES: Final = {
    models.TextField: pa.string(),
    models.BinaryField: pa.binary(),
    models.BooleanField: pa.bool_(),
}
_AT_ONCE: Final = 5_000


def schema(table: str) -> pa.Schema:
    """The stored columns of a table."""
    fields = FACTS[table]._meta.concrete_fields
    return pa.schema([(field.column, _TYPES.get(type(field), pa.int64())) for field in fields])


def rows_of(table: str, cases: Sequence[str]) -> pa.Table:
    """All rows of some cases, in the order of their ids."""
    told = schema(table)
    found = _ask(table, ", ".join(f'"{name}"' for name in told.names), cases, " ORDER BY id")
    columns: Any = zip(*found, strict=True) if found else ([],) * len(told)
    return pa.table(
        [_array(field, list(values)) for field, values in zip(told, columns, strict=True)], schema=told
    )


def _array(field: pa.Field, values: list[Any]) -> pa.Array:
    if field.type == pa.bool_():
        values = [None if value is None else bool(value) for value in values]
    elif field.type == pa.binary():
        values = [None if value is None else bytes(value) for value in values]
    return pa.array(values, field.type)


def sums(rows: pa.Table) -> tuple[int, int, int]:
    """What proves that rows are those: how many, their ids added up, and the numbers that closed them."""
    ids, ends = rows["id"].to_pylist(), rows["seen_to"].to_pylist()
    return len(ids), sum(ids), sum(end or 0 for end in ends)


def sums_held(table: str, cases: Sequence[str]) -> tuple[int, int, int]:
    """The same of the rows of some cases in the database."""
    ((count, ids, ends),) = _ask(
        table, "count(*), coalesce(sum(id), 0), coalesce(sum(coalesce(seen_to, 0)), 0)", cases
    )
    return int(count), int(ids), int(ends)


def delete(table: str, cases: Sequence[str]) -> int:
    """Take the rows of some cases out, in the caller's transaction; how many."""
    where, params = _where(table, cases)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_name(table)} WHERE {where}", params)
        return int(cursor.rowcount)


def insert(table: str, rows: pa.Table) -> None:
    """Put rows in as they were, in the caller's transaction. A column that the table has got since is empty."""
    names = [name for name in rows.column_names if name in schema(table).names]
    listed = ", ".join(f'"{name}"' for name in names)
    sql = f"INSERT INTO {_name(table)} ({listed}) VALUES ({', '.join(['%s'] * len(names))})"
    columns = [rows[name].to_pylist() for name in names]
    values = list(zip(*columns, strict=True))
    with connection.cursor() as cursor:
        for start in range(0, len(values), _AT_ONCE):
            cursor.executemany(sql, values[start : start + _AT_ONCE])


def chunks(cases: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Some at a time."""
    for start in range(0, len(cases), size):
        yield cases[start : start + size]


def _name(table: str) -> str:
    return str(FACTS[table]._meta.db_table)


def _where(table: str, cases: Sequence[str]) -> tuple[str, list[Any]]:
    if connection.vendor == "postgresql":
        return f"{COLUMN[table]} = ANY(%s){_ONLY.get(table, '')}", [list(cases)]
    marks = ", ".join(["%s"] * len(cases))
    return f"{COLUMN[table]} IN ({marks}){_ONLY.get(table, '')}", list(cases)


def _ask(table: str, what: str, cases: Sequence[str], end: str = "") -> list[Any]:
    where, params = _where(table, cases)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {what} FROM {_name(table)} WHERE {where}{end}", params)
        return list(cursor.fetchall())
