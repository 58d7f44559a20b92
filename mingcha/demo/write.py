"""Writing the tables of a city in shuffled order, a row group at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mingcha.demo.dice import Dice
from mingcha.demo.tables import Sequence
from mingcha.facts.arrow import arrow_schema
from mingcha.facts.declare import Kind
from mingcha.facts.schema import TABLES

Format = Literal["parquet", "csv", "xlsx", "jsonl"]
Progress = Callable[[int], None]
"""Called with the number of rows just written."""

CHUNK: Final = 1 << 17


def shuffled_rows(rows: Sequence, dice: Dice, chunk: int = CHUNK) -> Iterator[pa.Table]:
    """The rows of a sequence in random order, a chunk at a time."""
    for numbers in dice.shuffled(f"order of {rows.table}", len(rows), chunk):
        yield rows.take(numbers)


def shuffled_table(name: str, rows: pa.Table, dice: Dice) -> pa.Table:
    """A whole table in random order."""
    return rows.take(pa.array(dice.order(f"order of {name}", np.arange(rows.num_rows))))


def write_table(name: str, parts: Iterable[pa.Table], folder: Path, form: Format, done: Progress) -> None:
    """Write a table to ``folder`` under its name; the file appears only once it is whole."""
    path = folder / f"{name}.{form}"
    half = path.with_name(path.name + ".part")
    if form == "parquet":
        _write_parquet(name, parts, half, done)
    else:
        from mingcha.readers.export import export

        rows = with_times(name, pa.concat_tables(parts))
        export(rows, half, form, {column.name: column.label for column in TABLES[name].columns})
        done(rows.num_rows)
    half.replace(path)


def with_times(name: str, rows: pa.Table) -> pa.Table:
    """Times of the day as people write them, 09:00; the export knows only their minutes."""
    for place, field in enumerate(rows.schema):
        if TABLES[name].column(field.name).kind is Kind.TIME:
            minutes = rows[field.name].to_pylist()
            spelt = [None if time is None else f"{time // 60:02d}:{time % 60:02d}" for time in minutes]
            rows = rows.set_column(place, field.name, pa.array(spelt, pa.string()))
    return rows


def _write_parquet(name: str, parts: Iterable[pa.Table], path: Path, done: Progress) -> None:
    """Canonical Parquet: readers know it by the digest in its metadata and use it in place."""
    writer: pq.ParquetWriter | None = None
    try:
        for part in parts:
            if writer is None:
                schema = arrow_schema(TABLES[name], part.column_names)
                writer = pq.ParquetWriter(
                    path, schema, compression="zstd", compression_level=1, use_dictionary=_repeated(name)
                )
            writer.write_table(part.cast(schema), row_group_size=CHUNK)
            done(part.num_rows)
    finally:
        if writer is not None:
            writer.close()


def _repeated(name: str) -> list[str]:
    """Columns whose values repeat, so that a dictionary pays: all but numbers of rows and instants."""
    table = TABLES[name]
    once = {
        column
        for column in table.keys
        if table.column(column).kind is Kind.TEXT and not column.endswith("material_code")
    }
    return [c.name for c in table.columns if c.kind is not Kind.INSTANT and c.name not in once]
