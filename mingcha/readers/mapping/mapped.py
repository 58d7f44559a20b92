"""The rows that a mapping makes of its sources, given to the readers like the rows of any file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mingcha.facts.declare import Table
from mingcha.readers.causes import Cause
from mingcha.readers.cells import each_distinct
from mingcha.readers.mapping.coin import COINS
from mingcha.readers.mapping.compile import REFUSED, Query
from mingcha.readers.mapping.model import Part
from mingcha.readers.raw import BadCell, RawBatch, RowNumbers

BATCH = 65_536
FROM = "来源"
"""The last column of the header: file and line that a row came from. No fact column, but in error books."""


class MappedRows:
    """One fact table as mapped; rows are numbered from 1 through all its parts."""

    epoch_1904 = False

    def __init__(
        self, con: duckdb.DuckDBPyConnection, table: Table, queries: list[Query], file: Path
    ) -> None:
        self.con = con
        self.queries = queries
        self.file = file
        self.coined: Counter[str] = Counter()
        given = {column for query in queries for column in query.values}
        self.columns = [column.name for column in table.columns if column.name in given]
        self.header = [*self.columns, FROM]

    def share(self) -> None:
        """Unknown."""
        return

    def batches(self) -> Iterator[RawBatch]:
        """The rows, part by part."""
        done = 0
        for query in self.queries:
            reader = self.con.sql(query.sql(self.columns)).to_arrow_reader(BATCH)
            for batch in reader:
                numbers = np.arange(done + 1, done + batch.num_rows + 1, dtype=np.int64)
                done += batch.num_rows
                yield self._raw(query, numbers, batch)

    def _raw(self, query: Query, numbers: RowNumbers, batch: pa.RecordBatch) -> RawBatch:
        columns, bad = [], []
        for place, name in enumerate(self.columns):
            texts = batch.column(place).cast(pa.string())
            value = query.values.get(name)
            if value is not None:
                texts, refused = _taken(texts, place, self._said(query.part, name))
                bad += refused
                if value.coin:
                    sent, texts = texts, each_distinct(texts, COINS[value.coin], pa.string())
                    self.coined[name] += pc.sum(pc.not_equal(sent, texts)).as_py() or 0
            columns.append(texts)
        columns.append(batch.column(len(self.columns)).cast(pa.string()))
        return RawBatch(numbers, columns, bad_cells=bad)

    def _said(self, part: Part, column: str) -> str:
        return f"{self.file.name} 的 {part.table}.{column}"


def _taken(texts: pa.StringArray, place: int, where: str) -> tuple[pa.StringArray, list[BadCell]]:
    """Values as the readers take them; what the mapping refused becomes a bad cell."""
    bad = []
    refused = pc.fill_null(pc.starts_with(texts, REFUSED), False)
    if pc.any(refused).as_py():
        for row in np.flatnonzero(refused.to_numpy(zero_copy_only=False)):
            raw = texts[int(row)].as_py().removeprefix(REFUSED)
            bad.append(BadCell(int(row), place, raw, Cause.CODE, f"“{raw[:40]}”怎么转,映射没有说({where})"))
        texts = pc.if_else(refused, pa.scalar(None, pa.string()), texts)
    return texts, bad
