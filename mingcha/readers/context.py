"""What the reading of every file of a folder shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from mingcha.readers.faults import Faults

Progress = Callable[[str, int, float | None], None]
"""Called now and then with table name, rows read so far, and the share of the file read (None: unknown).

An exception that it raises ends the reading; the work folder is cleaned up.
"""


def no_progress(table: str, rows: int, share: float | None) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Context:
    """Where things go: `work` holds canonical files, `errors` error books (None: none are written)."""

    work: Path
    errors: Path | None
    faults: Faults
    notes: list[str]
    books: dict[str, Path]
    con: duckdb.DuckDBPyConnection
    progress: Progress
