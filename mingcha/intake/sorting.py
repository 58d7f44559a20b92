"""What a batch brings to one table: canonical rows in the order of their keys, one a key, with their row numbers.

Sorted rows find their place in an index one beside the other, whatever the order they were sent in. The order is
total (key, the higher version, the later row), so that an interrupted batch cuts the same pieces again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mingcha.facts.declare import Table
from mingcha.readers.settle import SOURCE_SYSTEM, connect

PIECE: Final = 50_000
"""Most rows of one transaction (more only where a key came so often)."""
ROW: Final = "batch_row"
_GROUP: Final = 65_536


@dataclass
class Spool:
    """Collects the canonical rows of one table with their numbers: in memory while they are few, else in a file."""

    table: Table
    path: Path
    rows: int = 0
    _held: list[pa.Table] = field(default_factory=list)
    _held_rows: int = 0
    _writer: pq.ParquetWriter | None = None

    def add(self, rows: pa.Table | pa.RecordBatch, numbers: npt.NDArray[np.int64]) -> None:
        """Take the next rows and the numbers they were sent under."""
        held = pa.Table.from_batches([rows]) if isinstance(rows, pa.RecordBatch) else rows
        self._held.append(held.append_column(ROW, pa.array(numbers, pa.int64())))
        self._held_rows += held.num_rows
        self.rows += held.num_rows
        if self._held_rows > (_GROUP if self._writer else PIECE):
            self._write()

    def _write(self) -> None:
        rows = pa.concat_tables(self._held)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self.path, rows.schema, compression="lz4")
        self._writer.write_table(rows)
        self._held, self._held_rows = [], 0

    def sorted(self) -> SortedRows:
        """Everything that was taken, in order. Nothing more can be added."""
        if self._writer is None:
            rows = pa.concat_tables(self._held) if self._held else pa.table({ROW: pa.array([], pa.int64())})
            return SortedRows(self.table, self.rows, in_order(self.table, rows))
        if self._held:
            self._write()
        self._writer.close()
        target = self.path.with_suffix(".sorted.parquet")
        rows_sql = "SELECT * FROM read_parquet($1, hive_partitioning = false)"
        _sort_into(self.table, self._writer.schema.names, rows_sql, self.path, target)
        self.path.unlink()
        return SortedRows(self.table, self.rows, target)


def _order(table: Table, columns: Iterable[str]) -> list[tuple[str, str]]:
    version = [("source_version", "descending")] if "source_version" in columns else []
    return [*((name, "ascending") for name in table.keys), *version, (ROW, "descending")]


def in_order(table: Table, rows: pa.Table) -> pa.Table:
    """Rows in memory by key, the one that wins first."""
    if rows.num_rows < 2:
        return rows
    order = _order(table, rows.column_names)
    return rows.take(pc.sort_indices(rows, order)).combine_chunks()


def sorted_file(table: Table, path: Path, target: Path) -> SortedRows:
    """The rows of a canonical Parquet file in order, numbered as they stand in it; `target` holds them if many."""
    file = pq.ParquetFile(path)
    count = file.metadata.num_rows
    if count <= PIECE:
        rows = file.read().replace_schema_metadata(None)
        numbered = rows.append_column(ROW, pa.array(np.arange(1, count + 1), pa.int64()))
        return SortedRows(table, count, in_order(table, numbered))
    numbered_rows = (
        f"SELECT * EXCLUDE (file_row_number), file_row_number + 1 AS {ROW} "
        "FROM read_parquet($1, file_row_number = true, hive_partitioning = false)"
    )
    _sort_into(table, file.schema_arrow.names, numbered_rows, path, target)
    return SortedRows(table, count, target)


def _sort_into(table: Table, columns: list[str], rows: str, path: Path, target: Path) -> None:
    words = {"ascending": "ASC", "descending": "DESC NULLS LAST"}
    order = ", ".join(f'"{name}" {words[way]}' for name, way in _order(table, columns))
    quoted = str(target).replace("'", "''")
    with connect(target.parent) as con:
        con.execute(
            f"COPY ({rows} ORDER BY {order}) TO '{quoted}' "
            f"(FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE {_GROUP})",
            [str(path)],
        )


@dataclass(frozen=True)
class Piece:
    """What one transaction takes: at most one row a key. `taken` rows of the sorted ones have been looked at;
    `settled` of them gave way to another row of their key, `conflicts` claim a case for another system."""

    rows: pa.Table
    taken: int
    settled: int
    conflicts: pa.Table


@dataclass(frozen=True)
class SortedRows:
    """The rows of one table in order: in memory, or in a file."""

    table: Table
    rows: int
    held: pa.Table | Path

    def pieces(self, start: int = 0) -> Iterator[Piece]:
        """The pieces after the first `start` rows, which a batch that was interrupted has behind it."""
        waiting: pa.Table | None = None
        for part in self._parts(start):
            if waiting is not None:
                if _key_at(self.table, waiting, -1) == _key_at(self.table, part, 0):
                    end = _last_start(self.table, waiting)
                    part = pa.concat_tables([waiting.slice(end), part]).combine_chunks()
                    waiting = waiting.slice(0, end)
                if waiting.num_rows:
                    yield settle(self.table, waiting)
            waiting = part
        if waiting is not None and waiting.num_rows:
            yield settle(self.table, waiting)

    def _parts(self, start: int) -> Iterator[pa.Table]:
        if isinstance(self.held, pa.Table):
            for place in range(start, self.held.num_rows, PIECE):
                yield self.held.slice(place, PIECE)
            return
        for batch in pq.ParquetFile(self.held).iter_batches(PIECE):
            if start >= batch.num_rows:
                start -= batch.num_rows
                continue
            yield pa.Table.from_batches([batch.slice(start)])
            start = 0


def _key_at(table: Table, rows: pa.Table, place: int) -> tuple[object, ...]:
    return tuple(rows[name][place].as_py() for name in table.keys)


def _same_as_before(table: Table, rows: pa.Table) -> npt.NDArray[np.bool_]:
    """For each row but the first, whether its key is that of the row before."""
    same = np.ones(max(rows.num_rows - 1, 0), np.bool_)
    for name in table.keys:
        column = rows[name]
        same &= pc.equal(column.slice(1), column.slice(0, len(same))).to_numpy()
    return same


def _last_start(table: Table, rows: pa.Table) -> int:
    """Where the rows of the last key begin."""
    others = np.flatnonzero(~_same_as_before(table, rows))
    return int(others[-1]) + 1 if len(others) else 0


def settle(table: Table, rows: pa.Table) -> Piece:
    """One row a key, as `readers.settle` does it; a withdrawn row that wins stays, to be stored as such."""
    same = _same_as_before(table, rows)
    if not same.any():
        return Piece(rows, rows.num_rows, 0, rows.slice(0, 0))
    keep = np.concatenate([[True], ~same])
    foreign = np.zeros(len(keep), np.bool_)
    if table.name == "cases" and SOURCE_SYSTEM in rows.column_names:
        _other_claims(rows, keep, foreign)
    kept = rows.filter(pa.array(keep))
    conflicts = rows.filter(pa.array(foreign))
    return Piece(kept, rows.num_rows, rows.num_rows - kept.num_rows - conflicts.num_rows, conflicts)


def _other_claims(rows: pa.Table, keep: npt.NDArray[np.bool_], foreign: npt.NDArray[np.bool_]) -> None:
    """Of a case number that several systems claim in one batch, the system that came first stays."""
    systems, numbers = rows[SOURCE_SYSTEM].to_pylist(), rows[ROW].to_pylist()
    starts = [*np.flatnonzero(keep).tolist(), len(keep)]
    for start, end in zip(starts, starts[1:], strict=False):
        claims = [place for place in range(start, end) if systems[place] is not None]
        if len({systems[place] for place in claims}) < 2:
            continue
        first = systems[min(claims, key=lambda place: numbers[place])]
        others = [place for place in claims if systems[place] != first]
        foreign[others] = True
        keep[start:end] = False
        keep[next(place for place in range(start, end) if not foreign[place])] = True
