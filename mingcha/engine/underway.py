"""Statements under way on several connections of one DuckDB: what needs nothing of each other runs side by side.

One statement alone seldom keeps two processors busy: planning, the ends of joins and handing out results are work for
one. Statements are begun in the order they come; each waits for the relations that it names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from threading import BoundedSemaphore
from time import sleep
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

T = TypeVar("T")
AHEAD = 4
"""Statements that may be begun or waiting; who brings one more waits, so that progress is told as it is."""


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
        """Make rows in memory readable on every cursor, for what begins from now on."""
        self._registered.append((name, table))

    def begin(
        self, work: Callable[[duckdb.DuckDBPyConnection], T], needs: Iterable[str] = (), makes: str = ""
    ) -> Future[T]:
        """Do ``work`` with a cursor once the relations of ``needs`` are there; it makes the relation ``makes``."""
        awaited = [self._making[name] for name in needs if name in self._making]
        registered = len(self._registered)

        def run() -> T:
            try:
                for other in awaited:
                    other.result()
                return self._with_cursor(work, registered)
            finally:
                self._room.release()

        self._room.acquire()
        future = self._workers.submit(run)
        self._begun.append(future)
        if makes:
            self._making[makes] = future
        return future

    def _with_cursor(self, work: Callable[[duckdb.DuckDBPyConnection], T], registered: int) -> T:
        cursor = self._free.get()
        try:
            for name, table in self._registered[cursor.registered : registered]:
                cursor.connection.register(name, table)
            cursor.registered = max(cursor.registered, registered)
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
        self._workers.shutdown(wait=False, cancel_futures=True)
        while not all(future.done() for future in self._begun):  # one between two statements runs the next
            self.interrupt()
            sleep(0.01)
        self._workers.shutdown()
        for cursor in self._cursors:
            cursor.connection.close()


@dataclass
class _Cursor:
    """``registered``: how many of the tables in memory it has."""

    connection: duckdb.DuckDBPyConnection
    registered: int = 0


def named_in(sql: str) -> set[str]:
    """Whatever may be the name of a relation in a statement."""
    return set(re.findall(r"\w+", sql))
