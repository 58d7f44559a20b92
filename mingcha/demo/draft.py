"""A few rows of one table, to be edited in place: what plantings work on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingcha.demo.arrows import instants
from mingcha.demo.dice import Ints
from mingcha.facts.arrow import arrow_schema
from mingcha.facts.declare import Kind
from mingcha.facts.schema import TABLES
from mingcha.law.instants import MISSING

Mask = NDArray[np.bool_]
Value = Any
"""One value for all rows meant, or an array with one for each."""


class Draft:
    """Rows of a table as numpy columns: instants in microseconds with `MISSING`, everything else as
    objects with None."""

    def __init__(self, rows: pa.Table, name: str) -> None:
        self.name = name
        self.columns: dict[str, NDArray[Any]] = {
            column: _editable(rows[column]) for column in rows.column_names
        }

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, column: str) -> NDArray[Any]:
        return self.columns[column]

    def put(self, where: Mask | Ints | slice = slice(None), **values: Value) -> None:
        """Set columns in some rows, or in all; a list or None is one value."""
        for column, value in values.items():
            target = self.columns[column]
            if isinstance(value, list):
                value = one_each([value] * len(target[where]))
            elif value is None and target.dtype != object:
                value = MISSING
            target[where] = value

    def drop(self, rows: Mask) -> None:
        """Take rows out."""
        self.columns = {name: values[~rows] for name, values in self.columns.items()}

    def add(self, count: int, **values: Value) -> None:
        """Add rows; columns not named are missing in them."""
        for name, held in self.columns.items():
            new = np.full(count, MISSING) if held.dtype != object else np.full(count, None, dtype=object)
            if name in values:
                value = values[name]
                new[:] = one_each([value] * count) if isinstance(value, list) else value
            self.columns[name] = np.concatenate([held, new])

    def table(self) -> pa.Table:
        """The rows in canonical form."""
        schema = arrow_schema(TABLES[self.name], self.columns)
        columns = [
            instants(self.columns[field.name]) if TABLES[self.name].column(field.name).kind is Kind.INSTANT
            else pa.array(self.columns[field.name].tolist(), field.type)
            for field in schema
        ]  # fmt: skip
        return pa.Table.from_arrays(columns, schema=schema)


def _editable(column: pa.ChunkedArray) -> NDArray[Any]:
    if pa.types.is_timestamp(column.type):
        filled = column.cast(pa.int64()).fill_null(MISSING)
        return np.array(filled.to_numpy(), dtype=np.int64)
    return one_each(column.to_pylist())


def one_each(values: list[Any]) -> NDArray[np.object_]:
    """A column of objects, lists too."""
    column = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):
        column[place] = value
    return column
