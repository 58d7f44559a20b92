"""What every source yields: batches of the sender's cells, not yet judged, with their row numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mingcha.readers.causes import Cause

RowNumbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell that the source itself could not take (JSON of a wrong type); its value in the batch is null."""

    place: int
    column: int
    raw: str
    cause: Cause
    reason: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that the source could not even split into cells."""

    number: int
    raw: str
    cause: Cause
    reason: str
    cells: tuple[str, ...] = ()


@dataclass
class RawBatch:
    """Rows in the order of the header. Columns are strings, or typed where the source is typed (Parquet).

    `numbers` are row numbers as a spreadsheet shows them; `bad_rows` stand anywhere before the end of this
    batch.
    """

    numbers: RowNumbers
    columns: list[pa.Array]
    bad_cells: list[BadCell] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)


class RawSource(Protocol):
    """A file that can be read batch by batch."""

    header: list[str]
    epoch_1904: bool

    def batches(self) -> Iterator[RawBatch]:
        """The batches, in the order of the file."""
        ...

    def share(self) -> float | None:
        """How much of the file has been read, 0 to 1; None where unknown."""
        ...
