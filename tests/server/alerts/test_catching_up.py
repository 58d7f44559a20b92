"""What judges by itself. That it says the same however facts were cut into batches and whenever anybody looked:
`tests/server/hard/test_incremental.py`."""

from __future__ import annotations

import pytest

from mingcha.alerts.catching_up import catch_up
from mingcha.alerts.models import Alert, Change, Difference, Watch
from mingcha.alerts.turn import one_judge
from mingcha.alerts.units import Lane
from mingcha.base import clock
from mingcha.intake.fact_models import FACTS
from mingcha.intake.store_models import Touched
from tests.server.alerts.conftest import at

RULE, MENDED = "henan-8.10", "henan-8.8a"
RECEIVED = {"received_at": "2026-02-12 10:00"}


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


def test_the_first_report_of_a_table_makes_everything_be_asked_for_it(town):
    """Rules that need a table are not asked before anybody reports it; then they are, of cases that nobody touched."""
    done = {**RECEIVED, "accepted_at": "2026-02-12 11:00", "opinion": "accept", "opinion_at": "2026-02-12 11:00",
            "completed_at": "2026-02-12 12:00", "outcome": "granted"}  # fmt: skip
    town.report("2026-02-12T12:30:00", cases=[done])
    assert not Alert.objects.filter(rule=MENDED).exists()
    town.report("2026-02-13T12:30:00", materials=[{"case_no": "BJ2", "material_code": "M9", "name": "其他"}])
    assert town.one(MENDED).key == "BJ1"
    assert not Touched.objects.exists()


def test_after_an_outage_everything_is_judged_at_each_batch_that_touched_it(town):
    """What could be said at the first of them and was no more so at the last is in the past."""
    done = {**RECEIVED, "accepted_at": "2026-02-12 11:00", "opinion": "accept", "opinion_at": "2026-02-12 11:00",
            "completed_at": "2026-02-12 12:00", "outcome": "granted"}  # fmt: skip
    town.report("2026-02-12T12:30:00", cases=[done], judged=False)
    town.report("2026-02-13T12:30:00", materials=[{"case_no": "BJ2", "material_code": "M9"}], judged=False)
    town.report("2026-02-14T12:30:00", certificates=[{"case_no": "BJ2", "seq": 1}], judged=False)
    town.report("2026-02-15T12:30:00", cases=[{**done, "withdrawn": True}], judged=False)
    town.sweep("2026-02-16T12:30:00")
    changes = Change.objects.filter(alert__rule=MENDED).order_by("no").values_list("kind", "batch_no")
    assert list(changes) == [("raised", 2), ("withdrawn", 4)]
    assert not Touched.objects.exists()


def test_a_batch_that_names_units_of_both_lanes_beside_everything_is_judged_once_and_done_with(town):
    town.report("2026-02-12T11:00:00", cases=[RECEIVED])
    town.report(
        "2026-02-13T12:00:00",
        posts=[{"post_no": "G1", "hall_code": "DT77", "status": "away", "started_at": "2026-02-13 09:00"}],
        certificates=[{"case_no": "BJ1", "seq": 1}],
    )
    assert not Touched.objects.exists()


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


@pytest.mark.parametrize("beside", ["alone", "beside the first report of another table"])
def test_a_new_item_version_is_applied_and_listed(town, beside):
    more = {} if beside == "alone" else {"certificates": [{"case_no": "BJ2", "seq": 1}]}
    late = {
        **RECEIVED,
        "accepted_at": "2026-02-12 11:00",
        "opinion": "accept",
        "opinion_at": "2026-02-12 11:00",
    }
    town.report("2026-02-12T11:30:00", cases=[late])
    town.sweep("2026-03-20T09:00:00")
    assert town.one("henan-8.1").level == "red"
    town.report("2026-03-20T10:00:00", items=[{"promised_limit": 60, "statutory_limit": 60}], **more)
    assert town.one("henan-8.1").state == "withdrawn"
    listed = Difference.objects.get()
    assert (listed.state, listed.settled_by) == ("applied", "系统")
    assert listed.lines.filter(rule="henan-8.1", kind="withdrawn", level_before="red").exists()
