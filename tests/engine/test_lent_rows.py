"""Rows of a clock that another rule reads are not narrowed away, however certainly they are in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from mingcha.engine.judge import judge
from mingcha.law.load import load_calendar
from mingcha.rules.load import shipped_rulebook
from mingcha.rules.model import Join, Rulebook
from mingcha.trials.stories import Story, cast

AGENCIES = ("11410105MB0000019A", "11410105MB0000027X")
MONDAY = datetime(2026, 1, 5, 9)


@pytest.mark.parametrize("way", ["few", "many"])
def test_cases_closed_on_the_due_day_are_lent(way: str) -> None:
    item = cast()["standing"]["items"][0]
    prompt = {**item, "item_code": item["item_code"][:-1] + "1", "promised_limit": 2}
    weeks = [MONDAY + timedelta(weeks=week) for week in range(10)]
    busy = [_case(f"A{i}", AGENCIES[0], item, day, 1) for i, day in enumerate(weeks * 4)]
    peers = [_case(f"B{i}", AGENCIES[1], prompt, day, 2) for i, day in enumerate(weeks * 30)]
    given = {
        "items": [{**item, "promised_limit": 1}, prompt],
        "agencies": [{"code": code, "name": code} for code in AGENCIES],
        "cases": busy + peers,
    }
    assert _leads(given, way) == []
    assert _leads(
        {
            **given,
            "cases": busy
            + [{**case, "completed_at": case["accepted_at"] + timedelta(days=1)} for case in peers],
        },
        way,
    ) == [(AGENCIES[0], "2026Q1")]


def _case(number: str, agency: str, item: dict[str, Any], day: datetime, days: int) -> dict[str, Any]:
    return {
        "case_no": number,
        "agency_code": agency,
        "item_code": item["item_code"],
        "received_at": day,
        "accepted_at": day,
        "completed_at": day + timedelta(days=days),
    }


def _leads(given: dict[str, Any], way: str) -> list[tuple[str, str]]:
    book = Rulebook(shipped_rulebook().packs, ("henan-2019", "state-council"))
    facts = Story("bunching", at={}, given=given).facts
    only = ["sc-integrity-bunching"]
    found = judge(facts, book, load_calendar(), date(2026, 4, 30), only=only, way=way)  # type: ignore[arg-type]
    return [(row["key"], row["subject"]) for row in found.findings.to_pylist()]


@pytest.mark.parametrize("way", ["few", "many"])
def test_rows_of_a_case_may_be_held_against_the_clock_of_their_case(way: str) -> None:
    book = shipped_rulebook()
    pack = next(pack for pack in book.packs if pack.id == "henan-2019")
    due = "select case_no, min(due) as due from clock_rows('henan-8.1') group by case_no"
    late = replace(
        book.rule("henan-8.2b"),
        id="henan-x",
        joins=(Join(alias="promise", table="", select=due, on={"case_no": "case_no"}),),
        when="notified_at > promise.due",
        fires="true",
        evidence={},
    )
    own = Rulebook((replace(pack, rules=(book.rule("henan-8.1"), late)),), ("henan-2019",))
    item = cast()["standing"]["items"][0]
    given = {
        "items": [{**item, "promised_limit": 1}],
        "cases": [_case("A1", AGENCIES[0], item, MONDAY, 20)],
        "corrections": [
            {
                "case_no": "A1",
                "notice_no": str(day),
                "notified_at": at,
                "confirmed_at": at + timedelta(hours=1),
            }
            for day, at in ((day, MONDAY + timedelta(days=day)) for day in (0, 9))
        ],
    }
    facts = Story("late notice", at={}, given=given).facts
    found = judge(facts, own, load_calendar(), date(2026, 4, 30), only=["henan-x"], way=way)  # type: ignore[arg-type]
    assert [row["subject"] for row in found.findings.to_pylist()] == ["9"]
