"""Recurring work of casework."""

from __future__ import annotations

from typing import Final

from mingcha.base import clock, jobs
from mingcha.casework.following import follow

SECONDS: Final = 5.0


@jobs.every(SECONDS, "casework.follow", steps=True)
def _follow_job(claim: jobs.Claim) -> None:
    follow(clock.now())
    with claim.last_step():
        pass
