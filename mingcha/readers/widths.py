"""Texts of one byte length as a matrix of bytes, so that numpy can look at one position of all of them at
once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bytes = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.int64]


def _layout(texts: pa.StringArray) -> tuple[npt.NDArray[np.int32], Bytes]:
    _, offsets_buffer, data_buffer = texts.buffers()
    start = texts.offset
    offsets = np.frombuffer(offsets_buffer, np.int32)[start : start + len(texts) + 1]
    data = np.frombuffer(data_buffer, np.uint8) if data_buffer else np.empty(0, np.uint8)
    return offsets, data


def widths(texts: pa.StringArray) -> npt.NDArray[np.int32]:
    """Byte length of each text; -1 where it is null."""
    offsets, _ = _layout(texts)
    lengths = np.diff(offsets)
    if texts.null_count:
        lengths = np.where(valid(texts), lengths, np.int32(-1))
    return lengths


def valid(values: pa.Array) -> npt.NDArray[np.bool_]:
    """Where the array is not null."""
    made: npt.NDArray[np.bool_] = values.is_valid().to_numpy(zero_copy_only=False)
    return made


def columns_of_bytes(texts: pa.StringArray, rows: Positions, width: int) -> Bytes:
    """Bytes of those rows, all `width` long, as an array (width, rows): one contiguous line for each
    position."""
    offsets, data = _layout(texts)
    first = int(offsets[0])
    if len(rows) == len(texts) and int(offsets[-1]) - first == width * len(texts):
        matrix = data[first : int(offsets[-1])].reshape(len(texts), width)
    else:
        matrix = data[offsets[rows].astype(np.int64)[:, None] + np.arange(width)]
    return np.ascontiguousarray(matrix.T)


def by_width(texts: pa.StringArray) -> Iterator[tuple[int, Positions]]:
    """Each byte length that occurs, with the rows that have it; nulls are left out."""
    lengths = widths(texts)
    if not len(lengths):
        return
    one_width = lengths.min() == lengths.max()  # the usual case for codes, numbers and times
    found = lengths[:1] if one_width else np.unique(lengths)
    for width in found:
        if width >= 0:
            yield int(width), np.flatnonzero(lengths == width)
