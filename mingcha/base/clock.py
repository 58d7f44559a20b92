"""What time it is. The only module of the server that asks; everything else is given a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Asia/Shanghai")
"""The zone in which the law counts its days."""
_STEP: Final = timedelta(minutes=1)
"""A clock that goes back by less is being slewed, and what waits for it comes soon enough."""
_ago = timedelta()


def now() -> datetime:
    """This moment, aware, in UTC: when the system did something."""
    return datetime.now(UTC) - _ago


@contextmanager
def set_back(to: datetime) -> Iterator[None]:
    """Within the block the clock of this process runs on from a local moment. For the past of a demo city alone: what
    is written down then says so everywhere, in the audit chain too."""
    global _ago
    _ago = datetime.now(UTC) - aware(to)
    try:
        yield
    finally:
        _ago = timedelta()


def local_now() -> datetime:
    """This moment as the law writes it: naive local wall time, exact to the second (as in `law.instants`)."""
    return local(now())


def local(moment: datetime) -> datetime:
    """An aware moment as naive local wall time, exact to the second."""
    return moment.astimezone(ZONE).replace(tzinfo=None, microsecond=0)


def aware(wall: datetime) -> datetime:
    """A moment of local wall time, naive, as an aware one in UTC."""
    return wall.replace(tzinfo=ZONE).astimezone(UTC)


@dataclass
class SetBack:
    """Notices that the machine's clock was set back: what was planned by it before would wait for it again."""

    latest: datetime | None = None

    def noticed(self) -> bool:
        """Whether it was, since this was last asked."""
        moment, before = now(), self.latest
        self.latest = moment
        return before is not None and moment < before - _STEP
