"""Rows that come as keys and values: JSON lines and, from them on, XES. There is no header; what keys there
are is known when all has been read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from mingcha.readers.causes import Cause
from mingcha.readers.encodings import as_utf8
from mingcha.readers.jsonl_source import parse_line
from mingcha.readers.raw import BadRow, RawBatch

BATCH = 16_384
LIST_MARK = "\x1f"
"""Stands between the elements of a list while it is held as one text (the ASCII unit separator)."""


class Keyed:
    """Rows as mappings of texts, in batches; `header` are the columns wanted, `seen` all keys met."""

    epoch_1904 = False

    def __init__(self, path: Path, wanted: list[str]) -> None:
        self.path = path
        self.header = wanted
        self.seen: set[str] = set()
        self.size = max(path.stat().st_size, 1)
        self.place = 0

    def share(self) -> float:
        """How much of the file has been read."""
        return min(self.place / self.size, 1.0)

    def rows(self) -> Iterator[tuple[int, dict[str, str | None] | BadRow]]:
        """Row numbers with their rows, or with what made them unreadable."""
        raise NotImplementedError

    def batches(self) -> Iterator[RawBatch]:
        """The rows, in the order of the file."""
        rows: list[dict[str, str | None]] = []
        numbers: list[int] = []
        bad: list[BadRow] = []
        for number, row in self.rows():
            if isinstance(row, BadRow):
                bad.append(row)
            else:
                self.seen.update(row)
                rows.append(row)
                numbers.append(number)
            if len(rows) + len(bad) >= BATCH:
                yield self._batch(rows, numbers, bad)
                rows, numbers, bad = [], [], []
        yield self._batch(rows, numbers, bad)

    def _batch(self, rows: list[dict[str, str | None]], numbers: list[int], bad: list[BadRow]) -> RawBatch:
        columns = [pa.array([row.get(name) for row in rows], pa.string()) for name in self.header]
        return RawBatch(np.array(numbers, np.int64), columns, bad_rows=bad)


class JsonRows(Keyed):
    """JSON lines of any keys; numbers keep their digits, lists become texts with LIST_MARK between."""

    def __init__(self, path: Path, wanted: list[str], work: Path) -> None:
        super().__init__(as_utf8(path, work), wanted)

    def rows(self) -> Iterator[tuple[int, dict[str, str | None] | BadRow]]:
        """One row a line; blank lines are passed over."""
        with self.path.open(encoding="utf-8-sig", newline="\n") as file:
            for number, line in enumerate(file, start=1):
                self.place += len(line)
                if not line.strip():
                    continue
                try:
                    yield number, {key: _text(value) for key, value in parse_line(line.strip()).items()}
                except ValueError as error:
                    yield number, BadRow(number, line[:200], Cause.SHAPE, str(error))


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    if isinstance(value, list) and not any(isinstance(entry, (list, dict)) for entry in value):
        return LIST_MARK.join(text for entry in value if (text := _text(entry)))
    return json.dumps(value, ensure_ascii=False)
