"""Rows out of the store as Arrow, by column: few through the connection at hand, all through ADBC.

The connection at hand sees what its own transaction has written; ADBC opens one of its own (of SQLite in a child,
`sqlite_child`), reads several times as fast, and holds one batch in memory at a time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

import adbc_driver_manager as adbc
import adbc_driver_postgresql
import pyarrow as pa
from django.db import connection
from psycopg.conninfo import make_conninfo

from mingcha.facts.arrow import arrow_schema
from mingcha.facts.declare import Column, Kind, Table
from mingcha.intake import sqlite_child
from mingcha.intake.staging import STORED_TYPES, listed
from mingcha.intake.stored import from_stored

BATCH: Final = 65_536
_PATIENCE: Final = 20_000
"""Milliseconds to wait for another connection of SQLite."""
_LITERALS: Final = {pa.string(): "''", pa.int64(): "0", pa.bool_(): "0"}


def fetch(table: Table, columns: Sequence[str], rows: str, params: Sequence[Any] = ()) -> pa.Table:
    """The canonical rows of a query's end (`FROM … WHERE …`), through the connection at hand."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {listed(list(columns))} {rows}", list(params) or None)
        found = cursor.fetchall()
    values: Any = zip(*found, strict=True) if found else ((),) * len(columns)
    arrays = [
        from_stored(table.column(name), _array(table.column(name), held))
        for name, held in zip(columns, values, strict=True)
    ]
    return pa.table(arrays, schema=_schema(table, columns))


def apart() -> bool:
    """Whether the store can be read through a connection of its own: not inside a transaction, whose rows nobody else
    sees yet, and not where the database is in this process's memory."""
    name = str(connection.settings_dict["NAME"])
    in_memory = connection.vendor == "sqlite" and (":memory:" in name or "mode=memory" in name)
    return not (connection.in_atomic_block or in_memory)


def stream(table: Table, columns: Sequence[str], rows: str, *, apart: bool) -> Iterator[pa.RecordBatch]:
    """The canonical rows of a query's end in batches; `apart` through a connection of their own, from any thread."""
    if not apart:
        yield from fetch(table, columns, rows).to_batches()
        return
    reader = _sqlite if connection.vendor == "sqlite" else _postgresql
    schema = _schema(table, columns)
    for batch in reader(table, columns, rows):
        arrays = [
            from_stored(table.column(name), array) for name, array in zip(columns, batch.columns, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _schema(table: Table, columns: Sequence[str]) -> pa.Schema:
    whole = arrow_schema(table)
    return pa.schema([whole.field(name) for name in columns])


def _array(column: Column, values: Sequence[Any]) -> pa.Array:
    """Values as a database driver gives them: SQLite knows no booleans."""
    if column.kind is Kind.BOOL:
        return pa.array([None if value is None else bool(value) for value in values], pa.bool_())
    return pa.array(values, STORED_TYPES[column.kind])


def _sqlite(table: Table, columns: Sequence[str], rows: str) -> Iterator[pa.RecordBatch]:
    """The driver takes types from the first rows; one row before all others says them, and is left out."""
    types = [_LITERALS[STORED_TYPES[table.column(name).kind]] for name in columns]
    sql = f"SELECT {', '.join(types)} UNION ALL SELECT {listed(list(columns))} {rows}"
    first = True
    for batch in sqlite_child.batches(str(connection.settings_dict["NAME"]), sql, BATCH, _PATIENCE):
        yield batch.slice(1) if first else batch
        first = False


def _postgresql(table: Table, columns: Sequence[str], rows: str) -> Iterator[pa.RecordBatch]:
    params = connection.get_connection_params()
    known = {k: v for k, v in params.items() if k in ("dbname", "user", "password", "host", "port") and v}
    server = _server(make_conninfo(**known), os.getpid())
    with adbc.AdbcConnection(server) as con, adbc.AdbcStatement(con) as statement:
        statement.set_sql_query(f"SELECT {listed(list(columns))} {rows}")
        handle, _ = statement.execute_query()
        yield from pa.RecordBatchReader.from_stream(handle)


@lru_cache(maxsize=4)
def _server(address: str, process: int) -> adbc.AdbcDatabase:
    """The driver's knowledge of a server, which it asks for through a connection that it closes again: forty tables
    would ask forty times, at a tenth of a second each. Of this process: what is inherited is another's."""
    server: adbc.AdbcDatabase = adbc_driver_postgresql.connect(address)
    return server
