"""Rows that the system itself states, in Python values, made canonical."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from mingcha.facts.arrow import arrow_schema
from mingcha.facts.declare import Column, Kind, Table
from mingcha.facts.store import FactsError
from mingcha.intake.sorting import ROW, in_order, settle
from mingcha.law.instants import DATE_ALONE, instant


@dataclass(frozen=True)
class Statement:
    """Rows of one table."""

    table: Table
    rows: list[dict[str, Any]]

    @cached_property
    def sent(self) -> frozenset[str]:
        """The columns that any row names, and the key."""
        return frozenset(name for row in self.rows for name in row) | set(self.table.keys)

    def sorted(self) -> pa.Table:
        """Canonical rows by key, one a key: the last of them. Raises FactsError, KeyError for an unknown column."""
        filled = {column.name for column in self.table.columns if column.default is not None}
        schema = arrow_schema(self.table, self.sent | filled)
        columns = {name: self._values(self.table.column(name)) for name in schema.names}
        rows = pa.table(columns, schema=schema.remove_metadata())
        numbers = pa.array(np.arange(1, len(self.rows) + 1), pa.int64())
        return settle(self.table, in_order(self.table, rows.append_column(ROW, numbers))).rows

    def _values(self, column: Column) -> list[Any]:
        values = [_canonical(column, row.get(column.name)) for row in self.rows]
        if column.must and None in values:
            raise FactsError(f"{self.table.name} 的第 {values.index(None) + 1} 行缺少 {column.name}")
        return values


def _canonical(column: Column, value: Any) -> Any:
    """A value as Arrow takes it: a date in a column of instants is a date alone, a missing one the default."""
    if value is None:
        return column.default
    if column.kind is Kind.INSTANT and not _is_marked(value):
        return instant(value)
    return value


def _is_marked(value: Any) -> bool:
    """A datetime may carry the mark of a date alone already, as Arrow gives it back."""
    return isinstance(value, datetime) and value.time() == time(microsecond=DATE_ALONE)
