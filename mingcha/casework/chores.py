"""Recurring work of casework."""

from __future__ import annotations

from typing import Final

from mingcha.base import clock, jobs
from mingcha.casework.following import follow
from mingcha.casework.overturned import reconsider

SECONDS: Final = 5.0


@jobs.every(3600.0, "casework.overturned")
def _overturned_job() -> None:
    reconsider(clock.now())


@jobs.every(SECONDS, "casework.follow", steps=True)
def _follow_job(claim: jobs.Claim) -> None:
    follow(clock.now())
    with claim.last_step():
        pass
