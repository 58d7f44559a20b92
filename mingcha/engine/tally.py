"""Rows of a child table counted by their case: sorted by key, neighbours summed up.

Sorting ten million numbers takes a processor a fraction of what a hash table of as many texts costs. So keys are
hashes, and they are sorted as plain numbers that carry their row along in the low bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

A_PART = 1 << 20
"""Rows sorted at a time: what fits a processor's cache, and memory that is used again for the next."""

Numbers = NDArray[Any]
Keys = NDArray[np.uint64]


def tally(batches: pa.RecordBatchReader, most: int) -> pa.Table:
    """Rows with ``key`` (uint64), and ``print`` (float64) where it counts -> one row a key, in order.

    ``n`` is how many rows have it, ``print`` the sum of theirs. ``most``: rows there may be in all.
    """
    tallied = [_tallied(*part) for part in _parts(batches, (most // A_PART).bit_length())]
    tallied = tallied or [_tallied(*(np.empty(0, field.type.to_pandas_dtype()) for field in batches.schema))]
    columns = [np.concatenate(pieces) for pieces in zip(*tallied, strict=True)]
    return pa.table(columns, names=["key", "n", "print"][: len(columns)])


def _parts(batches: Iterable[pa.RecordBatch], bits: int) -> Iterator[list[Numbers]]:
    """The columns of the rows, part by part by so many of the highest bits of their keys."""
    held: list[list[list[Numbers]]] = [[] for _ in range(1 << bits)]
    for batch in batches:
        columns = [column.to_numpy() for column in batch.columns]
        if not bits:
            held[0].append([column.copy() for column in columns])
            continue
        part = (columns[0] >> np.uint64(64 - bits)).astype(np.uint8 if bits <= 8 else np.uint16)
        order = np.argsort(part, kind="stable")
        edges = np.searchsorted(part[order], np.arange(1, 1 << bits))
        pieces = zip(*(np.split(column[order], edges) for column in columns), strict=True)
        for number, piece in enumerate(pieces):
            held[number].append(list(piece))
    for number, parts in enumerate(held):
        held[number] = []
        if parts:
            yield [np.concatenate(column) for column in zip(*parts, strict=True)]


def _tallied(key: Keys, prints: Numbers | None = None) -> list[Numbers]:
    if prints is None:
        key = np.sort(key)
        first = _firsts(key)
        return [key[first], np.diff(first, append=len(key))]
    key, order = _in_order(key)
    first = _firsts(key)
    sums = np.add.reduceat(prints[order], first) if len(first) else prints
    return [key[first], np.diff(first, append=len(key)), sums]


def spread(tallied: pa.Table, key: Keys) -> pa.Table:
    """A tally's columns but its key, a row for each ``key`` (as `told_apart` gives them), null where it has it not."""
    theirs = tallied["key"].to_numpy()
    places = np.minimum(np.searchsorted(key, theirs), max(len(key) - 1, 0))
    ours = key[places] == theirs if len(key) else np.zeros(len(theirs), dtype=bool)
    absent = np.ones(len(key), dtype=bool)
    absent[places[ours]] = False
    columns = {}
    for name in tallied.column_names[1:]:
        values = tallied[name].to_numpy()
        held = np.zeros(len(key), dtype=values.dtype)
        held[places[ours]] = values[ours]
        columns[name] = pa.array(held, mask=absent)
    return pa.table(columns)


def beside(key: Keys, spreads: Sequence[pa.Table]) -> pa.Table:
    """Keys and what was spread over them, columns side by side."""
    return pa.table({"key": key, **{name: table[name] for table in spreads for name in table.column_names}})


def _firsts(key: Keys) -> NDArray[np.intp]:
    """Where each key begins among sorted ones."""
    return np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1]))) if len(key) else np.empty(0, np.intp)


def told_apart(rows: pa.Table) -> Keys | None:
    """The ``key`` of all rows, in order; None where two have the same."""
    key = np.sort(rows["key"].to_numpy())
    return None if (key[1:] == key[:-1]).any() else key


def _in_order(key: Keys) -> tuple[Keys, NDArray[np.int64]]:
    """(keys in their order, their places)."""
    bits = max(len(key) - 1, 1).bit_length()
    low = np.uint64((1 << bits) - 1)
    packed = (key & ~low) | np.arange(len(key), dtype=np.uint64)
    packed.sort()
    packed &= low
    order = packed.view(np.int64)
    key = key[order]
    end = 0
    for fall in np.flatnonzero(key[1:] < key[:-1]):
        if fall >= end:  # a run of different keys, alike in their high bits
            start, end = _alike(key, int(fall), bits)
            within = np.argsort(key[start:end], kind="stable")
            key[start:end], order[start:end] = key[start:end][within], order[start:end][within]
    return key, order


def _alike(key: Keys, place: int, bits: int) -> tuple[int, int]:
    """Where the run of keys begins and ends that have the same high bits as the one at ``place``."""
    high = int(key[place]) >> bits
    start = end = place
    while start > 0 and int(key[start - 1]) >> bits == high:
        start -= 1
    while end < len(key) and int(key[end]) >> bits == high:
        end += 1
    return start, end
