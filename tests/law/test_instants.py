"""Instants: whole seconds of local time, dates alone, and order between them."""

# ruff: noqa: DTZ001 local wall time is naive by decision

from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.law.instants import (
    DAY,
    MISSING,
    as_start,
    as_stop,
    at_day,
    before,
    date_of,
    day_number,
    day_of,
    instant,
    is_date_alone,
    is_missing,
    iso,
    moment,
)
from mingcha.law.units import MINUTES, Unit

FIRST, LAST = datetime(1900, 1, 1), datetime(2099, 12, 31)
seconds = st.datetimes(FIRST, LAST).map(lambda value: value.replace(microsecond=0))
values = st.one_of(seconds, st.dates(FIRST.date(), LAST.date()))


def column(*held: object) -> np.ndarray:
    return np.array([instant(value) for value in held], dtype=np.int64)  # type: ignore[arg-type]


@given(values)
def test_a_value_comes_back_as_it_was(value: datetime | date) -> None:
    assert moment(instant(value)) == value
    assert type(moment(instant(value))) is type(value)


@given(values)
def test_the_day_of_a_value_is_its_date(value: datetime | date) -> None:
    day = value.date() if isinstance(value, datetime) else value
    held = column(value)
    assert day_of(held).tolist() == [day_number(day)]
    assert date_of(day_number(day)) == day
    assert at_day(day_of(held)).tolist() == [instant(datetime(day.year, day.month, day.day))]
    assert is_date_alone(held).tolist() == [not isinstance(value, datetime)]


@given(st.lists(values, min_size=1))
def test_iso_is_local_without_offset(held: list[datetime | date]) -> None:
    assert iso(column(*held)).tolist() == [value.isoformat() for value in held]


def test_a_date_alone_is_midnight_as_a_start_and_the_last_second_as_a_stop() -> None:
    day, noon = date(2026, 9, 18), datetime(2026, 9, 18, 12)
    assert as_start(column(day, noon)).tolist() == column(datetime(2026, 9, 18), noon).tolist()
    assert as_stop(column(day, noon)).tolist() == column(datetime(2026, 9, 18, 23, 59, 59), noon).tolist()


def test_missing_stays_missing() -> None:
    held = column(None, date(2026, 9, 18))
    assert is_missing(held).tolist() == [True, False]
    assert iso(held).tolist() == [None, "2026-09-18"]
    assert moment(MISSING) is None
    assert not is_date_alone(held)[0]
    assert as_start(held)[0] == as_stop(held)[0] == MISSING


@pytest.mark.parametrize(
    ("a", "b", "earlier"),
    [
        (datetime(2026, 9, 18, 9), datetime(2026, 9, 18, 10), True),
        (datetime(2026, 9, 18, 10), datetime(2026, 9, 18, 9), False),
        (date(2026, 9, 18), datetime(2026, 9, 18, 9), False),
        (datetime(2026, 9, 18, 9), date(2026, 9, 18), False),
        (datetime(2026, 9, 17, 23), date(2026, 9, 18), True),
        (date(2026, 9, 17), date(2026, 9, 18), True),
        (None, date(2026, 9, 18), False),
        (date(2026, 9, 18), None, False),
    ],
)
def test_order_against_a_date_alone_is_judged_by_day(a: object, b: object, earlier: bool) -> None:
    assert before(column(a), column(b)).tolist() == [earlier]
    mixed = before(column(a, date(2026, 1, 1)), column(b, date(2026, 1, 2)))
    assert mixed.tolist() == [earlier, True]


def test_fractions_of_a_second_are_cut_and_offsets_refused() -> None:
    assert instant(datetime(2026, 9, 18, 9, 30, 0, 999_999)) == instant(datetime(2026, 9, 18, 9, 30))
    with pytest.raises(ValueError, match="带有时区"):
        instant(datetime(2026, 9, 18, tzinfo=UTC))
    assert instant(5 * DAY) == 5 * DAY


def test_units_have_names_for_files_and_for_people() -> None:
    assert [Unit.parse(unit.text) for unit in Unit] == list(Unit)
    assert all(unit.label for unit in Unit)
    assert {unit for unit in Unit if unit.in_days} == {Unit.WORKING_DAY, Unit.NATURAL_DAY, Unit.MONTH}
    assert set(MINUTES) == {unit for unit in Unit if not unit.in_days}
    with pytest.raises(ValueError, match="没有时限单位“week”;可用:working_day"):
        Unit.parse("week")
