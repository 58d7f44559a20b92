"""Many small writes as one 组提交: threads that come while one writes are written together next, and wait for it.

A rating is acknowledged when its transaction is committed. A commit costs the disk some milliseconds, however much is
in it: so whoever comes first writes for all who wait, and nobody waits for a timer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from django.db import DatabaseError, connection

Item = TypeVar("Item")
Done = TypeVar("Done")

MOST: Final = 200
"""Items written at once."""


@dataclass
class _Waiting(Generic[Item, Done]):
    item: Item
    woken: threading.Event = field(default_factory=threading.Event)
    done: Done | None = None
    error: Exception | None = None
    settled: bool = False


class Group(Generic[Item, Done]):
    """Writes items by `write`, which takes several, commits, and returns what became of each, in their order."""

    def __init__(self, write: Callable[[Sequence[Item]], Sequence[Done]]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._waiting: list[_Waiting[Item, Done]] = []
        self._led = False

    def put(self, item: Item) -> Done:
        """Written and committed, with whatever else waits; raises what writing it raised."""
        mine: _Waiting[Item, Done] = _Waiting(item)
        if connection.in_atomic_block:  # the caller's transaction: nobody else may depend on its end
            self._settle([mine])
        else:
            self._join(mine)
        if mine.error is not None:
            raise mine.error
        assert mine.done is not None
        return mine.done

    def _join(self, mine: _Waiting[Item, Done]) -> None:
        with self._lock:
            self._waiting.append(mine)
            lead, self._led = not self._led, True
        if not lead:
            mine.woken.wait()
        if mine.settled:
            return
        with self._lock:
            taken, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            self._settle(taken)
        finally:
            self._hand_over()

    def _hand_over(self) -> None:
        """Whoever waits first writes next."""
        with self._lock:
            heir = self._waiting[0] if self._waiting else None
            self._led = heir is not None
        if heir is not None:
            heir.woken.set()

    def _settle(self, taken: Sequence[_Waiting[Item, Done]]) -> None:
        """Write them together; where that fails, each alone, so that one nobody can write does not harm the others."""
        try:
            self._finish(taken, self._write([one.item for one in taken]))
        except DatabaseError as error:
            for one in taken:
                self._alone(one, error if len(taken) == 1 else None)
        except Exception as error:  # whatever it is, those who wait must learn of it
            for one in taken:
                self._end(one, error)

    def _alone(self, one: _Waiting[Item, Done], error: Exception | None) -> None:
        if error is None:
            try:
                self._finish([one], self._write([one.item]))
            except Exception as raised:  # told to whoever waits for it
                error = raised
        if error is not None:
            self._end(one, error)

    def _finish(self, taken: Sequence[_Waiting[Item, Done]], done: Sequence[Done]) -> None:
        for one, result in zip(taken, done, strict=True):
            one.done = result
            one.settled = True
            one.woken.set()

    def _end(self, one: _Waiting[Item, Done], error: Exception) -> None:
        one.error, one.settled = error, True
        one.woken.set()
