"""The loop of a bad review, lived through as the plan of 鄂州 demands."""

from datetime import date, datetime

import pytest

from mingcha.accounts.acts import By, RefusedError
from mingcha.alerts.conflict import ConflictError
from mingcha.alerts.evidence import EvidenceError
from mingcha.alerts.law import setting
from mingcha.alerts.models import Alert
from mingcha.base.audit import SYSTEM
from mingcha.base.models import AuditRow
from mingcha.casework import clocks
from mingcha.casework.models import Matter
from mingcha.casework.moving import move
from mingcha.casework.proofs import keep
from mingcha.evaluations import following, looking, offers, opening, published, taking
from mingcha.evaluations.answers import read
from mingcha.evaluations.loop import contest_over
from mingcha.evaluations.opening import open_loops
from mingcha.evaluations.writing import write_taken
from mingcha.intake import reading
from tests.server.alerts.conftest import at
from tests.server.evaluations.conftest import AGENCY, NOW

LIAISON, SUPERVISOR, OTHER = By("李联络"), By("周明"), By("吴复核")
PERSON = {"name": "王小明", "phone": "13800138000"}


def bad(case_no="BJ1", **said):
    """A bad rating, taken and with its loop begun; its number."""
    offered = offers.offer(case_no=case_no)
    answer = read({"level": "1", "comment": "跑了三趟,打 13800138000 找我", **PERSON, **said})
    no = taking.take(taking.of_offer(offered.offer), answer, channel="qr").no
    assert write_taken() == 1
    open_loops()
    return no


def loop(no):
    return Matter.objects.get(subject=no)


def proof():
    return [keep("证明.txt", [b"proof"], "李联络")]


def go(no, *acts):
    """Acts in turn: (name, who, given)."""
    for name, who, given in acts:
        move(loop(no), name, who, **given)
    return loop(no)


SIGN = ("sign", LIAISON, {})
CALL = ("call_back", LIAISON, {"reason": "电话回访,情况属实", "fields": {"reached": "reached"}})
CONFIRM = ("confirm", LIAISON, {"reason": "窗口没有一次告知"})
SETTLE = ("settle", LIAISON, {"reason": "向您道歉,已改正告知单;电话 13800138000 勿念"})


def doubt():
    return (
        "doubt",
        LIAISON,
        {"reason": "评的是另一家", "evidence": proof(), "fields": {"doubted_as": "mistaken"}},
    )


AGREE = ("agree", SUPERVISOR, {"reason": "同意", "fields": {"finding": "mistaken"}})


def rectify():
    return ("rectify", LIAISON, {"reason": "告知单已改,人员已培训", "evidence": proof()})


def test_a_bad_rating_is_assigned_by_itself_and_a_good_one_is_not(town):
    no = bad()
    matter = loop(no)
    assert (matter.kind, matter.state, matter.agency_code) == ("review", "assigned", AGENCY)
    row = reading.row("review_handling", no)
    assert row.values["assigned_at"] == datetime.fromisoformat(NOW)
    good = offers.offer(case_no="BJ2")
    taking.take(taking.of_offer(good.offer), read({"level": "3"}), channel="qr")
    write_taken()
    assert open_loops() == 0 and Matter.objects.count() == 1


def test_the_loop_is_begun_once(town):
    no = bad()
    assert open_loops() == 0
    with pytest.raises(RefusedError, match="自行报送"):
        opening.assign(no, SUPERVISOR)


def test_one_review_that_a_person_was_quicker_with_stops_no_other(town):
    """交办 is pressed after the rating was written and before the job comes."""
    numbers = []
    for case_no in ("BJ1", "BJ2"):
        offered = offers.offer(case_no=case_no).offer
        numbers.append(taking.take(taking.of_offer(offered), read({"level": "1"}), channel="qr").no)
    assert write_taken() == 2
    opening.assign(numbers[0], SUPERVISOR)
    assert open_loops() == 2
    assert [loop(no).opened_by for no in numbers] == [SUPERVISOR.actor, SYSTEM]
    assert open_loops() == 0


def test_a_bad_second_rating_has_a_loop_of_its_own_and_a_good_one_has_none(town):
    first, other = bad("BJ1"), bad("BJ2")
    for no, case_no, level in ((first, "BJ1", "2"), (other, "BJ2", "5")):
        offered = offers.offer(case_no=case_no, follows=no).offer
        taking.take(taking.of_offer(offered), read({"level": level}), channel="qr")
    assert write_taken() == 2 and open_loops() == 2
    assert Matter.objects.count() == 3


def test_a_matter_does_not_say_whose_review_it_is(town):
    matter = loop(bad())
    told = f"{matter.title}{matter.case_no}{matter.told}{matter.fact}{matter.officer_code}"
    assert not [word for word in ("BJ1", "王小明", "13800138000") if word in told]


def test_the_clocks_are_those_of_the_rulebook(town):
    """Assigned on Thursday 5 March 10:00: called back within 24 hours comes first, then signing, then settling."""
    no = bad()
    assert loop(no).due_at == date(2026, 3, 6) or loop(no).due_at == datetime(2026, 3, 6, 10)
    go(no, SIGN, CALL)
    assert (loop(no).due_at, loop(no).due_rule) == (date(2026, 3, 12), "ezhou-settle")
    go(no, CONFIRM)
    go(no, SETTLE)
    assert (loop(no).due_at, loop(no).due_rule) == (date(2026, 3, 20), "ezhou-rectify")


def test_what_is_difficult_has_fifteen_working_days_and_says_who_said_so(town):
    no = bad()
    given = {"reason": "涉及三个部门", "fields": {"difficult_by": "周明,监察科长"}}
    go(no, SIGN, CALL, ("difficult", SUPERVISOR, given))
    assert loop(no).due_at == date(2026, 3, 26)
    assert reading.row("review_handling", no).values["difficult_by"] == "周明,监察科长"


def test_who_does_not_sign_in_time_is_warned_by_the_rule(town):
    no = bad()
    town.sweep("2026-03-09T09:00:00")
    found = {a.rule: a.level for a in Alert.objects.filter(rule__startswith="ezhou")}
    assert found["ezhou-sign"] == found["ezhou-callback"] == "warning", no


def test_the_whole_way_to_the_published_answer(town):
    no = bad()
    matter = go(
        no, SIGN, CALL, CONFIRM, SETTLE, rectify(), ("accept", SUPERVISOR, {}), ("publish", SUPERVISOR, {})
    )
    assert matter.state == "published" and matter.closed_at is not None
    row = reading.row("review_handling", no).values
    moments = ("signed_at", "called_back_at", "confirmed_at", "settled_at", "rectified_at", "feedback_at")
    assert row["finding"] == "confirmed" and all(row[name] for name in moments)
    (shown,) = published.answered(published.scope_of())
    assert shown.no == no and "道歉" in shown.answer and "告知单" in shown.rectified
    assert "13800138000" not in f"{shown}" and "BJ1" not in f"{shown}"
    told = following.told(no)
    assert [said for _, said in told.steps][-1] == "处理结果已公开" and told.finding == "经核实属实"


def test_what_was_not_put_right_is_sent_back_and_its_clock_runs_on(town):
    no = bad()
    go(no, SIGN, CALL, CONFIRM, SETTLE, rectify(), ("send_back", SUPERVISOR, {"reason": "告知单没有换"}))
    row = reading.row("review_handling", no).values
    assert (loop(no).state, row["feedback_at"], row["rectified_at"]) == ("rectifying", None, None)
    assert loop(no).due_at == date(2026, 3, 20)


def test_an_extension_filed_before_the_end_moves_it(town):
    no = bad()
    go(no, SIGN, CALL, CONFIRM, SETTLE)
    with at("2026-03-18T10:00:00"):
        go(no, ("extend", LIAISON, {"reason": "设备采购未到", "fields": {"extended_to": "2026-04-10"}}))
    assert loop(no).due_at == date(2026, 4, 10)


def test_not_adopting_needs_evidence_and_a_second_person(town):
    no = bad()
    go(no, SIGN, CALL)
    with pytest.raises(RefusedError, match="证据"):
        go(no, ("doubt", LIAISON, {"reason": "评错了", "fields": {"doubted_as": "mistaken"}}))
    go(no, doubt())
    with pytest.raises(RefusedError, match="另一人"):
        go(no, ("agree", LIAISON, {"reason": "同意", "fields": {"finding": "mistaken"}}))
    go(no, ("agree", SUPERVISOR, {"reason": "评价内容说的是另一大厅", "fields": {"finding": "mistaken"}}))
    assert loop(no).state == "not_adopted"
    assert reading.row("review_handling", no).values["finding"] == "mistaken"
    assert following.told(no).contestable


def test_the_citizen_contests_and_somebody_else_decides(town):
    no = bad()
    agreed = ("agree", SUPERVISOR, {"reason": "同意", "fields": {"finding": "malicious"}})
    go(no, SIGN, CALL, doubt(), agreed, ("contest", SUPERVISOR, {"reason": "我说的就是这个窗口"}))
    with pytest.raises(RefusedError, match="另一人"):
        go(no, ("uphold", SUPERVISOR, {"reason": "维持"}))
    go(no, ("overturn", OTHER, {"reason": "录像显示属实"}))
    assert loop(no).state == "rectifying"
    assert reading.row("review_handling", no).values["finding"] == "confirmed"


def test_nobody_contests_and_it_ends_by_itself(town):
    no = bad()
    go(no, SIGN, CALL, doubt(), ("agree", SUPERVISOR, {"reason": "同意", "fields": {"finding": "mistaken"}}))
    from mingcha.casework.following import wake

    with at("2026-03-19T23:59:00"):
        wake(datetime(2026, 3, 19, 23, 59))
        assert loop(no).state == "not_adopted"
    with at("2026-03-20T00:00:00"):
        wake(datetime(2026, 3, 20))
    assert loop(no).state == "dismissed"


def test_how_long_the_citizen_may_contest_is_a_setting_of_the_pack(town, monkeypatch):
    assert setting("contest_days", "ezhou-2020") == 10
    no = bad()
    go(no, SIGN, CALL, doubt(), ("agree", SUPERVISOR, {"reason": "同意", "fields": {"finding": "mistaken"}}))
    said = {"contest_days": 3}
    monkeypatch.setattr(clocks, "setting", lambda name, pack="", default=None: said.get(name, default))
    assert contest_over(loop(no)) == datetime(2026, 3, 11)


def test_two_at_once_one_wins_and_the_other_learns_what_happened(town):
    no = bad()
    mine, theirs = loop(no), loop(no)
    move(mine, "sign", LIAISON)
    with pytest.raises(ConflictError, match="李联络"):
        move(theirs, "sign", OTHER)


def test_who_it_was_is_shown_for_a_purpose_and_recorded(town):
    no = bad()
    with pytest.raises(RefusedError, match="事由"):
        looking.look(no, " ", False, LIAISON)
    person = looking.look(no, "回访核实差评", False, LIAISON)
    assert (person.name, person.case_no) == ("王小明", "BJ1")
    row = AuditRow.objects.get(act="rating.look")
    assert (row.actor, row.purpose, row.about) == ("李联络", "回访核实差评", f"evaluations/{no}")


def test_the_agency_looks_only_while_it_is_its_turn(town):
    no = bad()
    go(no, SIGN, CALL, CONFIRM, SETTLE, rectify())
    with pytest.raises(RefusedError, match="期间"):
        looking.look(no, "想知道是谁", False, LIAISON)
    assert looking.look(no, "复查整改情况", True, SUPERVISOR).phone == "13800138000"


def test_files_that_are_no_evidence_are_refused(town):
    with pytest.raises(EvidenceError):
        keep("空.txt", [], "李联络")


def test_a_reported_bad_review_is_assigned_by_a_person(town):
    row = {"evaluation_no": "PJ9", "case_no": "BJ2", "level": 1, "submitted_at": "2026-03-05 09:50"}
    town.report(NOW, judged=False, evaluations=[row])
    assert open_loops() == 0
    matter = opening.assign("PJ9", SUPERVISOR)
    assert (matter.state, matter.subject) == ("assigned", "PJ9")
    with pytest.raises(RefusedError, match="不是差评"):
        opening.assign("PJ404", SUPERVISOR)
