"""What the ground of the server does by itself: a sign of life, the daily anchor, and clearing what is long done."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from mingcha.base import anchors, clock
from mingcha.base.jobs import every
from mingcha.base.models import Job, Outgoing

ALIVE: Final = "base.alive"
"""The recurring job whose last end tells that a worker is alive."""
ALIVE_SECONDS: Final = 30
KEPT: Final = timedelta(days=30)
"""How long jobs that are done and messages that were sent are kept; failed and given up ones stay."""
_AT_ONCE: Final = 5_000


@every(ALIVE_SECONDS, ALIVE)
def alive() -> None:
    """Nothing: that it was run is what it tells."""


@every(600, "base.anchor")
def anchor() -> None:
    """Export the day's anchor of the audit chain where it is not yet."""
    anchors.export_daily()


@every(3600, "base.clear")
def clear() -> None:
    """Delete done jobs and sent messages of long ago, a few thousand at a time."""
    before = clock.now() - KEPT
    done = Job.objects.filter(state=Job.State.DONE, done_at__lt=before)[:_AT_ONCE]
    Job.objects.filter(id__in=list(done.values_list("id", flat=True))).delete()
    sent = Outgoing.objects.filter(state=Outgoing.State.SENT, sent_at__lt=before)[:_AT_ONCE]
    Outgoing.objects.filter(id__in=list(sent.values_list("id", flat=True))).delete()
