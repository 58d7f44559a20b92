"""Choosing what to plant where: every planting gets its own cases, drawn from the whole city, bad
departments first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingcha.demo.dice import Ints
from mingcha.demo.draft import Draft
from mingcha.demo.lives import Lives
from mingcha.demo.lookups import Lookups
from mingcha.demo.plant.duty import DUTIES, Patch, Scene
from mingcha.demo.plant.ezhou import EZHOU
from mingcha.demo.plant.henan import HENAN
from mingcha.demo.plant.pingdingshan import PINGDINGSHAN
from mingcha.demo.plant.state_council import STATE_COUNCIL
from mingcha.demo.plant.zhengzhou import ZHENGZHOU
from mingcha.demo.plot import Planting, Plot
from mingcha.demo.traits import Traits
from mingcha.demo.truth import Truth
from mingcha.demo.world import World
from mingcha.law.calendar import BEYOND
from mingcha.law.instants import DAY

PLANTINGS: Final[tuple[Planting, ...]] = tuple(
    planting for pack in (STATE_COUNCIL, HENAN, ZHENGZHOU, EZHOU, PINGDINGSHAN) for planting in pack.plantings
)
PLANTED_IN: Final = 50
"""One case in so many is planted: 2 %."""
LEAST: Final = 4
"""Cases of a planting in a city of 7,500 cases or more: one for each of its variants. Smaller cities make
do with less."""


@dataclass
class Planted:
    """The planted cases, taken out of the lawful ones, and the rows they have."""

    lives: Lives
    """All cases, the planted ones as they were bent."""
    lawful: Ints
    """Places of the cases that nothing was planted in."""
    rows: dict[str, list[pa.Table]] = field(default_factory=dict)
    numbers: dict[str, Ints] = field(default_factory=dict)
    """Rule -> numbers of the cases of its plantings."""

    def cases_of(self, rule: str) -> Ints:
        """Numbers of the cases in which a rule was planted, none where it was not."""
        return self.numbers.get(rule, self.lawful[:0])


def plant_cases(world: World, lives: Lives, look: Lookups, truth: Truth) -> Planted:
    """Plant every rule. The lives of the planted cases are bent in place; nothing looks at them again."""
    free = np.ones(len(lives), dtype=bool)
    traits = Traits(world, lives)
    badness = np.array([agency.badness for agency in world.agencies])
    order = world.dice.order("planted", lives.no, badness[world.guide.agency[lives.version]])
    planted = Planted(lives, lives.no)
    shares = sum(planting.share for planting in PLANTINGS)
    least = min(LEAST, 1 + world.cases // 2_500)
    for planting in PLANTINGS:
        quota = max(least, world.cases // PLANTED_IN * planting.share // shares)
        places = _places(planting, traits, free, order, quota)
        free[places] = False
        plot = Plot(world, lives.take(places), planting.rule, truth, look)
        if len(plot):
            planting.do(plot)
            _keep(planted, plot, places)
    planted.lawful = np.flatnonzero(free)
    return planted


def _places(planting: Planting, traits: Traits, free: NDArray[np.bool_], order: Ints, quota: int) -> Ints:
    """Where a planting gets its cases. Groups are taken whole, as many as are needed to fill the quota."""
    fit = free & planting.among(traits)
    if planting.grouped is not None:
        found = planting.grouped(traits, fit)
        return found if planting.share == 0 else found[: -(-quota // planting.each) * planting.each]
    return order[fit[order]][:quota]


def _keep(planted: Planted, plot: Plot, places: Ints) -> None:
    for name, values in vars(plot.lives).items():
        getattr(planted.lives, name)[places] = values
    for name, rows in plot.finished().items():
        planted.rows.setdefault(name, []).append(rows)
    planted.numbers[plot.rule] = np.concatenate([planted.cases_of(plot.rule), plot.lives.no])


def plant_duties(world: World, lives: Lives, tables: dict[str, pa.Table], truth: Truth) -> None:
    """Plant in the tables outside cases; ``tables`` are changed in place. No row is planted twice."""
    quota = max(LEAST + 2, world.cases // 5_000)
    taken: dict[str, set[int]] = {}
    scene = Scene(world, _first_cases(world, lives))
    for rule, table, among, do in DUTIES:
        rows = tables[table]
        fit = np.flatnonzero(among(scene, rows).to_numpy(zero_copy_only=False))
        fit = fit[~np.isin(fit, list(taken.get(table, ())))]
        places = np.sort(fit[world.dice.order(rule, fit)][:quota])
        taken.setdefault(table, set()).update(places.tolist())
        draft = Draft(rows.take(pa.array(places)), table)
        do(Patch(world, rule, draft, truth))
        tables[table] = _patched(rows, places, draft.table())


def _first_cases(world: World, lives: Lives) -> dict[str, int]:
    """The day on which each agency received its first case."""
    agency = world.guide.agency[lives.version]
    first = np.full(len(world.agencies), BEYOND, dtype=np.int64)
    np.minimum.at(first, agency, lives.received // DAY)
    return {a.code: int(first[a.place]) for a in world.agencies if first[a.place] < BEYOND}


def _patched(rows: pa.Table, places: Ints, changed: pa.Table) -> pa.Table:
    """Rows with some of them replaced, each in its place."""
    order = np.arange(rows.num_rows)
    order[places] = rows.num_rows + np.arange(len(places))
    return pa.concat_tables([rows, changed]).take(pa.array(order))
