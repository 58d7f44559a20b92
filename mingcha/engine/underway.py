"""Statements under way on several connections of one DuckDB: what needs nothing of each other runs side by side.

One statement alone seldom keeps two processors busy: planning, the ends of joins and handing out results are work for
one. Statements are begun in the order they come; each waits for the
relations that it names, and nothing waits behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from threading import BoundedSemaphore, Lock
from time import sleep
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

T = TypeVar("T")
AHEAD = 10
"""Statements that may be begun or waiting; who brings one more waits, so that progress is told about as it is."""


class Underway:
    """Statements on cursors of ``connection``, as many at once as there are ``cursors``."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, cursors: int = 2) -> None:
        self._cursors = [_Cursor(connection.cursor()) for _ in range(cursors)]
        self._free: SimpleQueue[_Cursor] = SimpleQueue()
        for cursor in self._cursors:
            self._free.put(cursor)
        self._workers = ThreadPoolExecutor(cursors, "mingcha-duck")
        self._room = BoundedSemaphore(AHEAD)
        self._begun: list[Future[Any]] = []
        self._making: dict[str, Future[Any]] = {}
        self._registered: list[tuple[str, pa.Table]] = []

    def register(self, name: str, table: pa.Table) -> None:
        """Make rows in memory readable on every cursor, for what runs from now on."""
        self._registered.append((name, table))

    def begin(
        self,
        work: Callable[[duckdb.DuckDBPyConnection], T],
        needs: Iterable[str] = (),
        makes: str = "",
        after: Sequence[Future[Any]] = (),
    ) -> Future[T]:
        """Do ``work`` with a cursor once the relations of ``needs`` are there and ``after`` is done.

        It makes the relation ``makes``. What fails, fails whatever waits for it.
        """
        awaited = [*after, *(self._making[name] for name in needs if name in self._making)]
        self._room.acquire()
        promise: Future[T] = Future()
        promise.add_done_callback(lambda _: self._room.release())
        self._begun.append(promise)
        if makes:
            self._making[makes] = promise
        _once_done(awaited, lambda: self._submit(promise, work, awaited))
        return promise

    def _submit(
        self, promise: Future[T], work: Callable[[duckdb.DuckDBPyConnection], T], awaited: list[Future[Any]]
    ) -> None:
        def run() -> None:
            if not promise.set_running_or_notify_cancel():
                return
            try:
                for other in awaited:
                    other.result()
                promise.set_result(self._with_cursor(work))
            except BaseException as error:
                promise.set_exception(error)

        with suppress(RuntimeError):  # closed
            self._workers.submit(run)

    def _with_cursor(self, work: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        cursor = self._free.get()
        try:
            for name, table in self._registered[cursor.registered :]:
                cursor.connection.register(name, table)
                cursor.registered += 1
            return work(cursor.connection)
        finally:
            self._free.put(cursor)

    def be_there(self, needs: Iterable[str] | None = None) -> None:
        """Wait for these relations, or all that were begun. Raises what making them raised."""
        for name in list(self._making if needs is None else needs):
            if name in self._making:
                self._making[name].result()

    def interrupt(self) -> None:
        """Stop the statements that run."""
        for cursor in self._cursors:
            cursor.connection.interrupt()

    def close(self) -> None:
        """Drop what has not begun, stop what has, and free the cursors."""
        while not all([future.cancel() or future.done() for future in self._begun]):
            self.interrupt()  # again and again: one that was between two statements runs the next
            sleep(0.01)
        self._workers.shutdown()
        for cursor in self._cursors:
            cursor.connection.close()


def _once_done(awaited: Sequence[Future[Any]], act: Callable[[], None]) -> None:
    """Act when the last of these is done; at once where there are none."""
    lock, left = Lock(), len(awaited)

    def done(_: Future[Any]) -> None:
        nonlocal left
        with lock:
            left -= 1
            last = left == 0
        if last:
            act()

    for future in awaited:
        future.add_done_callback(done)
    if not awaited:
        act()


@dataclass
class _Cursor:
    """``registered``: how many of the tables in memory it has."""

    connection: duckdb.DuckDBPyConnection
    registered: int = 0


def named_in(sql: str) -> set[str]:
    """Whatever may be the name of a relation in a statement."""
    return set(re.findall(r"\w+", sql))
