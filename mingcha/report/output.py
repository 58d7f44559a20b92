"""Findings in each format. ``jsonl`` prints exactly the names of the record, one object a line.

| format | what stands in it |
|---|---|
| table | for people: by rule, gravest first |
| jsonl | the record of engine.record: times local ISO 8601 without offset (a date where the law speaks of a day), flags true or false, `evidence` an object, amounts in 分 |
| csv | the same columns as texts, guarded against formulas; `evidence` as JSON text |
| parquet | the record in its Arrow types (a date alone carries microsecond 1) |
| html | one self-contained page |
"""  # noqa: E501

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa

from mingcha.law.instants import MISSING, iso
from mingcha.report.checking import Checked
from mingcha.report.text import text_lines

FORMATS = ("table", "jsonl", "csv", "parquet", "html")
BATCH = 20_000


def write_findings(checked: Checked, form: str, out: Path | None) -> None:
    """Write the findings to a file, or to standard output. A file appears whole or not at all.

    Raises OSError where it cannot be written.
    """
    writer = _WRITERS[form]
    if out is None:
        try:
            writer(checked, sys.stdout.buffer)
            sys.stdout.buffer.flush()
        except BrokenPipeError:  # the reader has seen enough (`| head`); the verdict stands all the same
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    with whole_file(out) as file:
        writer(checked, file)


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes its name only once it is written to the end; a link stays, and what it leads to is written.

    What is there and is no regular file (a pipe, a device) is written as it stands. Raises OSError that names ``path``.
    """
    if path.exists() and not path.is_file():
        with _told_as(path, path), path.open("wb") as file:
            yield file
        return
    target = Path(os.path.realpath(path))
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    with _told_as(path, part):
        try:
            with part.open("wb") as file:
                yield file
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def _told_as(path: Path, written: Path) -> Iterator[None]:
    """Errors of the file that is written, or of none by name (no room), are errors of the one the user named."""
    try:
        yield
    except OSError as error:
        if error.filename not in (None, str(written)):
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


def json_lines(findings: pa.Table) -> Iterator[str]:
    """Each finding as one line of JSON, without the line end."""
    form = "{" + ", ".join(f'"{name}": %s' for name in findings.column_names) + "}"
    for start in range(0, findings.num_rows, BATCH):
        part = findings.slice(start, BATCH)
        columns = [json_column(part[name], name) for name in part.column_names]
        for values in zip(*columns, strict=True):
            yield form % values


def json_column(column: pa.ChunkedArray, name: str) -> list[str]:
    """The JSON texts of a column of findings."""
    if name == "evidence":
        return [value or "null" for value in column.to_pylist()]
    if pa.types.is_timestamp(column.type):
        instants = column.cast(pa.int64()).fill_null(MISSING).to_numpy()
        return [_json(text) for text in iso(np.asarray(instants, dtype=np.int64))]
    return [_json(value) for value in column.to_pylist()]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _jsonl(checked: Checked, file: IO[bytes]) -> None:
    _write_lines(json_lines(checked.findings), file)


def _table(checked: Checked, file: IO[bytes]) -> None:
    limit = 20 if file is sys.stdout.buffer and sys.stdout.isatty() else None
    _write_lines(text_lines(checked, limit), file)


def _write_lines(lines: Iterable[str], file: IO[bytes]) -> None:
    for line in lines:
        file.write(line.encode() + b"\n")


def _csv(checked: Checked, file: IO[bytes]) -> None:
    _through_a_file(checked, file, "csv")


def _through_a_file(checked: Checked, file: IO[bytes], form: str) -> None:
    """The exporters of readers write to a path; copy what they wrote."""
    import shutil
    import tempfile

    from mingcha.readers.export import export

    with tempfile.TemporaryDirectory(prefix="mingcha-") as folder:
        path = Path(folder) / "findings"
        export(checked.findings, path, "csv" if form == "csv" else "parquet")
        with path.open("rb") as written:
            shutil.copyfileobj(written, file)


def _parquet(checked: Checked, file: IO[bytes]) -> None:
    _through_a_file(checked, file, "parquet")


def _html(checked: Checked, file: IO[bytes]) -> None:
    from mingcha.report.page import page

    file.write(page(checked).encode())


_WRITERS: dict[str, Callable[[Checked, IO[bytes]], None]] = {
    "table": _table,
    "jsonl": _jsonl,
    "csv": _csv,
    "parquet": _parquet,
    "html": _html,
}
