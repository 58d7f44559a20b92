"""People decide: one of two wins, what they withdraw stays withdrawn, what they confirm is issued."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from mingcha.alerts import deciding, manual, tasks
from mingcha.alerts.changing import ConflictError, Move, change
from mingcha.alerts.models import Alert, Change, DayCount, Task
from mingcha.base.models import AuditRow
from mingcha.intake.fact_models import FACTS
from mingcha.notify.models import Message
from tests.server.alerts.conftest import at, local

LEAD, RULE = "henan-8.2a", "henan-8.10"
RECEIVED = {"received_at": "2026-02-12 10:00"}
NEEDED = {"notice_no": "BZ1", "needed_at": "2026-02-13 09:00", "notified_at": None}


@pytest.fixture
def lead(town):
    """A notice that was needed and is not sent: a lead that asks for people (许可法 32(四): five days)."""
    town.report("2026-02-12T11:00:00", cases=[RECEIVED], corrections=[NEEDED])
    town.sweep("2026-03-03T09:00:00")
    return town.one(LEAD)


def test_a_lead_is_proposed_with_a_task_and_not_issued(town, lead):
    assert (lead.state, lead.issued_at) == ("proposed", None)
    assert Task.objects.get(alert=lead).state == "waiting"
    assert not FACTS["issued"]._default_manager.filter(rule=LEAD).exists()


def test_a_task_is_assigned_investigated_and_found_and_the_alert_is_issued(town, lead):
    task = lead.task
    with at("2026-03-04T10:00:00"):
        tasks.assign(task, "liu", "sun")
        tasks.begin(task, "liu")
        deciding.conclude(task, True, "查实:至今没有告知", "liu")
    alert = town.one(LEAD)
    assert (alert.state, str(alert.issued_at)) == ("open", "2026-03-04 10:00:00")
    assert [step.state for step in task.steps.order_by("no")] == [
        "waiting",
        "assigned",
        "investigating",
        "found",
    ]
    assert FACTS["issued"]._default_manager.get(rule=LEAD, seen_to=None).episode == 1


def test_an_unfounded_task_withdraws_the_alert_and_judging_again_leaves_it_withdrawn(town, lead):
    with at("2026-03-04T10:00:00"):
        tasks.assign(lead.task, "liu", "sun")
        deciding.conclude(lead.task, False, "已当面告知,系统漏报", "liu")
    town.report("2026-03-05T09:00:00", cases=[{**RECEIVED, "window_code": "C2"}])
    assert town.one(LEAD).state == "withdrawn"


def test_a_task_cannot_be_concluded_twice(town, lead):
    first, second = Task.objects.get(alert=lead), Task.objects.get(alert=lead)
    with at("2026-03-04T10:00:00"):
        tasks.assign(first, "liu", "sun")
        with pytest.raises(ConflictError):
            tasks.assign(second, "wang", "sun")


def test_a_decision_without_a_reason_is_refused(town, lead):
    with pytest.raises(deciding.NoReasonError):
        deciding.confirm(lead.pk, lead.version, "sun", " ")


def test_a_decision_on_what_has_changed_since_says_what_happened(town, lead):
    with at("2026-03-04T10:00:00"):
        deciding.confirm(lead.pk, lead.version, "sun", "属实")
        with pytest.raises(ConflictError, match="sun.*确认"):
            deciding.dismiss(lead.pk, lead.version, "liu", "不属实")
    assert town.one(LEAD).state == "open"


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(town, lead):
    """test-plan R7: confirm against dismiss, each having read the same version."""
    results: list[str] = []
    ready = threading.Barrier(2)

    def decide(kind: str, actor: str) -> None:
        try:
            alert = Alert.objects.get(pk=lead.pk)
            moves = deciding.moves(alert, kind, "有理由")
            ready.wait()
            change(moves, actor)
            results.append("won")
        except ConflictError as error:
            results.append(str(error))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=decide, args=(Change.Kind.CONFIRMED, "sun")),
        threading.Thread(target=decide, args=(Change.Kind.DISMISSED, "liu")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("won") == 1
    told = next(result for result in results if result != "won")
    assert "刚才已" in told and "请刷新" in told
    assert lead.changes.count() == lead.version + 1


def test_a_red_card_that_a_person_withdrew_is_not_raised_again_and_its_chain_is_gone(town):
    town.report("2026-02-12T11:00:00", cases=[RECEIVED])
    town.sweep("2026-02-15T00:00:05")
    alert = town.one(RULE)
    with at("2026-02-16T09:00:00"):
        deciding.withdraw(alert.pk, alert.version, "sun", "系统停机,无法出具意见")
    town.sweep("2026-03-05T09:00:00")
    assert (town.one(RULE).state, town.one(RULE).level) == ("withdrawn", "warning")


def test_every_change_is_told_counted_and_in_the_audit_chain(town):
    town.report("2026-02-12T11:00:00", cases=[RECEIVED])
    town.sweep("2026-02-27T00:00:05")
    alert = town.one(RULE)
    changes = list(alert.changes.order_by("no"))
    acts = AuditRow.objects.filter(about=f"alert/{alert.pk}").order_by("id")
    assert [row.act for row in acts] == [f"alert.{row.kind}" for row in changes]
    assert [row.detail["level"] for row in acts] == ["warning", "red"]
    assert Message.objects.filter(subject=f"alert/{alert.pk}").count() == 2
    counted = {(str(row.day), row.level): row.raised for row in DayCount.objects.filter(rule=RULE)}
    assert counted == {("2026-02-15", "warning"): 1, ("2026-02-27", "red"): 1}


def test_what_is_written_is_written_together_or_not_at_all(town):
    town.report("2026-02-12T11:00:00", cases=[RECEIVED])
    town.sweep("2026-02-15T00:00:05")
    stale = town.one(RULE)
    fresh = Alert(
        **{f.attname: getattr(stale, f.attname) for f in Alert._meta.concrete_fields if f.name != "id"}
    )
    fresh.key, fresh.version = "BJ9", 0
    deciding.withdraw(stale.pk, stale.version, "sun", "误报")
    before = (
        Alert.objects.count(),
        Change.objects.count(),
        AuditRow.objects.count(),
        Message.objects.count(),
    )
    with pytest.raises(ConflictError):
        change([Move(fresh, Change.Kind.RAISED, "warning"), Move(stale, Change.Kind.RISEN, "red")], "系统")
    after = (Alert.objects.count(), Change.objects.count(), AuditRow.objects.count(), Message.objects.count())
    assert after == before


CARD = manual.Card(
    rule="zhengzhou-16", source="visit", unit="window", key="C1", level="yellow",
    happened_at=local("2026-03-02T10:00:00"),
    text="暗访发现窗口人员离岗三十分钟", agency_code="11410105MB0000019A", region_code="410105000000",
)  # fmt: skip


def test_a_card_entered_by_hand_is_an_alert_with_its_evidence(town):
    with at("2026-03-03T10:00:00"):
        alert = manual.enter(CARD, [manual.File("../../现场\u202e照片.jpg", [b"\xff\xd8", b"photo"])], "sun")
    assert (alert.state, alert.level, alert.origin, alert.about) == ("open", "yellow", "manual", "windows")
    file = alert.files.get()
    assert file.name == "现场照片.jpg" and file.size == 7
    town.report("2026-03-03T11:00:00", cases=[RECEIVED])
    assert Alert.objects.get(pk=alert.pk).state == "open"


def test_a_second_card_about_the_same_thing_is_another_episode(town):
    with at("2026-03-03T10:00:00"):
        first, second = (manual.enter(CARD, [manual.File("a.txt", [b"x"])], "sun") for _ in range(2))
    assert (first.episode, second.episode) == (1, 2)


def test_a_card_without_evidence_or_by_a_rule_that_judges_itself_is_refused(town):
    with pytest.raises(manual.CardError, match="证据"):
        manual.enter(CARD, [], "sun")
    other = manual.Card(**{**CARD.__dict__, "rule": "henan-8.1"})
    with pytest.raises(manual.CardError, match="zhengzhou-16"):
        manual.enter(other, [manual.File("a.txt", [b"x"])], "sun")
