"""Jobs 作业: work that outlives the process that put it in.

A job is put in with the transaction that makes it necessary, claimed by one worker under a lease, and its effect and
its end are one transaction, so that after `kill -9` it is neither lost nor done twice. A claim is fenced by the
number of attempts: a worker that lost its lease cannot finish what another has taken over.

    @handles("judge")                       # short work: one transaction
    def judge(payload): ...

    @handles("apply", steps=True)           # long work: transactions of its own, each fenced
    def apply(claim):
        with claim.step(): ...
        with claim.last_step(): ...

    @every(3600)                            # recurring work, once for all workers
    def prune(): ...
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import Any, Final

from django.db import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)

from mingcha.base import clock
from mingcha.base.claims import Claim, LostLeaseError, beating
from mingcha.base.models import Job

__all__ = [
    "Claim",
    "LostLeaseError",
    "every",
    "handles",
    "put",
    "put_recurring",
    "retry",
    "work",
    "work_once",
]

LEASE: Final = timedelta(seconds=30)
"""How long a claim holds without a sign of life."""
MOST_ATTEMPTS: Final = 8
"""After so many attempts a job has failed."""
_IDLE_SECONDS: Final = 0.2
_AWAY_SECONDS: Final = 2.0

_log = logging.getLogger("mingcha.jobs")


@dataclass(frozen=True)
class _Handler:
    run: Callable[[Any], object]
    steps: bool = False
    seconds: float | None = None  # recurring


_handlers: dict[str, _Handler] = {}


def handles(
    kind: str, *, steps: bool = False
) -> Callable[[Callable[[Any], object]], Callable[[Any], object]]:
    """Register what does jobs of a kind.

    Without `steps` it is called with the payload, inside the one transaction that also ends the job: keep it short.
    With `steps` it is called with a `Claim` outside any transaction and makes its own by `claim.step()`; what it has
    done before a crash it must find done when it is called again.
    """

    def register(run: Callable[[Any], object]) -> Callable[[Any], object]:
        _handlers[kind] = _Handler(run, steps)
        return run

    return register


def every(
    seconds: float, kind: str = "", *, steps: bool = False
) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Register recurring work: `seconds` after its end it is due again, for all workers together.

    Called without arguments, or with a `Claim` if `steps`. It never fails for good; its error is kept and logged.
    """

    def register(run: Callable[..., object]) -> Callable[..., object]:
        name = kind or f"{run.__module__.removeprefix('mingcha.')}.{run.__name__}"
        _handlers[name] = _Handler(run if steps else lambda _: run(), steps, seconds)
        return run

    return register


def put(kind: str, key: str, payload: dict[str, Any] | None = None, run_at: datetime | None = None) -> None:
    """Put a job in, in the caller's transaction.

    Where one of that kind and key waits already, it stays the only one, with its payload, at the earlier of the two
    moments. One that is under way does not count: it may have read before this transaction. The waiting job is
    locked until the caller commits, so that it cannot start before: put last in a transaction.
    """
    now = clock.now()
    text = json.dumps(payload or {}, ensure_ascii=False)
    moments = [connection.ops.adapt_datetimefield_value(moment) for moment in (run_at or now, now)]
    least = "LEAST" if connection.vendor == "postgresql" else "MIN"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO base_job (kind, key, payload, state, run_at, attempts, last_error, created_at)"  # noqa: S608
            " VALUES (%s, %s, %s, 'ready', %s, 0, '', %s)"
            " ON CONFLICT (kind, key) WHERE state = 'ready'"
            f" DO UPDATE SET run_at = {least}(base_job.run_at, excluded.run_at)",
            [kind, key, text, *moments],
        )


def put_recurring() -> None:
    """Put in all recurring work that this process knows of; a worker does so when it starts."""
    for kind, handler in _handlers.items():
        if (
            handler.seconds is not None
            and not Job.objects.filter(kind=kind, key=kind, state=Job.State.LEASED).exists()
        ):
            put(kind, kind)


def retry(job_id: int) -> bool:
    """Give a failed job a fresh start. False where it is not a failed one, or waits under its key already."""
    try:
        with transaction.atomic():
            failed = Job.objects.filter(id=job_id, state=Job.State.FAILED)
            return bool(
                failed.update(state=Job.State.READY, run_at=clock.now(), attempts=0, lease_until=None)
            )
    except IntegrityError:
        return False


def work(stop: Event) -> None:
    """Do jobs until `stop` is set; a job that is under way is finished first. A database that is away is waited for."""
    planned, hands = False, clock.SetBack()
    while not stop.is_set():
        try:
            close_old_connections()
            if hands.noticed():
                plan_anew(clock.now())
            if not planned:
                put_recurring()
                planned = True
            if not work_once():
                stop.wait(_IDLE_SECONDS)
        except (OperationalError, InterfaceError):
            _log.exception("database is away")
            stop.wait(_AWAY_SECONDS)


def plan_anew(now: datetime) -> None:
    """The clock was set back to `now`: recurring work comes no later than it would after an end now, what else waits
    is due, and no lease runs longer than one that begins now. Doing it again changes nothing."""
    _log.warning("clock was set back", extra={"to": now.isoformat()})
    waiting = Job.objects.filter(state__in=[Job.State.READY, Job.State.LEASED])
    for kind, handler in _handlers.items():
        soon = now + timedelta(seconds=handler.seconds or 0)
        waiting.filter(kind=kind, run_at__gt=soon).update(run_at=soon)
    Job.objects.filter(state=Job.State.LEASED, lease_until__gt=now + LEASE).update(lease_until=now + LEASE)


def work_once() -> bool:
    """Claim and do one job that is due, of the kinds this process knows. False where there is none."""
    job = _claim()
    if job is None:
        return False
    handler = _handlers[job.kind]
    claim = Claim(job.id, job.attempts, job.kind, job.key, job.payload, handler.seconds)
    try:
        _run(handler, claim)
    except LostLeaseError:
        _log.warning("job taken over by another worker", extra={"job": job.id, "kind": job.kind})
    except Exception as error:  # whatever a handler raises is told by the job, and the worker goes on
        _log.exception("job failed", extra={"job": job.id, "kind": job.kind, "attempts": job.attempts})
        _failed(claim, error)
    return True


_DUE: Final = """
    FROM base_job AS j
    WHERE j.state IN ('ready', 'leased') AND (j.state = 'ready' OR j.lease_until <= %s) AND j.run_at <= %s
      AND j.kind IN ({kinds})
      AND NOT EXISTS (SELECT 1 FROM base_job AS e
                      WHERE e.kind = j.kind AND e.key = j.key AND e.state = 'leased' AND e.id < j.id)
    ORDER BY j.run_at, j.id LIMIT 1"""
"""What may be claimed. Work of one key is never under way twice: a later one waits for the earlier.

As text, because each thread of a worker asks it five times a second, and writing a query costs more than answering it.
"""


def _due() -> tuple[str, list[Any]]:
    now = connection.ops.adapt_datetimefield_value(clock.now())
    kinds = list(_handlers)
    return _DUE.format(kinds=", ".join(["%s"] * len(kinds))), [now, now, *kinds]


def _any_due() -> bool:
    condition, values = _due()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 {condition}", values)
        return cursor.fetchone() is not None


def _claim() -> Job | None:
    if not _handlers or not _any_due():  # looking costs no lock
        return None
    with transaction.atomic():
        # On SQLite the transaction is IMMEDIATE and there is nobody to skip.
        lock = " FOR UPDATE OF j SKIP LOCKED" if connection.vendor == "postgresql" else ""
        condition, values = _due()
        job = next(iter(Job.objects.raw(f"SELECT j.* {condition}{lock}", values)), None)  # noqa: S608
        if job is None:
            return None
        recurring = _handlers[job.kind].seconds is not None
        if job.attempts >= MOST_ATTEMPTS and not recurring:
            error = job.last_error or "执行它的进程多次中断,没有留下错误信息"
            Job.objects.filter(id=job.id).update(
                state=Job.State.FAILED, done_at=clock.now(), last_error=error
            )
            _log.error("job given up: its workers died", extra={"job": job.id, "kind": job.kind})
            return None
        job.attempts += 1
        job.state, job.lease_until = Job.State.LEASED, clock.now() + LEASE
        job.save(update_fields=["attempts", "state", "lease_until"])
        return job


def _run(handler: _Handler, claim: Claim) -> None:
    if handler.steps:
        with beating(claim, LEASE):
            handler.run(claim)
        if not claim.finished:
            with claim.last_step():
                pass
    else:
        with claim.last_step():
            handler.run(claim.payload)


def _failed(claim: Claim, error: Exception) -> None:
    """Plan the next attempt, or give up after the last."""
    told = f"{type(error).__name__}: {error}"[:2000]
    if claim.seconds is not None:
        _again(claim, clock.now() + timedelta(seconds=max(claim.seconds, 10)), told)
    elif claim.attempts >= MOST_ATTEMPTS:
        claim.row().update(state=Job.State.FAILED, done_at=clock.now(), last_error=told)
    else:
        _again(claim, clock.now() + back_off(claim.attempts), told)


def back_off(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 2, 4, 8 seconds and on, an hour at most."""
    return timedelta(seconds=min(3600, 2**attempts))


def _again(claim: Claim, run_at: datetime, error: str) -> None:
    """Make the job wait again; where the same work was put in meanwhile, that one does it."""
    try:
        with transaction.atomic():
            claim.row().update(state=Job.State.READY, run_at=run_at, lease_until=None, last_error=error)
    except IntegrityError:
        claim.row().update(state=Job.State.DONE, done_at=clock.now(), last_error=error)
