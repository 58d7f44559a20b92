"""Random choices over one world: what may be missing now and then is, times cluster at the edges of days."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from mingcha.facts.schema import TABLES
from oracle.times import ONE_DAY, Instant, date_alone

AS_OF_DAYS = (
    date(2026, 1, 5),
    date(2026, 2, 13),
    date(2026, 2, 14),
    date(2026, 2, 24),
    date(2026, 2, 28),
    date(2026, 3, 2),
    date(2026, 4, 1),
    date(2026, 4, 7),
    date(2026, 5, 9),
    date(2026, 6, 30),
    date(2026, 9, 20),
    date(2026, 10, 8),
    date(2026, 10, 10),
    date(2025, 10, 11),
    date(2025, 1, 26),
    date(2024, 2, 29),
    date(2026, 12, 28),
    date(2027, 1, 8),
)
CLOCK_TIMES = (
    time(0, 0),
    time(23, 59, 59),
    time(9, 0),
    time(12, 0),
    time(17, 0),
    time(9, 30),
    time(16, 59, 59),
    time(13, 0, 1),
)
STEP_NAMES = ("受理", "审查", "决定")
KINDS = ("testing", "publicity", "hearing", "expert_review", "other")
OUTCOMES = ("granted", "denied", "returned", "withdrawn", "voided", "transferred")
ITEMS = ("I1", "I2", "I3", "I4", "I5", "I6")
AGENCIES = ("A1", "A2", "A3")
HALLS = ("H1", "H2", "H3")
OFFICERS = ("R1", "R2", "R3")
WINDOWS = ("W1", "W2")


class Draw:
    """Random choices over one world."""

    def __init__(self, seed: int, days: Sequence[date] = AS_OF_DAYS) -> None:
        self.random = random.Random(seed)
        self.as_of = datetime.combine(self.one(*days), self.one(*CLOCK_TIMES))
        self.arrives = {name: self.chance(0.25) for name in TABLES}

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def one(self, *values: Any) -> Any:
        return self.random.choice(values)

    def maybe(self, *values: Any, missing: float = 0.15) -> Any:
        return None if self.chance(missing) else self.one(*values)

    def some(self, *values: Any) -> list[Any]:
        return [value for value in values if self.chance(0.6)]

    def time_of(self, day: date) -> Instant:
        if self.chance(0.2):
            return date_alone(day)
        if self.chance(0.2):
            return datetime.combine(day, time(8)) + timedelta(seconds=self.random.randrange(12 * 3600))
        return datetime.combine(day, self.one(*CLOCK_TIMES))

    def around(self, low: int = -25, high: int = 3) -> Instant:
        """A time so many days from the moment of the world."""
        return self.time_of(self.as_of.date() + timedelta(days=self.random.randint(low, high)))

    def after(
        self, start: Instant | None, low: int = 0, high: int = 8, missing: float = 0.25
    ) -> Instant | None:
        """A time after another, now and then just before it."""
        if start is None or self.chance(missing):
            return None
        if self.chance(0.06):
            return self.time_of(start.date() - self.random.randint(0, 2) * ONE_DAY)
        if self.chance(0.08):
            return start
        return self.time_of(start.date() + timedelta(days=self.random.randint(low, high)))

    def money(self) -> Decimal:
        return self.one(*map(Decimal, ("0.00", "9.99", "10.00", "10.01", "49.99", "50.00", "50.01")))


def draw_limit(d: Draw, missing: float = 0.08) -> dict[str, Any]:
    limit, unit = d.one(
        *((n, "working_day") for n in (0, 1, 2, 3, 5, 7, 10)),
        (10, "natural_day"),
        (3, "natural_day"),
        (0, "natural_day"),
        (1, "month"),
        (24, "hour"),
        (2, "hour"),
        (8, "working_hour"),
        (3, "working_hour"),
    )
    return {"limit": None if d.chance(missing) else limit, "unit": None if d.chance(missing / 2) else unit}
