"""The engine for few rows: kept from run to run, and yet as if new; closed to the outside; interruptible."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from typing import Any

import pytest
from oracle.judge import ALL
from oracle.worlds import draw_world

from mingcha.engine import sqlite
from mingcha.engine.judge import Judgement
from mingcha.facts.store import Facts, Source

Judged = Callable[..., Judgement]


@pytest.fixture
def afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that has judged nothing yet."""
    monkeypatch.setattr(sqlite, "_WARM", threading.local())


def told(judgement: Judgement) -> tuple[Any, ...]:
    return judgement.findings.to_pylist(), judgement.watch.to_pylist(), judgement.cases


def everything(connection: sqlite3.Connection) -> set[Any]:
    """Every value of every table."""
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        value for name in tables for row in connection.execute(f'SELECT * FROM "{name}"') for value in row
    }


def test_nothing_of_the_cases_stays(afresh: None, judged: Judged) -> None:
    world = draw_world(71, count=10)
    assert judged(world.tables, world.as_of, ALL, way="few").findings.num_rows
    numbers = {row["case_no"] for row in world.tables["cases"]}
    with sqlite.warm() as backend:
        assert not everything(backend._connection) & numbers


def test_reference_tables_are_brought_in_once(
    afresh: None, judged: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = draw_world(72, count=10)
    facts = Facts.from_rows(world.tables)
    read: list[str] = []
    before = Source.read

    def counting(source: Source, columns: list[str] | None = None) -> Any:
        read.append(source.table)
        return before(source, columns)

    monkeypatch.setattr(Source, "read", counting)
    numbers = [row["case_no"] for row in world.tables["cases"]]
    first = judged(facts, world.as_of, ALL, scope=[("case", numbers[0])], way="few")
    assert "items" in read
    read.clear()
    judged(facts, world.as_of, ALL, scope=[("case", numbers[1])], way="few")
    assert "items" not in read
    again = judged(facts, world.as_of, ALL, scope=[("case", numbers[0])], way="few")
    assert told(again) == told(first)


def test_one_world_leaves_no_trace_in_the_next(judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
    worlds = [draw_world(seed, count=10) for seed in (73, 74, 75)]
    alone = []
    for world in worlds:
        monkeypatch.setattr(sqlite, "_WARM", threading.local())
        alone.append(told(judged(world.tables, world.as_of, ALL, pending=True, way="few")))
    monkeypatch.setattr(sqlite, "_WARM", threading.local())
    for world, expected in [*zip(worlds, alone, strict=True), (worlds[0], alone[0])]:
        assert told(judged(world.tables, world.as_of, ALL, pending=True, way="few")) == expected


def test_a_run_that_failed_spoils_no_other(afresh: None, judged: Judged) -> None:
    world = draw_world(76, count=10)
    expected = told(judged(world.tables, world.as_of, ALL, way="few"))

    def stop(done: int, of: int, what: str) -> None:
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judged(world.tables, world.as_of, ALL, way="few", progress=stop)
    assert told(judged(world.tables, world.as_of, ALL, way="few")) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "ATTACH DATABASE 'other.db' AS other",
        "VACUUM INTO 'other.db'",
        "SELECT load_extension('other')",
        "SELECT readfile('/etc/hostname')",
        "SELECT writefile('other.txt', 'x')",
        "CREATE VIRTUAL TABLE x USING csv(filename = '/etc/hostname')",
    ],
)
def test_no_statement_reaches_a_file(sql: str) -> None:
    with pytest.raises(sqlite3.Error):
        sqlite.SqliteBackend()._connection.execute(sql)


def test_a_query_without_end_can_be_interrupted() -> None:
    backend = sqlite.SqliteBackend()
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS n FROM n"
    timer = threading.Timer(0.2, backend.interrupt)
    timer.start()
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        backend.fetch(endless)
    timer.join()


def test_a_run_within_a_run_has_an_engine_of_its_own(judged: Judged) -> None:
    world = draw_world(77, count=10)
    expected = told(judged(world.tables, world.as_of, ALL, way="few"))
    within: list[tuple[Any, ...]] = []

    def judge_again(done: int, of: int, what: str) -> None:
        if done == 30:
            within.append(told(judged(world.tables, world.as_of, ALL, way="few")))

    outer = judged(world.tables, world.as_of, ALL, way="few", progress=judge_again)
    assert told(outer) == expected
    assert within == [expected]


def test_a_statement_stopped_in_the_middle_spoils_nothing(judged: Judged) -> None:
    world = draw_world(78, count=10)
    expected = told(judged(world.tables, world.as_of, ALL, way="few"))
    rows = "SELECT i, abs(-9223372036854775807 - i) AS j FROM (SELECT 0 AS i UNION ALL SELECT 1)"
    with pytest.raises(sqlite3.Error), sqlite.warm() as backend:
        backend.table("f", rows)
    assert told(judged(world.tables, world.as_of, ALL, way="few")) == expected
