"""Foreign files laid out for mapping: one Parquet file a source, every wanted column as trimmed text.

Beside the sender's columns stand `#file` and `#line` (where a row came from), `#row` (its place in the whole
source) and, for columns that rows are put in order by, `#at <column>`: a number that sorts as time or count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mingcha.law.instants import MISSING
from mingcha.readers.book import ErrorBook
from mingcha.readers.cells import trim
from mingcha.readers.context import Context
from mingcha.readers.errors import FileError, UnusableError
from mingcha.readers.faults import MAX_RAW, Effect, Fault
from mingcha.readers.instants import read_instants
from mingcha.readers.mapping.foreign import open_rows
from mingcha.readers.mapping.keyed import Keyed
from mingcha.readers.mapping.model import Source
from mingcha.readers.raw import RawBatch, RawSource
from mingcha.readers.widths import valid

FILE, LINE, ROW = "#file", "#line", "#row"
TIMED = "HIMSfgpTX"
"""Letters of date formats that say a time of the day."""


def order_column(column: str) -> str:
    """The name of the number that a column sorts by."""
    return f"#at {column}"


@dataclass(frozen=True)
class Staged:
    """A source laid out: its Parquet file and the wanted columns that no file of it has."""

    source: Source
    path: Path
    rows: int
    lacking: frozenset[str]
    seen: frozenset[str]


@dataclass
class Staging:
    """Lays out one source."""

    source: Source
    wanted: list[str]
    ordered: frozenset[str]
    context: Context
    rows: int = 0
    seen: set[str] = field(default_factory=set)

    @cached_property
    def schema(self) -> pa.Schema:
        """Texts, then where they came from, then what they sort by."""
        texts = [pa.field(name, pa.string()) for name in (*self.wanted, FILE)]
        numbers = [pa.field(name, pa.int64()) for name in (LINE, ROW, *map(order_column, self._ordered))]
        return pa.schema([*texts, *numbers])

    @cached_property
    def _ordered(self) -> list[str]:
        return sorted(self.ordered)

    def stage(self, files: list[Path]) -> Staged:
        """Lay out the files. Raises UnusableError with every file that cannot be read."""
        path = self.context.work / f"source {self.source.name}.parquet"
        problems = []
        with pq.ParquetWriter(path, self.schema, compression="lz4") as writer:
            for file in files:
                try:
                    self._stage_file(file, writer)
                except FileError as error:
                    problems.append(str(error))
        if problems:
            raise UnusableError(problems)
        lacking = frozenset(self.wanted) - self.seen
        return Staged(self.source, path, self.rows, lacking, frozenset(self.seen))

    def _stage_file(self, file: Path, writer: pq.ParquetWriter) -> None:
        raw = open_rows(self.source, file, self.wanted, self.context.work)
        book = self._book(raw, file)
        try:
            for batch in raw.batches():
                self._count(batch, book)
                writer.write_batch(self._laid_out(file, raw, batch))
                self.context.progress(self.source.name, self.rows, raw.share())
        finally:
            made = book.close() if book else None
            if made:
                self.context.books[file.name] = made
        self.seen |= raw.seen if isinstance(raw, Keyed) else {name.strip() for name in raw.header}

    def _book(self, raw: RawSource, file: Path) -> ErrorBook | None:
        """Rows that could not be split at all go back in the sender's own layout."""
        if self.context.errors is None:
            return None
        stem = f"{self.source.name}.{file.name.split('.')[0]}"
        return ErrorBook(self.context.errors, stem, raw.header, xlsx=False)

    def _count(self, batch: RawBatch, book: ErrorBook | None) -> None:
        totals = self.context.faults.of(self.source.name)
        totals.read += len(batch.numbers) + len(batch.bad_rows)
        totals.refused += len(batch.bad_rows)
        name, refused = self.source.name, Effect.REFUSED
        faults = [
            Fault(name, bad.number, "", bad.raw[:MAX_RAW], bad.cause, bad.reason, refused, True)
            for bad in batch.bad_rows
        ]
        self.context.faults.add(faults)
        if book and faults:
            book.add(faults, batch)

    def _laid_out(self, file: Path, raw: RawSource, batch: RawBatch) -> pa.RecordBatch:
        count = len(batch.numbers)
        sent_at = {name.strip(): place for place, name in reversed(list(enumerate(raw.header)))}
        columns: list[pa.Array] = []
        for name in self.wanted:
            sent = batch.columns[sent_at[name]] if name in sent_at else pa.nulls(count, pa.string())
            columns.append(self._clean(name, sent))
        at = dict(zip(self.wanted, columns, strict=True))
        columns.append(pa.repeat(file.name, count).cast(pa.string()))
        places = np.arange(self.rows, self.rows + count, dtype=np.int64)
        columns += [pa.array(batch.numbers), pa.array(places)]
        columns += [sort_numbers(at[name]) for name in self._ordered]
        self.rows += count
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)

    def _clean(self, name: str, texts: pa.StringArray) -> pa.StringArray:
        """Trimmed, null where nothing was entered, dates of a declared format in the common spelling."""
        trimmed = trim(texts)
        if self.source.blanks:
            blank = pc.is_in(trimmed, pa.array(self.source.blanks, pa.string()))
            trimmed = pc.if_else(blank, pa.scalar(None, pa.string()), trimmed)
        form = self.source.dates.get(name)
        return common_spelling(self.context.con, trimmed, form) if form else trimmed


def common_spelling(con: duckdb.DuckDBPyConnection, texts: pa.StringArray, form: str) -> pa.StringArray:
    """Dates of a strptime format as `2026-03-01` or `2026-03-01 09:30:00`; what does not fit stays as it is,
    for the reader to refuse. (Arrow's own strptime takes 31 February for 3 March.)"""
    timed = any(f"%{letter}" in form for letter in TIMED)
    spelling = "%Y-%m-%d %H:%M:%S" if timed else "%Y-%m-%d"
    con.register("dates", pa.table({"x": texts}))
    sql = "SELECT coalesce(strftime(try_strptime(x, $1), $2), x) AS x FROM dates"
    read: pa.Table = con.sql(sql, params=[form, spelling]).to_arrow_table()
    con.unregister("dates")
    return read["x"].combine_chunks().cast(pa.string())


def sort_numbers(texts: pa.StringArray) -> pa.Int64Array:
    """Numbers that sort as the texts do: whole numbers as they are, times by the instant; else null."""
    whole = pc.fill_null(pc.match_substring_regex(texts, r"^[0-9]{1,18}$"), False)
    numbers = pc.if_else(whole, texts, pa.scalar(None, pa.string())).cast(pa.int64())
    instants, _ = read_instants(pc.if_else(whole, pa.scalar(None, pa.string()), texts))
    times = pa.array(instants, mask=(instants == MISSING) | ~valid(texts))
    return pc.coalesce(numbers, times)
