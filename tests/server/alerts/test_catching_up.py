"""What judges by itself: the same alerts however facts were cut into batches and whenever anybody looked."""

from __future__ import annotations

import random
from typing import Any

import pytest

from mingcha.alerts.catching_up import catch_up
from mingcha.alerts.judging import Order, judge_everything, judgement_of
from mingcha.alerts.law import law_in_force
from mingcha.alerts.models import Alert, Change, Watch
from mingcha.alerts.reconcile import Why
from mingcha.alerts.turn import every_judge, one_judge
from mingcha.alerts.units import Lane
from mingcha.base import clock
from mingcha.intake.fact_models import FACTS
from mingcha.intake.store_models import Touched
from tests.server.alerts.conftest import at

RULE, MENDED = "henan-8.10", "henan-8.8a"
RECEIVED = {"received_at": "2026-02-12 10:00"}
DAYS = [
    "02-12",
    "02-13",
    "02-14",
    "02-24",
    "02-25",
    "02-26",
    "02-27",
    "02-28",
    "03-02",
    "03-03",
    "03-04",
    "03-05",
]
SAID = ("rule", "about", "key", "subject", "level", "standing", "since", "ended_at")


def said_by_alerts() -> set[tuple[Any, ...]]:
    rows = Alert.objects.filter(state__in=["open", "cured", "proposed"], found=True)
    return {tuple(str(getattr(alert, name)) for name in SAID) for alert in rows}


def said_by_judging_all() -> set[tuple[Any, ...]]:
    from mingcha.alerts.found import rows_of

    judgement, _, _ = judgement_of(None, clock.local_now(), None, law_in_force())
    rows = [row for row in rows_of(judgement.findings) if row["level"] != "undetermined"]
    return {tuple(str(row[name]) for name in SAID) for row in rows}


def a_life(dice: random.Random, number: int) -> list[tuple[str, dict[str, Any]]]:
    """Versions of one case, each with the moment at which it arrives."""
    days = sorted(dice.sample(DAYS, 4))
    case: dict[str, Any] = {"case_no": f"BJ{number}", "received_at": f"2026-{days[0]} 10:00"}
    life = [(f"2026-{days[0]}T10:30:00", dict(case))]
    if dice.random() < 0.8:
        case |= {
            "opinion": "accept",
            "opinion_at": f"2026-{days[1]} 09:00",
            "accepted_at": f"2026-{days[1]} 09:00",
        }
        life.append((f"2026-{days[1]}T09:30:00", dict(case)))
    if dice.random() < 0.6:
        case |= {"completed_at": f"2026-{days[2]} 15:00", "outcome": "granted"}
        life.append((f"2026-{days[2]}T15:30:00", dict(case)))
    if dice.random() < 0.5:
        case |= {"received_at": f"2026-{dice.choice(DAYS[:3])} 08:00"}
        life.append((f"2026-{days[3]}T16:30:00", dict(case)))
    return life


@pytest.mark.parametrize("seed", range(3))
def test_judging_bit_by_bit_says_the_same_as_judging_everything(town, seed):
    """test-plan R9, over random lives of cases, batches of random size, with and without punctual sweeps."""
    dice = random.Random(seed)
    lives = [event for number in range(5) for event in a_life(dice, number)]
    events = sorted(lives, key=lambda event: event[0])
    for when, case in events:
        if dice.random() < 0.5:
            town.sweep(when)
        town.report(when, judged=dice.random() < 0.6, cases=[case])
    town.sweep("2026-03-10T09:00:00")
    with at("2026-03-10T09:00:00"):
        assert said_by_alerts() == said_by_judging_all()
        before = Change.objects.count()
        now = clock.local_now()
        with every_judge():
            judge_everything(Order(now, Why("再判"), lambda _: now))
        assert Change.objects.count() == before


def test_nothing_waits_after_catching_up(town):
    town.report("2026-02-12T11:00:00", cases=[RECEIVED])
    assert not Touched.objects.exists()


def test_places_that_move_without_any_case_are_judged_once_and_done_with(town):
    town.report("2026-02-12T11:00:00", cases=[RECEIVED])
    places = [{"code": "410199000000", "name": "示例新区", "level": "county", "parent_code": "410100000000"}]
    town.report("2026-02-13T11:00:00", regions=places)
    assert not Touched.objects.exists()


def test_a_defect_that_was_mended_is_cured_and_coming_back_is_a_new_episode(town):
    done = {**RECEIVED, "accepted_at": "2026-02-12 11:00", "opinion": "accept", "opinion_at": "2026-02-12 11:00",
            "completed_at": "2026-02-12 12:00", "outcome": "granted"}  # fmt: skip
    paper = {"material_code": "M1", "name": "身份证明", "received_at": "2026-02-12 10:00"}
    town.report("2026-02-12T12:30:00", cases=[done], materials=[{**paper, "material_code": "M9"}])
    needed = FACTS["item_materials"]._default_manager.filter(seen_to=None, required=True)
    papers = [{**paper, "material_code": row.material_code, "name": row.name} for row in needed]
    assert town.one(MENDED).state == "open"
    town.report("2026-02-13T09:00:00", materials=papers)
    assert town.one(MENDED).state == "cured"
    town.report("2026-02-24T09:00:00", materials=[{**row, "withdrawn": True} for row in papers])
    assert {(a.episode, a.state) for a in Alert.objects.filter(rule=MENDED)} == {(1, "cured"), (2, "open")}


def test_a_clock_set_forth_and_back_raises_nothing_twice(town):
    """test-plan T1."""
    town.report("2026-02-12T11:00:00", cases=[RECEIVED])
    for when in ("2026-02-15T00:30:00", "2026-02-14T23:30:00", "2026-02-15T00:30:00", "2026-02-15T01:30:00"):
        town.sweep(when)
    assert town.history(RULE) == [("raised", "warning", "2026-02-15 00:00:00")]
    assert str(town.one(RULE).red_at) == "2026-02-27 00:00:00"


def test_while_one_judges_another_leaves_it_to_him(town):
    town.report("2026-02-12T11:00:00", judged=False, cases=[RECEIVED])
    import threading

    results: list[bool] = []

    def other() -> None:
        from django.db import connection

        with at("2026-02-12T11:00:05"):
            results.append(catch_up(clock.local_now()))
        connection.close()

    with one_judge(Lane.CASES) as ours:
        assert ours
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert results == [False] and not Watch.objects.exists()
    town.sweep("2026-02-12T11:00:10")
    assert Watch.objects.filter(unit="case", key="BJ1").count() == 1


def test_a_new_item_version_is_applied_and_listed(town):
    from mingcha.alerts.models import Difference

    late = {
        **RECEIVED,
        "accepted_at": "2026-02-12 11:00",
        "opinion": "accept",
        "opinion_at": "2026-02-12 11:00",
    }
    town.report("2026-02-12T11:30:00", cases=[late])
    town.sweep("2026-03-20T09:00:00")
    assert town.one("henan-8.1").level == "red"
    town.report("2026-03-20T10:00:00", items=[{"promised_limit": 60, "statutory_limit": 60}])
    assert town.one("henan-8.1").state == "withdrawn"
    listed = Difference.objects.get()
    assert (listed.state, listed.settled_by) == ("applied", "系统")
    assert listed.lines.filter(rule="henan-8.1", kind="withdrawn", level_before="red").exists()
