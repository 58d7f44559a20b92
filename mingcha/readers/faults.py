"""What was wrong with the rows read: counts by table, column and cause, samples, and totals that reconcile.

    read = good + refused        good = kept + superseded + withdrawn + conflicting

Counts and samples are bounded, whatever the size of the input; every faulty row stands in the error book.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum

from mingcha.readers.causes import Cause

SAMPLES = 5
"""How many faults of each kind are kept as samples."""

MAX_RAW = 200
"""How many characters of a bad value are kept."""


class Effect(Enum):
    """What a fault did to the row."""

    REFUSED = "整行拒收"
    CLEARED = "该值置空"
    NOTED = "仅提示"
    LEFT_OUT = "未采用"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: row is the number that a spreadsheet shows (the header is row 1), column the header as
    sent."""

    table: str
    row: int
    column: str
    raw: str
    cause: Cause
    reason: str
    effect: Effect
    personal: bool = False

    @property
    def masked(self) -> Fault:
        """The fault as it may be shown to others than the sender."""
        if not self.personal:
            return self
        return replace(self, raw=f"{self.raw[:1]}***" if self.raw else "", reason=self.cause.label)


@dataclass(frozen=True)
class FaultKind:
    """What faults are counted by."""

    table: str
    column: str
    cause: Cause
    effect: Effect


@dataclass
class Totals:
    """Rows of one table. `read` leaves blank rows out."""

    read: int = 0
    refused: int = 0
    superseded: int = 0
    withdrawn: int = 0
    conflicting: int = 0

    @property
    def good(self) -> int:
        """Rows that have their key and every required value."""
        return self.read - self.refused

    @property
    def kept(self) -> int:
        """Rows that became facts."""
        return self.good - self.superseded - self.withdrawn - self.conflicting


@dataclass
class Faults:
    """All faults of one reading."""

    counts: Counter[FaultKind] = field(default_factory=Counter)
    samples: dict[FaultKind, list[Fault]] = field(default_factory=dict)
    totals: dict[str, Totals] = field(default_factory=dict)

    def add(self, faults: Iterable[Fault]) -> None:
        """Count faults and keep the first few of each kind, personal values masked."""
        for fault in faults:
            kind = FaultKind(fault.table, fault.column, fault.cause, fault.effect)
            self.counts[kind] += 1
            kept = self.samples.setdefault(kind, [])
            if len(kept) < SAMPLES:
                kept.append(fault.masked)

    def of(self, table: str) -> Totals:
        """The totals of a table, made on first use."""
        return self.totals.setdefault(table, Totals())

    def __iter__(self) -> Iterator[tuple[FaultKind, int]]:
        """Kinds of faults with their counts, most frequent first."""
        return iter(self.counts.most_common())

    def __bool__(self) -> bool:
        return bool(self.counts)

    @property
    def total(self) -> int:
        """How many faults there are in all."""
        return self.counts.total()
