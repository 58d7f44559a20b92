"""The clock against the walk of walk.py: every unit, every setting, pauses of all kinds."""

from __future__ import annotations

import os
from datetime import date, datetime, time
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from walk import CALENDAR, ONE, Case, day, from_
from walk_answers import expected

from mingcha.law.clock import Cause, Clocks, ClockSettings, run
from mingcha.law.instants import MISSING, instant, moment
from mingcha.law.units import Unit


def actual(cases: list[Case], how: ClockSettings, as_of: datetime) -> list[dict[str, Any]]:
    """The same answers of the vectorised clock, all cases in one run."""
    pauses = [pause for case in cases for pause in case.pauses]
    caps = np.array([MISSING if cap is None else cap for _, _, cap in pauses], dtype=np.int64)
    clocks = Clocks(
        start=column([case.start for case in cases]),
        limit=column([case.limit for case in cases]),
        unit=np.array([-1 if case.unit is None else case.unit for case in cases], dtype=np.int8),
        stop=column([case.stop for case in cases]),
        layer=np.array([case.layer for case in cases], dtype=np.int16),
        due=column([case.due for case in cases]),
        ends_with_stop=np.array([case.ends_with_stop for case in cases]),
        pause_offsets=np.concatenate(([0], np.cumsum([len(case.pauses) for case in cases]))),
        pause_start=column([p for p, _, _ in pauses]),
        pause_end=column([r for _, r, _ in pauses]),
        pause_cap=caps,
    )
    times = run(CALENDAR, clocks, how, instant(as_of))
    columns = {
        "due": (times.due, times.due_provisional),
        "overrun": (times.overrun_at, times.overrun_provisional),
    }
    for index, n in enumerate(how.left):
        columns[f"left {n}"] = (times.left_at[index], times.left_provisional[index])
    for index, (n, unit) in enumerate(how.late):
        columns[f"late {n} {unit.text}"] = (times.late_at[index], times.late_provisional[index])
    answers = []
    for row in range(len(cases)):
        answer: dict[str, Any] = {"cause": Cause(int(times.cause[row]))}
        for name, (at, provisional) in columns.items():
            value = moment(int(at[row]))
            answer[name] = None if value is None else (value, bool(provisional[row]))
        for name in ("elapsed", "paused"):
            value = int(getattr(times, name)[row])
            answer[name] = None if value == MISSING else value
        answers.append(answer)
    return answers


def column(values: list[Any]) -> Any:
    return np.array([instant(value) for value in values], dtype=np.int64)


# -- what is tried

MOST = {Unit.MONTH: 2, Unit.HOUR: 50, Unit.MINUTE: 400, Unit.WORKING_MINUTE: 400}
STARTS = [date(2025, 9, 24), date(2026, 2, 10), date(2026, 9, 17), date(2026, 12, 14), date(2024, 2, 26)]
EDGES = [date(2036, 12, 20), date(2036, 12, 29), date(2006, 12, 26), date(2018, 12, 24), date(2027, 1, 28)]


def a_value(rng: Random, first: date, last: int, alone: bool = True) -> datetime | date:
    """A day from `first` on, mostly with a time."""
    d = first + rng.randint(0, last) * ONE
    if alone and rng.random() < 0.5:
        return d
    return datetime.combine(d, time(rng.randint(0, 23), rng.choice([0, 0, 1, 30, 59])))


def a_case(rng: Random, units: list[Unit], first: date, reach: int) -> Case:
    """A clock with all that can go wrong; pauses often touch each other or the start."""
    start, unit = a_value(rng, first, 9), rng.choice(units)
    alone = unit.in_days
    pauses: list[tuple[Any, Any, int | None]] = []
    for _ in range(rng.choice([0, 0, 1, 1, 2, 3])):
        touched = [r for _, r, _ in pauses if r is not None] + [start]
        p = rng.choice(touched) if rng.random() < 0.25 else a_value(rng, day(start) - 3 * ONE, reach, alone)
        if not alone and not isinstance(p, datetime):
            p = from_(p)
        r = None if rng.random() < 0.15 else a_value(rng, day(p), reach // 2, alone)
        pauses.append((p, r, rng.choice([None, None, None, 0, 2, 5]) if alone else None))
    stop = a_value(rng, day(start) - ONE, 2 * reach) if rng.random() < 0.6 else None
    return Case(
        start=None if rng.random() < 0.03 else start,
        limit=rng.choice([None, -1]) if rng.random() < 0.04 else rng.randint(0, MOST.get(unit, 12)),
        unit=None if rng.random() < 0.05 else unit,
        stop=stop,
        pauses=pauses,
        due=a_value(rng, day(start) - 3 * ONE, reach) if rng.random() < 0.12 else None,
        ends_with_stop=rng.random() < 0.5 and (alone or isinstance(stop, datetime)),
        layer=rng.choice([0, 0, 0, 1, 2]),
    )


def known_by(case: Case, as_of: datetime) -> Case:
    """Facts later than as_of are absent; a given due moment is planned and stays."""
    if case.start is not None and from_(case.start) > as_of:
        case.start = None
    if case.stop is not None and from_(case.stop) > as_of:
        case.stop = None
    begun = [pause for pause in case.pauses if from_(pause[0]) <= as_of]
    case.pauses = [(p, None if r is not None and from_(r) > as_of else r, cap) for p, r, cap in begun]
    return case


hows = st.builds(
    ClockSettings,
    left=st.sampled_from([(), (2,), (1, 3)]),
    late=st.sampled_from([(), ((1, Unit.WORKING_DAY), (2, Unit.WORKING_DAY)), ((2, Unit.NATURAL_DAY),)]),
    overrun=st.sampled_from(["date", "working_days"]),
    grain=st.sampled_from(["day", "day", "worktime"]),
    count_today=st.booleans(),
    due_day_off=st.sampled_from(["moves", "stays"]),
    early_stop=st.sampled_from(["undetermined", "in_time"]),
    short_promise=st.sampled_from(["at_once", "at_once", "silent"]),
)
DEPTH = int(os.environ.get("MINGCHA_TEST_DEPTH", "1"))
"""How many times as many examples: 20 at night."""
CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
DAYS = [Unit.WORKING_DAY, Unit.WORKING_DAY, Unit.NATURAL_DAY, Unit.MONTH]
TIMES = [Unit.HOUR, Unit.MINUTE, Unit.WORKING_HOUR, Unit.WORKING_MINUTE]


def agree(
    seed: int, count: int, units: list[Unit], first: list[date], reach: int, how: ClockSettings
) -> None:
    """Many cases around one day, all in one run, against the walk of each."""
    rng = Random(seed)  # noqa: S311
    begin = rng.choice(first)
    as_of = datetime.combine(begin + rng.randint(0, 3 * reach) * ONE, time(15, 30))
    held = [known_by(a_case(rng, units, begin, reach), as_of) for _ in range(count)]
    for case, answer in zip(held, actual(held, how, as_of), strict=True):
        assert answer == expected(case, how, as_of), (case, how, as_of)


seeds = st.integers(0, 2**32)


@settings(max_examples=80 * DEPTH, deadline=None, suppress_health_check=CHECKS)
@given(seeds, hows)
def test_days_agree_with_a_walk_day_by_day(seed: int, how: ClockSettings) -> None:
    agree(seed, 60, DAYS, STARTS, 24, how)


@settings(max_examples=40 * DEPTH, deadline=None, suppress_health_check=CHECKS)
@given(seeds, hows)
def test_days_agree_with_a_walk_where_the_calendar_begins_and_ends(seed: int, how: ClockSettings) -> None:
    agree(seed, 60, DAYS, EDGES, 24, how)


@settings(max_examples=40 * DEPTH, deadline=None, suppress_health_check=CHECKS)
@given(seeds, hows)
def test_hours_and_minutes_agree_with_a_walk_minute_by_minute(seed: int, how: ClockSettings) -> None:
    agree(seed, 20, TIMES, STARTS + EDGES, 5, ClockSettings(**{**vars(how), "late": (), "grain": "day"}))


AS_OF = datetime(2026, 11, 20, 12)  # noqa: DTZ001


def a_mixture(count: int) -> list[Case]:
    """Clocks of every unit, with and without pauses."""
    first = date(2026, 9, 22)
    pauses = [[(first - (k % 3) * ONE, first + 7 * ONE, None)] * (k % 4) for k in range(count)]
    return [Case(date(2026, 9, 18), k % 15, Unit(k % 7), pauses=pauses[k]) for k in range(count)]


def test_one_clock_alone_and_the_same_clock_among_many_give_the_same() -> None:
    held, how = a_mixture(60), ClockSettings(left=(2,), late=((1, Unit.WORKING_DAY),))
    assert [actual([case], how, AS_OF)[0] for case in held] == actual(held, how, AS_OF)


@pytest.mark.parametrize("chunk", [1, 2, 7])
def test_the_size_of_chunks_changes_nothing(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    held, how = a_mixture(40), ClockSettings(left=(2,))
    whole = actual(held, how, AS_OF)
    monkeypatch.setattr("mingcha.law.clock.CHUNK", chunk)
    assert actual(held, how, AS_OF) == whole
