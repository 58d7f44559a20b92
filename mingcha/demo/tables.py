"""The tables that hang on cases, each as a count of rows per case and a function that makes any of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa

from mingcha.demo import case_tables as case
from mingcha.demo import result_tables as result
from mingcha.demo.arrows import Columns, as_known, table_of
from mingcha.demo.dice import Ints
from mingcha.demo.lives import Lives
from mingcha.demo.lookups import Lookups
from mingcha.demo.world import World

Counts = Callable[[World, Lives], Ints]
Rows = Callable[[World, Lookups, Lives, Ints, Ints], Columns]

CHILDREN: Final[dict[str, tuple[Counts, Rows]]] = {
    "steps": (case.step_counts, case.step_rows),
    "corrections": (case.correction_counts, case.correction_rows),
    "specials": (case.special_counts, case.special_rows),
    "materials": (case.material_counts, case.material_rows),
    "fees": (result.fee_counts, result.fee_rows),
    "certificates": (result.certificate_counts, result.certificate_rows),
    "deliveries": (result.delivery_counts, result.delivery_rows),
    "evaluations": (result.evaluation_counts, result.evaluation_rows),
    "tickets": (result.ticket_counts, result.ticket_rows),
}
CASE_TABLES: Final = ("cases", *CHILDREN)


@dataclass(frozen=True)
class Cases:
    """Lives of cases as they are told in tables: rows in any order, of any of the cases."""

    world: World
    lives: Lives
    look: Lookups

    @cached_property
    def case_no(self) -> pa.StringArray:
        """The number of each case."""
        return case.case_numbers(self.lives)

    def counts(self, table: str) -> Ints:
        """How many rows each case has in a table."""
        if table == "cases":
            return np.ones(len(self.lives), dtype=np.int64)
        return CHILDREN[table][0](self.world, self.lives)

    def rows(self, table: str, at: Ints, nth: Ints) -> pa.Table:
        """The ``nth`` rows of the cases at those places, in that order."""
        case_no = self.case_no.take(pa.array(at))
        if table == "cases":
            return table_of(table, case.case_rows(self.world, self.look, self.lives, at, case_no))
        columns = CHILDREN[table][1](self.world, self.look, self.lives, at, nth)
        return table_of(table, {"case_no": case_no, **columns})

    def all_rows(self, table: str) -> pa.Table:
        """All rows of a table, case by case."""
        counts = self.counts(table)
        at = np.repeat(np.arange(len(counts)), counts)
        return self.rows(table, at, np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts))


class Sequence:
    """The rows of one case table by number: those made from lives first, then those given; drawn in any
    order."""

    def __init__(self, cases: Cases, table: str, wanted: Ints, given: pa.Table, as_of: int) -> None:
        """``wanted`` are the places of the cases whose rows are made; ``given`` are further rows."""
        self.cases, self.table, self.as_of = cases, table, as_of
        self.given = given
        counts = np.zeros(len(cases.lives), dtype=np.int64)
        counts[wanted] = cases.counts(table)[wanted]
        self.case_of = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        self.first_of = (np.cumsum(counts) - counts).astype(np.int32)

    def __len__(self) -> int:
        return len(self.case_of) + int(self.given.num_rows)

    def take(self, numbers: Ints) -> pa.Table:
        """The rows of those numbers, in that order, as they were known at as_of."""
        made = numbers < len(self.case_of)
        at = self.case_of[numbers[made]].astype(np.int64)
        rows = self.cases.rows(self.table, at, numbers[made] - self.first_of[at])
        if not made.all():
            planted = self.given.take(pa.array(numbers[~made] - len(self.case_of)))
            order = np.empty(len(numbers), dtype=np.int64)
            order[made] = np.arange(made.sum())
            order[~made] = made.sum() + np.arange((~made).sum())
            rows = pa.concat_tables([rows, planted]).take(pa.array(order))
        return as_known(self.table, rows, self.as_of)
