"""One process at a time: an advisory lock of PostgreSQL, on SQLite a locked file in the installation's home.

A process that dies lets go at once; nothing waits for a lease to run out, and no clock is asked.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.db import connection

from mingcha.base.config import config


class Lock(IntEnum):
    """What only one process does at a time; the values are the numbers of PostgreSQL's advisory locks (`mc`)."""

    APPLIER = 0x6D63_0001
    NUMBERS = 0x6D63_0002
    JUDGE_OF_CASES = 0x6D63_0003
    JUDGE_OF_OTHERS = 0x6D63_0004
    RESEALING = 0x6D63_0005
    ARCHIVE = 0x6D63_0006

    @property
    def file(self) -> str:
        """Name of the file that is locked on SQLite."""
        return f"{self.name.lower().replace('_', '-')}.lock"


@contextmanager
def one_at_a_time(lock: Lock, *, wait: bool = False) -> Iterator[bool]:
    """Whether this process may now; False at once where another does, unless it is to wait."""
    if connection.vendor == "postgresql":
        with _advisory(lock, wait) as ours:
            yield ours
        return
    place = config().home.resolve() / lock.file
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def _advisory(number: int, wait: bool) -> Iterator[bool]:
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_lock(%s)", [number])
            ours = True
        else:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
            ours = bool(cursor.fetchone()[0])
    try:
        yield ours
    finally:
        if ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
