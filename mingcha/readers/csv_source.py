"""CSV: a fast reader for well-formed files and a careful one, row by row, for the rest. Both yield the same
batches."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from mingcha.readers.causes import Cause
from mingcha.readers.csv_survey import survey
from mingcha.readers.encodings import as_utf8
from mingcha.readers.errors import FileError
from mingcha.readers.raw import BadRow, RawBatch

BLOCK = 1 << 21
MAX_RECORD = 1 << 20
"""Bytes of one record beyond which it is refused."""

MAX_LINES = 100
"""Lines over which one quoted field may go in an ill-formed file before its quote counts as never closed."""

CAREFUL_ROWS = 16_384


class CsvSource:
    """One CSV file, in UTF-8 or GB18030."""

    epoch_1904 = False

    def __init__(self, path: Path, work: Path) -> None:
        self.path = path
        self.utf8 = as_utf8(path, work)
        self.size = max(self.utf8.stat().st_size, 1)
        self.place = 0
        found = survey(self.utf8)
        self.quoted = found.quoted or not found.well_formed
        first = next(_records(self.utf8), None)
        if first is None:
            raise FileError(path, "是空文件;没有数据时只留表头")
        if isinstance(first, BadRow):
            raise FileError(path, f"表头这一行{first.reason},{first.cause.advice}")
        self.header = [heading.replace("\ufeff", "") for heading in first]
        self.fast = found.well_formed and found.longest <= MAX_RECORD

    def share(self) -> float:
        """How much of the file has been read."""
        return min(self.place / self.size, 1.0)

    def batches(self) -> Iterator[RawBatch]:
        """The rows after the header."""
        return self._fast() if self.fast else self._careful()

    def _fast(self) -> Iterator[RawBatch]:
        bad: list[BadRow] = []

        def ragged(row: Any) -> str:
            bad.append(_ragged(int(row.number), row.text, row.expected_columns, row.actual_columns))
            return "skip"

        names = [str(place) for place in range(len(self.header))]
        number = 1
        with pa.OSFile(str(self.utf8)) as file:
            reader = pacsv.open_csv(
                file,
                pacsv.ReadOptions(use_threads=False, block_size=BLOCK, column_names=names),
                pacsv.ParseOptions(
                    newlines_in_values=self.quoted, invalid_row_handler=ragged, ignore_empty_lines=False
                ),
                pacsv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )
            for batch in reader:
                numbers, number = _numbered(batch.num_rows, number, [row.number for row in bad])
                self.place += _bytes_in_file(batch)
                if numbers[:1] == 1:
                    numbers, batch = numbers[1:], batch.slice(1)
                yield RawBatch(numbers, batch.columns, bad_rows=bad.copy())
                bad.clear()
        if bad:
            yield RawBatch(np.empty(0, np.int64), _no_rows(len(names)), bad_rows=bad)

    def _careful(self) -> Iterator[RawBatch]:
        rows: list[list[str]] = []
        numbers: list[int] = []
        bad: list[BadRow] = []
        width = len(self.header)
        for number, record in enumerate(_records(self.utf8, self), start=1):
            if number == 1:
                continue
            if isinstance(record, BadRow):
                bad.append(BadRow(number, record.raw, record.cause, record.reason))
            elif not record:
                continue
            elif len(record) != width:
                text = ",".join(record)
                bad.append(_ragged(number, text, width, len(record), tuple(record)))
            else:
                rows.append(record)
                numbers.append(number)
            if len(rows) + len(bad) >= CAREFUL_ROWS:
                yield _batch(rows, numbers, width, bad)
                rows, numbers, bad = [], [], []
        if rows or bad:
            yield _batch(rows, numbers, width, bad)


def _bytes_in_file(batch: pa.RecordBatch) -> int:
    """About how many bytes of the file a batch was (the reader itself runs far ahead): letters and
    separators."""
    offsets = 4 * batch.num_columns * (batch.num_rows + 1)
    total: int = batch.nbytes - offsets + batch.num_columns * batch.num_rows
    return total


def _ragged(number: int, text: str, expected: int, actual: int, cells: tuple[str, ...] = ()) -> BadRow:
    reason = f"应有 {expected} 列,这一行有 {actual} 列"
    return BadRow(number, text, Cause.RAGGED, reason, cells or tuple(next(csv.reader([text]), ())))


def _numbered(count: int, first: int, bad: list[int]) -> tuple[np.ndarray[Any, np.dtype[np.int64]], int]:
    """Row numbers of `count` good rows from `first` on, stepping over the bad ones; and the number after
    them."""
    total = count + len(bad)
    numbers = np.arange(first, first + total, dtype=np.int64)
    if bad:
        numbers = np.setdiff1d(numbers, np.array(bad, np.int64), assume_unique=True)
        numbers = numbers[:count]
    return numbers, first + total


def _no_rows(width: int) -> list[pa.Array]:
    return [pa.array([], pa.string())] * width


def _batch(rows: list[list[str]], numbers: list[int], width: int, bad: list[BadRow]) -> RawBatch:
    if not rows:
        return RawBatch(np.empty(0, np.int64), _no_rows(width), bad_rows=bad)
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    return RawBatch(np.array(numbers, np.int64), columns, bad_rows=bad)


# --- the careful reader ---


class _Lines:
    """Physical lines of bounded length, one of which can be looked at again; an over-long line is cut and
    marked."""

    def __init__(self, path: Path, watcher: CsvSource | None) -> None:
        self.file = path.open(encoding="utf-8-sig", newline="")
        self.waiting: list[str] = []
        self.watcher = watcher
        self.bytes = 0

    def next(self) -> str | None:
        if self.waiting:
            return self.waiting.pop(0)
        line = self.file.readline(MAX_RECORD)
        if self.watcher is not None:
            self.bytes += len(line)
            self.watcher.place = self.bytes
        return line or None

    def skip_rest(self, line: str) -> None:
        """Read on to the end of a line that was cut."""
        while line and line[-1] not in "\r\n":
            line = self.file.readline(MAX_RECORD)

    def put_back(self, lines: list[str]) -> None:
        self.waiting = lines + self.waiting


def _records(path: Path, watcher: CsvSource | None = None) -> Iterator[list[str] | BadRow]:
    """Records of a file, blank lines as empty lists; what cannot be split comes as a BadRow (with number
    0)."""
    lines = _Lines(path, watcher)
    with lines.file:
        while (line := lines.next()) is not None:
            if len(line) >= MAX_RECORD:
                lines.skip_rest(line)
                yield BadRow(0, line[:200], Cause.LONG_LINE, f"这一行超过 {MAX_RECORD} 个字符")
            elif '"' not in line:
                bare = line.rstrip("\r\n")
                yield bare.split(",") if bare else []
            else:
                yield _quoted(line, lines)


def _quoted(first: str, lines: _Lines) -> list[str] | BadRow:
    """A record with quotes, which may go on over following lines; if it never closes, only its first line is
    given up."""
    taken = [first]
    while True:
        text = "".join(taken)
        try:
            return next(csv.reader([text], strict=True))
        except csv.Error as error:
            open_quote = "unexpected end" in str(error)
        following = lines.next() if open_quote and len(taken) < MAX_LINES and len(text) < MAX_RECORD else None
        if following is None:
            lines.put_back(taken[1:])
            reason = "双引号没有收尾" if open_quote else "双引号后面还有字"
            return BadRow(0, first.rstrip("\r\n")[:200], Cause.QUOTES, reason)
        taken.append(following)
