"""Personal data of rows: tokens where rules and searches look, the values themselves sealed, one blob a row."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import pyarrow as pa

from mingcha.base import sealing
from mingcha.facts.declare import Table

DOMAINS: Final = {
    "applicant_name": "name",
    "contact_name": "name",
    "receiver": "name",
    "holder": "name",
    "applicant_id": "id",
    "contact_phone": "phone",
}
"""In which domain the token of a personal column is: equal values of one domain have equal tokens."""


def personal_columns(table: Table) -> tuple[str, ...]:
    """The personal columns of a table, in the order of the declaration."""
    return tuple(column.name for column in table.columns if column.personal)


def token(column: str, value: str) -> str | None:
    """The token under which a value of a personal column is stored and searched."""
    return sealing.token(DOMAINS[column], value)


def tokens(column: str, values: pa.Array) -> pa.Array:
    """The tokens of a column; equal values are computed once."""
    encoded = values.dictionary_encode()
    made = sealing.tokens(DOMAINS[column], encoded.dictionary.to_pylist())
    return pa.array(made, pa.string()).take(encoded.indices)


def about(table: Table, row: dict[str, Any]) -> str:
    """What the blob of a row is about: its table and its key, as stored."""
    return sealing.about_row(table.name, *(row[name] for name in table.keys))


def seal_rows(table: Table, rows: pa.Table) -> list[bytes | None]:
    """One blob for each row; None where a row has no personal value. `rows` has the keys as stored, and the
    personal columns that were sent, in the open."""
    names = [name for name in personal_columns(table) if name in rows.column_names]
    keys = [rows[name].to_pylist() for name in table.keys]
    values = [rows[name].to_pylist() for name in names]
    return sealing.seal_rows(
        (dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)),
        (sealing.about_row(table.name, *key) for key in zip(*keys, strict=True)),
    )


def open_row(blob: bytes | memoryview | None, about: str) -> dict[str, str]:
    """The personal values of a row by column. Raises `sealing.SealError`."""
    return {} if blob is None else sealing.open_sealed(bytes(blob), about)


def put_over(
    old: bytes | memoryview | None, new: bytes | memoryview | None, columns: Collection[str], about: str
) -> bytes | None:
    """The old blob, but for these columns the values of the new one."""
    given = open_row(new, about)
    kept = {name: value for name, value in open_row(old, about).items() if name not in columns}
    kept |= {name: value for name, value in given.items() if name in columns}
    return sealing.seal(kept, about) if kept else None
