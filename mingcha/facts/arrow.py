"""The canonical Arrow form of a fact table: what every reader produces and the engine reads.

| kind | Arrow | |
|---|---|---|
| text, code, month | string | a month is `YYYY-MM` |
| integer | int64 | |
| money | decimal128(18, 2) | yuan |
| bool | bool | |
| instant | timestamp[us], no zone | local wall time; a date alone is midnight plus 1 µs |
| day | date32 | |
| time | int32 | minutes of the day |
| list | list<string> | |
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from mingcha.facts.declare import Column, Kind, Table
from mingcha.facts.schema import table_digest

CANONICAL = b"mingcha.canonical"
"""Key of the Parquet metadata that holds the schema digest of a canonical file."""

_TYPES: dict[Kind, pa.DataType] = {
    Kind.TEXT: pa.string(),
    Kind.CODE: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.MONEY: pa.decimal128(18, 2),
    Kind.BOOL: pa.bool_(),
    Kind.INSTANT: pa.timestamp("us"),
    Kind.DAY: pa.date32(),
    Kind.MONTH: pa.string(),
    Kind.TIME: pa.int32(),
    Kind.LIST: pa.list_(pa.field("element", pa.string())),
}


def arrow_type(column: Column) -> pa.DataType:
    """The canonical Arrow type of a column."""
    return _TYPES[column.kind]


def arrow_schema(table: Table, columns: Iterable[str] | None = None) -> pa.Schema:
    """The canonical Arrow schema of a table, of all its columns or of those named, with the digest as
    metadata.

    Columns come in the order of the declaration. Names that the table does not have raise KeyError.
    """
    wanted = None if columns is None else {table.column(name).name for name in columns}
    fields = [
        pa.field(column.name, arrow_type(column))
        for column in table.columns
        if wanted is None or column.name in wanted
    ]
    return pa.schema(fields, metadata={CANONICAL: table_digest(table).encode()})
