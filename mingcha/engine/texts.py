"""Columns of text made a column at a time: instants as ISO 8601, numbers, labels, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mingcha.law.instants import MISSING, SECOND, Instants

_SPECIAL = r'["\\\x00-\x1f\x7f]'
"""Characters that JSON (or a careful reader) wants escaped."""


def text(value: str) -> pa.Scalar:
    """A constant."""
    return pa.scalar(value, pa.string())


def joined(*pieces: pa.Array | pa.Scalar, null: str = "null") -> pa.Array:
    """Pieces one after another; a missing one reads as ``null``."""
    return pc.binary_join_element_wise(*pieces, text(""), null_handling="replace", null_replacement=null)


def iso(values: Instants) -> pa.Array:
    """Local ISO 8601 without offset; a date alone as a date; MISSING as null."""
    missing = values == MISSING
    seconds = pa.array(np.where(missing, 0, values) // SECOND, pa.int64(), mask=missing).cast(
        pa.timestamp("s")
    )
    told = pc.replace_substring(seconds.cast(pa.string()), " ", "T")
    alone = (values % SECOND == 1) & ~missing
    if alone.any():
        told = pc.if_else(pa.array(alone), pc.utf8_slice_codeunits(told, 0, 10), told)
    return told


def numbers(values: Instants) -> pa.Array:
    """Integers as text; MISSING as null."""
    return pa.array(values, pa.int64(), mask=values == MISSING).cast(pa.string())


def quoted(values: pa.Array) -> pa.Array:
    """Texts as JSON strings; null stays null."""
    special = pc.match_substring_regex(values, _SPECIAL)
    if pc.any(special).as_py():
        return mapped(values, lambda value: json.dumps(value, ensure_ascii=False))
    return pc.binary_join_element_wise(text('"'), values, text('"'), text(""))


def mapped(values: pa.Array, change: Callable[[str], str]) -> pa.Array:
    """Texts changed by a function, called once for each different one."""
    encoded = pc.dictionary_encode(values)
    changed = pa.array([change(value) for value in encoded.dictionary.to_pylist()], pa.string())
    return changed.take(encoded.indices)


def labelled(values: pa.Array, labels: Mapping[str, str]) -> pa.Array:
    """Codes as their labels; what has none stays."""
    return mapped(values, lambda value: labels.get(value, value)) if labels else values


def lists(values: pa.Array, separator: str, change: Callable[[pa.Array], pa.Array] | None = None) -> pa.Array:
    """Lists of texts as one text each; a missing list is null."""
    items = values.flatten()
    items = change(items) if change else items
    lengths = pc.fill_null(pc.list_value_length(values), 0)
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths.to_numpy(zero_copy_only=False))]), pa.int32())
    whole = pc.binary_join(pa.ListArray.from_arrays(offsets, items), separator)
    return pc.if_else(pc.is_null(values), pa.scalar(None, pa.string()), whole)


def present(columns: Sequence[pa.Array], separator: str) -> pa.Array:
    """The texts of each row that are there, joined; "" where there is none.

    (The joining kernel's own way to skip nulls gives no row at all where every text of every row is missing.)
    """
    ended = [pc.fill_null(pc.binary_join_element_wise(c, text(separator), text("")), "") for c in columns]
    whole = pc.binary_join_element_wise(*ended, text(""))
    return pc.utf8_slice_codeunits(whole, 0, -len(separator)) if separator else whole


def json_lists(values: pa.Array) -> pa.Array:
    """Lists of texts as JSON arrays; a missing list is null."""
    whole = lists(values, ", ", quoted)
    return pc.binary_join_element_wise(text("["), whole, text("]"), text(""))


def json_object(fields: Sequence[tuple[str, pa.Array]]) -> pa.Array:
    """One JSON object a row; a missing value is null."""
    pieces: list[pa.Array | pa.Scalar] = []
    for i, (name, values) in enumerate(fields):
        pieces += [text(("{" if i == 0 else ", ") + json.dumps(name, ensure_ascii=False) + ": "), values]
    return joined(*pieces, text("}"))
