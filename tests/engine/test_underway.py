"""Statements side by side on one DuckDB: what needs something waits for it, and nothing else does."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Iterator
from concurrent.futures import Future

import duckdb
import pyarrow as pa
import pytest

from mingcha.engine.underway import AHEAD, Underway, named_in

LONG = "SELECT count(*) FROM range(100000000000) AS n(i) WHERE i % 7 = 3"


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2}) as opened:
        yield opened


@pytest.fixture
def underway(connection: duckdb.DuckDBPyConnection) -> Iterator[Underway]:
    made = Underway(connection)
    yield made
    made.close()


def test_a_statement_waits_for_the_relations_it_names(underway: Underway) -> None:
    gate = threading.Event()

    def late(cursor: duckdb.DuckDBPyConnection) -> None:
        gate.wait(10)
        cursor.execute("CREATE TABLE a AS SELECT 7 AS x")

    underway.make("a", late)
    sql = "SELECT x FROM a"
    read = underway.begin(lambda cursor: cursor.execute(sql).fetchone(), named_in(sql))
    assert not read.done()
    gate.set()
    assert read.result(10) == (7,)


def test_nothing_waits_behind_what_waits(underway: Underway) -> None:
    """More of them than there are cursors, and the one that they wait for comes last."""
    asked: Future[int] = Future()
    waiting = [underway.begin(lambda _: asked.result(0), after=[asked]) for _ in range(3)]
    beside = underway.begin(lambda cursor: cursor.execute("SELECT 1").fetchone())
    assert beside.result(10) == (1,)
    assert not any(future.done() for future in waiting)
    asked.set_result(5)
    assert [future.result(10) for future in waiting] == [5, 5, 5]


def test_what_needs_nothing_runs_beside_what_takes_long(underway: Underway) -> None:
    gate = threading.Event()
    slow = underway.begin(lambda _: gate.wait(10))
    beside = underway.begin(lambda cursor: cursor.execute("SELECT 1").fetchone(), ["other"])
    assert beside.result(10) == (1,)
    assert not slow.done()
    gate.set()


def test_whoever_brings_more_than_may_wait_waits(underway: Underway) -> None:
    gate = threading.Event()
    for _ in range(AHEAD):
        underway.begin(lambda _: gate.wait(10))
    threading.Timer(0.2, gate.set).start()
    start = time.monotonic()
    underway.begin(lambda _: None)
    assert time.monotonic() - start > 0.1


def test_what_failed_is_told_to_whoever_needs_it(underway: Underway) -> None:
    underway.make("a", lambda cursor: cursor.execute("CREATE TABLE a AS SELECT nothing"))
    needing = underway.begin(lambda cursor: cursor.execute("SELECT 1"), ["a"])
    for told in (lambda: needing.result(10), underway.be_there, lambda: underway.be_there(["a"])):
        with pytest.raises(duckdb.BinderException, match="nothing"):
            told()


def test_rows_in_memory_can_be_read_on_every_cursor(underway: Underway) -> None:
    both = threading.Barrier(2, timeout=10)

    def read(cursor: duckdb.DuckDBPyConnection) -> tuple[object, ...] | None:
        both.wait()
        return cursor.execute("SELECT sum(x) FROM rows_held").fetchone()

    underway.register("rows_held", pa.table({"x": [1, 2]}))
    asked = [underway.begin(read), underway.begin(read)]
    assert [future.result(10) for future in asked] == [(3,), (3,)]


def test_results_are_kept_by_nobody_but_who_asked(underway: Underway) -> None:
    """Candidates of seventy rules would fill the memory of a run that has long written them up."""
    underway.make("a", lambda cursor: cursor.execute("CREATE TABLE a AS SELECT 7 AS x"))
    kept = weakref.ref(_asked(underway))
    for _ in range(2):  # whoever worked last has let go
        underway.begin(lambda _: None).result(10)
    gc.collect()
    assert kept() is None


def _asked(underway: Underway) -> pa.Table:
    asked = underway.begin(lambda cursor: cursor.sql("FROM a").to_arrow_table(), ["a"])
    later = underway.begin(lambda _: asked.result().num_rows, after=[asked])
    assert later.result(10) == 1
    return asked.result()


def test_closing_stops_what_runs_and_drops_what_waits(connection: duckdb.DuckDBPyConnection) -> None:
    underway = Underway(connection)
    running = [underway.begin(lambda cursor: cursor.execute(LONG).fetchone()) for _ in range(2)]
    waiting = underway.begin(lambda cursor: cursor.execute("SELECT 1"))
    time.sleep(0.2)
    start = time.monotonic()
    underway.close()
    assert time.monotonic() - start < 10
    assert waiting.cancelled()
    for future in running:
        with pytest.raises(duckdb.InterruptException):
            future.result(0)
