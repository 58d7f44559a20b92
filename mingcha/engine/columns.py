"""Arrow columns of candidates as numpy arrays, missing values as `MISSING`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mingcha.law.instants import MISSING, Bools, Instants


def combined(table: pa.Table, name: str) -> pa.Array:
    """A column as one contiguous array."""
    column = table.column(name).combine_chunks()
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def instants(table: pa.Table, name: str) -> Instants:
    """A BIGINT column of instants; all `MISSING` where the table has no such column."""
    if name not in table.column_names:
        return np.full(table.num_rows, MISSING, dtype=np.int64)
    column = combined(table, name)
    if pa.types.is_null(column.type):
        return np.full(table.num_rows, MISSING, dtype=np.int64)
    if column.null_count == 0:
        return np.asarray(column.cast(pa.int64()).to_numpy(zero_copy_only=False))
    return np.asarray(pc.fill_null(column.cast(pa.int64()), MISSING).to_numpy(zero_copy_only=False))


def integers(table: pa.Table, name: str, otherwise: int, kind: Any = np.int64) -> NDArray[Any]:
    """An integer column; ``otherwise`` where a value or the column is missing."""
    if name not in table.column_names:
        return np.full(table.num_rows, otherwise, dtype=kind)
    column = combined(table, name)
    if pa.types.is_null(column.type):
        return np.full(table.num_rows, otherwise, dtype=kind)
    return np.asarray(pc.fill_null(column.cast(pa.int64()), otherwise).to_numpy(zero_copy_only=False)).astype(
        kind
    )


def verdicts(table: pa.Table) -> tuple[Bools, Bools]:
    """(true, unknown) of the three-valued column ``verdict``."""
    column = combined(table, "verdict").cast(pa.bool_())
    unknown = np.asarray(column.is_null().to_numpy(zero_copy_only=False))
    true = np.asarray(pc.fill_null(column, False).to_numpy(zero_copy_only=False))
    return true, unknown


def flags(table: pa.Table, name: str) -> Bools:
    """A boolean column, missing read as false."""
    if name not in table.column_names:
        return np.zeros(table.num_rows, dtype=bool)
    column = combined(table, name).cast(pa.bool_())
    return np.asarray(pc.fill_null(column, False).to_numpy(zero_copy_only=False))


def pause_columns(table: pa.Table) -> tuple[NDArray[np.int64], Instants, Instants, pa.Array] | None:
    """(offsets, starts, ends, labels) of the column ``pauses`` (lists of p, r, label); None without one.

    Each row's in order of start, end and label, open ones last: engines collect them as they come. Those without a
    start are left out (`doubtful_pauses`).
    """
    read = _spans(table)
    if read is None:
        return None
    row, spans = read
    known = pc.is_valid(spans.field("p"))
    row, spans = row[known.to_numpy(zero_copy_only=False)], spans.filter(known)
    offsets = np.zeros(table.num_rows + 1, dtype=np.int64)
    np.cumsum(np.bincount(row, minlength=table.num_rows), out=offsets[1:])
    starts = np.asarray(spans.field("p").to_numpy(zero_copy_only=False)).astype(np.int64)
    ends = np.asarray(pc.fill_null(spans.field("r"), MISSING).to_numpy(zero_copy_only=False)).astype(np.int64)
    labels = pc.dictionary_encode(spans.field("label"))
    place = np.argsort(np.argsort(np.array(labels.dictionary.to_pylist(), dtype=object)))
    last = np.where(ends == MISSING, np.iinfo(np.int64).max, ends)
    order = np.lexsort((place[labels.indices.to_numpy(zero_copy_only=False)], last, starts, row))
    return offsets, starts[order], ends[order], spans.field("label").take(pa.array(order))


def doubtful_pauses(table: pa.Table) -> Bools:
    """Rows with a pause of which nobody can tell whether it stands."""
    doubtful = np.zeros(table.num_rows, dtype=bool)
    read = _spans(table)
    if read is not None:
        row, spans = read
        doubtful[row[pc.is_null(spans.field("p")).to_numpy(zero_copy_only=False)]] = True
    return doubtful


def _spans(table: pa.Table) -> tuple[NDArray[np.int64], pa.StructArray] | None:
    """(row, span) of everything in the column ``pauses``; None without one."""
    if "pauses" not in table.column_names:
        return None
    column = combined(table, "pauses")
    if not pa.types.is_list(column.type) and not pa.types.is_large_list(column.type):
        return None
    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
    return np.repeat(np.arange(len(lengths)), lengths), column.flatten()


def texts(rows: pa.Table, name: str) -> NDArray[np.object_]:
    """A column of texts, "" where one is missing or there is no such column."""
    if name not in rows.column_names:
        return np.full(rows.num_rows, "", dtype=object)
    values = pc.dictionary_encode(pc.fill_null(combined(rows, name).cast(pa.string()), ""))
    names = np.array(values.dictionary.to_pylist() or [""], dtype=object)
    return np.asarray(names[values.indices.to_numpy(zero_copy_only=False)])
