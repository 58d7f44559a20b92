"""How a column of a fact table lies in the database, and how it comes out again: one definition for both ways.

| kind | canonical (Arrow) | stored |
|---|---|---|
| instant | timestamp[us], a date alone marked by one | microseconds |
| day, time | date32, int32 minutes | days since 1970, minutes |
| money | decimal128(18, 2) yuan | 分 |
| list | list<string> | texts joined with `;` (no text of a list holds one) |
| bool, text, code, integer, month | as they are | as they are |
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mingcha.facts.arrow import arrow_type
from mingcha.facts.declare import Column, Kind

BETWEEN: Final = ";"
_INTEGER: Final = pa.int64()


def to_stored(column: Column, values: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Canonical values as they are stored."""
    if column.kind is Kind.INSTANT:
        return values.cast(_INTEGER)
    if column.kind is Kind.DAY:
        return values.cast(pa.int32()).cast(_INTEGER)
    if column.kind is Kind.TIME:
        return values.cast(_INTEGER)
    if column.kind is Kind.MONEY:
        return pc.multiply(values, pa.scalar(Decimal(100))).cast(_INTEGER)
    if column.kind is Kind.LIST:
        return pc.binary_join(values, BETWEEN)
    return values


def from_stored(column: Column, values: pa.Array) -> pa.Array:
    """Stored values in the canonical form; integers of any width, and 0/1 for a bool, are taken."""
    wanted = arrow_type(column)
    if pa.types.is_null(values.type):
        return pa.nulls(len(values), wanted)
    if column.kind is Kind.DAY:
        return values.cast(pa.int32()).cast(wanted)
    if column.kind is Kind.MONEY:
        return _yuan(values.cast(_INTEGER))
    if column.kind is Kind.LIST:
        return _lists(values).cast(wanted)
    return values.cast(wanted)


def _yuan(cents: pa.Array) -> pa.Array:
    """The very integers are those of a decimal with two places: sixteen bytes each, the upper eight the sign."""
    low = pc.fill_null(cents, 0).to_numpy(zero_copy_only=False)
    wide = np.empty((len(low), 2), np.int64)
    wide[:, 0], wide[:, 1] = low, low >> 63
    absent = cents.is_null().to_numpy(zero_copy_only=False)
    valid = None if not cents.null_count else pa.py_buffer(np.packbits(~absent, bitorder="little").tobytes())
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(low), [valid, pa.py_buffer(wide.tobytes())])


def _lists(joined: pa.Array) -> pa.Array:
    """Split; an empty text is an empty list, not one with an empty text in it."""
    split = pc.split_pattern(joined, BETWEEN)
    if not pc.any(pc.equal(joined, "")).as_py():
        return split
    parts = zip(joined.to_pylist(), split.to_pylist(), strict=True)
    return pa.array([[] if text == "" else part for text, part in parts], pa.list_(pa.string()))
