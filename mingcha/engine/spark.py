"""The cluster engine: Apache Spark. The same SQL of candidates, the same function that decides them, on executors.

Runs in process (``local[2]``), as a cluster on one machine (``local-cluster[2,1,1024]``) or on a real one
(``spark://…``), whose workers need Python 3.11 or newer with numpy and pyarrow; mingcha itself is sent along.
Facts are Parquet files that every worker can read.
"""

from __future__ import annotations

import os
import sys
import tempfile
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mingcha.engine.backend import Finish
from mingcha.engine.finish import soonest
from mingcha.engine.frame import Counted, widened
from mingcha.engine.java import find_java
from mingcha.engine.record import FINDING, WATCH, in_order
from mingcha.facts.store import Source

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

CLOCK_ROWS = pa.schema(
    [
        *((name, pa.string()) for name in ("case_no", "agency_code", "region_code", "item_code")),
        *((name, pa.int64()) for name in ("start", "stop", "due")),
    ]
)
_WATCH_PREFIX = "watch_"
_FORGETFUL: Final = {
    "spark.sql.ui.explainMode": "simple",
    "spark.sql.maxPlanStringLength": "10000",
    "spark.sql.ui.retainedExecutions": "1",
    "spark.ui.retainedJobs": "10",
    "spark.ui.retainedStages": "10",
    "spark.ui.retainedTasks": "100",
}
"""What the driver remembers of plans carried out: those of a rulebook are megabytes of text each, and nobody looks."""
_RESULT = pa.schema([*FINDING, *(pa.field(_WATCH_PREFIX + f.name, f.type) for f in WATCH)])
"""A row is a finding or a watch; the columns of the other are null."""


class NoSparkError(RuntimeError):
    """PySpark is not installed."""


def spark_session(master: str = "local[2]", **settings: str) -> SparkSession:
    """A session with what equal results need: UTC, ANSI, Arrow. Raises `NoSparkError`, `NoJavaError`."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise NoSparkError(
            "没有安装 Spark。请运行 pip install 'mingcha[spark]',或改用 --engine duckdb"
        ) from error
    os.environ["JAVA_HOME"] = str(find_java())
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    fixed = {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",
        "spark.sql.shuffle.partitions": "8",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "200000",
        "spark.ui.enabled": "false",
        **_FORGETFUL,
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "3g",  # what is broadcast passes through it
    }
    if not master.startswith("local"):
        fixed = {k: v for k, v in fixed.items() if not k.startswith("spark.driver.")}
    builder = SparkSession.builder.master(master).appName("mingcha")
    for key, value in {**fixed, **settings}.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    if not master.startswith("local["):
        session.sparkContext.addPyFile(_package())
    return session


def _package() -> str:
    """This package as a zip for the workers."""
    root = Path(__file__).parent.parent
    target = Path(tempfile.mkdtemp(prefix="mingcha-")) / "mingcha.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(root.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                archive.write(file, Path("mingcha") / file.relative_to(root))
    return str(target)


class SparkBackend:
    """One run on Spark. The session is the caller's and stays open."""

    dialect = "spark"
    many = True

    def __init__(self, session: SparkSession) -> None:
        self._session = session
        self._folder = tempfile.TemporaryDirectory(prefix="mingcha-spark-")
        self._kept: list[DataFrame] = []
        self._names: list[str] = []
        self._results: list[Path] = []

    def _name(self, name: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(name)
        self._names.append(name)

    def source(self, name: str, source: Source, columns: Collection[str]) -> None:
        """Parquet is read where it lies; rows in memory are written as Parquet first."""
        paths = [str(Path(path).resolve()) for path in source.paths]
        if source.arrow is not None:
            path = Path(self._folder.name) / f"{name}.parquet"
            pq.write_table(source.arrow, path)
            paths = [str(path)]
        self._name(name, self._session.read.parquet(*paths))

    def small(self, name: str, table: pa.Table) -> None:
        """As Parquet too: types stay exactly what they are."""
        path = Path(self._folder.name) / f"{name}-{len(self._names)}.parquet"
        pq.write_table(table, path)
        self._name(name, self._session.read.parquet(str(path)))

    def view(self, name: str, sql: str) -> None:
        """A temporary view."""
        self._name(name, self._session.sql(sql))

    def table(self, name: str, sql: str) -> None:
        """Computed when first read, then kept by the executors."""
        from pyspark import StorageLevel

        frame = self._session.sql(sql).persist(StorageLevel.MEMORY_AND_DISK)
        self._kept.append(frame)
        self._name(name, frame)

    def wide(self, name: str, sql: str, coded: Mapping[str, str], more: Mapping[str, str]) -> None:
        """As any table: Spark packs columns by itself."""
        self.table(name, widened(sql, more))

    def count(self, tables: Sequence[Counted]) -> list[str]:
        """Grouped by case number."""
        for counted in tables:
            self.view(f"by_{counted.table}", counted.grouped())
        return [counted.joined() for counted in tables]

    def fetch(self, sql: str) -> pa.Table:
        """To the driver."""
        return self._session.sql(sql).toArrow()

    def judge(
        self, sql: str, finish: Finish, kinds: Mapping[str, str], clock_rows: str | None = None
    ) -> None:
        """Decide on the executors; findings are written as Parquet, clock rows stay there as a view."""
        frame = self._session.sql(sql)
        keys = [c for c in ("about", "key", "subject") if c in frame.columns]
        frame = frame.repartition(*keys)
        if clock_rows is not None:
            frame = frame.persist()
            self._kept.append(frame)
            times = frame.mapInArrow(_times(finish), _ddl(CLOCK_ROWS)).persist()
            self._kept.append(times)
            self._name(clock_rows, times)
        path = Path(self._folder.name) / f"result-{len(self._results)}"
        frame.mapInArrow(_results(finish), _ddl(_RESULT)).write.parquet(str(path))
        self._results.append(path)

    def findings(self) -> pa.Table:
        """In the order rule, about, key, subject."""
        return in_order(self._result(FINDING.names, FINDING, "rule"))

    def watch(self) -> pa.Table:
        """Soonest moment a unit."""
        rows = self._result([_WATCH_PREFIX + n for n in WATCH.names], None, _WATCH_PREFIX + "unit")
        rows = rows.rename_columns(WATCH.names).cast(WATCH)
        return soonest(rows)

    def _result(self, columns: list[str], schema: pa.Schema | None, known: str) -> pa.Table:
        empty = pa.schema([_RESULT.field(c) for c in columns]).empty_table()
        read = [
            pq.read_table(part, columns=columns, partitioning=None).cast(empty.schema)
            for path in self._results
            for part in sorted(path.glob("*.parquet"))
        ]
        table = pa.concat_tables([empty, *read])
        table = table.filter(pc.is_valid(table[known]))
        return table.cast(schema) if schema else table

    def lock(self) -> None:
        """Spark has no such switch; rule SQL is a closed language (mingcha.rules.expression)."""

    def close(self) -> None:
        """Free what the executors keep and the names; the session stays."""
        for frame in self._kept:
            frame.unpersist()
        for name in set(self._names):
            self._session.catalog.dropTempView(name)
        self._folder.cleanup()


def spark_backend(master: str = "local[2]", **settings: str) -> Callable[[], SparkBackend]:
    """A factory for `judge(backend=...)`."""
    session = spark_session(master, **settings)
    return lambda: SparkBackend(session)


def _ddl(schema: pa.Schema) -> str:
    names: dict[Any, str] = {
        pa.string(): "string",
        pa.int64(): "bigint",
        pa.bool_(): "boolean",
        pa.timestamp("us"): "timestamp_ntz",
    }
    return ", ".join(f"`{field.name}` {names[field.type]}" for field in schema)


def _whole(batches: Iterator[pa.RecordBatch]) -> pa.Table | None:
    """A partition as one table: what says the same of one thing lies in one partition, and must meet there."""
    held = list(batches)
    return pa.Table.from_batches(held) if held and sum(b.num_rows for b in held) else None


def _results(finish: Finish) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        rows = _whole(batches)
        if rows is None:
            return
        findings, watch, _ = finish(rows)
        yield from _padded(findings, _RESULT).to_batches()
        yield from _padded(
            watch.rename_columns([_WATCH_PREFIX + n for n in WATCH.names]), _RESULT
        ).to_batches()

    return run


def _times(finish: Finish) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        rows = _whole(batches)
        if rows is None:
            return
        _, _, times = finish(rows)
        if times is not None:
            yield from times.cast(CLOCK_ROWS).to_batches()

    return run


def _padded(table: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = [
        table.column(f.name) if f.name in table.column_names else pa.nulls(table.num_rows, f.type)
        for f in schema
    ]
    return pa.table(columns, schema=schema)


__all__ = ["NoSparkError", "SparkBackend", "spark_backend", "spark_session"]
