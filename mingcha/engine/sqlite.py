"""The engine for few rows: SQLite in process, in memory.

Over a handful of rows a statement costs SQLite microseconds; engines that work by column spend a millisecond on every
operator of a plan before the first row. Rows come in once; every relation is a table with an index on what it is
joined by. What changes seldom (the catalogue, offices, days) stays for the next run.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from mingcha.engine.backend import Finish
from mingcha.engine.finish import soonest
from mingcha.engine.frame import Counted, widened
from mingcha.engine.record import WATCH, together
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Source
from mingcha.rules.functions import FUNCTIONS

MOST_PAGES = 250_000
"""Of 4 KB each: what one connection may hold."""
WORTH_AN_INDEX = 50
_STEPS = 1_000_000
"""Steps of SQLite's after which Python may act on an interrupt."""
_NUMBER_OF_DAY = FUNCTIONS["day_of"].render("sqlite", '"day"')


class SqliteBackend:
    """One connection; may be used for run after run, by one thread."""

    dialect = "sqlite"
    many = False

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.execute("PRAGMA temp_store = MEMORY")
        self._connection.execute(f"PRAGMA max_page_count = {MOST_PAGES}")
        self._connection.set_progress_handler(lambda: 0, _STEPS)
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        for name, count, function in _FUNCTIONS:
            self._connection.create_function(name, count, function, deterministic=True)
        self._connection.execute("BEGIN")
        self._held: dict[str, object] = {}
        self._made: set[str] = set()
        self._decided: list[tuple[pa.Table, pa.Table]] = []

    def source(self, name: str, source: Source, columns: Collection[str]) -> None:
        """Copied in, unless the very same rows are there already."""
        key = (source, frozenset(columns))
        held = self._held.get(name)
        if not isinstance(held, tuple) or held[0] is not source or held[1] != key[1]:
            self._fill(name, source.read(sorted(columns)))
            self._held[name] = key

    def small(self, name: str, table: pa.Table) -> None:
        """Copied in, unless the very same table is there already."""
        if self._held.get(name) is not table:
            self._fill(name, table)
            self._held[name] = table

    def _fill(self, name: str, table: pa.Table) -> None:
        columns = [_values(column) for column in table.columns]
        listed = ", ".join(f'"{c}"' for c in table.column_names)
        self._drop(name)
        self._connection.execute(f"CREATE TABLE {name} ({listed})")
        places = ", ".join("?" * len(columns))
        self._connection.executemany(f"INSERT INTO {name} VALUES ({places})", zip(*columns, strict=True))
        self._index(name, table.column_names[0])

    def _drop(self, name: str) -> None:
        self._connection.execute(f"DROP TABLE IF EXISTS {name}")
        self._held.pop(name, None)

    def _index(self, name: str, first: str) -> None:
        """By its key where it is a fact table, days by their number; any other relation by its first column.

        What has few rows is looked through: an index costs half a millisecond.
        """
        if self._connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] < WORTH_AN_INDEX:
            return
        table = TABLES.get(name.removeprefix("v_"))
        listed = ", ".join(
            _NUMBER_OF_DAY if c == "day" else f'"{c}"' for c in (table.keys if table else (first,))
        )
        self._connection.execute(f'CREATE INDEX "{name} by" ON {name} ({listed})')

    def view(self, name: str, sql: str) -> None:
        """A table, too: seventy rules would compute a view seventy times."""
        self.table(name, sql)

    def table(self, name: str, sql: str) -> None:
        """Computed once."""
        self._drop(name)
        self._connection.execute(f"CREATE TABLE {name} AS {sql}")
        self._made.add(name)
        first = self._connection.execute(f"SELECT * FROM {name} LIMIT 0").description[0][0]
        self._index(name, first)

    def wide(self, name: str, sql: str, coded: Mapping[str, str], more: Mapping[str, str]) -> None:
        """As any table."""
        self.table(name, widened(sql, more))

    def count(self, tables: Sequence[Counted]) -> list[str]:
        """Grouped by case number."""
        for counted in tables:
            self.table(f"by_{counted.table}", counted.grouped())
        return [counted.joined() for counted in tables]

    def fetch(self, sql: str) -> pa.Table:
        """Columns are of the type of the values in them."""
        return _as_arrow(self._connection.execute(sql), {})

    def judge(
        self, sql: str, finish: Finish, kinds: Mapping[str, str], clock_rows: str | None = None
    ) -> None:
        """Query and decide."""
        rows = _as_arrow(self._connection.execute(sql), kinds)
        if rows.num_rows == 0 and clock_rows is None:
            return
        findings, watch, times = finish(rows)
        self._decided.append((findings, watch))
        if clock_rows:
            self.small(clock_rows, times)
            self._made.add(clock_rows)

    def findings(self) -> pa.Table:
        """Of all rules, in order."""
        return together(findings for findings, _ in self._decided)

    def watch(self) -> pa.Table:
        """Soonest moment a unit."""
        return soonest(pa.concat_tables([WATCH.empty_table(), *(watch for _, watch in self._decided)]))

    def lock(self) -> None:
        """Nothing to lock: no other database can be attached, and no extension be loaded."""

    def interrupt(self) -> None:
        """Stop the running query."""
        self._connection.interrupt()

    def close(self) -> None:
        """Forget the run; of what was brought in, reference tables and days stay."""
        self._decided = []
        sources = [(name, key[0]) for name, key in self._held.items() if isinstance(key, tuple)]
        passing = [name for name, source in sources if not TABLES[source.table].lasting]
        for name in self._made.union(passing):
            self._drop(name)
        self._made.clear()
        self._connection.execute("COMMIT")
        self._connection.execute("BEGIN")  # a run is one transaction, not one a statement


_WARM = threading.local()


@contextmanager
def warm() -> Iterator[SqliteBackend]:
    """The backend of this thread for one run; a new one where that is busy, or its last run did not come to its end."""
    backend = getattr(_WARM, "backend", None) or SqliteBackend()
    _WARM.backend = None
    yield backend
    backend.close()
    _WARM.backend = backend


# -- values in ----------------------------------------------------------------------------------------------------


def _values(column: pa.ChunkedArray) -> list[Any]:
    """As SQLite holds them: instants as microseconds, days as numbers, money as 分, lists as JSON."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.int64())
    elif pa.types.is_date32(kind):
        column = column.cast(pa.int32())
    elif pa.types.is_decimal(kind):
        column = pc.multiply(column, pa.scalar(Decimal(100))).cast(pa.int64())
    elif pa.types.is_list(kind):
        return [None if v is None else json.dumps(v, ensure_ascii=False) for v in column.to_pylist()]
    return column.to_pylist()  # type: ignore[no-any-return]


def _least(*values: Any) -> Any:
    return min((v for v in values if v is not None), default=None)


def _greatest(*values: Any) -> Any:
    return max((v for v in values if v is not None), default=None)


def _concat(*values: Any) -> str:
    return "".join(str(v) for v in values if v is not None)


def _has_all(whole: str | None, part: str | None) -> bool | None:
    if whole is None or part is None:
        return None
    wanted = json.loads(part)
    return set(wanted) <= set(json.loads(whole)) if wanted else None


_FUNCTIONS = (
    ("least", -1, _least),
    ("greatest", -1, _greatest),
    ("concat", -1, _concat),
    ("has_all", 2, _has_all),
)
"""What the SQL of all engines uses and SQLite lacks."""


# -- rows out ------------------------------------------------------------------------------------------------------

_PAUSE = pa.list_(pa.struct([("p", pa.int64()), ("r", pa.int64()), ("label", pa.string())]))


def _as_arrow(cursor: sqlite3.Cursor, kinds: Mapping[str, str]) -> pa.Table:
    names = [entry[0] for entry in cursor.description]
    rows = cursor.fetchall()
    columns: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else ((),) * len(names)
    return pa.table(
        {name: _column(values, kinds.get(name, "")) for name, values in zip(names, columns, strict=True)}
    )


def _column(values: Sequence[Any], kind: str) -> pa.Array:
    if kind == "boolean":
        return pa.array([None if v is None else bool(v) for v in values], pa.bool_())
    if kind == "list":
        return pa.array([None if v is None else json.loads(v) for v in values], pa.list_(pa.string()))
    if kind == "names":
        return pa.array(
            [None if v is None else _in_order(json.loads(v)) for v in values], pa.list_(pa.string())
        )
    if kind == "pauses":
        return pa.array([None if v is None else json.loads(v) for v in values], _PAUSE)
    return pa.array(values)


def _in_order(names: list[str | None]) -> list[str | None]:
    """As the other engines have sorted them already."""
    return sorted(names, key=lambda name: (name is None, name or ""))
