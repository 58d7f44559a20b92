"""Batch numbers, the second time axis: given in the order in which batches become visible, by one applier."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction
from django.db.models import Max

from mingcha.base.config import config
from mingcha.intake.models import Batch

_APPLIER: Final = 0x6D63_0001
_NUMBERS: Final = 0x6D63_0002
"""Advisory locks of PostgreSQL (`mc`)."""


@contextmanager
def one_applier() -> Iterator[bool]:
    """Whether this process may apply now; False at once where another does. A process that dies lets go."""
    if connection.vendor == "postgresql":
        with _advisory() as ours:
            yield ours
        return
    place = config().home.resolve() / "applier.lock"
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def _advisory() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_APPLIER])
        ours = bool(cursor.fetchone()[0])
    try:
        yield ours
    finally:
        if ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_APPLIER])


def next_no() -> int:
    """The next number, for the transaction that asks: whoever asks next waits until it has committed.

    So a number never becomes visible after a higher one, but for that of a large batch under way, which
    `last_complete` leaves out.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a batch number is given inside a transaction")
    if connection.vendor == "postgresql":  # SQLite's transactions are IMMEDIATE: one writer at a time
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBERS])
    last: int | None = Batch.objects.aggregate(last=Max("no"))["last"]
    return (last or 0) + 1


def last_complete() -> int:
    """The last batch up to which all are applied completely; 0 before the first."""
    under_way = Batch.objects.filter(state=Batch.State.APPLYING, no__isnull=False).order_by("no").first()
    if under_way is not None and under_way.no is not None:
        return under_way.no - 1
    last: int | None = Batch.objects.aggregate(last=Max("no"))["last"]
    return last or 0
