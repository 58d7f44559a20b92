"""The levels of a clock: what the clock of the law answers, turned into the moments of a rule's levels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingcha.engine import columns as col
from mingcha.engine.candidates import Candidates
from mingcha.engine.outcome import Moment, Outcome, Reading, episodes
from mingcha.law.calendar import STRIDE, Calendar
from mingcha.law.clock import Cause, Clocks, ClockSettings, Times, reached, run
from mingcha.law.instants import MISSING, Bools, Instants, as_start, day_of
from mingcha.law.units import Unit
from mingcha.rules.levels import Level

CAUSES = {
    Cause.NO_START: "missing_start",
    Cause.NO_LIMIT: "missing_limit",
    Cause.NO_UNIT: "missing_unit",
    Cause.STOP_BEFORE_START: "stop_before_start",
    Cause.PAUSE_ENDS_BEFORE_START: "pause_ends_before_start",
    Cause.OPEN_PAUSE_AT_STOP: "open_pause_at_stop",
    Cause.NO_CALENDAR: "missing_calendar",
}


def of_clock(rows: pa.Table, spec: Candidates, calendar: Calendar, reading: Reading) -> Outcome:
    """Decide the rows of a rule that is a clock."""
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
        episode=episodes(rows), times=times, clocks=clocks, pauses=pauses,
    )  # fmt: skip
    for level in spec.levels:
        moment = _clock_moment(level, rows, settings, times, clocks, calendar, reading)
        if moment is not None:
            moment.comes &= ~bad & (moment.at != MISSING)
            outcome.moments[level.name] = moment.by(reading.as_of)
    declared = col.texts(rows, "cause")
    _open_question(
        outcome, unknown & ~bad, np.where(declared == "", "missing_value", declared), reading.as_of
    )
    doubtful = col.doubtful_pauses(rows) & ~outcome.unknown
    _open_question(outcome, doubtful, np.full(rows.num_rows, "missing_guide", dtype=object), reading.as_of)
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


def _open_question(outcome: Outcome, unknown: Bools, why: NDArray[np.object_], as_of: int) -> None:
    """Whether the rule applies, or whether a pause stands, is unknown: undetermined once the clock would have reached
    a level, silent before."""
    reached_any = np.zeros(len(unknown), dtype=bool)
    for moment in outcome.moments.values():
        reached_any |= moment.reached
        moment.reached &= ~unknown
        moment.comes &= ~(unknown & (moment.at <= as_of))
    open_question = unknown & reached_any
    outcome.cause[open_question] = why[open_question]
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
    declared = col.texts(rows, "cause")
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
