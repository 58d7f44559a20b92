"""The embedded engine: DuckDB in process, in memory, locked down.

Facts come in as Parquet files (only their folders may be read) or Arrow tables. External access is then switched off
and the configuration locked, so that nothing a rule could ever contain reaches a file or the network.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import duckdb
import pyarrow as pa

from mingcha.engine.backend import Finish
from mingcha.engine.finish import soonest
from mingcha.engine.record import FINDING, WATCH
from mingcha.facts.store import Source

LEAST_MEMORY, A_ROW, MOST_MEMORY = 2_500_000_000, 42, 5_000_000_000
"""Bytes: what every run may hold, what it may hold for each row of the facts, and what no run may hold."""


class DuckBackend:
    """One run on DuckDB. ``memory`` in bytes or like '2GB' (by the number of rows where it is not given), ``threads``
    workers; interrupt with `interrupt`. What does not fit goes to a temporary folder.
    """

    dialect = "duckdb"
    many = True

    def __init__(self, *, threads: int = 2, memory: str = "") -> None:
        self._spill = tempfile.TemporaryDirectory(prefix="mingcha-")
        self._connection = duckdb.connect(
            config={
                "threads": threads,
                "memory_limit": memory or f"{LEAST_MEMORY}B",
                "temp_directory": self._spill.name,
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        self._given, self._rows = memory, 0
        self._allowed: set[str] = set()
        self._locked = False
        self._aside = ThreadPoolExecutor(1)
        self._decided: list[Future[tuple[pa.Table, pa.Table, pa.Table | None]]] = []
        self._awaited: dict[str, Future[tuple[pa.Table, pa.Table, pa.Table | None]]] = {}

    def source(self, name: str, source: Source, columns: Collection[str]) -> None:
        """Parquet is read in place, Arrow from memory; other columns are not touched."""
        self._rows += source.rows
        if source.arrow is not None:
            self._connection.register(name, source.arrow)
            return
        paths = [str(Path(path).resolve()) for path in source.paths]
        self._allowed |= set(paths)
        listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
        self._connection.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet([{listed}])")

    def lock(self) -> None:
        """From here on only the named files can be read, and no setting changed."""
        if self._locked:
            return
        if not self._given:
            room = max(LEAST_MEMORY, min(self._rows * A_ROW, MOST_MEMORY))
            self._connection.execute(f"SET memory_limit = '{room}B'")
        if self._allowed:
            listed = ", ".join("'" + path.replace("'", "''") + "'" for path in sorted(self._allowed))
            self._connection.execute(f"SET allowed_paths = [{listed}]")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")
        self._locked = True

    def small(self, name: str, table: pa.Table) -> None:
        """Copied into a native table: joins to it know its size and range."""
        self._connection.register("incoming", table)
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM incoming")
        self._connection.unregister("incoming")

    def view(self, name: str, sql: str) -> None:
        """A temporary view."""
        self._connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {sql}")

    def table(self, name: str, sql: str) -> None:
        """A temporary table."""
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")

    def fetch(self, sql: str) -> pa.Table:
        """As one Arrow table."""
        return self._connection.sql(sql).to_arrow_table()

    def judge(
        self, sql: str, finish: Finish, kinds: Mapping[str, str], clock_rows: str | None = None
    ) -> None:
        """Candidates are a small part of the rows: they are decided in one batch, while the next ones are queried."""
        for name in [name for name in self._awaited if name in sql]:
            self.small(name, self._awaited.pop(name).result()[2])
        rows = self.fetch(sql)
        if rows.num_rows == 0 and clock_rows is None:
            return
        decided = self._aside.submit(finish, rows)
        self._decided.append(decided)
        if clock_rows:
            self._awaited[clock_rows] = decided

    def findings(self) -> pa.Table:
        """Of all rules, in no order."""
        return pa.concat_tables([FINDING.empty_table(), *(decided.result()[0] for decided in self._decided)])

    def watch(self) -> pa.Table:
        """Soonest moment a unit."""
        return soonest(
            pa.concat_tables([WATCH.empty_table(), *(decided.result()[1] for decided in self._decided)])
        )

    def interrupt(self) -> None:
        """Stop the running query (a time limit, Ctrl-C)."""
        self._connection.interrupt()

    def close(self) -> None:
        """Free the connection and its spill folder; what is not decided yet is dropped."""
        self._aside.shutdown(cancel_futures=True)
        self._connection.close()
        self._spill.cleanup()
