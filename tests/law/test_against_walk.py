"""The clock against the walk of walk.py: every unit, every setting, pauses of all kinds."""

from __future__ import annotations

import os
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from walk import CALENDAR, ONE, Case, day, expected, from_

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
EDGES = [date(2036, 12, 20), date(2006, 12, 26), date(2018, 12, 24), date(2027, 1, 28)]


@st.composite
def values(draw: st.DrawFn, first: date, last: int, alone: bool = True) -> datetime | date:
    d = first + timedelta(days=draw(st.integers(0, last)))
    if alone and draw(st.booleans()):
        return d
    return datetime.combine(d, time(draw(st.integers(0, 23)), draw(st.sampled_from([0, 0, 1, 30, 59]))))


@st.composite
def cases(draw: st.DrawFn, units: list[Unit], first: list[date], reach: int) -> Case:
    start = draw(values(draw(st.sampled_from(first)), 9))
    unit = draw(st.sampled_from(units))
    alone = unit.in_days
    pauses = []
    for _ in range(draw(st.integers(0, 3))):
        p = draw(values(day(start) - 2 * ONE, reach, alone))
        r = None if draw(st.integers(0, 5)) == 0 else draw(values(day(p), reach // 2, alone))
        cap = draw(st.sampled_from([None, None, None, 0, 2, 5])) if unit.in_days else None
        pauses.append((p, r, cap))
    stop = draw(st.one_of(st.none(), values(day(start) - ONE, 2 * reach)))
    return Case(
        start=draw(st.sampled_from([start] * 9 + [None])),
        limit=draw(st.one_of([st.integers(0, MOST.get(unit, 12))] * 5 + [st.sampled_from([None, -1])])),
        unit=draw(st.sampled_from([unit] * 9 + [None])),
        stop=stop,
        pauses=pauses,
        due=draw(
            st.one_of(
                st.none(),
                st.none(),
                st.none(),
                values(day(start) - 3 * ONE, reach),
            )
        ),
        ends_with_stop=draw(st.booleans()) and (alone or isinstance(stop, datetime)),
        layer=draw(st.sampled_from([0, 0, 0, 1, 2])),
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


def agree(held: list[Case], how: ClockSettings, as_of: datetime) -> None:
    held = [known_by(case, as_of) for case in held]
    for case, answer in zip(held, actual(held, how, as_of), strict=True):
        assert answer == expected(case, how, as_of), (case, how, as_of)


@settings(max_examples=250 * DEPTH, deadline=None, suppress_health_check=CHECKS)
@given(st.lists(cases(DAYS, STARTS, 24), min_size=1, max_size=6), hows, st.integers(0, 60))
def test_days_agree_with_a_walk_day_by_day(held: list[Case], how: ClockSettings, later: int) -> None:
    starts = [day(case.start) for case in held if case.start] or [STARTS[0]]
    agree(held, how, datetime.combine(max(starts) + later * ONE, time(15, 30)))


@settings(max_examples=120 * DEPTH, deadline=None, suppress_health_check=CHECKS)
@given(st.lists(cases(DAYS, EDGES, 24), min_size=1, max_size=4), hows, st.integers(0, 60))
def test_days_agree_with_a_walk_where_the_calendar_begins_and_ends(
    held: list[Case], how: ClockSettings, later: int
) -> None:
    starts = [day(case.start) for case in held if case.start] or [EDGES[0]]
    agree(held, how, datetime.combine(max(starts) + later * ONE, time(15, 30)))


@settings(max_examples=60 * DEPTH, deadline=None, suppress_health_check=CHECKS)
@given(st.lists(cases(TIMES, STARTS + EDGES, 5), min_size=1, max_size=3), hows, st.integers(0, 9))
def test_hours_and_minutes_agree_with_a_walk_minute_by_minute(
    held: list[Case], how: ClockSettings, later: int
) -> None:
    how = ClockSettings(**{**vars(how), "late": (), "grain": "day"})
    starts = [day(case.start) for case in held if case.start] or [STARTS[0]]
    agree(held, how, datetime.combine(max(starts) + later * ONE, time(15, 30)))


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
