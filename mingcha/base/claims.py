"""A claim on a job: the fence of its transactions, and the sign of life that keeps its lease."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from mingcha.base import clock
from mingcha.base.models import Job


class LostLeaseError(RuntimeError):
    """Another worker has taken the job over; nothing of this transaction may stand."""


@dataclass
class Claim:
    """One attempt at a job."""

    job_id: int
    attempts: int
    kind: str
    key: str
    payload: dict[str, Any]
    seconds: float | None = None
    """Recurring work is due again so many seconds after its end."""
    finished: bool = False

    def row(self) -> QuerySet[Job]:
        """The job, if it is still this claim's."""
        return Job.objects.filter(id=self.job_id, attempts=self.attempts, state=Job.State.LEASED)

    @contextmanager
    def step(self) -> Iterator[None]:
        """A transaction that stands only if the job is still ours. Raises `LostLeaseError`."""
        with transaction.atomic():
            self._fence()
            yield

    @contextmanager
    def last_step(self) -> Iterator[None]:
        """As `step`, and the job ends with it."""
        with transaction.atomic():
            self._fence()
            yield
            now = clock.now()
            state, run_at = Job.State.DONE, now
            if self.seconds is not None and not self._waits_already():
                state, run_at = Job.State.READY, now + timedelta(seconds=self.seconds)
            Job.objects.filter(id=self.job_id).update(
                state=state, run_at=run_at, done_at=now, lease_until=None, last_error=""
            )
        self.finished = True

    def _waits_already(self) -> bool:
        return Job.objects.filter(kind=self.kind, key=self.key, state=Job.State.READY).exists()

    def _fence(self) -> None:
        """Lock the job's row to the end of the transaction: nobody can take it over before."""
        if self.row().select_for_update().first() is None:
            raise LostLeaseError(f"job {self.job_id}, attempt {self.attempts}")


@contextmanager
def beating(claim: Claim, lease: timedelta) -> Iterator[None]:
    """While this runs, the claim's lease is prolonged from a thread of its own, three times a lease."""
    stop = Event()
    thread = Thread(target=_beat, args=(claim, lease, stop), name=f"lease-{claim.job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _beat(claim: Claim, lease: timedelta, stop: Event) -> None:
    try:
        while not stop.wait(lease.total_seconds() / 3):
            # A database that is busy or away for a moment: the next beat tries again, and steps are fenced anyway.
            with suppress(DatabaseError):
                claim.row().update(lease_until=clock.now() + lease)
    finally:
        connection.close()
