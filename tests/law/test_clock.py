"""The clock by example: the tables of the law, every setting, and the days around which mistakes are made."""

# ruff: noqa: DTZ001 local wall time is naive by decision

from __future__ import annotations

import pickle
from datetime import date, datetime
from typing import Any

import numpy as np
import pytest

from mingcha.law.clock import Cause, Clocks, ClockSettings, reached, run
from mingcha.law.instants import MISSING, as_stop, instant, moment
from mingcha.law.load import load_calendar
from mingcha.law.office import OfficeHours
from mingcha.law.sheet import Pause, Sheet, clock
from mingcha.law.units import Unit

CALENDAR = load_calendar()


def at(text: str | None) -> Any:
    """2026-09-18 or 2026-09-18T09:30."""
    if text is None:
        return None
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)


def ask(start: str, limit: int | None = None, unit: str | None = "working_day", **more: Any) -> Sheet:
    """One clock; pauses as (start, end) texts, settings by name."""
    settings = {"left": (2,)} | more.pop("settings", {})
    pauses = [
        pause if isinstance(pause, Pause) else Pause(at(pause[0]), at(pause[1]))
        for pause in more.pop("pauses", [])
    ]
    as_of = at(more.pop("as_of", "2026-11-20"))
    for name in ("stop", "due"):
        more[name] = at(more.get(name))
    return clock(
        at(start),
        limit,
        unit,
        as_of=as_of,
        calendar=CALENDAR,
        pauses=pauses,
        settings=ClockSettings(**settings),
        **more,
    )


def moments(sheet: Sheet) -> tuple[str | None, str | None, str | None]:
    """Due, first day with left <= 2, first overrun day, as texts."""
    texts = [
        None if value is None else value.isoformat()
        for value in (sheet.due, sheet.warnings[2], sheet.overrun)
    ]
    return texts[0], texts[1], texts[2]


@pytest.mark.parametrize(
    ("start", "limit", "unit", "pauses", "due", "warn", "red"),
    [
        ("2026-02-13", 5, "working_day", [], "2026-02-27", "2026-02-25", "2026-02-28"),
        ("2025-09-26", 5, "working_day", [], "2025-10-10", "2025-09-30", "2025-10-11"),
        ("2026-10-10", 2, "working_day", [], "2026-10-13", "2026-10-10", "2026-10-14"),
        (
            "2026-09-18",
            10,
            "working_day",
            [("2026-09-22", "2026-09-29")],
            "2026-10-14",
            "2026-10-12",
            "2026-10-15",
        ),
        ("2026-09-18", 20, "natural_day", [], "2026-10-08", "2026-09-29", "2026-10-09"),
        ("2018-12-26", 3, "working_day", [], "2018-12-29", "2018-12-27", "2018-12-30"),
        ("2024-02-08", 3, "working_day", [], "2024-02-19", "2024-02-09", "2024-02-20"),
        ("2026-04-30", 3, "working_day", [], "2026-05-08", "2026-05-06", "2026-05-09"),
        ("2025-12-26", 5, "working_day", [], "2026-01-05", "2025-12-31", "2026-01-06"),
    ],
)
def test_the_accepted_examples(
    start: str, limit: int, unit: str, pauses: list[Any], due: str, warn: str, red: str
) -> None:
    assert moments(ask(start, limit, unit, pauses=pauses)) == (due, f"{warn}T00:00:00", f"{red}T00:00:00")


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


# -- settings


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


def test_no_level_begins_before_the_clock_where_the_given_due_day_lies_before_it() -> None:
    late = ((1, Unit.WORKING_DAY),)
    sheet = ask("2026-11-09T10:00", None, None, due="2026-11-04", settings={"late": late})
    assert sheet.due == date(2026, 11, 4)
    assert {sheet.warnings[2], sheet.overrun, *sheet.late.values()} == {datetime(2026, 11, 9, 10)}


# -- stop, pause, cause


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


def test_pauses_after_the_due_instant_do_not_put_off_its_warning() -> None:
    pauses = [("2026-09-17T16:00", "2026-09-17T22:00"), ("2026-09-17T22:00", "2026-09-21T04:00")]
    more: dict[str, Any] = {"pauses": pauses, "settings": {"left": (1,), "count_today": True}}
    sheet = ask("2026-09-17T14:30", 19, "minute", **more)
    assert (sheet.due, sheet.warnings[1]) == (datetime(2026, 9, 17, 14, 49), datetime(2026, 9, 17, 14, 30))


def test_before_the_first_notice_nothing_is_known() -> None:
    assert ask("2006-12-01", 5, as_of="2006-12-01").cause == Cause.OK
    assert ask("2006-12-01", 5, as_of="2026-01-01").cause == Cause.NO_CALENDAR
    assert ask("2006-12-01", 5, as_of="2026-01-01", layer="weekdays").due == date(2006, 12, 8)
    assert ask("1969-12-01", 5, as_of="2026-01-01", layer="weekdays").cause == Cause.NO_CALENDAR


def test_a_limit_beyond_every_calendar_is_unknown_not_in_time() -> None:
    sheet = ask("2026-09-18", 10**12)
    assert (sheet.due, sheet.cause) == (None, Cause.OK)
    assert ask("2026-09-18", 10**12, as_of="2037-01-01").cause == Cause.NO_CALENDAR


# -- columns


def test_settings_and_answers_can_be_sent_to_workers() -> None:
    settings = ClockSettings(left=(2,), late=((1, Unit.WORKING_DAY),))
    assert pickle.loads(pickle.dumps(settings)) == settings
    assert hash(settings) == hash(pickle.loads(pickle.dumps(settings)))


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
