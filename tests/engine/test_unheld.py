"""Cases that lie in no pack are counted with the reason: nothing judges them, which is not the same as in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from mingcha.engine.holds import Unheld
from mingcha.engine.judge import judge
from mingcha.facts.store import Facts
from mingcha.law.calendar import Calendar
from mingcha.report.probe import APPLIES, probing
from mingcha.rules.load import shipped_rulebook
from mingcha.rules.model import Rulebook

AS_OF = datetime(2026, 3, 4, 23, 59, 59)
AGENCIES = [{"code": "JY", "name": "有区划", "region_code": "410900000000"}, {"code": "WU", "name": "无区划"}]
HALLS = [{"code": "DT", "name": "大厅", "region_code": "410105000000"}, {"code": "BJ", "region_code": "11"}]
ITEMS = [{"item_code": "SX", "version": 1, "name": "事项", "agency_code": "JY"}]


def case(number: str, **more: Any) -> dict[str, Any]:
    received = {"received_at": datetime(2026, 2, 13, 9), "accepted_at": datetime(2026, 2, 13, 10)}
    return {"case_no": number, "item_code": "无", "region_code": None, **received, **more}


def short_lived(book: Rulebook) -> Rulebook:
    """Henan's pack ends on 2026-02-13."""
    ends = {"henan-2019": date(2026, 2, 13)}
    return replace(book, packs=tuple(replace(pack, end_date=ends.get(pack.id)) for pack in book.packs))


def unheld(calendar: Calendar, book: Rulebook, way: Any, *cases: dict[str, Any]) -> Unheld:
    facts = Facts.from_rows({"cases": list(cases), "agencies": AGENCIES, "halls": HALLS, "items": ITEMS})
    found = judge(facts, book, calendar, AS_OF, way=way)
    probes = judge(facts, probing(book), calendar, AS_OF, way=way).findings.to_pylist()
    over_cases = {rule.id + APPLIES for rule in book.rules if rule.over == "cases"}
    held = {row["case_no"] for row in probes if row["rule"] in over_cases}
    assert found.unheld.total == len(cases) - len(held), "the cases of which no rule is asked"
    return found.unheld


@pytest.mark.parametrize("way", ["few", "many"])
@pytest.mark.parametrize(
    ("of_the_case", "why"),
    [
        ({"region_code": "410105000000"}, Unheld()),
        ({"hall_code": "DT"}, Unheld()),
        ({"agency_code": "JY"}, Unheld()),
        ({"item_code": "SX"}, Unheld()),
        ({}, Unheld(nowhere=1)),
        ({"agency_code": "WU", "hall_code": "没有这个大厅"}, Unheld(nowhere=1)),
        ({"region_code": "110101000000", "hall_code": "DT"}, Unheld(elsewhere=1)),
        ({"hall_code": "BJ"}, Unheld(elsewhere=1)),
    ],
)
def test_the_region_is_the_cases_own_or_its_halls_or_its_agencys(
    calendar: Calendar, way: str, of_the_case: dict[str, Any], why: Unheld
) -> None:
    assert unheld(calendar, shipped_rulebook(), way, case("A", **of_the_case)) == why


@pytest.mark.parametrize("way", ["few", "many"])
@pytest.mark.parametrize(
    ("handled", "why"),
    [
        ((datetime(2019, 3, 18, 9), datetime(2019, 3, 20, 17)), Unheld(untimely=1)),
        ((datetime(2019, 3, 18, 9), datetime(2019, 3, 21, 0)), Unheld()),
        ((datetime(2019, 3, 18, 9), None), Unheld()),
        ((datetime(2026, 2, 12, 23, 59, 59), None), Unheld()),
        ((datetime(2026, 2, 13), datetime(2026, 2, 14)), Unheld(untimely=1)),
    ],
)
def test_a_pack_is_asked_of_what_was_handled_while_it_was_in_force(
    calendar: Calendar, way: str, handled: tuple[datetime, datetime | None], why: Unheld
) -> None:
    received, completed = handled
    there = {"region_code": "410900000000", "received_at": received, "accepted_at": received}
    ended = {"completed_at": completed, "outcome": "granted" if completed else None}
    assert unheld(calendar, short_lived(shipped_rulebook()), way, case("A", **there, **ended)) == why


@pytest.mark.parametrize("way", ["few", "many"])
def test_each_case_is_counted_once(calendar: Calendar, way: str) -> None:
    cases = [case(f"N{n}") for n in range(3)] + [case("E", region_code="11"), case("H", region_code="41")]
    assert unheld(calendar, shipped_rulebook(), way, *cases) == Unheld(nowhere=3, elsewhere=1)


def test_packs_that_are_adopted_hold_for_every_case(calendar: Calendar) -> None:
    book = replace(shipped_rulebook(), adopted=("henan-2019",))
    assert unheld(calendar, book, "few", case("A"), case("B", region_code="11")) == Unheld()


def test_only_the_cases_asked_for_are_counted(calendar: Calendar) -> None:
    facts = Facts.from_rows({"cases": [case("A"), case("B"), case("C", region_code="41")]})
    found = judge(facts, shipped_rulebook(), calendar, AS_OF, scope=[("case", "A"), ("case", "C")])
    assert (found.cases, found.unheld) == (2, Unheld(nowhere=1))
