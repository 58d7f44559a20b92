"""Truth that is counted over all cases: warnings of the promise (henan-8.1), and bunching."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingcha.demo.days import midnight_after
from mingcha.demo.dice import Ints
from mingcha.demo.lives import Lives
from mingcha.demo.tables import Cases
from mingcha.demo.truth import FOLLOWS, LAWFUL, PLANTED, Truth
from mingcha.demo.world import World
from mingcha.law.instants import DAY, MISSING

if TYPE_CHECKING:
    from mingcha.demo.planter import Planted

LEAST_BUNCHED: Final = 10
PART_BUNCHED: Final = 5
TIMES_BUNCHED: Final = 3


def expect_promises(truth: Truth, told: Cases, planted: Planted) -> None:
    """henan-8.1 of every case that came within two working days of its promise or missed it: planted, or
    where the case is late without that, a consequence of something else."""
    lives = told.lives
    stop = np.where(lives.completed == MISSING, np.iinfo(np.int64).max, lives.completed)
    overrun = midnight_after(lives.due)
    warned = (lives.warned != MISSING) & (stop > lives.warned)
    late = (lives.accepted != MISSING) & (stop >= overrun)
    places = np.flatnonzero(warned | late)
    is_planted = np.isin(lives.no[places], planted.cases_of("henan-8.1"))
    red = np.where(late[places], overrun[places], MISSING)
    warning = np.where(warned[places], lives.warned[places], MISSING)
    case_no = np.array(told.case_no.take(pa.array(places)).to_pylist(), dtype=object)
    kinds = np.where(is_planted, PLANTED, np.where(late[places], FOLLOWS, LAWFUL))
    for kind in (PLANTED, FOLLOWS, LAWFUL):
        truth.add("henan-8.1", "cases", case_no, kind=kind, where=kinds == kind, warning=warning, red=red)


def quarter_of(days: Ints) -> Ints:
    """Quarters since 1970 of day numbers."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) // 3


def quarter_text(quarters: Ints) -> list[str]:
    """2026Q1."""
    return [f"{1970 + q // 4}Q{q % 4 + 1}" for q in quarters.tolist()]


def first_day_after(quarters: Ints) -> Ints:
    """The first day of the quarter after each."""
    return ((quarters + 1) * 3).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


@dataclass(frozen=True)
class Shares:
    """Cases decided later than on the day they came in, and those decided on their due day, by agency and quarter.
    Arrays but ``group`` by group."""

    group: Ints
    """Per case: number of its agency and quarter, -1 where it does not count."""
    agency: Ints
    quarter: Ints
    total: Ints
    on_due: Ints
    could: Ints
    """Cases that could be made to be decided on their due day."""

    def _stands_out(self, on_due: Ints) -> NDArray[np.bool_]:
        """A fifth or more, and more than three times the share of all other agencies in that quarter
        (sc-integrity-bunching)."""
        quarters, place = np.unique(self.quarter, return_inverse=True)
        all_total = np.bincount(place, self.total, len(quarters)).astype(np.int64)[place] - self.total
        all_due = np.bincount(place, self.on_due, len(quarters)).astype(np.int64)[place] - self.on_due
        many = (on_due >= LEAST_BUNCHED) & (on_due * PART_BUNCHED >= self.total)
        return many & (on_due * all_total > TIMES_BUNCHED * all_due * self.total)

    def standing_out(self) -> NDArray[np.bool_]:
        """Which agencies and quarters do."""
        return self._stands_out(self.on_due)

    def smallest_that_stands_out(self) -> int:
        """The group with the fewest cases to change that would clearly stand out if they were; -1 without
        any."""
        would = self._stands_out((self.on_due + self.could) * 9 // 10) & (self.could >= LEAST_BUNCHED + 2)
        places = np.flatnonzero(would & ~self.standing_out())
        return int(places[np.argmin(self.could[places])]) if len(places) else -1


def shares_on_due_day(world: World, lives: Lives, could: NDArray[np.bool_] | None = None) -> Shares:
    """Count decided cases; ``could`` marks those that are meant to be changed."""
    agency = world.guide.agency[lives.version]
    places = np.flatnonzero(lives.decided & (lives.done_day != lives.start_day))
    key = agency[places] * 100_000 + quarter_of(lives.done_day[places])
    keys, inverse = np.unique(key, return_inverse=True)
    on_due = lives.done_day[places] == lives.due[places]
    marked = np.zeros(len(places), dtype=bool) if could is None else could[places] & ~on_due
    group = np.full(len(lives), -1)
    group[places] = inverse

    def counted(which: NDArray[np.bool_]) -> Ints:
        return np.bincount(inverse[which], minlength=len(keys)).astype(np.int64)

    return Shares(
        group,
        keys // 100_000,
        keys % 100_000,
        counted(np.ones(len(places), dtype=bool)),
        counted(on_due),
        counted(marked),
    )


def expect_bunching(truth: Truth, world: World, planted: Planted) -> None:
    """sc-integrity-bunching: the agency and quarter planted. A small agency may come near it by chance."""
    lives = planted.lives
    shares = shares_on_due_day(world, lives)
    cases = planted.cases_of("sc-integrity-bunching")
    bunched = set(shares.group[cases].tolist())
    for place in np.flatnonzero(shares.standing_out()):
        code = world.agencies[int(shares.agency[place])].code
        quarter = shares.quarter[place : place + 1]
        kind = PLANTED if int(place) in bunched else FOLLOWS
        truth.add(
            "sc-integrity-bunching",
            "agencies",
            [code],
            quarter_text(quarter),
            kind=kind,
            lead=first_day_after(quarter) * DAY,
        )
