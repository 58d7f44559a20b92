"""The clock under every setting, and when its levels begin."""

from __future__ import annotations

import pickle
from datetime import date, datetime
from typing import Any

import numpy as np
import pytest
from one_clock import ask, at

from mingcha.law.clock import Cause, ClockSettings, reached
from mingcha.law.instants import MISSING, instant
from mingcha.law.office import OfficeHours
from mingcha.law.units import Unit


def test_today_may_be_counted_among_the_days_left() -> None:
    assert ask("2026-02-13", 5).warnings[2] == datetime(2026, 2, 25)
    assert ask("2026-02-13", 5, settings={"count_today": True}).warnings[2] == datetime(2026, 2, 26)


def test_overrun_may_wait_for_the_next_counted_day() -> None:
    friday = "2026-11-13"
    assert ask("2026-11-09", 4).due == at(friday)
    assert ask("2026-11-09", 4).overrun == datetime(2026, 11, 14)
    assert ask("2026-11-09", 4, settings={"overrun": "working_days"}).overrun == datetime(2026, 11, 16)


def test_the_due_day_may_end_at_closing_time() -> None:
    sheet = ask("2026-11-09", 4, settings={"grain": "worktime"})
    assert sheet.due == sheet.overrun == datetime(2026, 11, 13, 17)
    hall = OfficeHours.of([(day, 540, 690) for day in range(1, 6)])
    assert ask("2026-11-09", 4, settings={"grain": "worktime"}, office=hall).due == datetime(
        2026, 11, 13, 11, 30
    )


@pytest.mark.parametrize("limit", [1, 2])
def test_a_short_promise_warns_at_once_or_stays_silent(limit: int) -> None:
    assert ask("2026-11-09T10:30", limit).warnings[2] == datetime(2026, 11, 9, 10, 30)
    assert ask("2026-11-09T10:30", limit, settings={"short_promise": "silent"}).warnings[2] is None


def test_a_limit_of_nothing_never_warns_and_one_of_three_warns_on_the_next_day() -> None:
    assert ask("2026-11-09", 0).warnings[2] is None
    assert ask("2026-11-09", 3).warnings[2] == datetime(2026, 11, 10)


def test_an_early_stop_is_undetermined_unless_it_is_in_time() -> None:
    assert ask("2026-11-09", 3, stop="2026-11-06").cause == Cause.STOP_BEFORE_START
    sheet = ask("2026-11-09", 3, stop="2026-11-06", settings={"early_stop": "in_time"})
    assert (sheet.cause, sheet.due, sheet.elapsed) == (Cause.OK, date(2026, 11, 12), 0)


def test_lateness_is_told_in_units_after_the_due_day() -> None:
    late = (
        (1, Unit.WORKING_DAY),
        (2, Unit.WORKING_DAY),
        (1, Unit.NATURAL_DAY),
        (1, Unit.MONTH),
        (3, Unit.HOUR),
    )
    sheet = ask("2026-11-09", 4, settings={"late": late})
    assert [moment and moment.isoformat() for moment in sheet.late.values()] == [
        "2026-11-17T00:00:00",
        "2026-11-18T00:00:00",
        "2026-11-17T00:00:00",
        "2026-12-15T00:00:00",
        "2026-11-14T03:00:00",
    ]


def test_lateness_in_office_hours_begins_with_the_next_office_hour() -> None:
    late = ((2, Unit.WORKING_HOUR),)
    assert ask("2026-11-09", 4, settings={"late": late}).late[late[0]] == datetime(2026, 11, 16, 11)
    by_hours = ask("2026-11-13T16:00", 1, "working_hour", settings={"late": ((1, Unit.WORKING_DAY),)})
    assert by_hours.late[(1, Unit.WORKING_DAY)] == datetime(2026, 11, 17)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("overrun", "maybe"),
        ("grain", "hour"),
        ("due_day_off", "goes"),
        ("early_stop", "no"),
        ("short_promise", "x"),
    ],
)
def test_an_unknown_setting_is_refused_with_the_ones_there_are(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"时限设置 {name} 不能是“{value}”;可用:"):
        ClockSettings(**{name: value})


def test_settings_and_answers_can_be_sent_to_workers() -> None:
    settings = ClockSettings(left=(2,), late=((1, Unit.WORKING_DAY),))
    assert pickle.loads(pickle.dumps(settings)) == settings
    assert hash(settings) == hash(pickle.loads(pickle.dumps(settings)))


# -- levels


def test_no_level_begins_before_the_clock_where_the_given_due_day_lies_before_it() -> None:
    late = ((1, Unit.WORKING_DAY),)
    sheet = ask("2026-11-09T10:00", None, None, due="2026-11-04", settings={"late": late})
    assert sheet.due == date(2026, 11, 4)
    assert {sheet.warnings[2], sheet.overrun, *sheet.late.values()} == {datetime(2026, 11, 9, 10)}


def test_pauses_after_the_due_instant_do_not_put_off_its_warning() -> None:
    pauses = [("2026-09-17T16:00", "2026-09-17T22:00"), ("2026-09-17T22:00", "2026-09-21T04:00")]
    more: dict[str, Any] = {"pauses": pauses, "settings": {"left": (1,), "count_today": True}}
    sheet = ask("2026-09-17T14:30", 19, "minute", **more)
    assert (sheet.due, sheet.warnings[1]) == (datetime(2026, 9, 17, 14, 49), datetime(2026, 9, 17, 14, 30))


@pytest.mark.parametrize(
    ("stop", "by_date", "is_reached"),
    [
        (None, True, True),
        ("2026-11-13T23:59:59", True, False),
        ("2026-11-14T00:00", True, True),
        ("2026-11-14T00:00", False, False),
        ("2026-11-14T00:00:01", False, True),
        ("2026-11-13", True, False),
        ("2026-11-14", False, True),
    ],
)
def test_a_level_is_reached_unless_stopped_by_then(stop: str | None, by_date: bool, is_reached: bool) -> None:
    """Overrun from 2026-11-14 00:00; a stop at that very moment is late in days, in time to the second."""
    red, stopped = np.array([instant(datetime(2026, 11, 14))]), np.array([instant(at(stop))])
    assert reached(red, stopped, by_date).tolist() == [is_reached]
    assert reached(np.array([MISSING]), stopped, by_date).tolist() == [False]
