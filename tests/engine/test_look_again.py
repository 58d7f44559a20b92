"""Moments, not polling: nothing changes before its moment to look again, and then something does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from oracle.judge import ALL
from oracle.worlds import draw_world, known_by

from mingcha.engine.judge import Judgement

Judged = Callable[..., Judgement]
Key = tuple[str, str]

BY_SCHEDULE = ("sc-integrity-bunching",)
"""Rules over a population run on a schedule (design.md, Scope)."""

UNITS = {
    "cases": "case",
    "halls": "hall",
    "agencies": "agency",
    "items": "item",
    "sources": "source",
    "officers": "officer",
    "applicants": "applicant",
    "devices": "device",
    "regions": "region",
    "windows": "window",
}


def by_unit(judgement: Judgement) -> dict[Key, list[tuple[Any, ...]]]:
    """What is said of each unit: verdicts with their moments, not what merely lies ahead."""
    names = (
        "rule",
        "subject",
        "level",
        "cause",
        "abnormal",
        "lead",
        "manual",
        "standing",
        "since",
        "ended_at",
    )
    said: dict[Key, list[tuple[Any, ...]]] = {}
    for finding in judgement.findings.to_pylist():
        if finding["rule"] not in BY_SCHEDULE:
            key = (UNITS[finding["about"]], finding["key"])
            said.setdefault(key, []).append(tuple(finding[name] for name in names))
    return said


def look_again(judgement: Judgement) -> dict[Key, datetime]:
    return {(row["unit"], row["key"]): row["look_again_at"] for row in judgement.watch.to_pylist()}


@pytest.mark.parametrize("seed", [21, 22])
def test_nothing_changes_before_the_moment_to_look_again_and_something_does_at_it(
    seed: int, judged: Judged
) -> None:
    world = draw_world(seed, count=30)
    tables, now = known_by(world.tables, world.as_of), world.as_of
    before = judged(tables, now, ALL)
    for _ in range(4):
        due = look_again(before)
        soonest = min(due.values())
        assert soonest > now
        almost = judged(tables, soonest - timedelta(seconds=1), ALL)
        assert by_unit(almost) == by_unit(before)
        assert look_again(almost) == due
        then = judged(tables, soonest, ALL)
        come = {key for key, at in due.items() if at == soonest}
        changed = {
            key
            for key in by_unit(before).keys() | by_unit(then).keys()
            if by_unit(before).get(key) != by_unit(then).get(key)
        }
        assert changed <= come, f"changed without a moment: {sorted(changed - come)[:5]}"
        assert come <= changed, f"looked at again for nothing: {sorted(come - changed)[:5]}"
        assert all(at > soonest for at in look_again(then).values())
        now, before = soonest, then


@pytest.mark.parametrize("seed", [23, 24])
def test_a_week_of_sweeps_missed_is_made_up_by_one(seed: int, judged: Judged) -> None:
    """What a unit is said to be a week later is lawful by the moments, whenever it is looked at."""
    world = draw_world(seed, count=30)
    tables = known_by(world.tables, world.as_of)
    first, later = judged(tables, world.as_of, ALL), world.as_of + timedelta(days=7)
    week = judged(tables, later, ALL)
    due = look_again(first)
    untouched = {key for key in by_unit(first) if key not in due or due[key] > later}
    assert untouched
    assert {key: by_unit(first)[key] for key in untouched} == {
        key: by_unit(week).get(key) for key in untouched
    }
    for finding in week.findings.to_pylist():
        if finding["since"] and finding["since"] > world.as_of and finding["rule"] not in BY_SCHEDULE:
            assert due[UNITS[finding["about"]], finding["key"]] <= finding["since"], finding
