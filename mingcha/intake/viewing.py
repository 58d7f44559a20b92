"""The rows of each table as they were known at a batch: of some cases, or whole."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection

from mingcha.facts.arrow import arrow_schema
from mingcha.facts.declare import Table
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Source, followed
from mingcha.intake.fact_models import FACTS
from mingcha.intake.fetching import apart, fetch, stream
from mingcha.intake.staging import listed
from mingcha.intake.store_models import Reported

Reads = Mapping[str, Collection[str]]
"""Columns by table: all that is going to be read."""

_LEFT_OUT: Final = "withdrawn"
_IN_MEMORY: Final = 200_000
"""Up to so many rows of a table are held in memory; more lie in a file."""
_CONNECTIONS: Final = 2


def marks(known: int) -> dict[str, int]:
    """The tables that were reported by a batch, each with the mark of its state then."""
    reported = 'FROM intake_reported WHERE "table" = '
    asked = " UNION ALL ".join(
        f"SELECT '{name}', (SELECT min(no) {reported}'{name}'), (SELECT mark {reported}'{name}' "
        f"AND changed > 0 AND no <= {known:d} ORDER BY no DESC LIMIT 1)"
        for name in TABLES
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        rows = cursor.fetchall()
    return {name: mark or 0 for name, first, mark in rows if first is not None and first <= known}


@dataclass
class _Kept:
    """Tables that are needed whole, again and again: kept until a batch changes them.

    It is the same `Source` each time, so that an engine which has taken it in need not do so again.
    """

    held: dict[str, tuple[tuple[int, tuple[str, ...]], Source]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def get(self, table: Table, mark: int, columns: list[str]) -> Source | None:
        """The rows of a state, where they are there."""
        with self.lock:
            state, source = self.held.get(table.name, (None, None))
            return source if state == (mark, tuple(columns)) else None

    def put(self, table: Table, mark: int, columns: list[str], source: Source) -> Source:
        """Keep the rows of a state, instead of those of another."""
        if source.arrow is not None and source.rows <= _IN_MEMORY:
            with self.lock:
                self.held[table.name] = ((mark, tuple(columns)), source)
        return source


_KEPT: Final = _Kept()


@dataclass(frozen=True)
class View:
    """The store as it was known at a batch; `reads` as in `reading.facts`."""

    known: int
    reads: Reads | None = None

    def of_cases(self, table: Table, mark: int, cases: list[str]) -> Source:
        """The rows of these cases and those that they follow; of a table without cases all."""
        if "case_no" in table.by_name:
            ours = self._of_keys(table, "case_no", cases)
            key, lacking = followed(table.name, ours.read())
            if not lacking:
                return ours
            theirs = self._of_keys(table, key, lacking)
            return Source.of_arrow(table, pa.concat_tables([ours.read(), theirs.read()]))
        if table.name == "issued":
            return self._of_keys(table, "key", cases, "about = 'cases' AND ")
        columns = self._columns(table)
        return _KEPT.get(table, mark, columns) or _KEPT.put(table, mark, columns, self._all(table, columns))

    def whole(self, wanted: Mapping[str, int], folder: Path) -> dict[str, Source]:
        """All rows of these tables (with the marks of their states); large ones in files of the folder."""
        alone = apart()
        columns = {name: self._reported_columns(TABLES[name]) for name in wanted}

        def source(name: str) -> tuple[str, Source]:
            table = TABLES[name]
            kept = _KEPT.get(table, wanted[name], columns[name]) if table.lasting else None
            if kept is not None:
                return name, kept
            made = self._spooled(table, columns[name], folder / f"{name}.parquet", alone)
            return name, _KEPT.put(table, wanted[name], columns[name], made) if table.lasting else made

        if not alone:
            return dict(map(source, wanted))
        with ThreadPoolExecutor(_CONNECTIONS, thread_name_prefix="read") as pool:
            return dict(pool.map(source, sorted(wanted, key=_large_first)))

    def _columns(self, table: Table) -> list[str]:
        wanted = None if self.reads is None else {*self.reads[table.name], *table.keys}
        return [c.name for c in table.columns if c.name != _LEFT_OUT and (wanted is None or c.name in wanted)]

    def _reported_columns(self, table: Table) -> list[str]:
        """Those that any batch ever reported, and those with a default: the others are missing in every row."""
        lists = Reported.objects.filter(table=table.name).values_list("columns", flat=True).distinct()
        found = {name for columns in lists.order_by() for name in columns}
        found |= {column.name for column in table.columns if column.default is not None}
        return [name for name in self._columns(table) if name in found]

    def _times(self) -> tuple[str, str]:
        """Conditions for open rows and for rows that were closed later: each has an index of its own."""
        here = f"seen_from <= {self.known:d} AND withdrawn IS NOT TRUE"
        return f"seen_to IS NULL AND {here}", f"seen_to > {self.known:d} AND {here}"

    def _of_keys(self, table: Table, column: str, keys: list[str], also: str = "") -> Source:
        columns = self._columns(table)
        if connection.vendor == "postgresql":
            among, param = f'"{column}" = ANY(%s)', keys
        else:
            among, param = f'"{column}" IN (SELECT value FROM json_each(%s))', [json.dumps(keys)]
        present, past = (f"FROM {fact_name(table)} WHERE {also}{among} AND {time}" for time in self._times())
        rows = f"{present} UNION ALL SELECT {listed(columns)} {past}"
        params: list[Any] = [keys, keys] if connection.vendor == "postgresql" else [*param, *param]
        return Source.of_arrow(table, fetch(table, columns, rows, params))

    def _all(self, table: Table, columns: list[str]) -> Source:
        batches = list(stream(table, columns, self._rows(table), apart=apart()))
        return Source.of_arrow(table, _table(table, columns, batches))

    def condition(self) -> str:
        """SQL of what a row must satisfy to be seen."""
        return " OR ".join(f"({time})" for time in self._times())

    def _rows(self, table: Table) -> str:
        return f"FROM {fact_name(table)} WHERE {self.condition()}"

    def _spooled(self, table: Table, columns: list[str], path: Path, alone: bool) -> Source:
        held: list[pa.RecordBatch] = []
        rows, writer = 0, None
        for batch in stream(table, columns, self._rows(table), apart=alone):
            held.append(batch)
            rows += batch.num_rows
            if rows > _IN_MEMORY:
                writer = writer or pq.ParquetWriter(path, batch.schema, compression="lz4")
                writer.write_table(_table(table, columns, held))
                held = []
        if writer is None:
            return Source.of_arrow(table, _table(table, columns, held))
        writer.close()
        return Source.of_parquet(table, path)


def fact_name(table: Table) -> str:
    """Name of the table in the database."""
    return str(FACTS[table.name]._meta.db_table)


def _table(table: Table, columns: Iterable[str], batches: list[pa.RecordBatch]) -> pa.Table:
    schema = arrow_schema(table, columns).remove_metadata()
    return pa.Table.from_batches(batches, schema)


def _large_first(name: str) -> tuple[bool, bool, str]:
    """So that both connections are busy to the end."""
    return TABLES[name].lasting, name not in ("steps", "materials", "cases"), name
