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
from functools import partial
from queue import SimpleQueue
from threading import BoundedSemaphore, Lock
from time import sleep
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

T = TypeVar("T")
Work = Callable[[duckdb.DuckDBPyConnection], T]
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
        self._open: set[Future[Any]] = set()
        self._making: dict[str, Future[None]] = {}
        self._registered: list[tuple[str, pa.Table]] = []

    def register(self, name: str, table: pa.Table) -> None:
        """Make rows in memory readable on every cursor, for what runs from now on."""
        self._registered.append((name, table))

    def begin(self, work: Work[T], needs: Iterable[str] = (), after: Sequence[Future[Any]] = ()) -> Future[T]:
        """Do ``work`` with a cursor once the relations of ``needs`` are there and ``after`` is done.

        What fails, fails whatever waits for it. A result is kept by nobody but who holds what is returned.
        """
        awaited = [*after, *(self._making[name] for name in needs if name in self._making)]
        self._room.acquire()
        promise: Future[T] = Future()
        self._open.add(promise)
        promise.add_done_callback(self._done)
        _Countdown(awaited, partial(self._submit, promise, work, awaited))
        return promise

    def make(
        self, name: str, work: Work[Any], needs: Iterable[str] = (), after: Sequence[Future[Any]] = ()
    ) -> None:
        """Do ``work``, which makes a relation that others need."""

        def made(cursor: duckdb.DuckDBPyConnection) -> None:
            work(cursor)

        self._making[name] = self.begin(made, needs, after)

    def _done(self, promise: Future[Any]) -> None:
        self._open.discard(promise)
        self._room.release()

    def _submit(self, promise: Future[T], work: Work[T], awaited: list[Future[Any]]) -> None:
        def run() -> None:
            if not promise.set_running_or_notify_cancel():
                return
            try:
                while awaited:
                    awaited.pop().result()
                promise.set_result(self._with_cursor(work))
            except BaseException as error:
                promise.set_exception(error)

        with suppress(RuntimeError):  # closed
            self._workers.submit(run)

    def _with_cursor(self, work: Work[T]) -> T:
        cursor = self._free.get()
        try:
            for name, table in self._registered[cursor.registered :]:
                cursor.connection.register(name, table)
                cursor.registered += 1
            return work(cursor.connection)
        finally:
            self._free.put(cursor)

    def be_there(self, needs: Iterable[str] | None = None) -> None:
        """Wait for these relations, or all that are being made. Raises what making them raised."""
        for name in list(self._making if needs is None else needs):
            if name in self._making:
                self._making[name].result()

    def interrupt(self) -> None:
        """Stop the statements that run."""
        for cursor in self._cursors:
            cursor.connection.interrupt()

    def close(self) -> None:
        """Drop what has not begun, stop what has, and free the cursors."""
        while not all([promise.cancel() or promise.done() for promise in list(self._open)]):
            self.interrupt()  # again and again: one that was between two statements runs the next
            sleep(0.01)
        self._workers.shutdown()
        for cursor in self._cursors:
            cursor.connection.close()


class _Countdown:
    """Acts when the last of some futures is done. What it was to do it does not keep: futures keep who waited."""

    def __init__(self, awaited: Sequence[Future[Any]], act: Callable[[], None]) -> None:
        self._lock, self._left = Lock(), len(awaited) + 1
        self._act: Callable[[], None] | None = act
        for future in awaited:
            future.add_done_callback(self._one)
        self._one()

    def _one(self, _: Future[Any] | None = None) -> None:
        with self._lock:
            self._left -= 1
            act, self._act = (self._act, None) if self._left == 0 else (None, self._act)
        if act:
            act()


@dataclass
class _Cursor:
    """``registered``: how many of the tables in memory it has."""

    connection: duckdb.DuckDBPyConnection
    registered: int = 0


def named_in(sql: str) -> set[str]:
    """Whatever may be the name of a relation in a statement."""
    return set(re.findall(r"\w+", sql))
