"""Rows of a clock that another rule reads are not narrowed away, however certainly they are in time."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from mingcha.engine.judge import judge
from mingcha.law.load import load_calendar
from mingcha.rules.load import shipped_rulebook
from mingcha.rules.model import Rulebook
from mingcha.trials.stories import Story, cast

AGENCIES = ("11410105MB0000019A", "11410105MB0000027X")
MONDAY = datetime(2026, 1, 5, 9)


@pytest.mark.parametrize("way", ["few", "many"])
def test_cases_closed_on_the_day_they_came_in_count_as_closed_on_the_due_day(way: str) -> None:
    item = cast()["standing"]["items"][0]
    at_once = {**item, "item_code": item["item_code"][:-1] + "1", "promised_limit": 0}
    weeks = [MONDAY + timedelta(weeks=week) for week in range(10)]
    busy = [
        {
            "case_no": f"A{i}",
            "agency_code": AGENCIES[0],
            "accepted_at": day,
            "completed_at": day + timedelta(days=1),
        }
        for i, day in enumerate(weeks * 4)
    ]
    prompt = [
        {
            "case_no": f"B{i}",
            "agency_code": AGENCIES[1],
            "accepted_at": day,
            "completed_at": day + timedelta(hours=2),
        }
        for i, day in enumerate(weeks * 30)
    ]
    cases = [{**row, "item_code": item["item_code"]} for row in busy]
    cases += [{**row, "item_code": at_once["item_code"]} for row in prompt]
    given = {
        "items": [{**item, "promised_limit": 1}, at_once],
        "agencies": [{"code": code, "name": code} for code in AGENCIES],
        "cases": [{**row, "received_at": row["accepted_at"]} for row in cases],
    }
    book = Rulebook(shipped_rulebook().packs, ("henan-2019", "state-council"))
    facts = Story("bunching", at={}, given=given).facts
    found = judge(
        facts,
        book,
        load_calendar(),
        date(2026, 4, 30),
        only=["sc-integrity-bunching"],
        way=way,  # type: ignore[arg-type]
    )
    assert found.findings.num_rows == 0
