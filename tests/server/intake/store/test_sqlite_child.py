"""SQLite is read through ADBC in a child process: its rows, its errors, and what becomes of the child."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading

import pytest

from mingcha.intake import sqlite_child
from mingcha.intake.sqlite_child import batches

pytestmark = pytest.mark.one_database

ROWS = 1_000


@pytest.fixture
def database(tmp_path):
    place = tmp_path / "rows.sqlite3"
    with sqlite3.connect(place) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (n INTEGER, s TEXT)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", [(n, f"第{n}") for n in range(ROWS)])
    yield str(place)
    if child := getattr(sqlite_child._HELD, "child", None):
        child.process.kill()
        child.process.wait()
        sqlite_child._HELD.child = None


def read(database: str, sql: str = "SELECT n, s FROM t ORDER BY n", patience: int = 5_000) -> list[dict]:
    return [row for batch in batches(database, sql, 100, patience) for row in batch.to_pylist()]


def child() -> int:
    return sqlite_child._HELD.child.process.pid


def test_the_rows_come_in_batches_of_the_asked_size(database):
    sizes = [batch.num_rows for batch in batches(database, "SELECT n FROM t", 100, 5_000)]
    assert sum(sizes) == ROWS and max(sizes) == 100
    assert read(database)[7] == {"n": 7, "s": "第7"}


def test_one_child_answers_query_after_query_of_a_thread(database):
    read(database)
    first = child()
    assert read(database, "SELECT count(*) AS n FROM t") == [{"n": ROWS}]
    assert child() == first


def test_each_thread_has_a_child_of_its_own(database):
    read(database)
    mine, theirs = child(), []

    def other() -> None:
        read(database)
        theirs.append(sqlite_child._HELD.child.process)

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert theirs and theirs[0].pid != mine
    assert theirs[0].wait(20) == 0, "it ends with its thread"


@pytest.mark.parametrize("sql", ["SELECT nothing FROM t", "SELECT 1 FROM no_such_table", "nonsense"])
def test_a_query_that_fails_is_an_error_and_the_next_one_is_answered_by_another_child(database, sql):
    read(database)
    before = child()
    with pytest.raises(OSError, match="could not be read apart"):
        read(database, sql)
    assert len(read(database)) == ROWS
    assert child() != before


def test_an_answer_that_is_not_read_to_its_end_does_not_spoil_the_next(database):
    reader = batches(database, "SELECT n FROM t", 10, 5_000)
    next(reader)
    reader.close()
    assert [row["n"] for row in read(database)] == list(range(ROWS))


def test_a_child_that_was_killed_is_replaced(database):
    read(database)
    os.kill(child(), signal.SIGKILL)
    sqlite_child._HELD.child.process.wait()
    assert len(read(database)) == ROWS


def test_a_child_that_dies_in_the_middle_of_its_answer_is_an_error_not_half_an_answer(database):
    read(database)
    answering = child()
    long = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r LIMIT 3000000) SELECT n FROM r"
    reader = batches(database, long, 100, 5_000)
    next(reader)
    os.kill(answering, signal.SIGKILL)
    with pytest.raises(OSError):
        list(reader)


def test_it_reads_what_was_committed_while_another_connection_writes(database):
    with sqlite3.connect(database) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO t VALUES (?, ?)", (ROWS, "未提交"))
        assert len(read(database)) == ROWS
    assert len(read(database)) == ROWS + 1
    with sqlite3.connect(database) as again:
        assert again.execute("PRAGMA integrity_check").fetchone() == ("ok",)
