"""Registering a complaint, what an agency learns of it and when, and what becomes of it."""

from __future__ import annotations

from datetime import datetime

import pytest

from mingcha.accounts.acts import RefusedError
from mingcha.alerts import law
from mingcha.alerts.catching_up import catch_up
from mingcha.alerts.models import Alert, Publication
from mingcha.alerts.units import Lane
from mingcha.base import clock
from mingcha.base.models import AuditRow
from mingcha.casework.models import Matter
from mingcha.casework.moving import move
from mingcha.complaints.models import Complaint
from mingcha.complaints.opening import open_reported
from mingcha.complaints.registering import by_receipt, complainant, place
from mingcha.intake import applying
from mingcha.intake.fact_models import FACTS
from mingcha.notify.models import Message
from tests.server.complaints.conftest import LI, SUN, ZHOU
from tests.server.pages.conftest import HERE, OURS, THEIRS, THERE


def fact(no: str):
    return FACTS["complaints"].objects.get(complaint_no=no, seen_to=None)


def test_a_complaint_is_a_matter_a_fact_and_an_audit_row(filed):
    made = filed()
    matter = made.complaint.matter
    assert (matter.kind, matter.state, matter.region_code) == ("complaint", "registered", HERE)
    row = fact(matter.no)
    assert (row.source, row.about, row.verified) == ("phone", "超过时间还没办完", "pending")
    assert AuditRow.objects.filter(act="matter.complaint.register", about=f"matter/{matter.no}").count() == 1


def test_who_complains_is_sealed_and_opened_only_for_a_stated_purpose(filed):
    text = "收了两百元,我的电话13812345678,身份证410105199001010015"
    made = filed(name="王建国", phone="13912345678", text=text)
    kept = Complaint.objects.get(pk=made.complaint.pk)
    everything = f"{kept.text}{bytes(kept.sealed)!r}{kept.matter.fact}{kept.matter.told}{kept.matter.title}"
    assert not [
        part for part in ("王建国", "13912345678", "13812345678", "410105199001010015") if part in everything
    ]
    assert "138****5678" in kept.text
    with pytest.raises(RefusedError, match="事由"):
        complainant(kept, "看", SUN)
    told = complainant(kept, "核实情况须回访", SUN)
    assert told == {"name": "王建国", "phone": "13912345678", "words": text}
    row = AuditRow.objects.get(act="personal.look")
    assert (row.purpose, row.about) == ("核实情况须回访", f"complaint/{kept.matter.no}")


def test_an_anonymous_complaint_keeps_nothing_of_anybody(filed):
    kept = filed().complaint
    assert kept.anonymous and kept.sealed is None


def test_the_number_to_ask_by_is_told_once_and_read_however_it_is_typed(filed):
    made = filed()
    assert made.receipt not in str(Complaint.objects.values().get())
    for typed in (
        made.receipt,
        made.receipt.lower(),
        made.receipt.replace("-", " "),
        made.receipt.replace("-", ""),
    ):
        found = by_receipt(typed)
        assert found is not None and found.pk == made.complaint.pk
    assert by_receipt("ABCD-EFGH-JKMN") is None and by_receipt("") is None


def test_before_it_is_asked_an_agency_learns_neither_that_nor_of_which_case(filed):
    matter = filed().complaint.matter
    assert (matter.agency_code, matter.case_no) == ("", "")
    assert (fact(matter.no).case_no, fact(matter.no).agency_code) == (None, None)
    assert not Message.objects.filter(agency_code=OURS, kind__startswith="matter.complaint").exists()


def test_asked_the_agency_answers_and_still_does_not_learn_of_which_case(filed):
    matter = filed().complaint.matter
    move(matter, "ask", SUN, reason="请说明十一月以来超期的原因")
    assert (matter.agency_code, matter.case_no, matter.holder) == (OURS, "", "agency")
    assert Matter.objects.get(pk=matter.pk).agency_code == OURS
    assert fact(matter.no).case_no is None
    move(matter, "explain", LI, reason="系统迁移,正在补录")
    assert matter.state == "explained" and matter.holder == "office"


def test_found_true_its_case_is_among_the_abnormal_ones(filed):
    matter = filed().complaint.matter
    move(matter, "verify", SUN, reason="调取记录,与反映一致")
    move(matter, "prove", ZHOU, reason="超过承诺时限无正当理由")
    row = fact(matter.no)
    assert (row.verified, row.case_no, row.agency_code) == ("yes", "BJ2", OURS) and row.verified_at
    assert (matter.case_no, matter.agency_code) == ("BJ2", OURS)


def test_the_rule_of_complaints_finds_what_was_found_true(filed):
    Publication.objects.update(files={"packs": ["henan-2019", "zhengzhou-2021"]})
    law.forget()
    matter = filed().complaint.matter
    assert not Alert.objects.filter(rule="zhengzhou-7.3").exists()
    move(matter, "verify", SUN, reason="调取记录,与反映一致")
    move(matter, "prove", ZHOU, reason="超过承诺时限无正当理由")
    for lane in Lane:
        catch_up(clock.local_now(), lane)
    alert = Alert.objects.get(rule="zhengzhou-7.3")
    assert (alert.key, alert.subject, alert.abnormal) == ("BJ2", matter.no, True)


def test_found_untrue_nothing_is_held_against_anybody(filed):
    matter = filed().complaint.matter
    move(matter, "verify", SUN, reason="监控显示窗口有人")
    move(matter, "reject", SUN, reason="与事实不符")
    row = fact(matter.no)
    assert (row.verified, row.case_no, row.agency_code) == ("no", None, None)


def test_the_answer_is_what_the_complainant_reads(filed):
    made = filed()
    matter = made.complaint.matter
    move(matter, "verify", SUN, reason="调取记录,与反映一致")
    move(matter, "prove", SUN, reason="属实")
    move(matter, "answer", SUN, reason="已要求部门五日内办结")
    found = by_receipt(made.receipt)
    assert found is not None and found.reply == "已要求部门五日内办结"
    assert matter.closed_at is not None


def test_a_dropped_complaint_says_why(filed):
    made = filed()
    move(made.complaint.matter, "drop", SUN, reason="与 TS1 重复", fields={"why": "repeated"})
    found = by_receipt(made.receipt)
    assert found is not None and found.reply == "与 TS1 重复" and found.matter.state == "dropped"


def test_without_an_agency_nobody_is_asked_and_nothing_is_found_true(filed):
    made = filed(case_no="")
    matter = made.complaint.matter
    for act in ("ask",):
        with pytest.raises(RefusedError, match="明确"):
            move(matter, act, SUN, reason="请说明")
    assert Matter.objects.get(pk=matter.pk).state == "registered"
    place(made.complaint, "", THEIRS, SUN)
    placed = Matter.objects.get(pk=matter.pk)
    assert placed.region_code == THERE
    move(placed, "ask", SUN, reason="请说明")
    assert placed.agency_code == THEIRS


def test_once_it_is_judged_what_it_is_about_stays(filed):
    made = filed()
    move(made.complaint.matter, "verify", SUN, reason="查了监控")
    move(made.complaint.matter, "prove", SUN, reason="属实")
    with pytest.raises(RefusedError, match="已经认定"):
        place(made.complaint, "", THEIRS, SUN)


def test_of_two_who_act_at_once_one_is_told_what_the_other_did(filed):
    made = filed()
    first, second = (Matter.objects.get(pk=made.complaint.matter.pk) for _ in range(2))
    move(first, "verify", SUN, reason="核实过了")
    with pytest.raises(Exception, match="sun"):
        move(second, "drop", ZHOU, reason="重复", fields={"why": "repeated"})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"source": "rumour"}, "线索来源"),
        ({"topic": "weather"}, "什么问题"),
        ({"text": "慢"}, "5 至 2000 个字"),
        ({"text": "长" * 2001}, "5 至 2000 个字"),
        ({"text": "有\0空字符的内容"}, "不能保存"),
        ({"agency_code": "NOSUCH"}, "没有这个部门"),
        ({"case_no": "NOSUCH", "strict": True}, "没有编号为"),
        ({"name": "长" * 61}, "过长"),
    ],
)
def test_what_cannot_be_registered_is_said_in_chinese(filed, given, says):
    with pytest.raises(RefusedError, match=says):
        filed(**given)
    assert not Complaint.objects.exists() and not Matter.objects.filter(kind="complaint").exists()


def test_a_number_of_another_system_comes_once(filed):
    filed(source="hotline", outside_no="GD-1")
    with pytest.raises(RefusedError, match="已经登记过"):
        filed(source="hotline", outside_no="GD-1")
    filed(source="superior", outside_no="GD-1")
    assert Complaint.objects.count() == 2


def test_a_case_that_is_not_there_is_not_told_to_the_public(filed):
    kept = filed(case_no="NOSUCH").complaint
    assert kept.case_no == "" and kept.matter.state == "registered"


# -- what other systems report -----------------------------------------------------------------------------------------


def reported(**given):
    row = {"complaint_no": "GD-1", "source": "hotline", "received_at": datetime(2026, 3, 2, 9), **given}
    applying.write({"complaints": [{"about": "电话13812345678的人要钱", "agency_code": OURS, **row}]}, "test")


def test_a_reported_complaint_becomes_a_matter_once_and_is_judged_in_its_own_row(city):
    reported(case_no="BJ2", verified="pending")
    assert (open_reported(), open_reported()) == (1, 0)
    kept = Complaint.objects.get(outside_no="GD-1")
    assert kept.case_no == "BJ2" and "13812345678" not in kept.text + kept.matter.title
    matter = Matter.objects.get(pk=kept.matter.pk)
    assert (matter.state, matter.agency_code, matter.region_code) == ("registered", "", HERE)
    move(matter, "verify", SUN, reason="调取记录")
    move(matter, "prove", SUN, reason="属实")
    row = fact("GD-1")
    assert (row.verified, row.case_no, row.source) == ("yes", "BJ2", "hotline")
    assert FACTS["complaints"].objects.filter(seen_to=None).count() == 1


def test_what_was_judged_where_it_came_from_or_lies_far_back_stays_as_it_is(city):
    reported(verified="no")
    reported(complaint_no="GD-2", verified="yes")
    reported(complaint_no="GD-3", received_at=datetime(2025, 12, 1))
    assert open_reported() == 0


def test_what_was_registered_here_is_not_opened_again(filed):
    filed()
    assert open_reported() == 0 and Complaint.objects.count() == 1
