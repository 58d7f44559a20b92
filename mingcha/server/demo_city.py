"""The living demo city: cases of one planned city, some loaded at once, the others kept back to arrive later.

One plan (`demo.city.plan_city`) is made five times as dense as what is loaded: every fifth case is there from the first
moment, as it was known then. The others are kept back; `demo_replay` reports them one after another. The same seed and
the same last day give the same city, so a restart goes on where the last run stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mingcha.demo.arrows import as_known
from mingcha.demo.city import LAST_LAST_DAY, City, plan_city
from mingcha.demo.dice import Ints
from mingcha.demo.tables import CASE_TABLES
from mingcha.demo.write import shuffled_table
from mingcha.facts.schema import TABLES
from mingcha.law.instants import MISSING

DENSITY: Final = 5
"""One case in so many is loaded at the start."""
AHEAD: Final = timedelta(days=28)
"""So far ahead of the first start the city is planned; then only late reports go on."""
_LOAD_FIRST: Final = tuple(name for name in TABLES if TABLES[name].group == "reference")
_BY_EVALUATION: Final = "review_handling"


def last_day(today: date) -> date:
    """The last planned day of a city that is first started on `today`."""
    return min(today + AHEAD, LAST_LAST_DAY)


@dataclass(frozen=True)
class LivingCity:
    """A planned city whose cases are numbered 0, 1, …: the lawful ones first, then the planted ones."""

    city: City

    @classmethod
    def plan(cls, loaded: int, seed: int, until: date) -> LivingCity:
        """The city of which about `loaded` cases are there from the start."""
        return cls(plan_city(loaded * DENSITY, seed, until))

    @cached_property
    def _planted(self) -> pa.Table:
        return pa.concat_tables(self.city.planted.rows["cases"])

    @property
    def _lawful(self) -> Ints:
        return self.city.planted.lawful

    @cached_property
    def numbers(self) -> pa.Array:
        """case_no of each case."""
        lawful = self.city.told.case_no.take(pa.array(self._lawful))
        return pa.concat_arrays([lawful, self._planted["case_no"].combine_chunks()])

    def troubled(self, moment: int) -> NDArray[np.bool_]:
        """Cases of which a rule has found something by that moment."""
        numbers = self.city.truth.table(moment)["key"].combine_chunks()
        marks: NDArray[np.bool_] = pc.is_in(self.numbers, numbers).to_numpy(zero_copy_only=False)
        return marks

    @cached_property
    def loaded(self) -> NDArray[np.bool_]:
        """Cases that are there from the start: every fifth of the lawful ones and of the planted ones."""
        marks: NDArray[np.bool_] = np.arange(len(self.numbers)) % DENSITY == 0
        return marks

    def moments(self, event: str) -> Ints:
        """A moment of each case (`received`, `completed`), MISSING where it never comes."""
        made = getattr(self.city.told.lives, event)[self._lawful]
        given = self._planted[f"{event}_at"].cast(pa.int64()).fill_null(MISSING).to_numpy()
        moments: Ints = np.concatenate([made, given])
        return moments

    def case_rows(self, cases: Ints) -> dict[str, pa.Table]:
        """Every row of these cases, also what lies ahead: table -> rows. Tables without any are left out."""
        wanted = self.numbers.take(pa.array(cases))
        places = self._lawful[cases[cases < len(self._lawful)]]
        found = {name: self._rows(name, places, wanted) for name in CASE_TABLES}
        for name, rows in self.city.tables.items():
            if "case_no" in rows.column_names:
                found[name] = rows.filter(pc.is_in(rows["case_no"], wanted))
        given = found["evaluations"]["evaluation_no"].combine_chunks()
        handled = self.city.tables[_BY_EVALUATION]
        found[_BY_EVALUATION] = handled.filter(pc.is_in(handled["evaluation_no"], given))
        return {name: rows for name, rows in found.items() if rows.num_rows}

    def _rows(self, table: str, places: Ints, wanted: pa.Array) -> pa.Table:
        told = self.city.told
        counts = told.counts(table)[places]
        at = np.repeat(places, counts)
        nth = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
        given = pa.concat_tables(self.city.planted.rows[table])
        return pa.concat_tables([told.rows(table, at, nth), given.filter(pc.is_in(given["case_no"], wanted))])

    def other_rows(self) -> dict[str, pa.Table]:
        """Rows that hang on no case: registers, halls, reports of offices."""
        found = {}
        for name, rows in self.city.tables.items():
            if name != _BY_EVALUATION:
                found[name] = (
                    rows.filter(pc.is_null(rows["case_no"])) if "case_no" in rows.column_names else rows
                )
        return found

    def opening(self, known_at: int) -> Iterator[tuple[str, pa.Table]]:
        """What is loaded at the start, as known at that moment: registers first, each table in random order."""
        for name, rows in self._loaded():
            known = as_known(name, rows, known_at)
            if known.num_rows:
                yield name, shuffled_table(name, known, self.city.world.dice)

    def since(self, after: int, until: int) -> Iterator[tuple[str, pa.Table]]:
        """What happened in (after, until] in what is loaded, as known at `until`; in the same order."""
        yield from known_between(dict(self._loaded()), after, until).items()

    def _loaded(self) -> Iterator[tuple[str, pa.Table]]:
        tables = _merged(self.other_rows(), self.case_rows(np.flatnonzero(self.loaded)))
        for name in (*_LOAD_FIRST, *(name for name in TABLES if name not in _LOAD_FIRST)):
            if name in tables:
                yield name, tables[name]


def known_between(tables: Mapping[str, pa.Table], after: int, until: int) -> dict[str, pa.Table]:
    """Rows in which something happened in (after, until], as known at `until`."""
    found = {}
    for name, rows in tables.items():
        happened = pa.repeat(pa.scalar(False), rows.num_rows)
        for event in TABLES[name].events:
            if event in rows.column_names:
                moment = rows[event].cast(pa.int64())
                inside = pc.and_(pc.greater(moment, after), pc.less_equal(moment, until))
                happened = pc.or_(happened, pc.fill_null(inside, False))
        known = as_known(name, rows.filter(happened), until)
        if known.num_rows:
            found[name] = known
    return found


def known_at(tables: Mapping[str, pa.Table], moment: int) -> dict[str, pa.Table]:
    """The rows as known at a moment; tables without any are left out."""
    known = {name: as_known(name, rows, moment) for name, rows in tables.items()}
    return {name: rows for name, rows in known.items() if rows.num_rows}


def _merged(one: Mapping[str, pa.Table], other: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    names = {**one, **other}
    return {name: pa.concat_tables([part[name] for part in (one, other) if name in part]) for name in names}
