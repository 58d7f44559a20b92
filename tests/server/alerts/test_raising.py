"""From facts to alerts and back, on the clock of 第八条(十): two working days, then three more."""

from __future__ import annotations

from mingcha.alerts import law
from mingcha.alerts.adopting import adopt
from mingcha.alerts.judging import Order, judge_everything, judgement_of
from mingcha.alerts.models import Alert, Watch
from mingcha.alerts.reconcile import Why
from mingcha.alerts.turn import every_judge
from mingcha.base import clock
from mingcha.intake.fact_models import FACTS
from tests.server.alerts.conftest import Town, at

RULE = "henan-8.10"
RECEIVED = {"received_at": "2026-02-12 10:00"}


def test_a_case_in_time_raises_nothing_and_is_looked_at_again(town):
    town.report("2026-02-12T11:00:00", cases=[RECEIVED])
    assert town.alerts() == {}
    assert str(Watch.objects.get(unit="case", key="BJ1").look_again_at) == "2026-02-15 00:00:00"


def test_a_warning_comes_at_its_moment_and_the_red_card_three_working_days_after_it_was_issued(town):
    town.report("2026-02-12T11:00:00", cases=[RECEIVED])
    town.sweep("2026-02-14T23:59:59")
    assert town.alerts(RULE) == {}
    town.sweep("2026-02-15T00:00:00")
    assert town.alerts(RULE) == {(RULE, "", 1): ("warning", "open")}
    assert str(town.one(RULE).issued_at) == "2026-02-15 00:00:00"
    town.sweep("2026-02-26T23:59:59")
    assert town.one(RULE).level == "warning"
    town.sweep("2026-02-27T00:00:00")
    assert town.history(RULE) == [
        ("raised", "warning", "2026-02-15 00:00:00"),
        ("risen", "red", "2026-02-27 00:00:00"),
    ]


def test_an_outage_ends_in_the_same_alerts_as_punctual_sweeps(town):
    town.report("2026-02-12T11:00:00", cases=[RECEIVED])
    town.sweep("2026-03-05T09:00:00")
    assert town.history(RULE) == [
        ("raised", "warning", "2026-02-15 00:00:00"),
        ("risen", "red", "2026-02-27 00:00:00"),
    ]
    assert str(town.one(RULE).issued_at) == "2026-02-15 00:00:00"


def test_what_arrives_late_is_issued_when_it_arrives_and_its_chain_starts_there(town):
    town.report("2026-03-02T09:30:00", cases=[RECEIVED])
    alert = town.one(RULE)
    assert (alert.level, str(alert.since)) == ("warning", "2026-02-15 00:00:00")
    assert str(alert.issued_at) == "2026-03-02 09:30:00"
    assert str(alert.red_at) == "2026-03-06 00:00:00"


def test_an_opinion_cures_the_warning_and_the_fact_says_so(town):
    town.report("2026-02-12T11:00:00", cases=[RECEIVED])
    town.sweep("2026-02-15T00:00:05")
    opinion = {"opinion": "accept", "opinion_at": "2026-02-24 09:00"}
    town.report("2026-02-24T09:01:00", cases=[{**RECEIVED, **opinion}])
    alert = town.one(RULE)
    assert (alert.state, alert.level, str(alert.ended_at)) == ("cured", "warning", "2026-02-24 09:00:00")
    fact = FACTS["issued"]._default_manager.get(seen_to=None, rule=RULE)
    assert fact.ended_at is not None and fact.level == "warning"


def test_what_names_nobody_raises_nothing_and_holds_up_nothing(transactional_db):
    law.forget()
    with at("2026-01-05T08:00:00"):
        adopt(["henan-2019", "ezhou-2020"], "领导小组", "试运行")
    nobody = {"evaluation_no": "PJ9", "case_no": None, "agency_code": None, "kind": "comprehensive"}
    rated = {**nobody, "level": 1, "satisfied": False, "submitted_at": "2026-03-02 09:00"}
    town = Town()
    town.report(
        "2026-03-02T10:00:00",
        cases=[
            {
                **RECEIVED,
                "completed_at": "2026-02-12 11:00",
                "opinion": "accept",
                "opinion_at": "2026-02-12 10:30",
            }
        ],
        evaluations=[rated],
        review_handling=[{"evaluation_no": "PJ9", "assigned_at": "2026-03-02 09:30"}],
    )
    with at("2026-03-05T10:00:00"), every_judge():
        now = clock.local_now()
        found, _, _ = judgement_of(None, now, None, law.law_in_force())
        assert "PJ9" not in found.findings["subject"].to_pylist()
        assert found.watch["key"].null_count == 0
        judge_everything(Order(now, Why("试"), lambda _: now))
    assert not Alert.objects.filter(subject="PJ9").exists()
    law.forget()


def test_judging_the_same_again_changes_nothing(town):
    town.report("2026-02-12T11:00:00", cases=[RECEIVED])
    town.sweep("2026-03-05T09:00:00")
    before = list(Alert.objects.values())
    town.report("2026-03-05T09:00:10", cases=[{**RECEIVED, "window_code": "C1"}])
    town.sweep("2026-03-05T09:00:10")
    after = list(Alert.objects.values())
    assert [{**row, "evidence": ""} for row in after] == [{**row, "evidence": ""} for row in before]


def test_a_corrected_fact_withdraws_the_alert_with_the_batch_that_corrected_it(town):
    town.report("2026-02-12T11:00:00", cases=[RECEIVED])
    town.sweep("2026-02-15T00:00:05")
    number = town.report("2026-02-16T09:00:00", cases=[{"received_at": "2026-02-14 10:00"}])
    alert = town.one(RULE)
    assert alert.state == "withdrawn"
    last = alert.changes.get(no=alert.version)
    assert f"批次 {number}" in last.why and "更正" in last.why
    assert FACTS["issued"]._default_manager.get(seen_to=None, rule=RULE).withdrawn


def test_a_withdrawn_alert_is_reopened_when_it_is_found_again_and_its_chain_starts_anew(town):
    town.report("2026-02-12T11:00:00", cases=[RECEIVED])
    town.sweep("2026-02-15T00:00:05")
    town.report("2026-02-16T09:00:00", cases=[{"received_at": "2026-02-14 10:00"}])
    town.report("2026-02-25T09:00:00", cases=[RECEIVED])
    alert = town.one(RULE)
    assert (alert.state, alert.level, str(alert.issued_at)) == ("open", "warning", "2026-02-25 09:00:00")
    assert [kind for kind, _, _ in town.history(RULE)] == ["raised", "withdrawn", "reopened"]


def test_a_withdrawn_case_takes_its_alerts_with_it(town):
    town.report("2026-02-12T11:00:00", cases=[RECEIVED])
    town.sweep("2026-02-15T00:00:05")
    town.report("2026-02-24T09:00:00", cases=[{**RECEIVED, "withdrawn": True}])
    assert town.one(RULE).state == "withdrawn"
    assert not Watch.objects.filter(unit="case").exists()
