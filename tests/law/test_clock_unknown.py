"""What the clock cannot tell: causes, days without data, moments behind a provisional day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pytest
from one_clock import CALENDAR, ask

from mingcha.law.clock import Cause, Clocks, ClockSettings, run
from mingcha.law.instants import MISSING, instant, moment


def test_what_is_missing_or_cannot_be_is_undetermined() -> None:
    start = "2026-11-09"
    causes = [
        ask(start, None).cause,
        ask(start, -3).cause,
        ask(start, 3, None).cause,
        ask(start, 3, pauses=[("2026-11-12", "2026-11-11")]).cause,
        ask(start, 3, pauses=[("2026-11-12", "2026-11-11")], stop="2026-11-10").cause,
    ]
    assert causes == [
        Cause.NO_LIMIT,
        Cause.NO_LIMIT,
        Cause.NO_UNIT,
        Cause.PAUSE_ENDS_BEFORE_START,
        Cause.OK,
    ]
    column = np.array([MISSING, instant(date(2026, 11, 9))])
    clocks = Clocks(start=column, limit=np.array([3, 3]), unit=np.array([0, 9], dtype=np.int8))
    times = run(CALENDAR, clocks, ClockSettings(), instant(date(2026, 11, 20)))
    assert times.cause.tolist() == [Cause.NO_START, Cause.NO_UNIT]
    assert times.due.tolist() == [MISSING, MISSING]


@pytest.mark.parametrize(
    ("ends_with_stop", "limit", "cause", "due"),
    [
        (False, 10, Cause.OPEN_PAUSE_AT_STOP, None),
        (True, 10, Cause.OK, date(2026, 11, 18)),
        (False, 3, Cause.OK, date(2026, 11, 5)),
        (False, 5, Cause.OPEN_PAUSE_AT_STOP, None),
    ],
)
def test_a_pause_open_at_the_stop(ends_with_stop: bool, limit: int, cause: Cause, due: date | None) -> None:
    """From Monday 2026-11-02, paused on Monday 11-09 without an end, stopped on 11-11."""
    sheet = ask(
        "2026-11-02", limit, pauses=[("2026-11-09", None)], stop="2026-11-11", ends_with_stop=ends_with_stop
    )
    assert (sheet.cause, sheet.due) == (cause, due)


# -- provisional and unknown


def test_a_moment_behind_a_provisional_day_is_provisional_and_one_before_it_is_not() -> None:
    column = np.array([instant(date(2026, 12, 21))] * 3)
    clocks = Clocks(start=column, limit=np.array([3, 4, 20]), unit=np.zeros(3, dtype=np.int8))
    times = run(CALENDAR, clocks, ClockSettings(left=(2,)), instant(date(2026, 12, 22)))
    assert [str(moment(int(each))) for each in times.due] == ["2026-12-24", "2026-12-25", "2027-01-19"]
    assert times.due_provisional.tolist() == times.overrun_provisional.tolist() == [False, True, True]
    assert times.left_provisional[0].tolist() == [False, False, True]


def test_hours_without_a_calendar_are_never_provisional() -> None:
    sheet = ask("2026-12-30T10:00", 24, "hour")
    assert (sheet.due, sheet.provisional) == (datetime(2026, 12, 31, 10), False)
    assert ask("2026-12-30T10:00", 24, "working_hour").provisional


def test_a_day_without_data_makes_later_moments_unknown_but_not_those_before_it() -> None:
    sheet = ask("2036-12-22", 8, as_of="2036-12-30")
    assert (sheet.due, sheet.cause) == (None, Cause.OK)
    assert sheet.warnings[2] == datetime(2036, 12, 30)
    assert ask("2036-12-22", 8, as_of="2037-01-01").cause == Cause.NO_CALENDAR
    assert ask("2036-12-22", 8, as_of="2037-01-01", stop="2036-12-30").cause == Cause.OK
    assert ask("2036-12-22", 6, as_of="2037-02-01").cause == Cause.OK


def test_a_clock_paused_without_end_from_its_start_needs_no_calendar_to_say_that_nothing_comes() -> None:
    more: dict[str, Any] = {"pauses": [("2036-12-24", None)], "as_of": "2037-01-06"}
    for limit, unit in ((1, "working_day"), (40, "natural_day"), (1, "month")):
        assert ask("2036-12-26", limit, unit, **more).cause == Cause.OK
    more = {"pauses": [("2006-12-25T11:30", None)], "as_of": "2007-01-05"}
    for unit in ("working_hour", "hour"):
        assert ask("2006-12-28T09:30", 30, unit, **more).cause == Cause.OK


def test_office_hours_before_a_pause_without_end_need_the_day_it_starts_on() -> None:
    more: dict[str, Any] = {"settings": {"left": ()}, "pauses": [("2006-12-28T15:00", None)]}
    assert ask("2006-12-28T09:30", 2, "working_hour", **more).cause == Cause.NO_CALENDAR
    assert ask("2006-12-28T09:30", 60, "hour", **more).cause == Cause.OK
    more["stop"] = "2006-12-28T16:00"
    assert ask("2006-12-28T09:30", 2, "working_hour", **more).cause == Cause.NO_CALENDAR
    assert ask("2006-12-28T09:30", 60, "hour", **more).cause == Cause.OPEN_PAUSE_AT_STOP


def test_hours_need_no_calendar_to_know_of_a_pause_left_open_at_the_stop() -> None:
    more: dict[str, Any] = {"settings": {"left": ()}, "pauses": [("2006-12-30T15:00", None)]}
    assert ask("2006-12-26T09:30", 200, "hour", **more).cause == Cause.OK
    more["stop"] = "2006-12-31T16:00"
    assert ask("2006-12-26T09:30", 200, "hour", **more).cause == Cause.OPEN_PAUSE_AT_STOP


def test_a_silent_short_promise_does_not_hide_that_its_warning_needs_days_without_data() -> None:
    for promise in ("at_once", "silent"):
        sheet = ask("2006-12-27T06:00", 20, "hour", settings={"short_promise": promise}, as_of="2007-01-08")
        assert (sheet.due, sheet.warnings[2]) == (datetime(2006, 12, 28, 2), None)
        assert sheet.cause == Cause.NO_CALENDAR


def test_before_the_first_notice_nothing_is_known() -> None:
    assert ask("2006-12-01", 5, as_of="2006-12-01").cause == Cause.OK
    assert ask("2006-12-01", 5, as_of="2026-01-01").cause == Cause.NO_CALENDAR
    assert ask("2006-12-01", 5, as_of="2026-01-01", layer="weekdays").due == date(2006, 12, 8)
    assert ask("1969-12-01", 5, as_of="2026-01-01", layer="weekdays").cause == Cause.NO_CALENDAR


def test_a_limit_beyond_every_calendar_is_unknown_not_in_time() -> None:
    sheet = ask("2026-09-18", 10**12)
    assert (sheet.due, sheet.cause) == (None, Cause.OK)
    assert ask("2026-09-18", 10**12, as_of="2037-01-01").cause == Cause.NO_CALENDAR
