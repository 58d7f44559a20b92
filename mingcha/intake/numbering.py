"""Batch numbers, the second time axis: given in the order in which batches become visible, by one applier."""

from __future__ import annotations

from contextlib import AbstractContextManager

from django.db import connection, transaction
from django.db.models import Max

from mingcha.base.locks import Lock, one_at_a_time
from mingcha.intake.models import Batch


def one_applier() -> AbstractContextManager[bool]:
    """Whether this process may apply now; False at once where another does. A process that dies lets go."""
    return one_at_a_time(Lock.APPLIER)


def next_no() -> int:
    """The next number, for the transaction that asks: whoever asks next waits until it has committed.

    So a number never becomes visible after a higher one, but for that of a large batch under way, which
    `last_complete` leaves out.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a batch number is given inside a transaction")
    if connection.vendor == "postgresql":  # SQLite's transactions are IMMEDIATE: one writer at a time
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [Lock.NUMBERS])
    last: int | None = Batch.objects.aggregate(last=Max("no"))["last"]
    return (last or 0) + 1


def last_complete() -> int:
    """The last batch up to which all are applied completely; 0 before the first."""
    under_way = Batch.objects.filter(state=Batch.State.APPLYING, no__isnull=False).order_by("no").first()
    if under_way is not None and under_way.no is not None:
        return under_way.no - 1
    last: int | None = Batch.objects.aggregate(last=Max("no"))["last"]
    return last or 0
