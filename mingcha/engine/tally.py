"""Rows of a child table counted by their case: sorted by key, neighbours summed up.

Sorting ten million numbers takes a processor a fraction of what a hash table of as many texts costs. So keys are
hashes, and they are sorted as plain numbers that carry their row along in the low bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def tally(rows: pa.Table) -> pa.Table:
    """Rows with ``key`` (uint64), and ``print`` (float64) where it counts -> one row a key, in order.

    ``n`` is how many rows have it, ``print`` the sum of theirs.
    """
    key = rows["key"].to_numpy()
    if rows.num_columns == 1:
        key = np.sort(key)
        first = _firsts(key)
        return pa.table({"key": key[first], "n": np.diff(first, append=len(key))})
    order = _order(key)
    key = key[order]
    first = _firsts(key)
    sums = np.add.reduceat(rows["print"].to_numpy()[order], first)
    return pa.table({"key": key[first], "n": np.diff(first, append=len(key)), "print": sums})


def joined(tallies: Sequence[pa.Table]) -> pa.Table:
    """Tallies, with names of their own, side by side: a row a key that any has, null where one has it not."""
    key = np.sort(np.concatenate([tallied["key"].to_numpy() for tallied in tallies]))
    key = key[_firsts(key)]
    columns: dict[str, Any] = {"key": key}
    for tallied in tallies:
        places = np.searchsorted(key, tallied["key"].to_numpy())
        absent = np.ones(len(key), dtype=bool)
        absent[places] = False
        for name in tallied.column_names[1:]:
            values = tallied[name].to_numpy()
            spread = np.zeros(len(key), dtype=values.dtype)
            spread[places] = values
            columns[name] = pa.array(spread, mask=absent)
    return pa.table(columns)


def _firsts(key: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Where each key begins among sorted ones."""
    return np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1]))) if len(key) else np.empty(0, np.intp)


def all_differ(rows: pa.Table) -> bool:
    """No two rows have the same ``key``."""
    key = np.sort(rows["key"].to_numpy())
    return not (key[1:] == key[:-1]).any()


def _order(key: NDArray[np.uint64]) -> NDArray[np.intp]:
    """The places of keys in their order, as `numpy.argsort` has them but for equals."""
    bits = np.uint64(max(len(key) - 1, 1).bit_length())
    packed = (key >> bits << bits) | np.arange(len(key), dtype=np.uint64)
    packed.sort()
    order = (packed & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.intp)
    packed >>= bits
    for place in _mixed(packed, key, order):
        order[place] = order[place][np.argsort(key[order[place]])]
    return order


def _mixed(high: NDArray[np.uint64], key: NDArray[np.uint64], order: NDArray[np.intp]) -> list[slice]:
    """Runs of different keys that are alike in their high bits."""
    full = key[order]
    mixed = np.unique(high[1:][(high[1:] == high[:-1]) & (full[1:] != full[:-1])])
    edges = (np.searchsorted(high, mixed, side) for side in ("left", "right"))
    return [slice(start, end) for start, end in zip(*edges, strict=True)]
