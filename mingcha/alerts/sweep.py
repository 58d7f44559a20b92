"""The sweep: units whose moment to look again has come are judged by the path of new facts (`catching_up.catch_up`).

Nothing is windowed: what is due is due until it was judged, so that one sweep makes up for any outage, once, and a
clock that is set back or forth, or a second worker, changes nothing (one judge at a time; moments are kept).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from mingcha.alerts.catching_up import catch_up
from mingcha.base import clock, jobs

SECONDS: Final = 1.0


def sweep(now: datetime) -> bool:
    """Judge everything whose moment has come by `now` (local). False where another process is at it."""
    return catch_up(now)


@jobs.every(SECONDS, "alerts.sweep", steps=True)
def _sweep_job(claim: jobs.Claim) -> None:
    sweep(clock.local_now())
    with claim.last_step():
        pass
