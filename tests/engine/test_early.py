"""Rows told to be compliant before their case is looked up are exactly no others than compliant ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from oracle.compare import differences
from oracle.judge import ALL
from oracle.judge import judge as by_hand
from oracle.worlds import draw_world

from mingcha.engine.candidates import Options
from mingcha.engine.judge import Judgement
from mingcha.engine.plan import compile_rule
from mingcha.rules.load import shipped_rulebook
from mingcha.rules.model import Clock, Rule

RULE = "sc-time-step"
MONDAY = datetime(2026, 3, 2, 9)


def compiled(**changed: object) -> str:
    """`early` of the step rule, some of it written otherwise."""
    book = shipped_rulebook()
    pack = next(pack for pack in book.packs if any(rule.id == RULE for rule in pack.rules))
    rule: Rule = book.rule(RULE)
    assert rule.clock is not None
    mine = {name: value for name, value in changed.items() if name in Clock.__dataclass_fields__}
    rest = {name: value for name, value in changed.items() if name not in mine}
    rule = replace(rule, clock=replace(rule.clock, **mine), **rest)  # type: ignore[arg-type]
    return compile_rule(book, pack, rule, Options("duckdb")).query.early


def test_steps_are_told_early() -> None:
    assert "min(" in compiled()


@pytest.mark.parametrize(
    "changed",
    [
        {"when": ""},
        {"when": "guide.found"},
        {"when": "guide.found is null or guide.limit is not null or officer_code is null"},
        {"limit": "3"},
        {"start": "c.accepted_at"},
        {"stop": "coalesce(c.completed_at, finished_at)"},
        {"stop": "c.completed_at"},
    ],
    ids=str,
)
def test_nothing_is_told_early_where_the_case_may_matter(changed: dict[str, object]) -> None:
    assert compiled(**changed) == ""


@pytest.mark.parametrize("seed", range(8))
def test_early_or_late_the_findings_are_the_same(seed: int, judged: Callable[..., Judgement]) -> None:
    world = draw_world(seed + 900, count=60, issued=False)
    found = judged(world.tables, world.as_of, ALL, pending=True, only=[RULE], way="many").findings.to_pylist()
    lines = differences(by_hand(world.tables, world.as_of, rules=[RULE]), found)
    assert not lines, "\n".join(lines[:20])


@pytest.mark.parametrize(
    ("unit", "limit", "took", "late"),
    [
        ("working_day", 2, timedelta(days=2), False),
        ("working_day", 2, timedelta(days=3), True),
        ("working_day", 1, timedelta(days=2), True),
        ("natural_day", 2, timedelta(days=3), True),
        ("hour", 2, timedelta(hours=3), True),
        ("hour", 2, timedelta(hours=1), False),
    ],
)
def test_the_least_limit_of_the_whole_guide_is_no_limit_of_a_step(
    judged: Callable[..., Judgement], unit: str, limit: int, took: timedelta, late: bool
) -> None:
    """A guide in which another step has a longer limit in working days."""
    key = {"item_code": "I1", "version": 1}
    case = {
        "case_no": "C1",
        "item_code": "I1",
        "item_version": 1,
        "received_at": MONDAY,
        "accepted_at": MONDAY,
    }
    tables = {
        "items": [{**key, "name": "事项", "agency_code": "A1"}],
        "item_steps": [
            {**key, "seq": 1, "name": "审查", "limit": limit, "unit": unit},
            {**key, "seq": 2, "name": "决定", "limit": 9, "unit": "working_day"},
        ],
        "agencies": [{"code": "A1", "name": "某局", "region_code": "410100"}],
        "cases": [{**case, "agency_code": "A1", "region_code": "410100"}],
        "steps": [
            {"case_no": "C1", "seq": 1, "name": "审查", "started_at": MONDAY, "finished_at": MONDAY + took}
        ],
    }
    found = judged(tables, MONDAY + timedelta(days=9), ALL, only=[RULE], way="many").findings
    assert found.num_rows == late
