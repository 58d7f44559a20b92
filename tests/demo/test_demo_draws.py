"""Draws and day counts of the demo city: the same whatever the order, and right by a plain walk."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.demo.days import MONTH, NATURAL, WORKING, WorkDays
from mingcha.demo.dice import Dice
from mingcha.law.instants import DAY, HOUR, MINUTE, day_number
from mingcha.law.load import load_calendar

DAYS = WorkDays.of(load_calendar())
START = st.integers(day_number(date(2024, 11, 1)), day_number(date(2026, 8, 31)))


def test_a_draw_does_not_depend_on_the_rows_drawn_with_it() -> None:
    dice, rows = Dice(5), np.arange(1000)
    together = dice.below("x", rows, 97)
    backwards = dice.below("x", rows[::-1], 97)[::-1]
    alone = dice.below("x", rows[400:401], 97)
    assert (together == backwards).all()
    assert together[400] == alone[0]


def test_draws_are_pinned_for_all_time() -> None:
    assert Dice(1).below("pinned", np.arange(6), 1_000_000).tolist() == [
        712231, 935381, 892706, 392939, 58722, 818625,
    ]  # fmt: skip


def test_draws_of_another_seed_or_name_differ() -> None:
    rows = np.arange(1000)
    drawn = [Dice(1).roll("a", rows), Dice(2).roll("a", rows), Dice(1).roll("b", rows)]
    assert not any((x == y).any() for x, y in ((drawn[0], drawn[1]), (drawn[0], drawn[2])))


def test_choices_come_as_often_as_their_weights_say() -> None:
    chosen = Counter(Dice(3).choose("w", np.arange(100_000), (70, 0, 30)).tolist())
    assert set(chosen) == {0, 2}
    assert abs(chosen[0] - 70_000) < 600


@settings(deadline=None)
@given(count=st.integers(1, 5000), chunk=st.integers(64, 700), seed=st.integers(0, 9))
def test_shuffling_gives_every_number_once(count: int, chunk: int, seed: int) -> None:
    drawn = np.concatenate(list(Dice(seed).shuffled("order", count, chunk)))
    assert sorted(drawn.tolist()) == list(range(count))


def test_shuffled_numbers_are_not_in_order() -> None:
    drawn = np.concatenate(list(Dice(1).shuffled("order", 10_000, 512)))
    assert abs(np.corrcoef(drawn, np.arange(10_000))[0, 1]) < 0.05
    assert (np.diff(drawn) == 1).sum() < 20


def walk(start: int, limit: int) -> int:
    """The due day of a limit in working days, one day at a time."""
    day, used = start, 0
    while used < limit or not DAYS.working[day]:
        day += 1
        used += bool(DAYS.working[day])
    return day


@given(start=START, limit=st.integers(0, 60))
def test_a_limit_in_working_days_is_due_where_a_walk_ends(start: int, limit: int) -> None:
    due = DAYS.due(np.array([start]), np.array([limit]), np.array([WORKING]))
    assert due[0] == walk(start, limit)


@given(start=START, limit=st.integers(0, 90))
def test_a_limit_in_natural_days_moves_to_a_working_day(start: int, limit: int) -> None:
    day = start + limit
    while not DAYS.working[day]:
        day += 1
    assert DAYS.due(np.array([start]), np.array([limit]), np.array([NATURAL]))[0] == day


@pytest.mark.parametrize(
    ("start", "months", "due"),
    [
        (date(2026, 1, 30), 1, date(2026, 2, 28)),  # the last day of February, a make-up Saturday
        (date(2025, 8, 31), 1, date(2025, 9, 30)),
        (date(2026, 3, 10), 2, date(2026, 5, 11)),  # 10 May is a Sunday
    ],
)
def test_a_limit_in_months_ends_on_the_same_day_or_the_last(start: date, months: int, due: date) -> None:
    found = DAYS.due(np.array([day_number(start)]), np.array([months]), np.array([MONTH]))
    assert date(1970, 1, 1) + timedelta(days=int(found[0])) == due


@settings(deadline=None)
@given(start=START, minute=st.integers(0, 24 * 60 - 1), hours=st.integers(1, 40))
def test_office_hours_end_where_a_walk_by_minutes_ends(start: int, minute: int, hours: int) -> None:
    found = DAYS.office_due(np.array([start * DAY + minute * MINUTE]), np.array([hours]))[0]
    day, now, left = start, minute, hours * 60
    while left:
        if now == 24 * 60:
            day, now = day + 1, 0
        opens = DAYS.working[day] and (9 * 60 <= now < 12 * 60 or 13 * 60 <= now < 17 * 60)
        left -= bool(opens)
        now += 1
    assert found == day * DAY + now * MINUTE
    assert found % HOUR % MINUTE == 0
