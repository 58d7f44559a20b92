"""One row for each key: versions, doubles, withdrawn rows, and one case number from two sources.

The higher `source_version` wins (none counts lowest), else the later row. A withdrawn winner takes the key
away. Of a case number that two source systems claim, the rows of the first one stay and the others are
reported.

Keys are compared by a 64-bit hash first, eight bytes a row whatever the keys; only rows whose hash occurs
twice are looked at again, exactly. So the usual file without doubles costs one pass over its keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from mingcha.facts.declare import Table
from mingcha.facts.store import Source

MEMORY = "256MB"
SOURCE_SYSTEM = "source_system"


@dataclass(frozen=True)
class Settled:
    """The rows that stay, and the positions (in the source as given) of those that do not, each list
    ascending."""

    source: Source
    superseded: npt.NDArray[np.int64]
    withdrawn: npt.NDArray[np.int64]
    conflicting: npt.NDArray[np.int64]


def connect(work: Path) -> duckdb.DuckDBPyConnection:
    """A connection for settling: little memory, what does not fit goes to the work folder."""
    con = duckdb.connect()
    con.execute(f"set memory_limit = '{MEMORY}'")
    con.execute("set temp_directory = $1", [str(work)])
    con.execute("set threads = 2")
    return con


def settle(con: duckdb.DuckDBPyConnection, table: Table, source: Source, target: Path) -> Settled:
    """Settle one table; where rows go away, the rest is written to `target` (or stays in memory, as the
    source was)."""
    _present(con, source)
    none = np.empty(0, np.int64)
    twice = _hashes_that_repeat(con, table, source)
    if not len(twice) and not _any_withdrawn(con, source):
        return Settled(source, none, none, none)
    con.register("twice", pa.table({"h": twice}))
    fates = con.execute(_fates_sql(table, source)).fetchnumpy()
    con.unregister("twice")
    position, fate = fates["position"], fates["fate"]
    by_fate = [np.sort(position[fate == number]).astype(np.int64) for number in (1, 2, 3)]
    gone = np.sort(np.concatenate(by_fate))
    kept = _without(table, source, gone, target) if len(gone) else source
    return Settled(kept, *by_fate)


def _present(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Make the source known to the connection as `rows`, with the position of each row."""
    con.execute("drop view if exists rows")
    if source.arrow is not None:
        numbered = source.arrow.append_column("position", pa.array(np.arange(source.rows)))
        con.register("in_memory", numbered)
        con.execute("create view rows as select * from in_memory")
        return
    (path,) = source.paths
    quoted = str(path).replace("'", "''")
    rows = f"read_parquet('{quoted}', file_row_number = true, hive_partitioning = false)"
    con.execute(f"create view rows as select *, file_row_number as position from {rows}")  # noqa: S608


def _keys(table: Table) -> str:
    return ", ".join(f'"{name}"' for name in table.keys)


def _hashes_that_repeat(
    con: duckdb.DuckDBPyConnection, table: Table, source: Source
) -> npt.NDArray[np.uint64]:
    hashes = np.empty(source.rows, np.uint64)
    filled = 0
    sql = f"select hash({_keys(table)}) as h from rows"  # noqa: S608 - names of our own declaration
    reader: pa.RecordBatchReader = con.sql(sql).to_arrow_reader(1 << 18)
    for batch in reader:
        hashes[filled : filled + batch.num_rows] = batch.column(0).to_numpy()
        filled += batch.num_rows
    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


def _any_withdrawn(con: duckdb.DuckDBPyConnection, source: Source) -> bool:
    if "withdrawn" not in source.columns:
        return False
    ((found,),) = con.execute("select bool_or(withdrawn) from rows").fetchall()
    return bool(found)


def _fates_sql(table: Table, source: Source) -> str:
    """Query for the positions of the rows that go: fate 1 superseded, 2 withdrawn, 3 conflicting."""
    keys = _keys(table)
    version = "source_version" if "source_version" in source.columns else "null::bigint"
    withdrawn = "coalesce(withdrawn, false)" if "withdrawn" in source.columns else "false"
    sources = table.name == "cases" and SOURCE_SYSTEM in source.columns
    system = SOURCE_SYSTEM if sources else "null::varchar"
    return f"""
        with candidate as (
            select {keys}, position, {version} as version, {withdrawn} as gone, {system} as system
            from rows where {withdrawn} or hash({keys}) in (select h from twice)
        ), claimed as (
            select *, coalesce(system <> first_value(system) over (
                partition by {keys} order by system is null, position), false) as foreign_claim
            from candidate
        ), ranked as (
            select position, foreign_claim, gone, row_number() over (
                partition by {keys}, foreign_claim order by version desc nulls last, position desc) as place
            from claimed
        )
        select position, case when foreign_claim then 3 when place > 1 then 1 else 2 end as fate
        from ranked where foreign_claim or place > 1 or gone"""  # noqa: S608 - names of our own declaration


def _without(table: Table, source: Source, gone: npt.NDArray[np.int64], target: Path) -> Source:
    if source.arrow is not None:
        keep = np.ones(source.rows, np.bool_)
        keep[gone] = False
        return Source.of_arrow(table, source.arrow.filter(pa.array(keep)))
    (path,) = source.paths
    start = 0
    file = pq.ParquetFile(path)
    with pq.ParquetWriter(target, file.schema_arrow, compression="lz4") as writer:
        for group in range(file.num_row_groups):
            rows = file.read_row_group(group)
            first, last = np.searchsorted(gone, [start, start + rows.num_rows])
            keep = np.ones(rows.num_rows, np.bool_)
            keep[gone[first:last] - start] = False
            writer.write_table(rows.filter(pa.array(keep)))
            start += rows.num_rows
    return Source.of_parquet(table, target)
