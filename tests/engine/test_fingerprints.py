"""A compare that looks at one of many like cases finds what looking at every one finds."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from oracle.compare import differences
from oracle.judge import ALL
from oracle.judge import judge as by_hand
from oracle.world import Row
from oracle.worlds import Drawn, draw_world

from mingcha.engine import compare
from mingcha.engine.duck import DuckBackend
from mingcha.engine.judge import Judgement, judge
from mingcha.facts.store import Facts
from mingcha.law.calendar import Calendar
from mingcha.rules.load import shipped_rulebook
from mingcha.rules.model import Rulebook, Selection

COMPARES = ("henan-8.6", "henan-8.8a", "henan-8.8b", "pds-29", "pds-29b")
CHILDREN = ("steps", "materials")
AT = datetime(2026, 3, 2, 10)


def many_alike(seed: int, copies: int) -> Drawn:
    """Every case of a world several times over, now and then one with a row more, less or renamed."""
    world, pick = draw_world(seed, count=20, issued=False), random.Random(seed)
    tables = {name: rows for name, rows in world.tables.items() if name not in ("cases", *CHILDREN)}
    tables["cases"] = [
        {**case, "case_no": f"{case['case_no']}-{n}"} for case in world.tables["cases"] for n in range(copies)
    ]
    for name in CHILDREN:
        tables[name] = [
            {**row, "case_no": f"{row['case_no']}-{n}"} for row in world.tables[name] for n in range(copies)
        ]
        tables[name] = [row for row in (_varied(pick, name, row) for row in tables[name]) if row]
    return Drawn(seed, tables, world.as_of)


def _varied(pick: random.Random, table: str, row: Row) -> Row | None:
    if pick.random() > 0.03:
        return row
    column = "name" if table == "steps" else "material_code"
    return pick.choice([None, {**row, column: "别的"}, {**row, column: f"{row[column]}　"}])


@pytest.mark.parametrize("rare", [2, 4, 1000])
def test_verdicts_do_not_hang_on_which_cases_are_examined(
    rare: int, judged: Callable[..., Judgement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "RARE", rare)
    world = many_alike(41, copies=6)
    found = judged(
        world.tables, world.as_of, ALL, pending=True, only=COMPARES, way="many"
    ).findings.to_pylist()
    assert {f["rule"] for f in found} == set(COMPARES)
    lines = differences(by_hand(world.tables, world.as_of, rules=COMPARES), found)
    assert not lines, "\n".join(lines[:20])


def test_common_cases_are_few_representatives_where_they_are_clean(
    judged: Callable[..., Judgement], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six hundred like cases without a defect, one of them with: it alone is found."""
    monkeypatch.setattr(compare, "RARE", 8)
    case = {
        "item_code": "I1",
        "item_version": 1,
        "received_at": AT,
        "accepted_at": AT,
        "completed_at": AT,
        "outcome": "granted",
    }
    cases = [{**case, "case_no": f"C{n:03}"} for n in range(600)]
    steps = [{"case_no": c["case_no"], "seq": 1, "name": "受理"} for c in cases]
    steps[321]["name"] = "会签"
    tables = {
        "items": [{"item_code": "I1", "version": 1, "name": "事项", "agency_code": "A1"}],
        "item_steps": [{"item_code": "I1", "version": 1, "seq": 1, "name": "受理"}],
        "cases": cases,
        "steps": steps,
    }
    found = judged(tables, AT, ALL, only=["henan-8.6"], way="many").findings.to_pylist()
    assert [(f["key"], f["level"]) for f in found] == [("C321", "warning")]


def test_rows_that_swap_what_makes_them_count_do_not_sum_up_to_the_same(calendar: Calendar) -> None:
    """DuckDB's hash of two values differs for another last value by the same bits whatever the first."""
    book = shipped_rulebook()
    pack = next(pack for pack in book.packs if pack.id == "henan-2019")
    rule = book.rule("henan-8.8a")
    assert rule.compare is not None
    on_paper = replace(
        rule.compare, reported=Selection("materials", "medium = 'paper'"), stands="", lapses=""
    )
    own = Rulebook((replace(pack, rules=(replace(rule, compare=on_paper),)),), ("henan-2019",))
    needed, other = "M00000", "M00999"
    place = {"item_code": "I1", "agency_code": "A1", "region_code": "410105000000"}
    cases, materials = [], []
    for n in range(100):
        media = ("electronic", "paper") if n == 50 else ("paper", "electronic")
        ended = {"accepted_at": AT, "completed_at": AT, "outcome": "granted"}
        cases.append({"case_no": f"C{n:03}", **place, "received_at": AT, **ended})
        materials += [
            {"case_no": f"C{n:03}", "material_code": code, "medium": medium, "name": code, "received_at": AT}
            for code, medium in zip((needed, other), media, strict=True)
        ]
    guide = {"item_code": "I1", "version": 1}
    tables = {
        "items": [{**guide, "name": "事项", "agency_code": "A1"}],
        "item_materials": [
            {**guide, "material_code": code, "name": code, "required": code == needed}
            for code in (needed, other)
        ],
        "cases": cases,
        "materials": materials,
    }
    found = judge(Facts.from_rows(tables), own, calendar, datetime(2026, 6, 1), way="many", backend=small)
    assert [row["key"] for row in found.findings.to_pylist()] == ["C050"]


def small() -> DuckBackend:
    return DuckBackend(threads=1, memory="500MB")
