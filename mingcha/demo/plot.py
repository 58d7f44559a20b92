"""Planting (埋设) violations: the registry, and what a planting works on.

A planting takes lawful cases that are its own (a *plot*), breaks one thing, and says what judging must
find. It may first bend their lives (later acceptance, a longer pause) and `settle` them, so that
everything that hangs on a life follows; then it edits rows. Case tables are made from the lives when a
planting first asks for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingcha.demo.arrows import Columns, table_of
from mingcha.demo.days import midnight_after
from mingcha.demo.dice import Ints
from mingcha.demo.draft import Draft
from mingcha.demo.lives import Lives, settle
from mingcha.demo.lookups import Lookups
from mingcha.demo.tables import CASE_TABLES, Cases
from mingcha.demo.traits import Traits
from mingcha.demo.truth import FOLLOWS, Truth
from mingcha.demo.world import World
from mingcha.law.instants import DAY, MISSING

Mask = NDArray[np.bool_]


class Plot:
    """The cases of one planting, and the truth it adds to."""

    def __init__(self, world: World, lives: Lives, rule: str, truth: Truth, look: Lookups) -> None:
        self.world, self.lives, self.rule, self.truth, self.look = world, lives, rule, truth, look
        self.days, self.dice = world.days, world.dice
        self.drafts: dict[str, Draft] = {}

    def __len__(self) -> int:
        return len(self.lives)

    @cached_property
    def traits(self) -> Traits:
        """What the cases were like before they were bent."""
        return Traits(self.world, self.lives)

    @cached_property
    def case_no(self) -> NDArray[Any]:
        """Their numbers."""
        return np.array(Cases(self.world, self.lives, self.look).case_no.to_pylist(), dtype=object)

    def pick(self, name: str, low: int, high: int) -> Ints:
        """A number in low..high for each case."""
        return self.dice.between(f"{self.rule} {name}", self.lives.no, low, high)

    def part(self, of: int, number: int = 0) -> Mask:
        """Every ``of``-th case: the variants of a planting."""
        return np.asarray(np.arange(len(self)) % of == number)

    def settle(self) -> None:
        """Work out due day, warning and decision again after bending the lives."""
        self.lives = settle(self.world, self.lives)

    def rows(self, table: str) -> Draft:
        """The rows of the plot in a case table, to be edited; made from the lives as they are now.

        Planted cases do not tell when they arrived: a find would begin no earlier than that.
        """
        if table not in self.drafts:
            self.drafts[table] = Draft(Cases(self.world, self.lives, self.look).all_rows(table), table)
            if table == "cases":
                self.drafts[table].put(reported_at=None)
        return self.drafts[table]

    def owner(self, table: str) -> Ints:
        """For each row of a case table, which case of the plot it belongs to."""
        places = {number: place for place, number in enumerate(self.case_no)}
        return np.array([places[number] for number in self.rows(table)["case_no"]], dtype=np.int64)

    def new(self, table: str, columns: Columns) -> Draft:
        """Rows for a table that does not hang on cases."""
        self.drafts[table] = Draft(table_of(table, columns), table)
        return self.drafts[table]

    def over(self, since: Ints, number: int | Ints) -> Ints:
        """When a limit of so many working days from an instant is overrun."""
        return midnight_after(self.days.after(since // DAY, number))

    def chained(self, warned: Ints, stopped: int | Ints = MISSING) -> Ints:
        """The red card three working days after a warning (预警发出后3个工作日), unless stopped before."""
        red = self.over(warned, 3)
        return np.where((stopped != MISSING) & (stopped < red), MISSING, red)

    def expect(
        self, subject: Any = "", *, rule: str = "", about: str = "cases", key: Any = None, **levels: Any
    ) -> None:
        """Expect findings of the planting's own rule, about the cases unless said otherwise; see
        `Truth.add`."""
        self.truth.add(rule or self.rule, about, self.case_no if key is None else key, subject, **levels)

    def follows(self, rule: str, subject: Any = "", **levels: Any) -> None:
        """Expect findings of another rule that lawfully follow from what was broken."""
        self.truth.add(rule, "cases", self.case_no, subject, kind=FOLLOWS, **levels)

    def finished(self) -> dict[str, pa.Table]:
        """All rows of the plot, by table."""
        told = Cases(self.world, self.lives, self.look)
        self.rows("cases")
        made = {name: told.all_rows(name) for name in CASE_TABLES if name not in self.drafts}
        return made | {name: draft.table() for name, draft in self.drafts.items()}


@dataclass(frozen=True)
class Planting:
    """One way to break one rule: how often, among which cases, and how."""

    rule: str
    share: int
    among: Callable[[Traits], Mask]
    do: Callable[[Plot], None]
    grouped: Callable[[Traits, Mask], Ints] | None = None
    """Chooses whole groups of cases out of the free ones instead of single cases."""
    each: int = 1
    """Cases of a group."""

    @property
    def name(self) -> str:
        """Its rule and its way."""
        return f"{self.rule}/{self.do.__name__}"


@dataclass
class Registry:
    """All plantings of one pack, in order."""

    plantings: list[Planting] = field(default_factory=list)

    def __call__(
        self,
        rule: str,
        among: Callable[[Traits], Mask],
        share: int = 4,
        grouped: Callable[[Traits, Mask], Ints] | None = None,
        each: int = 1,
    ) -> Callable[[Callable[[Plot], None]], Callable[[Plot], None]]:
        """Register a function as a planting of ``rule`` among the cases of which ``among`` is true."""

        def register(do: Callable[[Plot], None]) -> Callable[[Plot], None]:
            self.plantings.append(Planting(rule, share, among, do, grouped, each))
            return do

        return register
