"""The worker process: jobs, the outbox and whatever else runs without anybody asking, each in a thread of its own."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event, Thread
from typing import Final

from django.db import close_old_connections, connections

from mingcha.base import audit, jobs, outbox
from mingcha.intake.ways import kafka

_log = logging.getLogger("mingcha.worker")

HANDLERS: Final = (
    "mingcha.base.housekeeping",
    "mingcha.accounts.verifying",
    "mingcha.intake.applying",
    "mingcha.intake.chores",
    "mingcha.notify.jobs",
    "mingcha.alerts.catching_up",
    "mingcha.alerts.sweep",
    "mingcha.alerts.publishing",
    "mingcha.alerts.recalculating",
    "mingcha.casework.chores",
    "mingcha.evaluations.one_device",
    "mingcha.evaluations.opening",
    "mingcha.evaluations.writing",
    "mingcha.complaints.opening",
    "mingcha.disclosure.publishing",
    "mingcha.pages.public.attempts",
)
"""Modules that register jobs, recurring work and senders when they are imported."""
_SEAL_EVERY: Final = 1.0
_REST: Final = 3.0
"""Seconds before a loop that broke is begun again."""


@dataclass(frozen=True)
class Loop:
    """Something that runs until it is told to stop."""

    name: str
    run: Callable[[Event], None]


def load_handlers() -> None:
    """Import what registers jobs and senders."""
    for module in HANDLERS:
        importlib.import_module(module)


def loops(job_threads: int) -> Sequence[Loop]:
    """The loops of one worker. Several jobs at a time: a large batch must not hold up the sweep."""
    load_handlers()
    return (
        *(Loop(f"jobs-{number}", jobs.work) for number in range(1, job_threads + 1)),
        Loop("outbox", outbox.send),
        Loop("sealer", _seal),
        Loop("streams", kafka.run),
    )


def _seal(stop: Event) -> None:
    """Chain what was committed to the audit, every second."""
    while not stop.wait(_SEAL_EVERY):
        close_old_connections()
        audit.seal_blocks()


def work(stop: Event, running: Sequence[Loop]) -> None:
    """Run the loops until `stop` is set, and return when the last one has ended what it was doing."""
    threads = [Thread(target=_kept_running, args=(loop, stop), name=loop.name) for loop in running]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.5)  # a short wait, so that signals are heard meanwhile


def _kept_running(loop: Loop, stop: Event) -> None:
    while not stop.is_set():
        try:
            loop.run(stop)
        except Exception:  # a loop that broke must not take the others with it; what broke is in the log
            _log.exception("loop broke, begun again", extra={"loop": loop.name})
            stop.wait(_REST)
        finally:
            connections.close_all()
