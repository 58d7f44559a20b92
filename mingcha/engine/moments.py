"""From candidates to moments and levels: the one place where a rule's ``levels`` are decided, for all engines.

rule-catalogue, common readings: a finding names the highest level lawfully reached and whether it still stands or
when it ended; an overrun stays red after the stop; a provisional moment brings no red card; a chain starts when the
warning was issued.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingcha.engine import columns as col
from mingcha.engine.candidates import Candidates
from mingcha.engine.clock_levels import of_clock
from mingcha.engine.outcome import Moment, Outcome, Reading, episodes
from mingcha.law.calendar import Calendar
from mingcha.law.clock import Clocks, ClockSettings, reached, run
from mingcha.law.instants import MISSING, Bools, Instants, as_start
from mingcha.law.units import Unit
from mingcha.rules.levels import COLOURS


def decide(rows: pa.Table, spec: Candidates, calendar: Calendar, reading: Reading) -> Outcome:
    """Decide every candidate row of one rule."""
    outcome = of_clock(rows, spec, calendar, reading) if spec.rule.clock else _of_find(rows, spec, reading)
    _lasting(rows, spec, calendar, reading, outcome)
    mine = _ended_keep_their_episode(rows, outcome, reading.as_of)
    _chains(rows, spec, calendar, reading, outcome, mine)
    return outcome


# -- finds ----------------------------------------------------------------------------------------------------


def _of_find(rows: pa.Table, spec: Candidates, reading: Reading) -> Outcome:
    true, unknown = col.verdicts(rows)
    named, arrived = col.instants(rows, "moment"), col.instants(rows, "reported_at")
    at = np.where(named == MISSING, arrived, np.where(arrived == MISSING, named, np.maximum(named, arrived)))
    at = as_start(np.asarray(at, dtype=np.int64))
    issued = col.instants(rows, "x_moment")
    at = np.where(true & (issued != MISSING) & col.flags(rows, "x_standing"), issued, at)
    unsure = as_start(col.instants(rows, "unsure"))
    later = (unsure != MISSING) & (unsure > reading.as_of)
    unknown = (unknown & ~later) | (true & (at > reading.as_of) & (unsure != MISSING) & ~later)
    true = true & ~unknown
    cause = np.full(rows.num_rows, "", dtype=object)
    declared = col.texts(rows, "cause")
    cause[unknown] = np.where(declared[unknown] == "", "missing_value", declared[unknown])
    nothing = np.full(rows.num_rows, MISSING, dtype=np.int64)
    outcome = Outcome(
        moments={}, unknown=unknown, cause=cause, stop=nothing, ended=nothing.copy(), due=nothing.copy(),
        episode=episodes(rows),
    )  # fmt: skip
    for level in spec.levels:
        if level.kind == "at once":
            moment = Moment(np.where(true, at, MISSING), np.zeros(len(at), dtype=bool), true.copy())
            outcome.moments[level.name] = moment.by(reading.as_of)
    outcome.look = np.where(later, unsure, MISSING)
    return outcome


def _ended_keep_their_episode(rows: pa.Table, outcome: Outcome, as_of: int) -> Bools:
    """A finding that has ended is the last episode itself, open or closed; returns where the last one stands for it."""
    last = col.integers(rows, "x_episode", 0)
    over = (outcome.ended != MISSING) & (outcome.ended <= as_of + 1) & (last > 0)
    outcome.episode = np.where(over, last, outcome.episode)
    return np.asarray(over | col.flags(rows, "x_standing"))


# -- chains and endings -----------------------------------------------------------------------------------------


def _chains(
    rows: pa.Table, spec: Candidates, calendar: Calendar, reading: Reading, outcome: Outcome, mine: Bools
) -> None:
    """ "N unit after LEVEL": overrun of a second clock that starts when that level was issued (clock.md, Chains)."""
    for level in spec.levels:
        if level.kind != "after level" or level.of not in outcome.moments:
            continue
        base = outcome.moments[level.of]
        start, started = _chain_start(rows, base, reading, mine)
        n = rows.num_rows
        unit = Unit.parse(level.unit)
        clocks = Clocks(
            start=start,
            limit=np.full(n, int(level.count), dtype=np.int64),
            unit=np.full(n, int(unit), dtype=np.int8),
            layer=col.integers(rows, "layer", 0, np.int16),
            office=reading.office,
        )
        times = run(calendar, clocks, ClockSettings(), reading.as_of)
        at = np.where(started, times.overrun_at, MISSING)
        comes = reached(at, outcome.stop, times.by_date) & started & base.comes
        provisional = np.where(started, times.overrun_provisional | base.provisional, False)
        outcome.moments[level.name] = Moment(at, provisional, comes).by(reading.as_of)


def _chain_start(rows: pa.Table, base: Moment, reading: Reading, mine: Bools) -> tuple[Instants, Bools]:
    known = base.at != MISSING
    if not reading.has_issued or reading.chain_from == "lawful":
        return base.at, known
    issued = np.where(mine, col.instants(rows, "x_issued_at"), MISSING)
    early = known & (reading.live_from != MISSING) & (base.at < reading.live_from)
    started = known & ((issued != MISSING) | early)
    return np.where(issued != MISSING, issued, base.at), started


_STANDS = ("within", "stopped left", "due differs", "due after")
"""Conditions that the stop brings about or does not touch: what they find stands."""


def _lasting(
    rows: pa.Table, spec: Candidates, calendar: Calendar, reading: Reading, outcome: Outcome
) -> None:
    """``for: 12 month``: what is listed ends by itself; anything that fires stands until it is cured."""
    if spec.rule.lasts is None:
        if any(level.kind in _STANDS for level in spec.levels):
            outcome.ended = np.full(rows.num_rows, MISSING, dtype=np.int64)
        if any(level.kind == "due after" for level in spec.levels):
            outcome.due = outcome.ended.copy()
        return
    count, unit = spec.rule.lasts
    begin = next(iter(outcome.moments.values())).at
    clocks = Clocks(
        start=begin,
        limit=np.full(rows.num_rows, count, dtype=np.int64),
        unit=np.full(rows.num_rows, int(Unit.parse(unit)), dtype=np.int8),
    )
    times = run(calendar, clocks, ClockSettings(due_day_off="stays"), reading.as_of)
    outcome.ended = times.overrun_at
    outcome.due = times.due


def highest(outcome: Outcome, rows: int) -> tuple[NDArray[np.int8], Instants, Bools]:
    """(index in COLOURS of the highest level reached, when it began, whether a moment reached is provisional).

    A provisional moment is marked so and brings no red card (clock.md).
    """
    rank = np.zeros(rows, dtype=np.int8)
    since = np.full(rows, MISSING, dtype=np.int64)
    provisional = np.zeros(rows, dtype=bool)
    for name, moment in outcome.moments.items():
        counts = moment.reached
        provisional |= counts & moment.provisional
        if name not in COLOURS:
            continue
        if name == "red":
            counts = counts & ~moment.provisional
        here = COLOURS.index(name)
        higher = counts & (rank < here)
        rank[higher] = here
        since[higher] = moment.at[higher]
    return rank, since, provisional
