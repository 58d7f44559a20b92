"""Read one fact file: raw batches, canonical batches, settled rows; faults counted and booked on the way."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from mingcha.facts.declare import Table
from mingcha.facts.store import Source
from mingcha.readers.book import ErrorBook
from mingcha.readers.causes import Cause
from mingcha.readers.conform import Conformer
from mingcha.readers.context import Context
from mingcha.readers.csv_source import CsvSource
from mingcha.readers.errors import FileError
from mingcha.readers.export import as_texts
from mingcha.readers.faults import Effect, Fault
from mingcha.readers.headers import Header, match_header
from mingcha.readers.jsonl_source import JsonlSource
from mingcha.readers.parquet_source import ParquetSource, is_canonical
from mingcha.readers.raw import RawSource
from mingcha.readers.settle import SOURCE_SYSTEM, Settled, settle
from mingcha.readers.sink import SentRows, Sink
from mingcha.readers.xlsx_source import XlsxSource


def read_file(table: Table, path: Path, context: Context) -> Source:
    """The settled canonical rows of a file; FileError where it cannot be used at all."""
    if path.suffix.lower() == ".parquet" and is_canonical(path, table):
        source = Source.of_parquet(table, path)
        context.faults.of(table.name).read += source.rows
        context.progress(table.name, source.rows, 1.0)
        return source
    raw, header = open_matched(table, path, context.work, context.notes)
    book = None
    if context.errors is not None:
        xlsx = path.suffix.lower() == ".xlsx"
        book = ErrorBook(context.errors, table.name, raw.header, xlsx=xlsx)
    try:
        return _read(table, raw, header, book, context)
    finally:
        made = book.close() if book else None
        if made:
            context.books[table.name] = made


def open_matched(table: Table, path: Path, work: Path, notes: list[str]) -> tuple[RawSource, Header]:
    """The raw rows of a file and what its columns are; unknown ones are noted. FileError where needed ones miss."""
    raw = open_raw(table, path, work)
    header = match_header(table, raw.header)
    if header.problems:
        raise FileError(path, ";".join(header.problems))
    if header.unknown:
        notes.append(f"{path.name}:不认识的列,未读:{'、'.join(header.unknown)}")
    return raw, header


def open_raw(table: Table, path: Path, work: Path) -> RawSource:
    """A file to be read batch by batch, by its suffix; FileError where it is broken."""
    match path.suffix.lower():
        case ".csv":
            return CsvSource(path, work)
        case ".xlsx":
            return XlsxSource(path, table, work)
        case ".jsonl":
            return JsonlSource(path, table, work)
        case _:
            return ParquetSource(path)


def _read(table: Table, raw: RawSource, header: Header, book: ErrorBook | None, context: Context) -> Source:
    conformer = Conformer(table, header, context.faults, book.add if book else None)
    sink = Sink(table, conformer.schema, context.work / f"{table.name}.read.parquet")
    sent = SentRows()
    try:
        for batch in raw.batches():
            rows, numbers = conformer.conform(batch, epoch_1904=raw.epoch_1904)
            sink.add(rows)
            sent.add(numbers)
            context.progress(table.name, conformer.totals.read, raw.share())
        source = sink.finish()
        context.progress(table.name, conformer.totals.read, 1.0)
    except BaseException:
        sink.drop()
        raise
    pa.default_memory_pool().release_unused()  # the hashes of settling should not come on top of the blocks
    settled = settle(context.con, table, source, context.work / f"{table.name}.parquet")
    _count(table, header, source, settled, sent, book, context)
    if settled.source is not source:
        for path in source.paths:
            path.unlink()
    return settled.source


def _count(
    table: Table,
    header: Header,
    source: Source,
    settled: Settled,
    sent: SentRows,
    book: ErrorBook | None,
    context: Context,
) -> None:
    """Count the rows that were settled away; report case numbers that two sources claim."""
    totals = context.faults.of(table.name)
    totals.superseded += len(settled.superseded)
    totals.withdrawn += len(settled.withdrawn)
    totals.conflicting += len(settled.conflicting)
    for start in range(0, len(settled.conflicting), 10_000):
        positions = settled.conflicting[start : start + 10_000]
        rows = as_texts(source.take(positions))
        for place, position in enumerate(positions.tolist()):
            fault = Fault(
                table.name,
                sent.number(position),
                header.sent_as(SOURCE_SYSTEM),
                rows[SOURCE_SYSTEM][place].as_py() or "",
                Cause.CONFLICT,
                Cause.CONFLICT.label,
                Effect.LEFT_OUT,
            )
            context.faults.add([fault])
            if book:
                cells = [rows[c.name][place].as_py() or "" if c else "" for c in header.columns]
                book.write(fault.row, [cells[place] for place in book.places], [fault])
