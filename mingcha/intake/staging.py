"""Rows of one piece into the staging table of their fact table, as they are to be stored.

One temporary table per connection and fact table: `stage_<table>`, with every column, the row's number, and what
`merging` finds out about each row: `_known`, the open row of the same key, `_holder`, the source of its case, `_fate`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from io import BytesIO
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv as pacsv
from django.db import connection

from mingcha.facts.declare import Column, Kind, Table
from mingcha.intake import personal
from mingcha.intake.sorting import ROW
from mingcha.intake.stored import to_stored

SEALED: Final = "sealed"
_AT_ONCE: Final = 5_000
"""Rows handed to SQLite together."""


class Fate(IntEnum):
    """What becomes of a staged row; none yet, or the first of its key: null."""

    CONFLICT = 1
    OLDER = 2
    UNCHANGED = 3
    CORRECTED = 4


def stage_name(table: Table) -> str:
    """Name of the staging table."""
    return f"stage_{table.name}"


@dataclass(frozen=True)
class Stored:
    """Rows in the form in which they are stored, and for PostgreSQL the text in which it takes them."""

    rows: pa.Table
    text: memoryview | None = None


def stored_rows(table: Table, rows: pa.Table) -> Stored:
    """Canonical rows in the form in which they are stored: personal columns as tokens, their values sealed."""
    stored = _stored(table, rows)
    return Stored(stored, _text(stored) if connection.vendor == "postgresql" else None)


def _stored(table: Table, rows: pa.Table) -> pa.Table:
    made, names = [], []
    for column in table.columns:
        if column.name in rows.column_names:
            made.append(_plain(to_stored(column, rows[column.name])))
            names.append(column.name)
    stored = pa.table([*made, _plain(rows[ROW])], [*names, ROW])
    sent = [name for name in personal.personal_columns(table) if name in names]
    if not sent:
        return stored
    sealed = pa.array(personal.seal_rows(table, stored), pa.binary())
    for name in sent:
        place = stored.schema.get_field_index(name)
        stored = stored.set_column(place, name, personal.tokens(name, _plain(stored[name])))
    return stored.append_column(SEALED, sealed)


def _plain(values: pa.ChunkedArray | pa.Array) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def stage(cursor: Any, table: Table, stored: Stored) -> None:
    """Fill the staging table anew with rows of `stored_rows`."""
    name, rows = stage_name(table), stored.rows
    if stored.text is not None:
        cursor.execute(_create(table, "bytea"))
        cursor.execute(f"TRUNCATE {name}")
        with cursor.cursor.copy(f"COPY {name} ({listed(rows.column_names)}) FROM STDIN (FORMAT csv)") as copy:
            copy.write(stored.text)
        if rows.num_rows > 1000:  # without numbers the planner takes the keys for few
            cursor.execute(f"ANALYZE {name} ({listed(list(table.keys))})")
        return
    cursor.execute(_create(table, "blob"))
    cursor.execute(f"DELETE FROM {name}")
    places = ", ".join(["%s"] * rows.num_columns)
    sql = f"INSERT INTO {name} ({listed(rows.column_names)}) VALUES ({places})"
    for part in rows.to_batches(
        max_chunksize=_AT_ONCE
    ):  # all of them as Python values would be 200 MB of cases
        cursor.executemany(sql, zip(*(column.to_pylist() for column in part.columns), strict=True))


def listed(names: list[str]) -> str:
    """Quoted names of columns (`limit` is one), with commas."""
    return ", ".join(f'"{name}"' for name in names)


def _create(table: Table, blob: str) -> str:
    columns = [f'"{column.name}" {_sql_type(column)}' for column in table.columns]
    own = [f"{ROW} bigint", f"{SEALED} {blob}", "_known bigint", "_holder bigint", "_fate bigint"]
    return f"CREATE TEMPORARY TABLE IF NOT EXISTS {stage_name(table)} ({', '.join([*columns, *own])})"


def _sql_type(column: Column) -> str:
    if column.kind is Kind.BOOL:
        return "boolean"
    return "text" if pa.types.is_string(STORED_TYPES[column.kind]) else "bigint"


STORED_TYPES: dict[Kind, pa.DataType] = {
    Kind.TEXT: pa.string(),
    Kind.CODE: pa.string(),
    Kind.MONTH: pa.string(),
    Kind.LIST: pa.string(),
    Kind.BOOL: pa.bool_(),
    Kind.INTEGER: pa.int64(),
    Kind.MONEY: pa.int64(),
    Kind.INSTANT: pa.int64(),
    Kind.DAY: pa.int64(),
    Kind.TIME: pa.int64(),
}
"""Arrow type of the stored values of each kind."""


def _text(rows: pa.Table) -> memoryview:
    """CSV written by Arrow, for COPY: an empty text is quoted, a missing value is not."""
    if SEALED in rows.column_names:
        place = rows.schema.get_field_index(SEALED)
        hexed = [None if blob is None else "\\x" + blob.hex() for blob in rows[SEALED].to_pylist()]
        rows = rows.set_column(place, SEALED, pa.array(hexed, pa.string()))
    buffer = BytesIO()
    pacsv.write_csv(rows, buffer, pacsv.WriteOptions(include_header=False))
    return buffer.getbuffer()
