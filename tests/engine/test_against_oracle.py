"""The engine and the naive judge of tests/oracle find the same, row for row and moment for moment (R8).

MINGCHA_WORLDS=200 judges more worlds than the few of every day.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from oracle.compare import differences
from oracle.days import Days
from oracle.judge import ALL, PACKS, RULES, Reading
from oracle.judge import judge as by_hand
from oracle.worlds import draw_world

from mingcha.engine.judge import Judgement
from mingcha.law.load import load_calendar

WORLDS = int(os.environ.get("MINGCHA_WORLDS", "3"))
Judged = Callable[..., Judgement]


def agree(expected: list[dict[str, Any]], found: Judgement) -> None:
    lines = differences(expected, found.findings.to_pylist())
    assert not lines, f"{len(lines)} differences:\n" + "\n".join(lines[:20])


@pytest.mark.parametrize("seed", range(WORLDS))
def test_every_rule_finds_what_the_naive_judge_finds(seed: int, judged: Judged) -> None:
    world = draw_world(seed, count=40)
    found = judged(world.tables, world.as_of, ALL, pending=True)
    assert not found.not_judged
    agree(by_hand(world.tables, world.as_of), found)


@pytest.mark.parametrize("seed", range(1000, 1000 + WORLDS))
def test_packs_hold_by_region_and_from_their_day_on(seed: int, judged: Judged) -> None:
    since = sorted(start for _, start in PACKS.values())[1:]
    world = draw_world(seed, count=40, days=[day + timedelta(days=n) for day in since for n in (0, 4, 12)])
    found = judged(world.tables, world.as_of, pending=True)
    agree(by_hand(world.tables, world.as_of, Reading(adopted=())), found)


@pytest.mark.parametrize("pack", ALL)
def test_a_pack_alone_finds_what_the_naive_judge_finds(pack: str, judged: Judged) -> None:
    world = draw_world(2000 + ALL.index(pack), count=30)
    found = judged(world.tables, world.as_of, (pack,), pending=True)
    agree(by_hand(world.tables, world.as_of, Reading(adopted=(pack,))), found)


@pytest.mark.parametrize("seed", range(3000, 3000 + WORLDS))
def test_chains_start_lawfully_where_they_are_told_to_or_before_the_system_was_live(
    seed: int, judged: Judged
) -> None:
    world = draw_world(seed, count=30)
    chain = "lawful" if seed % 2 else "issued"
    live = None if seed % 2 else (world.as_of - timedelta(days=8)).replace(hour=0, minute=0, second=0)
    found = judged(world.tables, world.as_of, ALL, pending=True, chain_from=chain, live_from=live)
    agree(by_hand(world.tables, world.as_of, Reading(chain_from=chain, live_from=live)), found)


@pytest.mark.parametrize("way", ["few", "many"])
@pytest.mark.parametrize("seed", [4000, 4001])
def test_places_with_days_of_their_own_are_judged_by_them(
    seed: int, way: str, judged: Judged, tmp_path: Path
) -> None:
    world = draw_world(seed, count=40, days=[date(2026, 4, 1), date(2026, 4, 7)])
    today = world.as_of.date()
    local = {
        "4101": {today - timedelta(days=5): False, today - timedelta(days=3): True},
        "4207": {today - timedelta(days=7): False, today - timedelta(days=6): True},
        "410402": {today - timedelta(days=9): False, today - timedelta(days=8): False},
        "H1": {today - timedelta(days=2): False, today - timedelta(days=1): True},
    }
    for code, changed in local.items():
        days = "".join(
            f"  - {{date: {day}, name: 本地, off: {str(not works).lower()}, source: 文}}\n"
            for day, works in changed.items()
        )
        (tmp_path / f"{code}.yaml").write_text(
            f"layer: '{code}'\nname: 本地\ndays:\n{days}", encoding="utf-8"
        )
    calendar = load_calendar(local=tmp_path)
    found = judged(world.tables, world.as_of, ALL, pending=True, calendar=calendar, way=way)
    agree(by_hand(world.tables, world.as_of, days=Days(local)), found)


def test_without_pending_only_what_has_begun_or_cannot_be_told_is_listed(judged: Judged) -> None:
    world = draw_world(5000, count=30)
    every = judged(world.tables, world.as_of, ALL, pending=True).findings.to_pylist()
    begun = judged(world.tables, world.as_of, ALL).findings.to_pylist()
    flags = ("abnormal", "manual", "lead", "provisional")
    assert begun == [f for f in every if f["level"] != "none" or any(f[flag] for flag in flags)]
    assert len(begun) < len(every)


def test_a_rule_whose_table_was_not_reported_is_named_and_not_judged(judged: Judged) -> None:
    world = draw_world(6000, count=30)
    gone = ("item_steps", "materials", "certificates", "review_handling", "item_specials")
    tables = {name: rows for name, rows in world.tables.items() if name not in gone}
    found = judged(tables, world.as_of, ALL, pending=True)
    assert {
        "henan-8.6",
        "henan-8.8a",
        "henan-8.8b",
        "henan-8.5a",
        "ezhou-sign",
        "henan-8.9",
    } <= found.not_judged.keys()
    assert not {f["rule"] for f in found.findings.to_pylist()} & found.not_judged.keys()
    rules = [rule for rule in found.judged if rule not in found.not_judged]
    agree(by_hand(tables, world.as_of, rules=rules), found)


def test_a_world_is_drawn_full_of_what_the_rules_look_for() -> None:
    """The comparison is only worth something where every rule has something to say somewhere."""
    seen: dict[str, set[str]] = {}
    for seed in range(30):
        world = draw_world(seed, count=30)
        for finding in by_hand(
            world.tables, world.as_of, Reading(adopted=("henan-2019",) if seed < 5 else ALL)
        ):
            flagged = any(finding[flag] for flag in ("abnormal", "manual", "lead"))
            seen.setdefault(finding["rule"], set()).add("flagged" if flagged else finding["level"])
    quiet = [rule.id for rule in RULES if not seen.get(rule.id, set()) - {"none", "undetermined"}]
    assert not quiet


def test_one_seed_gives_one_world() -> None:
    assert draw_world(7).tables == draw_world(7).tables
    assert draw_world(7).tables != draw_world(8).tables
