"""A list as a file: exactly the rows and columns that are shown, in their order, on all pages."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import quote

import pyarrow as pa
from django.http import HttpResponse

from mingcha.base import clock
from mingcha.pages.listing.asked import Asked
from mingcha.pages.listing.declare import Column, Rows
from mingcha.readers.export import export

FORMS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
MOST_ROWS = 100_000
AT_ONCE = 2_000


def too_many(asked: Asked, rows: Rows) -> str:
    """Why this cannot be exported, in Chinese; empty where it can."""
    count = asked.narrowed(rows).order_by()[: MOST_ROWS + 1].count()
    return (
        f"符合条件的超过 {MOST_ROWS:,} 条,请先缩小范围(例如限定日期或部门)再导出" if count > MOST_ROWS else ""
    )


def as_file(asked: Asked, rows: Rows, form: str) -> HttpResponse:
    """The file as an attachment. `form` is one of `FORMS`; at most `MOST_ROWS` rows."""
    table = pa.concat_tables(_parts(asked, rows)).combine_chunks()
    labels = {column.name: column.label for column in asked.columns}
    with tempfile.TemporaryDirectory(prefix="mingcha-export-") as folder:
        path = Path(folder) / f"list.{form}"
        export(table, path, cast(Literal["csv", "xlsx"], form), labels)
        answer = HttpResponse(path.read_bytes(), content_type=FORMS[form])
    name = f"{asked.listing.title}-{clock.local_now():%Y%m%d-%H%M%S}.{form}"
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"list.{form}\"; filename*=UTF-8''{quote(name)}"
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _parts(asked: Asked, rows: Rows) -> Iterator[pa.Table]:
    yield _table(asked.columns, [])
    waiting: list[Any] = []
    for row in asked.sorted(asked.narrowed(rows))[:MOST_ROWS].iterator(chunk_size=AT_ONCE):
        waiting.append(row)
        if len(waiting) == AT_ONCE:
            yield _table(asked.columns, asked.listing.prepare(waiting))
            waiting = []
    if waiting:
        yield _table(asked.columns, asked.listing.prepare(waiting))


def _table(columns: tuple[Column, ...], rows: list[Any]) -> pa.Table:
    return pa.table(
        {
            column.name: pa.array(
                [_plain(column, column.value(row)) for row in rows],
                pa.int64() if column.numeric else pa.string(),
            )
            for column in columns
        }
    )


def _plain(column: Column, value: str | int | None) -> str | int | None:
    return value if column.numeric or value is None else str(value)
