"""From candidates to moments and levels: the one place where a rule's ``levels`` are decided, for both engines.

rule-catalogue, common readings: a finding names the highest level lawfully reached and whether it still stands or
when it ended; an overrun stays red after the stop; a provisional moment brings no red card; a chain starts when the
warning was issued.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mingcha.engine import columns as col
from mingcha.engine.candidates import Candidates
from mingcha.law.calendar import STRIDE, Calendar
from mingcha.law.clock import Cause, Clocks, ClockSettings, Times, reached, run
from mingcha.law.instants import MISSING, Bools, Instants, as_start, day_of
from mingcha.law.office import DEFAULT_OFFICE, OfficeHours
from mingcha.law.units import Unit
from mingcha.rules.levels import COLOURS, Level

CAUSES = {
    Cause.NO_START: "missing_start",
    Cause.NO_LIMIT: "missing_limit",
    Cause.NO_UNIT: "missing_unit",
    Cause.STOP_BEFORE_START: "stop_before_start",
    Cause.PAUSE_ENDS_BEFORE_START: "pause_ends_before_start",
    Cause.OPEN_PAUSE_AT_STOP: "open_pause_at_stop",
    Cause.NO_CALENDAR: "missing_calendar",
}


@dataclass(frozen=True)
class Reading:
    """How the run reads the law where it leaves a choice: the chains, the hours of halls."""

    as_of: int
    chain_from: str = "issued"
    live_from: int = MISSING
    has_issued: bool = False
    office: tuple[OfficeHours, ...] = (DEFAULT_OFFICE,)


@dataclass
class Moment:
    """When a level begins: instants, whether that moment is provisional, where it comes, where it has by as_of."""

    at: Instants
    provisional: Bools
    comes: Bools
    reached: Bools = field(default_factory=lambda: np.empty(0, dtype=bool))

    def by(self, as_of: int) -> Moment:
        """The same, with what is reached by ``as_of``."""
        self.reached = self.comes & (self.at <= as_of)
        return self


@dataclass
class Outcome:
    """What is decided of each candidate row. ``look``: further moments at which to look again."""

    moments: dict[str, Moment]
    unknown: Bools
    cause: NDArray[np.object_]
    stop: Instants
    ended: Instants
    due: Instants
    episode: NDArray[np.int64]
    times: Times | None = None
    clocks: Clocks | None = None
    pauses: tuple[NDArray[np.int64], Instants, Instants, pa.Array] | None = None
    look: Instants | None = None


def decide(rows: pa.Table, spec: Candidates, calendar: Calendar, reading: Reading) -> Outcome:
    """Decide every candidate row of one rule."""
    outcome = _of_clock(rows, spec, calendar, reading) if spec.rule.clock else _of_find(rows, spec, reading)
    _lasting(rows, spec, calendar, reading, outcome)
    mine = _ended_keep_their_episode(rows, outcome, reading.as_of)
    _chains(rows, spec, calendar, reading, outcome, mine)
    return outcome


# -- clocks ---------------------------------------------------------------------------------------------------


def _of_clock(rows: pa.Table, spec: Candidates, calendar: Calendar, reading: Reading) -> Outcome:
    clock = spec.rule.clock
    assert clock is not None
    settings = clock_settings(spec)
    pauses = col.pause_columns(rows)
    clocks = _clocks(rows, spec, reading, pauses)
    assert clocks.stop is not None
    if clock.extension_to:
        _extend(rows, clocks, calendar, settings, reading.as_of)
    times = run(calendar, clocks, settings, reading.as_of)
    _, unknown = col.verdicts(rows)
    cause = _causes(rows, times, clock.early_stop == "in_time")
    if clock.against_unit:
        _against_missing(rows, cause)
    bad = cause != ""
    if clock.pauses:
        _clear_what_no_pause_could_change(rows, spec, clocks, calendar, settings, reading, cause, bad)
    outcome = Outcome(
        moments={}, unknown=bad, cause=cause, stop=clocks.stop, ended=clocks.stop, due=times.due,
        episode=_episodes(rows), times=times, clocks=clocks, pauses=pauses,
    )  # fmt: skip
    for level in spec.levels:
        moment = _clock_moment(level, rows, settings, times, clocks, calendar, reading)
        if moment is not None:
            moment.comes &= ~bad & (moment.at != MISSING)
            outcome.moments[level.name] = moment.by(reading.as_of)
    _population_unknown(rows, outcome, unknown & ~bad, reading.as_of)
    return outcome


def _clear_what_no_pause_could_change(
    rows: pa.Table,
    spec: Candidates,
    clocks: Clocks,
    calendar: Calendar,
    settings: ClockSettings,
    reading: Reading,
    cause: NDArray[np.object_],
    bad: Bools,
) -> None:
    """Three-valued: a stopped clock that comes to no level even without its doubtful pauses is compliant."""
    assert clocks.stop is not None
    doubtful = (clocks.stop != MISSING) & np.isin(cause, ("open_pause_at_stop", "pause_ends_before_start"))
    asks_for_the_due_day = any(level.kind.startswith("due ") for level in spec.levels)
    if asks_for_the_due_day or not doubtful.any():
        return
    plain = replace(
        clocks, pause_offsets=None, pause_start=clocks.pause_start[:0], pause_end=clocks.pause_end[:0]
    )
    times = run(calendar, plain, settings, reading.as_of)
    some = np.zeros(rows.num_rows, dtype=bool)
    for level in spec.levels:
        moment = _clock_moment(level, rows, settings, times, plain, calendar, reading)
        if moment is not None:
            some |= moment.by(reading.as_of).reached
    cleared = doubtful & ~some & (times.cause == int(Cause.OK))
    cause[cleared] = ""
    bad[cleared] = False


def _population_unknown(rows: pa.Table, outcome: Outcome, unknown: Bools, as_of: int) -> None:
    """Whether the rule applies is unknown: undetermined once the clock would have reached a level, silent before."""
    reached_any = np.zeros(rows.num_rows, dtype=bool)
    for moment in outcome.moments.values():
        reached_any |= moment.reached
        moment.reached &= ~unknown
        moment.comes &= ~(unknown & (moment.at <= as_of))
    open_question = unknown & reached_any
    declared = _texts(rows, "cause")
    outcome.cause[open_question] = np.where(
        declared[open_question] == "", "missing_value", declared[open_question]
    )
    outcome.unknown = outcome.unknown | open_question


def _against_missing(rows: pa.Table, cause: NDArray[np.object_]) -> None:
    """A limit that there is nothing to hold against."""
    limit, unit = (
        col.integers(rows, "against_limit", MISSING),
        col.integers(rows, "against_unit", -1, np.int8),
    )
    cause[(cause == "") & (limit == MISSING)] = "missing_limit"
    cause[(cause == "") & (unit < 0)] = "missing_unit"


def clock_settings(spec: Candidates) -> ClockSettings:
    """The settings of a rule's clock, with the thresholds its levels ask for."""
    clock = spec.rule.clock
    assert clock is not None
    left = tuple(int(level.count) for level in spec.levels if level.kind in ("left", "stopped left"))
    late = tuple(
        (int(level.count), Unit.parse(level.unit))
        for level in spec.levels
        if level.kind == "overrun" and level.count
    )
    return ClockSettings(
        left=left,
        late=late,
        overrun=clock.overrun,  # type: ignore[arg-type]
        grain=clock.grain,  # type: ignore[arg-type]
        count_today=clock.count_today,
        due_day_off=clock.due_day_off,  # type: ignore[arg-type]
        early_stop=clock.early_stop,  # type: ignore[arg-type]
        short_promise=clock.short_promise,  # type: ignore[arg-type]
    )


def _clocks(
    rows: pa.Table,
    spec: Candidates,
    reading: Reading,
    pauses: tuple[NDArray[np.int64], Instants, Instants, pa.Array] | None,
) -> Clocks:
    clocks = Clocks(
        start=col.instants(rows, "start"),
        limit=col.integers(rows, "limit_", MISSING),
        unit=col.integers(rows, "unit_", -1, np.int8),
        stop=col.instants(rows, "stop"),
        layer=col.integers(rows, "layer", 0, np.int16),
        due=col.instants(rows, "due") if "due" in rows.column_names else None,
        ends_with_stop=col.flags(rows, "ends") if "ends" in rows.column_names else None,
        office=reading.office,
    )
    if "hours" in rows.column_names:
        clocks.hours = col.integers(rows, "hours", 0, np.int16)
    if pauses is not None:
        clocks.pause_offsets, clocks.pause_start, clocks.pause_end = pauses[:3]
    return clocks


def _extend(rows: pa.Table, clocks: Clocks, calendar: Calendar, settings: ClockSettings, as_of: int) -> None:
    """The due day becomes the extended one where that is later and was filed not after the day due without it."""
    plain = run(calendar, clocks, settings, as_of)
    filed, extended = col.instants(rows, "extension_filed"), col.instants(rows, "extension_to")
    in_time = (
        (filed != MISSING)
        & (extended != MISSING)
        & (day_of(filed) <= day_of(plain.due))
        & (plain.due != MISSING)
        & (day_of(extended) > day_of(plain.due))
    )
    clocks.due = np.where(in_time, extended, MISSING if clocks.due is None else clocks.due)


def _causes(rows: pa.Table, times: Times, early_is_in_time: bool) -> NDArray[np.object_]:
    """Why a row is undetermined, "" where it is not; an item that cannot be told goes before what follows from it."""
    declared = _texts(rows, "cause")
    cause = np.full(rows.num_rows, "", dtype=object)
    for code, name in CAUSES.items():
        here = times.cause == int(code)
        if code == Cause.NO_START and early_is_in_time:
            continue
        if code in (Cause.NO_LIMIT, Cause.NO_UNIT):
            item = here & (declared != "missing_value") & (declared != "")
            cause[item] = declared[item]
            here &= ~item
        cause[here] = name
    return cause


def _texts(rows: pa.Table, name: str) -> NDArray[np.object_]:
    if name not in rows.column_names:
        return np.full(rows.num_rows, "", dtype=object)
    values = pc.dictionary_encode(pc.fill_null(col.combined(rows, name).cast(pa.string()), ""))
    names = np.array(values.dictionary.to_pylist() or [""], dtype=object)
    return np.asarray(names[values.indices.to_numpy(zero_copy_only=False)])


def _clock_moment(
    level: Level,
    rows: pa.Table,
    settings: ClockSettings,
    times: Times,
    clocks: Clocks,
    calendar: Calendar,
    reading: Reading,
) -> Moment | None:
    assert clocks.stop is not None
    if level.kind == "left":
        place = settings.left.index(int(level.count))
        at = times.left_at[place]
        return Moment(at, times.left_provisional[place], reached(at, clocks.stop))
    if level.kind == "overrun" and not level.count:
        at = times.overrun_at
        return Moment(at, times.overrun_provisional, reached(at, clocks.stop, times.by_date))
    if level.kind == "overrun":
        place = settings.late.index((int(level.count), Unit.parse(level.unit)))
        at = times.late_at[place]
        by_date = times.by_date & Unit.parse(level.unit).in_days
        return Moment(at, times.late_provisional[place], reached(at, clocks.stop, by_date))
    if level.kind == "stopped left":
        place = settings.left.index(int(level.count))
        near = (clocks.stop != MISSING) & reached(times.left_at[place], clocks.stop)
        near &= (times.overrun_at != MISSING) & ~reached(times.overrun_at, clocks.stop, times.by_date)
        return _where(near, as_start(clocks.stop), _provisional_stop(calendar, clocks, settings))
    if level.kind == "within":
        within = (clocks.stop != MISSING) & (times.overrun_at != MISSING)
        within &= ~reached(times.overrun_at, clocks.stop, times.by_date)
        return _where(within, as_start(clocks.stop), _provisional_stop(calendar, clocks, settings))
    if level.kind == "due differs":
        given = col.instants(rows, "differs")
        differs = (given != MISSING) & (times.due != MISSING) & (day_of(given) != day_of(times.due))
        return _where(differs, _moment_or_start(rows, clocks), times.due_provisional)
    if level.kind == "due after":
        later = _later_than_against(rows, clocks, settings, times, calendar, reading.as_of)
        return _where(later, _moment_or_start(rows, clocks), times.due_provisional)
    return None


def _provisional_stop(calendar: Calendar, clocks: Clocks, settings: ClockSettings) -> Bools:
    """Where a provisional day lies between the start and the stop of a limit that asks the calendar."""
    assert clocks.stop is not None
    asks = np.isin(clocks.unit, [int(unit) for unit in _BY_CALENDAR])
    if settings.due_day_off == "moves":
        asks |= np.isin(clocks.unit, [int(Unit.NATURAL_DAY), int(Unit.MONTH)])
    known = asks & (clocks.start != MISSING) & (clocks.stop != MISSING)
    layer = np.broadcast_to(np.asarray(clocks.layer, dtype=np.int64), len(clocks)) * STRIDE
    first = np.clip(day_of(np.where(known, clocks.start, 0)), 1, STRIDE - 1) - 1
    last = np.clip(day_of(np.where(known, clocks.stop, 0)), 0, STRIDE - 1)
    counted = calendar.tables.provisional
    return np.asarray(known & (counted[layer + last] > counted[layer + first]))


_BY_CALENDAR = (Unit.WORKING_DAY, Unit.WORKING_HOUR, Unit.WORKING_MINUTE)
"""Units that are counted on working days."""


def _where(fires: Bools, at: Instants, provisional: Bools) -> Moment:
    return Moment(np.where(fires, at, MISSING), provisional, fires.copy())


def _moment_or_start(rows: pa.Table, clocks: Clocks) -> Instants:
    """The moment the rule names, else the start of the clock."""
    named = col.instants(rows, "moment")
    return as_start(np.where(named == MISSING, clocks.start, named))


def _later_than_against(
    rows: pa.Table, clocks: Clocks, settings: ClockSettings, times: Times, calendar: Calendar, as_of: int
) -> Bools:
    """Limits of one unit are compared as they are; others by the due days they give from the same start."""
    limit, unit = (
        col.integers(rows, "against_limit", MISSING),
        col.integers(rows, "against_unit", -1, np.int8),
    )
    other = run(
        calendar, Clocks(start=clocks.start, limit=limit, unit=unit, layer=clocks.layer), settings, as_of
    )
    known = (clocks.limit != MISSING) & (limit != MISSING)
    same = (unit == clocks.unit) & (unit >= 0)
    later = (times.due != MISSING) & (other.due != MISSING) & (times.due > other.due)
    return np.asarray(known & np.where(same, clocks.limit > limit, later))


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
    declared = _texts(rows, "cause")
    cause[unknown] = np.where(declared[unknown] == "", "missing_value", declared[unknown])
    nothing = np.full(rows.num_rows, MISSING, dtype=np.int64)
    outcome = Outcome(
        moments={}, unknown=unknown, cause=cause, stop=nothing, ended=nothing.copy(), due=nothing.copy(),
        episode=_episodes(rows),
    )  # fmt: skip
    for level in spec.levels:
        if level.kind == "at once":
            moment = Moment(np.where(true, at, MISSING), np.zeros(len(at), dtype=bool), true.copy())
            outcome.moments[level.name] = moment.by(reading.as_of)
    outcome.look = np.where(later, unsure, MISSING)
    return outcome


def _episodes(rows: pa.Table) -> NDArray[np.int64]:
    """The open episode of an issued signal, else one more than the last closed one, else the first."""
    last = col.integers(rows, "x_episode", 0)
    return np.where(col.flags(rows, "x_standing"), last, last + 1)


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
