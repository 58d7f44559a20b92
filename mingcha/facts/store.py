"""Facts as the engine takes them: a frozen mapping from table name to where its canonical rows are.

A table that is not in the mapping was not reported at all, which is not the same as a table without rows.
Keys are unique in each source: readers have settled versions, doubles and withdrawn rows before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mingcha.facts.arrow import arrow_schema
from mingcha.facts.declare import Table
from mingcha.facts.schema import TABLES

FOLLOWS = {"evaluations": ("follows", "evaluation_no")}
"""Table -> the column that names another of its rows, and the key by which it does: a row is judged beside it."""


class FactsError(ValueError):
    """Rows that do not have the canonical form of their table."""


@dataclass(frozen=True)
class Greatest:
    """The greatest value of a column, None where it has none, and whether any row lacks one."""

    value: Any
    lacking: bool


@dataclass(frozen=True)
class Source:
    """The rows of one table: canonical Parquet files, or one Arrow table in memory (exactly one of the two).

    `columns` are those that were reported; a column of the declaration that is not among them is missing in
    every row.
    """

    table: str
    columns: frozenset[str]
    rows: int
    paths: tuple[Path, ...] = ()
    arrow: pa.Table | None = None

    def read(self, columns: list[str] | None = None) -> pa.Table:
        """The rows as one Arrow table (those columns, or all reported ones, in the order of the
        declaration)."""
        wanted = [c.name for c in TABLES[self.table].columns if c.name in (columns or self.columns)]
        if self.arrow is not None:
            return self.arrow.select(wanted)
        if len(self.paths) == 1:
            return pq.ParquetFile(self.paths[0]).read(wanted)  # opens half as many things as read_table
        return pq.read_table(list(self.paths), columns=wanted, partitioning=None)

    def having(self, column: str, values: Collection[str]) -> pa.Table:
        """The rows with one of these texts in a column; a Parquet file is gone through, never held whole."""
        wanted = pa.array(sorted(values), pa.string())
        if self.arrow is not None:
            return self.arrow.filter(pc.is_in(self.arrow[column], wanted))
        names = [c.name for c in TABLES[self.table].columns if c.name in self.columns]
        return pq.read_table(
            list(self.paths), columns=names, filters=pc.field(column).isin(wanted), partitioning=None
        )

    def take(self, positions: npt.NDArray[np.int64]) -> pa.Table:
        """The rows at those positions (ascending, counted from 0), reading one row group at a time."""
        if self.arrow is not None:
            return self.arrow.take(pa.array(positions))
        found, start = [], 0
        for path in self.paths:
            file = pq.ParquetFile(path)
            for group in range(file.num_row_groups):
                end = start + file.metadata.row_group(group).num_rows
                first, last = np.searchsorted(positions, [start, end])
                if last > first:
                    found.append(file.read_row_group(group).take(pa.array(positions[first:last] - start)))
                start = end
        return pa.concat_tables(found) if found else self.read().slice(0, 0)

    def greatest(self, column: str) -> Greatest | None:
        """Of a reported column, told by the footers where it is in files; None where they do not tell."""
        if self.arrow is not None:
            values = self.arrow[column]
            return Greatest(pc.max(values).as_py(), values.null_count > 0)
        values, lacking = [], False
        for path in self.paths:
            footer = pq.ParquetFile(path).metadata
            place = footer.schema.names.index(column)
            for group in range(footer.num_row_groups):
                told = footer.row_group(group).column(place).statistics
                if told is None or not told.has_null_count:
                    return None
                lacking = lacking or told.null_count > 0
                if told.has_min_max:
                    values.append(told.max)
                elif told.null_count < footer.row_group(group).num_rows:
                    return None
        return Greatest(max(values, default=None), lacking)

    @classmethod
    def of_arrow(cls, table: Table, rows: pa.Table) -> Source:
        """A source in memory; raises FactsError where the form is not canonical."""
        _check_schema(table, rows.schema, "内存")
        return cls(table.name, frozenset(rows.column_names), rows.num_rows, arrow=rows)

    @classmethod
    def of_parquet(cls, table: Table, *paths: Path) -> Source:
        """A source of canonical Parquet files with one and the same schema; only their footers are read
        here."""
        footers = [pq.ParquetFile(path) for path in paths]
        for path, footer in zip(paths, footers, strict=True):
            _check_schema(table, footer.schema_arrow, str(path))
        schemas = {tuple(sorted(footer.schema_arrow.names)) for footer in footers}
        if len(schemas) != 1:
            raise FactsError(f"{table.name}: 各 Parquet 文件的列不一致,请按同一列重新写出")
        rows = sum(footer.metadata.num_rows for footer in footers)
        return cls(table.name, frozenset(schemas.pop()), rows, paths=tuple(paths))


class Facts(Mapping[str, Source]):
    """Frozen mapping: table name -> Source, in the order of the declarations."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        _known(sources)
        self._sources = {name: sources[name] for name in TABLES if name in sources}

    @classmethod
    def from_arrow(cls, tables: Mapping[str, pa.Table]) -> Facts:
        """Facts of canonical Arrow tables; raises FactsError where a table or column is unknown or of another
        type."""
        _known(tables)
        return cls({name: Source.of_arrow(TABLES[name], rows) for name, rows in tables.items()})

    @classmethod
    def from_rows(cls, tables: Mapping[str, list[dict[str, Any]]]) -> Facts:
        """Facts of Python rows in canonical values (datetime, Decimal, ...); columns are those that any row
        names."""
        _known(tables)
        made = {}
        for name, rows in tables.items():
            named = {column for row in rows for column in row}
            made[name] = pa.Table.from_pylist(rows, arrow_schema(TABLES[name], named or TABLES[name].by_name))
        return cls.from_arrow(made)

    @classmethod
    def from_parquet(cls, paths: Mapping[str, Path | tuple[Path, ...]]) -> Facts:
        """Facts of canonical Parquet files, one or several a table."""
        _known(paths)
        return cls(
            {
                name: Source.of_parquet(TABLES[name], *(path if isinstance(path, tuple) else (path,)))
                for name, path in paths.items()
            }
        )

    def of_cases(self, keys: Collection[str]) -> Facts:
        """Tables of cases cut to these case numbers, and to what their rows follow, in memory; the others whole."""
        wanted, cut = set(keys), {}
        for name, source in self._sources.items():
            if "case_no" in source.columns:
                rows = source.having("case_no", wanted)
                key, lacking = followed(name, rows)
                if lacking:
                    rows = pa.concat_tables([rows, source.having(key, lacking)])
                cut[name] = Source(name, source.columns, rows.num_rows, arrow=rows)
            else:
                cut[name] = source
        return Facts(cut)

    def __getitem__(self, name: str) -> Source:
        return self._sources[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def __repr__(self) -> str:
        return f"Facts({', '.join(f'{name}: {source.rows}' for name, source in self._sources.items())})"


def followed(table: str, rows: pa.Table) -> tuple[str, list[str]]:
    """(key column, its values) of the rows that these follow and that are not among them."""
    follows, key = FOLLOWS.get(table, ("", ""))
    if follows not in rows.column_names:
        return key, []
    return key, sorted(set(rows[follows].drop_null().to_pylist()) - set(rows[key].to_pylist()))


def _known(tables: Mapping[str, object]) -> None:
    unknown = [name for name in tables if name not in TABLES]
    if unknown:
        raise FactsError(f"没有这样的事实表:{'、'.join(unknown)};可用的表名见 docs/facts.md")


def _check_schema(table: Table, schema: pa.Schema, where: str) -> None:
    wanted = arrow_schema(table)
    faults = []
    for column in schema:
        place = wanted.get_field_index(column.name)
        if place < 0:
            faults.append(f"没有列 {column.name}")
        elif not column.type.equals(wanted.field(place).type):
            faults.append(f"列 {column.name} 应为 {wanted.field(place).type},现为 {column.type}")
    if faults:
        raise FactsError(f"{table.name}({where})不是规范格式:{';'.join(faults)}")


def write_canonical(table: Table, rows: pa.Table, path: Path) -> Source:
    """Write canonical rows as Parquet, with the digest that lets readers use the file in place."""
    _check_schema(table, rows.schema, str(path))
    ordered = rows.select([c.name for c in table.columns if c.name in rows.column_names])
    pq.write_table(ordered.replace_schema_metadata(arrow_schema(table).metadata), path, compression="zstd")
    return Source.of_parquet(table, path)
