"""The naive judge is itself held against the examples of the clock and a few cases done on paper."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from clock_examples import EXAMPLES, NAMES
from oracle.clock import Ask, answer
from oracle.days import Days
from oracle.judge import judge
from oracle.times import Instant, as_start, date_alone, months_on
from oracle.world import as_of_rows

LATER = datetime(2030, 1, 1)


def at(text: str) -> Instant:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(NAMES, EXAMPLES)
def test_the_examples_of_the_clock(
    start: str, limit: int, unit: str, pauses: list[tuple[str, str]], due: str, warned: str, over: str
) -> None:
    held = [(at(p), at(r)) for p, r in pauses]
    found = answer(Days(), Ask(at(start), limit=limit, unit=unit, pauses=list(held), left=(2,)), LATER)
    assert found.due == date_alone(date.fromisoformat(due))
    assert found.left[2].at == at(warned)
    assert found.overrun.at == at(over)


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([("2026-03-03", "2026-03-05"), ("2026-03-04", "2026-03-06")], "2026-03-12"),  # overlapping: merged
        ([("2026-03-03", "2026-03-05"), ("2026-03-05", "2026-03-06")], "2026-03-12"),  # touching
        ([("2026-03-03", "2026-03-03")], "2026-03-09"),  # the same day: nothing off
        ([("2026-03-09", "2026-03-11")], "2026-03-11"),  # on the last day: moves to the day of resuming
        ([("2026-03-10", "2026-03-11")], "2026-03-09"),  # after the due day
        ([("2026-02-25", "2026-03-04")], "2026-03-11"),  # from before the start
        ([("2026-03-05", None)], None),  # open: unknown
        ([("2026-03-12", None)], "2026-03-09"),
    ],
)
def test_pauses_are_merged_and_counted_in_working_days(
    pauses: list[tuple[str, str | None]], due: str | None
) -> None:
    held = [(at(p), at(r) if r else None) for p, r in pauses]
    found = answer(Days(), Ask(at("2026-03-02 10:00"), limit=5, pauses=held), LATER)
    assert found.due == (date_alone(date.fromisoformat(due)) if due else None)


def test_hours_run_in_office_blocks_and_pauses_are_taken_off_to_the_second() -> None:
    days, start = Days(), at("2026-02-13 16:30")
    assert answer(days, Ask(start, limit=2, unit="working_hour"), LATER).due == at("2026-02-14 10:30")
    assert answer(days, Ask(start, limit=24, unit="hour"), LATER).due == at("2026-02-14 16:30")
    paused = [
        (at("2026-02-13 17:00"), at("2026-02-13 19:00")),
        (at("2026-02-13 18:00"), at("2026-02-13 20:00")),
    ]
    assert answer(days, Ask(start, limit=24, unit="hour", pauses=list(paused)), LATER).due == at(
        "2026-02-14 19:30"
    )
    at_the_limit = [(at("2026-02-14 16:30"), at("2026-02-15 09:00"))]
    assert answer(days, Ask(start, limit=24, unit="hour", pauses=list(at_the_limit)), LATER).due == at(
        "2026-02-15 09:00"
    )


def test_months_end_on_the_same_day_or_the_last() -> None:
    assert months_on(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_on(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months_on(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert months_on(date(2026, 12, 15), 12) == date(2027, 12, 15)


def test_a_year_without_a_notice_is_provisional_from_christmas_on() -> None:
    days = Days()
    assert not days.provisional("", date(2026, 12, 24)) and days.provisional("", date(2026, 12, 25))
    assert not days.provisional("", date(2025, 12, 31))
    found = answer(days, Ask(at("2026-12-22 10:00"), limit=3, left=(2,)), LATER)
    assert (found.left[2].provisional, found.due_provisional) == (False, True)


def test_what_has_not_happened_yet_is_not_there() -> None:
    tables = {
        "cases": [
            {
                "case_no": "C1",
                "item_code": "I",
                "received_at": at("2026-03-02 09:00"),
                "completed_at": at("2026-03-09 09:00"),
                "outcome": "granted",
                "promised_at": at("2026-03-20 09:00"),
            },
            {"case_no": "C2", "item_code": "I", "received_at": at("2026-03-08 09:00")},
        ],
        "materials": [
            {"case_no": "C1", "material_code": "A", "received_at": at("2026-03-09 09:00")},
            {
                "case_no": "C1",
                "material_code": "B",
                "received_at": at("2026-03-09 09:00"),
                "waiver": "tolerated",
            },
        ],
    }
    seen = as_of_rows(tables, at("2026-03-05 12:00"))
    assert [
        (c["case_no"], c["completed_at"], c["outcome"], bool(c["promised_at"])) for c in seen["cases"]
    ] == [("C1", None, None, True)]
    assert [(m["material_code"], m["received_at"]) for m in seen["materials"]] == [("B", None)]
    later = as_of_rows(tables, at("2026-03-09 09:00"))
    assert [c["outcome"] for c in later["cases"]] == ["granted", None]


def test_a_case_done_on_paper() -> None:
    """Promise 5, paused 03-04..03-06 by a correction: due 03-11, warned 03-09, red 03-12."""
    item = {
        "item_code": "I",
        "version": 1,
        "name": "事项",
        "agency_code": "A",
        "promised_limit": 5,
        "promised_unit": "working_day",
    }
    case = {
        "case_no": "C1",
        "item_code": "I",
        "received_at": at("2026-03-02 09:00"),
        "accepted_at": at("2026-03-02 09:00"),
    }
    notice = {
        "case_no": "C1",
        "notice_no": "B",
        "notified_at": at("2026-03-04 09:00"),
        "confirmed_at": at("2026-03-06 09:00"),
    }
    tables = {"items": [item], "cases": [case], "corrections": [notice]}
    levels = {}
    for day in range(2, 14):
        found = judge(tables, datetime(2026, 3, day, 12), rules=["henan-8.1"])
        levels[day] = [f["level"] for f in found]
    assert levels == {
        **{d: ["none"] for d in (2, 3)},
        4: [],
        5: [],
        **{d: ["none"] for d in (6, 7, 8)},
        **{d: ["warning"] for d in (9, 10, 11)},
        12: ["red"],
        13: ["red"],
    }
    found = judge(tables, datetime(2026, 3, 12), rules=["henan-8.1"])[0]
    assert (found["warn_at"], found["due_at"], found["red_at"]) == (
        at("2026-03-09"),
        date_alone(date(2026, 3, 11)),
        at("2026-03-12"),
    )


def test_the_naive_judge_uses_nothing_of_what_it_is_held_against() -> None:
    for path in (Path(__file__).parents[1] / "oracle").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        for module in ("mingcha.law", "mingcha.engine", "mingcha.rules", "numpy", "duckdb", "pyarrow"):
            assert f"import {module}" not in text and f"from {module}" not in text, path.name


def test_a_date_alone_is_a_day() -> None:
    day = date_alone(date(2026, 3, 2))
    assert as_start(day) == datetime(2026, 3, 2) and day - as_start(day) == timedelta(microseconds=1)
