"""Where canonical batches go while a file is read: memory while they are few, a Parquet file in the work
folder when they are many."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from mingcha.facts.declare import Table
from mingcha.facts.store import Source

FEW_ROWS = 50_000
"""Up to so many rows stay in memory."""

GROUP_ROWS = 131_072


class Sink:
    """Collects the batches of one table."""

    def __init__(self, table: Table, schema: pa.Schema, path: Path) -> None:
        self.table = table
        self.schema = schema
        self.path = path
        self.rows = 0
        self._waiting: list[pa.RecordBatch] = []
        self._waiting_rows = 0
        self._writer: pq.ParquetWriter | None = None

    def add(self, batch: pa.RecordBatch) -> None:
        """Take one batch."""
        self._waiting.append(batch)
        self._waiting_rows += batch.num_rows
        self.rows += batch.num_rows
        full = self._waiting_rows >= GROUP_ROWS if self._writer else self.rows > FEW_ROWS
        if full:
            self._write()

    def _write(self) -> None:
        if self._writer is None:
            self._writer = pq.ParquetWriter(self.path, self.schema, compression="lz4")
        rows = pa.Table.from_batches(self._waiting, self.schema)
        self._writer.write_table(rows, row_group_size=GROUP_ROWS)
        self._waiting, self._waiting_rows = [], 0

    def finish(self) -> Source:
        """The source that holds everything taken."""
        if self._writer is None:
            return Source.of_arrow(
                self.table, pa.Table.from_batches(self._waiting, self.schema).combine_chunks()
            )
        if self._waiting:
            self._write()
        self._writer.close()
        return Source.of_parquet(self.table, self.path)

    def drop(self) -> None:
        """Give up: close and delete what was written."""
        if self._writer is not None:
            self._writer.close()
            self.path.unlink(missing_ok=True)


class SentRows:
    """Which row of the sender each kept row was: runs of consecutive numbers, so that millions take little
    room."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._firsts: list[int] = []
        self._rows = 0

    def add(self, numbers: npt.NDArray[np.int64]) -> None:
        """Take the numbers of the next kept rows, ascending."""
        if not len(numbers):
            return
        breaks = np.flatnonzero(np.diff(numbers) != 1) + 1
        for place in (0, *breaks.tolist()):
            first = int(numbers[place])
            if self._starts and self._firsts[-1] + (self._rows + place - self._starts[-1]) == first:
                continue
            self._starts.append(self._rows + place)
            self._firsts.append(first)
        self._rows += len(numbers)

    def number(self, position: int) -> int:
        """The sender's number of the kept row at a position counted from 0."""
        run = int(np.searchsorted(self._starts, position, side="right")) - 1
        return self._firsts[run] + position - self._starts[run]
