"""What intake does by itself: look into folders and feeds, watch for silence, measure quality.

Imported by the worker. Each makes transactions of its own: what is received must be committed before a receipt is
laid out.
"""

from __future__ import annotations

from mingcha.base import clock
from mingcha.base.claims import Claim
from mingcha.base.jobs import every, put
from mingcha.intake import applying, quality, silence
from mingcha.intake.receiving import APPLY
from mingcha.intake.ways import database, folder


@every(2, "intake.folders", steps=True)
def watch_folders(_: Claim) -> None:
    """Receive what lies in the watched folders."""
    folder.watch()


@every(60, "intake.feeds", steps=True)
def read_feeds(_: Claim) -> None:
    """Read what is new in tables of other databases."""
    database.read_all()


@every(60, "intake.silence", steps=True)
def watch_for_silence(_: Claim) -> None:
    """Write who reported and who did not."""
    silence.supervise(clock.local_now())


@every(15, "intake.quality", steps=True)
def measure_quality(_: Claim) -> None:
    """Measure the batches that were applied."""
    while quality.measure() == quality.MOST_BATCHES:
        pass


@every(30, "intake.waiting")
def apply_what_waits() -> None:
    """Have applied what was received, where the job that should do so has given up."""
    if applying.unapplied() is not None:
        put(APPLY, APPLY)
