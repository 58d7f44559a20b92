"""Parquet files that others wrote: typed batches, checked like anything else. Our own canonical files are
used in place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mingcha.facts.arrow import CANONICAL
from mingcha.facts.declare import Table
from mingcha.facts.schema import table_digest
from mingcha.readers.errors import FileError
from mingcha.readers.raw import RawBatch

BATCH = 65_536


def is_canonical(path: Path, table: Table) -> bool:
    """Whether a Parquet file was written by this very declaration, checked and settled."""
    metadata = _open(path).schema_arrow.metadata or {}
    return bool(metadata.get(CANONICAL, b"").decode() == table_digest(table))


def _open(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise FileError(path, "不是完好的 Parquet 文件,请重新导出") from error


class ParquetSource:
    """One Parquet file; rows are numbered from 1."""

    epoch_1904 = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = _open(path)
        self.header = list(self.file.schema_arrow.names)
        self.rows = self.file.metadata.num_rows
        self.done = 0

    def share(self) -> float:
        """How much of the file has been read."""
        return self.done / self.rows if self.rows else 1.0

    def batches(self) -> Iterator[RawBatch]:
        """The rows, in the order of the file."""
        try:
            for batch in self.file.iter_batches(BATCH):
                numbers = np.arange(self.done + 1, self.done + batch.num_rows + 1, dtype=np.int64)
                self.done += batch.num_rows
                yield RawBatch(numbers, batch.columns)
        except (pa.ArrowException, OSError) as error:
            raise FileError(self.path, "读到一半坏了,请重新导出") from error
