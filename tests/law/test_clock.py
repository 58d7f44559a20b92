"""The clock by example: days, months, hours, pauses, and the days around which mistakes are made."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pytest
from clock_examples import EXAMPLES, NAMES
from one_clock import CALENDAR, ask, at, moments

from mingcha.law.clock import Cause, Clocks, ClockSettings, run
from mingcha.law.instants import as_stop, instant, moment
from mingcha.law.office import OfficeHours
from mingcha.law.sheet import Pause
from mingcha.law.units import Unit


@pytest.mark.parametrize(NAMES, EXAMPLES)
def test_the_accepted_examples(
    start: str, limit: int, unit: str, pauses: list[Any], due: str, warned: str, over: str
) -> None:
    assert moments(ask(start, limit, unit, pauses=pauses)) == (due, f"{warned}T00:00:00", f"{over}T00:00:00")


# -- days


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2026-09-18", 0, "2026-09-18"),
        ("2026-09-19", 0, "2026-09-20"),
        ("2026-10-01", 0, "2026-10-08"),
        ("2026-09-19", 1, "2026-09-20"),
        ("2026-09-20", 1, "2026-09-21"),
        ("2026-10-01", 1, "2026-10-08"),
        ("2026-09-18T23:59:59", 1, "2026-09-20"),
    ],
)
def test_the_starting_day_is_not_counted_even_on_a_day_off(start: str, limit: int, due: str) -> None:
    assert ask(start, limit).due == at(due)


def test_the_time_of_day_of_the_start_changes_no_day() -> None:
    dues = {ask(f"2026-09-18T{hour:02}:30", 10).due for hour in range(24)}
    assert dues == {date(2026, 10, 9)}


# -- months


@pytest.mark.parametrize(
    ("start", "months", "due"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-02-28", 1, "2026-03-30"),
        ("2026-03-31", 6, "2026-09-30"),
        ("2026-09-18", 1, "2026-10-19"),
        ("2025-12-31", 2, "2026-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
    ],
)
def test_a_month_ends_on_the_same_day_or_the_last_of_it(start: str, months: int, due: str) -> None:
    assert ask(start, months, "month").due == at(due)


def test_a_pause_moves_a_limit_in_months_by_its_natural_days() -> None:
    assert ask("2026-03-02", 1, "month").due == date(2026, 4, 2)
    assert ask("2026-03-02", 1, "month", pauses=[("2026-03-10", "2026-03-16")]).due == date(2026, 4, 8)


def test_a_due_day_that_is_a_day_off_moves_to_the_next_working_day_or_stays() -> None:
    assert ask("2026-09-11", 20, "natural_day").due == date(2026, 10, 8)
    assert ask("2026-09-11", 20, "natural_day", settings={"due_day_off": "stays"}).due == date(2026, 10, 1)


# -- pauses


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([("2026-09-22", "2026-09-22")], "2026-10-09"),
        ([("2026-09-22T09:00", "2026-09-22T17:00")], "2026-10-09"),
        ([("2026-09-22", "2026-09-23")], "2026-10-10"),
        ([("2026-09-22", "2026-09-29"), ("2026-09-22", "2026-09-29")], "2026-10-14"),
        ([("2026-09-22", "2026-09-24"), ("2026-09-23", "2026-09-29")], "2026-10-14"),
        ([("2026-09-24", "2026-09-29"), ("2026-09-22", "2026-09-24")], "2026-10-14"),
        ([("2026-10-01", "2026-10-07")], "2026-10-09"),
        ([("2026-09-10", "2026-09-18")], "2026-10-09"),
        ([("2026-09-10", "2026-09-22")], "2026-10-13"),
        ([("2026-10-09", "2026-10-12")], "2026-10-12"),
        ([("2026-10-09", "2026-10-11")], "2026-10-12"),
        ([("2026-10-12", "2026-10-16")], "2026-10-09"),
    ],
)
def test_pauses_are_merged_and_take_off_working_days_only(pauses: list[Any], due: str) -> None:
    """10 working days from 2026-09-18 are due on 2026-10-09 without any pause."""
    assert ask("2026-09-18", 10, pauses=pauses).due == at(due)


def test_a_pause_from_before_the_start_holds_the_starting_day() -> None:
    sheet = ask("2026-09-18", 2, pauses=[("2026-09-10", "2026-09-22")])
    assert (sheet.due, sheet.warnings[2]) == (date(2026, 9, 24), datetime(2026, 9, 22))


def test_no_level_begins_on_a_day_between_two_paused_nights() -> None:
    """Paused from before the start until 09-21, and from 09-21 again: the warning waits for the end of both."""
    touching = [("2026-09-16", "2026-09-21"), ("2026-09-21", "2026-09-23")]
    assert ask("2026-09-18", 2, pauses=touching).warnings[2] == datetime(2026, 9, 23)
    apart = [("2026-09-16", "2026-09-21"), ("2026-09-22", "2026-09-23")]
    assert ask("2026-09-18", 2, pauses=apart).warnings[2] == datetime(2026, 9, 21)
    to_the_minute = [("2026-09-16T09:00", "2026-09-21T09:00"), ("2026-09-21T15:00", "2026-09-23T09:00")]
    assert ask("2026-09-18T09:00", 12, "hour", pauses=to_the_minute).warnings[2] == datetime(2026, 9, 23)


def test_many_pauses_in_any_order_are_the_same_as_their_union() -> None:
    days = [22, 24, 23, 29, 25, 28, 26, 30, 27, 22, 23, 24]
    pauses = [(f"2026-09-{day}", f"2026-{'10-01' if day == 30 else f'09-{day + 1}'}") for day in days]
    sheet = ask("2026-09-18", 10, pauses=pauses)
    assert sheet.due == ask("2026-09-18", 10, pauses=[("2026-09-22", "2026-10-01")]).due == date(2026, 10, 15)
    assert ask("2026-09-18", 10, pauses=pauses[:9]).due == date(2026, 10, 15)
    assert ask("2026-09-18", 10, pauses=[*pauses, ("2026-09-25", None)]).due is None


def test_an_open_pause_leaves_due_unknown_and_what_lies_before_it_known() -> None:
    sheet = ask("2026-09-18", 10, pauses=[("2026-10-09", None)])
    assert moments(sheet) == (None, "2026-09-30T00:00:00", None)
    assert (sheet.cause, sheet.elapsed, sheet.paused) == (Cause.OK, 10, 31)


@pytest.mark.parametrize(
    ("cap", "due"), [(0, "2026-10-09"), (4, "2026-10-14"), (9, "2026-10-21"), (99, None)]
)
def test_a_capped_pause_ends_on_the_due_day_of_its_cap(cap: int, due: str | None) -> None:
    opened = ask("2026-09-18", 10, pauses=[Pause(at("2026-09-22"), None, "检验", cap)])
    assert opened.due == (at(due) if due else date(2027, 3, 1))
    closed = ask("2026-09-18", 10, pauses=[Pause(at("2026-09-22"), at("2026-09-29"), "检验", cap)])
    assert closed.due == min(opened.due, date(2026, 10, 14))


def test_a_pause_that_starts_after_the_stop_is_left_out() -> None:
    paused = [("2026-11-13T15:00", "2026-11-17T09:00")]
    assert ask("2026-11-09", 4, pauses=paused, stop="2026-11-13T14:00").due == date(2026, 11, 13)
    assert ask("2026-11-09", 4, pauses=paused, stop="2026-11-18").due == date(2026, 11, 17)


def test_the_used_and_the_paused_are_counted_by_the_stop_or_by_as_of() -> None:
    pauses = [("2026-09-22", "2026-09-29")]
    by = [
        ask("2026-09-18", 10, pauses=pauses, as_of=day) for day in ("2026-09-18", "2026-09-24", "2026-10-09")
    ]
    assert [(sheet.elapsed, sheet.paused) for sheet in by] == [(0, 0), (3, 2), (6, 4)]
    assert ask("2026-09-18", 10, pauses=pauses, stop="2026-09-30").elapsed == 4


# -- hours


@pytest.mark.parametrize(
    ("start", "limit", "unit", "due"),
    [
        ("2026-09-18T16:30", 24, "hour", "2026-09-19T16:30:00"),
        ("2026-09-18T16:30:20", 90, "minute", "2026-09-18T18:00:20"),
        ("2026-09-18T16:30", 1, "working_hour", "2026-09-20T09:30:00"),
        ("2026-09-18T09:00", 3, "working_hour", "2026-09-18T12:00:00"),
        ("2026-09-18T09:00", 4, "working_hour", "2026-09-18T14:00:00"),
        ("2026-09-18T12:30", 1, "working_hour", "2026-09-18T14:00:00"),
        ("2026-09-18T17:00", 7, "working_hour", "2026-09-20T17:00:00"),
        ("2026-09-30T16:59", 15, "working_minute", "2026-10-08T09:14:00"),
        ("2026-09-18", 1, "working_hour", "2026-09-18T10:00:00"),
        ("2026-09-18T20:00", 0, "working_hour", "2026-09-18T20:00:00"),
    ],
)
def test_hours_run_from_the_very_minute(start: str, limit: int, unit: str, due: str) -> None:
    sheet = ask(start, limit, unit)
    assert sheet.due == sheet.overrun == at(due)


def test_office_hours_of_a_hall_are_its_own() -> None:
    hall = OfficeHours.of([(1, 600, 660), (6, 540, 600)])
    assert ask("2026-09-18T08:00", 2, "working_hour", office=hall).due == datetime(2026, 9, 20, 11), (
        "Friday, 周六"
    )
    assert ask("2026-10-01T08:00", 1, "working_hour", office=hall).due == datetime(2026, 10, 10, 10), (
        "放假 is closed"
    )
    none = OfficeHours.of([])
    assert ask("2026-09-18T08:00", 1, "working_hour", office=none).due is None


def test_pauses_are_taken_off_hours_to_the_minute() -> None:
    sheet = ask("2026-09-18T10:00", 4, "working_hour", pauses=[("2026-09-18T11:30", "2026-09-18T14:30")])
    assert sheet.due == datetime(2026, 9, 18, 17)
    assert ask(
        "2026-09-18T10:00", 24, "hour", pauses=[("2026-09-18T11:30", "2026-09-18T14:30")]
    ).due == datetime(2026, 9, 19, 13)


# -- a due moment that is given


def test_a_given_due_day_stands_for_start_and_limit_and_no_pause_moves_it() -> None:
    sheet = ask("2026-11-02", None, None, due="2026-11-13", pauses=[("2026-11-04", "2026-11-06")])
    assert moments(sheet) == ("2026-11-13", "2026-11-11T00:00:00", "2026-11-14T00:00:00")
    assert sheet.cause == Cause.OK
    assert ask("2026-11-02", None, None, due="2026-11-14").due == date(2026, 11, 16)
    assert ask("2026-11-02", None, None, due="2026-11-14", settings={"due_day_off": "stays"}).due == date(
        2026, 11, 14
    )


def test_a_given_due_time_is_judged_to_the_second_where_the_unit_is() -> None:
    sheet = ask("2026-11-02T08:00", None, "hour", due="2026-11-03T17:00")
    assert sheet.due == sheet.overrun == datetime(2026, 11, 3, 17)
    assert ask("2026-11-02T08:00", None, "hour", due="2026-11-03").due == datetime(2026, 11, 3, 23, 59, 59)


# -- columns


def test_no_clock_at_all_is_answered_too() -> None:
    nothing = np.empty(0, dtype=np.int64)
    clocks = Clocks(start=nothing, limit=nothing, unit=np.empty(0, dtype=np.int8))
    times = run(CALENDAR, clocks, ClockSettings(left=(2,)), instant(date(2026, 1, 1)))
    assert (len(times.due), len(times.left_at), len(times.cause)) == (0, 1, 0)


def test_each_clock_uses_its_own_layer() -> None:
    start = np.full(3, instant(date(2026, 10, 1)))
    layers = np.array([0, CALENDAR.layer("every_day"), CALENDAR.layer("weekdays")], dtype=np.int16)
    clocks = Clocks(start=start, limit=np.full(3, 3), unit=np.zeros(3, dtype=np.int8), layer=layers)
    times = run(CALENDAR, clocks, ClockSettings(), instant(date(2026, 11, 1)))
    assert [str(moment(int(each))) for each in times.due] == ["2026-10-10", "2026-10-04", "2026-10-06"]
    assert as_stop(times.due)[0] == instant(datetime(2026, 10, 10, 23, 59, 59))


def test_each_clock_uses_its_own_office() -> None:
    office = (OfficeHours.of([(1, 540, 600)]), OfficeHours.of([(1, 600, 660)]))
    start, hours = np.full(2, instant(datetime(2026, 11, 9, 8))), np.array([1, 0], dtype=np.int16)
    unit = np.full(2, Unit.WORKING_HOUR, dtype=np.int8)
    clocks = Clocks(start=start, limit=np.full(2, 1), unit=unit, hours=hours, office=office)
    times = run(CALENDAR, clocks, ClockSettings(), instant(date(2026, 11, 10)))
    assert [moment(int(each)) for each in times.due] == [datetime(2026, 11, 9, 11), datetime(2026, 11, 9, 10)]
