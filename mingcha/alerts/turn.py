"""One judge a lane at a time, as there is one applier: two judgements of one unit cannot overtake each other.

A process that dies lets go at once; nothing waits for a lease to run out, and no clock is asked.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection

from mingcha.alerts.units import Lane
from mingcha.base.config import config

_JUDGES: Final = {Lane.CASES: 0x6D63_0003, Lane.OTHERS: 0x6D63_0004}
"""Advisory locks of PostgreSQL (`mc`)."""


@contextmanager
def every_judge() -> Iterator[None]:
    """Both lanes, as soon as they are free: for what judges everything."""
    with one_judge(Lane.CASES, wait=True), one_judge(Lane.OTHERS, wait=True):
        yield


@contextmanager
def one_judge(lane: Lane, *, wait: bool = False) -> Iterator[bool]:
    """Whether this process may judge now; False at once where another does, unless it is to wait."""
    if connection.vendor == "postgresql":
        with _advisory(_JUDGES[lane], wait) as ours:
            yield ours
        return
    place = config().home.resolve() / f"judge-{lane}.lock"
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
