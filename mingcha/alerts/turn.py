"""One judge at a time, as there is one applier: two judgements of one unit cannot overtake each other.

A process that dies lets go at once; nothing waits for a lease to run out, and no clock is asked.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection

from mingcha.base.config import config

_JUDGE: Final = 0x6D63_0003
"""Advisory lock of PostgreSQL (`mc`)."""


@contextmanager
def one_judge(*, wait: bool = False) -> Iterator[bool]:
    """Whether this process may judge now; False at once where another does, unless it is to wait."""
    if connection.vendor == "postgresql":
        with _advisory(wait) as ours:
            yield ours
        return
    place = config().home.resolve() / "judge.lock"
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def _advisory(wait: bool) -> Iterator[bool]:
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_JUDGE])
            ours = True
        else:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_JUDGE])
            ours = bool(cursor.fetchone()[0])
    try:
        yield ours
    finally:
        if ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_JUDGE])
