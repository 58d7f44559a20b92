"""The embedded engine: DuckDB in process, in memory, locked down.

Facts come in as Parquet files (only their folders may be read) or Arrow tables. External access is then switched off
and the configuration locked, so that nothing a rule could ever contain reaches a file or the network.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import duckdb
import pyarrow as pa

from mingcha.engine.backend import Finish
from mingcha.engine.finish import soonest
from mingcha.engine.frame import Counted, widened
from mingcha.engine.record import WATCH, together
from mingcha.engine.tally import Keys, beside, spread, tally, told_apart
from mingcha.engine.underway import Underway, named_in
from mingcha.facts.store import Source

Decided = tuple[pa.Table, pa.Table, pa.Table | None]

LEAST_MEMORY, A_ROW, MOST_MEMORY = 2_500_000_000, 50, 6_000_000_000
"""Bytes: what every run may hold, what it may hold for each row of the facts, and what no run may hold."""
A_BATCH = 122_880
"""Rows handed over at a time."""

KEY = "xor(hash({0}), hash(concat('-', {0})))"
"""What counts know a case by. A hash of DuckDB's has but half its bits in texts that differ in digits alone: so two,
of shifted bytes."""


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
        self._underway = Underway(self._connection)
        self._given = memory
        self._rows_in: dict[str, int] = {}
        self._held: dict[str, Future[pa.Table]] = {}
        self._allowed: set[str] = set()
        self._locked = False
        self._aside = ThreadPoolExecutor(1)
        self._decided: list[Future[Decided]] = []

    def source(self, name: str, source: Source, columns: Collection[str]) -> None:
        """Parquet is read in place, Arrow from memory; other columns are not touched."""
        self._rows_in[name] = source.rows
        if source.arrow is not None:
            self._connection.register(name, source.arrow)
            self._underway.register(name, source.arrow)
            return
        paths = [str(Path(path).resolve()) for path in source.paths]
        self._allowed |= set(paths)
        listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
        rows = f"read_parquet([{listed}], hive_partitioning = false)"  # what a folder is called is no fact
        self._connection.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM {rows}")

    def lock(self) -> None:
        """From here on only the named files can be read, and no setting changed."""
        if self._locked:
            return
        if not self._given:
            room = max(LEAST_MEMORY, min(sum(self._rows_in.values()) * A_ROW, MOST_MEMORY))
            self._connection.execute(f"SET memory_limit = '{room}B'")
        if self._allowed:
            listed = ", ".join("'" + path.replace("'", "''") + "'" for path in sorted(self._allowed))
            self._connection.execute(f"SET allowed_paths = [{listed}]")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")
        self._locked = True

    def small(self, name: str, table: pa.Table) -> None:
        """Copied into a native table: joins to it know its size and range."""
        _copy(self._connection, name, table)

    def view(self, name: str, sql: str) -> None:
        """A view."""
        self._make(name, sql, f"CREATE OR REPLACE VIEW {name} AS {sql}")

    def table(self, name: str, sql: str) -> None:
        """A table, made beside what does not need it."""
        self._make(name, sql, f"CREATE OR REPLACE TABLE {name} AS {sql}")

    def wide(self, name: str, sql: str, coded: Mapping[str, str], more: Mapping[str, str]) -> None:
        """Codes are kept as numbers, a byte or two for the text, and read as texts."""
        for column, values in coded.items():
            kind = f"SELECT value FROM ({values}) WHERE value IS NOT NULL ORDER BY value"
            self._make(f"code_{column}", values, f"CREATE OR REPLACE TYPE code_{column} AS ENUM ({kind})")
        short = ", ".join(f"CAST({column} AS code_{column}) AS {column}" for column in coded)
        texts = ", ".join(f"CAST({column} AS VARCHAR) AS {column}" for column in coded)
        self.table(f"short_{name}", widened(f"SELECT * REPLACE ({short}) FROM ({sql})", more))
        self.view(name, f"SELECT * REPLACE ({texts}) FROM short_{name}")

    def _make(self, name: str, sql: str, statement: str) -> None:
        named = named_in(sql)
        lent = {held: self._held.pop(held) for held in named & self._held.keys()}
        names, after = list(lent), list(lent.values())

        def made(cursor: duckdb.DuckDBPyConnection) -> None:
            for held in names:
                cursor.register(held, lent.pop(held).result())
            cursor.execute(statement)
            for held in names:
                cursor.unregister(held)

        self._underway.make(name, made, named, after)

    def count(self, tables: Sequence[Counted]) -> list[str]:
        """Sorted by hashes of the case numbers; grouped by the numbers where two cases have the same hash."""
        cases = self._underway.begin(
            lambda cursor: told_apart(_arrow(cursor, _keyed("v_cases"))), ["v_cases"]
        )
        made = [self._tally(counted, cases) for counted in tables]
        keys = cases.result()
        if keys is not None:
            self._held["by_key"] = self._underway.begin(
                lambda _: beside(keys, [tallied.result() for tallied in made]), after=made
            )
            return [f"LEFT JOIN by_key ON by_key.key = {KEY.format('c.case_no')}"]
        for counted in tables:
            self.table(f"by_{counted.table}", counted.grouped())
        return [counted.joined() for counted in tables]

    def _tally(self, counted: Counted, cases: Future[Keys | None]) -> Future[pa.Table]:
        sql = _keyed(f"({counted.rows})", ["print"] if counted.print else [])
        names = ["key", f"n_{counted.table}", f"print_{counted.table}"]
        most = self._rows_in[f"raw_{counted.table}"]

        def made(cursor: duckdb.DuckDBPyConnection) -> pa.Table:
            tallied = tally(cursor.sql(sql).to_arrow_reader(A_BATCH), most)
            keys = cases.result()
            named = tallied.rename_columns(names[: tallied.num_columns])
            return named if keys is None else spread(named, keys)

        return self._underway.begin(made, named_in(sql), after=[cases])

    def fetch(self, sql: str) -> pa.Table:
        """As one Arrow table."""
        self._underway.be_there(named_in(sql))
        return _arrow(self._connection, sql)

    def judge(
        self, sql: str, finish: Finish, kinds: Mapping[str, str], clock_rows: str | None = None
    ) -> None:
        """Candidates are a small part of the rows: they are decided in one batch, while others are queried.

        Who comes first is decided first.
        """
        decided: Future[Decided] = Future()
        rows = self._underway.begin(lambda cursor: _arrow(cursor, sql), named_in(sql))

        def decide(rows: Future[pa.Table]) -> None:
            try:
                decided.set_result(finish(rows.result()))
            except BaseException as error:
                decided.set_exception(error)

        def come(rows: Future[pa.Table]) -> None:
            with suppress(RuntimeError):  # closed
                self._aside.submit(decide, rows)

        rows.add_done_callback(come)
        self._decided.append(decided)
        if clock_rows:
            self._underway.make(
                clock_rows, lambda cursor: _copy(cursor, clock_rows, decided.result()[2]), after=[decided]
            )

    def findings(self) -> pa.Table:
        """Of all rules, in order."""
        self._underway.be_there()
        return together(decided.result()[0] for decided in self._decided)

    def watch(self) -> pa.Table:
        """Soonest moment a unit."""
        return soonest(
            pa.concat_tables([WATCH.empty_table(), *(decided.result()[1] for decided in self._decided)])
        )

    def interrupt(self) -> None:
        """Stop what runs (a time limit, Ctrl-C)."""
        self._connection.interrupt()
        self._underway.interrupt()

    def close(self) -> None:
        """Free the connection and its spill folder; what is not decided yet is dropped."""
        self._underway.close()
        self._aside.shutdown(cancel_futures=True)
        self._connection.close()
        self._spill.cleanup()


def _keyed(rows: str, columns: Iterable[str] = ()) -> str:
    listed = ", ".join([KEY.format("case_no") + " AS key", *columns])
    return f"SELECT {listed} FROM {rows} AS t"


def _arrow(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    return connection.sql(sql).to_arrow_table()


def _copy(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table | None) -> None:
    """Into a native table."""
    connection.register(f"incoming_{name}", table)
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM incoming_{name}")
    connection.unregister(f"incoming_{name}")
