"""The store into a folder of fact files, as it was known at a batch.

Personal columns hold their tokens: present or not, equal or not, as rules see them. Whoever wants the values says what
for, and the audit chain keeps it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import pyarrow as pa
from django.db import connection, transaction

from mingcha.base import audit
from mingcha.facts.declare import Table
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Source, write_canonical
from mingcha.intake import personal, reading
from mingcha.intake.fetching import fetch
from mingcha.intake.staging import SEALED, listed
from mingcha.intake.viewing import View, fact_name
from mingcha.readers.errors import UnusableError
from mingcha.readers.export import export

Form = Literal["parquet", "csv", "xlsx", "jsonl"]
_AT_ONCE: Final = 20_000


def export_store(
    to: Path, form: Form, *, actor: str, known_at: int | None = None, purpose: str = ""
) -> dict[str, int]:
    """Write one file a table; how many rows each has. With a `purpose` personal values stand in the open.

    Raises UnusableError where the folder is not empty, ValueError where XLSX cannot hold a table.
    """
    if to.exists() and any(to.iterdir()):
        raise UnusableError([f"{to} 里已有内容;换一个空文件夹"])
    known = reading.last_batch() if known_at is None else known_at
    facts = reading.facts(known)
    with transaction.atomic():
        detail = {"known_at": known, "tables": sorted(facts), "personal": bool(purpose), "form": form}
        audit.record(actor, "store.exported", f"batch:{known}", purpose=purpose, detail=detail)
    to.mkdir(parents=True, exist_ok=True)
    for name, source in facts.items():
        table = TABLES[name]
        rows = (
            _opened(table, source, known) if purpose and personal.personal_columns(table) else source.read()
        )
        _write(table, rows, to / f"{name}.{form}", form)
    return {name: source.rows for name, source in facts.items()}


def _write(table: Table, rows: pa.Table, path: Path, form: Form) -> None:
    if form == "parquet":
        write_canonical(table, rows, path)
    else:
        export(rows, path, form, {column.name: column.label for column in table.columns})


def _opened(table: Table, source: Source, known: int) -> pa.Table:
    """The rows of a table with their personal values in the place of the tokens."""
    columns = [column.name for column in table.columns if column.name in source.columns]
    return pa.concat_tables(
        [source.read().slice(0, 0).select(columns), *_opened_parts(table, columns, known)]
    )


def _opened_parts(table: Table, columns: list[str], known: int) -> Iterator[pa.Table]:
    fact, seen, last = fact_name(table), View(known).condition(), 0
    secret = [name for name in personal.personal_columns(table) if name in columns]
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, {SEALED}, {listed(list(table.keys))} FROM {fact} "
                f"WHERE id > {last} AND ({seen}) ORDER BY id LIMIT {_AT_ONCE}"
            )
            found = cursor.fetchall()
        if not found:
            return
        rows = fetch(
            table, columns, f"FROM {fact} WHERE id > {last} AND id <= {found[-1][0]} AND ({seen}) ORDER BY id"
        )
        values = [
            personal.open_row(sealed, personal.about(table, dict(zip(table.keys, key, strict=True))))
            for _, sealed, *key in found
        ]
        for name in secret:
            opened = pa.array([value.get(name) for value in values], pa.string())
            rows = rows.set_column(columns.index(name), rows.schema.field(name), opened)
        last = found[-1][0]
        yield rows
