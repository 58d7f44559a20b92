"""Error book 错误簿: the faulty rows in the sender's own layout, and what is wrong with each.

One line for each faulty row, so that a corrected book can be sent in as it is: the reader knows the five
added columns and leaves them out. CSV books are UTF-8 with a byte order mark, which spreadsheets need; texts
that look like formulas are guarded.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Protocol

import numpy as np

from mingcha.readers.faults import Fault
from mingcha.readers.formula import guard
from mingcha.readers.headers import BOOK_COLUMNS
from mingcha.readers.raw import RawBatch

BETWEEN = ";"


class Writer(Protocol):
    """Where the lines of a book go."""

    def write(self, cells: list[str]) -> None:
        """Write one line."""
        ...

    def close(self) -> None:
        """Finish the file."""
        ...


class CsvWriter:
    """A CSV file."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("w", encoding="utf-8-sig", newline="")
        self.out = csv.writer(self.file)

    def write(self, cells: list[str]) -> None:
        """Write one line, formulas guarded."""
        self.out.writerow([guard(cell) for cell in cells])

    def close(self) -> None:
        """Finish the file."""
        self.file.close()


class XlsxWriter:
    """A workbook with one sheet, every cell a text."""

    def __init__(self, path: Path) -> None:
        import xlsxwriter

        self.book = xlsxwriter.Workbook(
            path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self.sheet = self.book.add_worksheet("错误簿")
        self.line = 0

    def write(self, cells: list[str]) -> None:
        """Write one line."""
        for place, cell in enumerate(cells):
            self.sheet.write_string(self.line, place, cell[:32_767])
        self.line += 1

    def close(self) -> None:
        """Finish the file."""
        self.book.close()


class ErrorBook:
    """The error book of one file; nothing is written while there are no faults."""

    def __init__(self, folder: Path, table: str, header: Iterable[str], *, xlsx: bool) -> None:
        self.path = folder / f"{table}.errors{'.xlsx' if xlsx else '.csv'}"
        self.header = [heading for heading in header if heading not in BOOK_COLUMNS]
        self.places = [place for place, heading in enumerate(header) if heading not in BOOK_COLUMNS]
        self.xlsx = xlsx
        self.writer: Writer | None = None
        self.rows = 0

    def add(self, faults: list[Fault], raw: RawBatch) -> None:
        """Add the faults of one batch; they come ordered by row."""
        bad_rows = {row.number: row.cells for row in raw.bad_rows}
        for number, group in groupby(faults, key=lambda fault: fault.row):
            if number in bad_rows:
                cells = list(bad_rows[number])
                cells = [cells[place] if place < len(cells) else "" for place in self.places]
            else:
                place = int(np.searchsorted(raw.numbers, number))
                cells = [_shown(raw.columns[column][place].as_py()) for column in self.places]
                for bad in raw.bad_cells:
                    if bad.place == place and bad.column in self.places:
                        cells[self.places.index(bad.column)] = bad.raw
            self.write(number, cells, list(group))

    def write(self, number: int, cells: list[str], faults: list[Fault]) -> None:
        """Add one line: the row's cells as sent and all its faults."""
        if self.writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.writer = XlsxWriter(self.path) if self.xlsx else CsvWriter(self.path)
            self.writer.write([*self.header, *BOOK_COLUMNS])
        self.writer.write([*cells, str(number), *_told(faults)])
        self.rows += 1

    def close(self) -> Path | None:
        """Finish; the path of the book, or None where there was nothing to write."""
        if self.writer is None:
            return None
        self.writer.close()
        return self.path


def _shown(value: object) -> str:
    return "" if value is None else str(value)


def _told(faults: list[Fault]) -> Iterator[str]:
    yield BETWEEN.join(fault.column for fault in faults)
    yield BETWEEN.join(fault.raw for fault in faults)
    yield BETWEEN.join(f"{fault.reason}({fault.effect.value})" for fault in faults)
    yield BETWEEN.join(dict.fromkeys(fault.cause.advice for fault in faults))
