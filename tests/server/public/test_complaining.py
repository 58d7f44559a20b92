"""Complaining without an account: anonymous or not, about a case or not, and asking what became of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine

from mingcha.accounts.acts import By
from mingcha.base import clock
from mingcha.casework.moving import move
from mingcha.complaints.models import Complaint
from mingcha.pages.public import attempts, lookup
from tests.server.pages.conftest import OURS, PAYLOAD

SAID = {"topic": "visits", "text": "跑了三趟还没有受理"}
SUN = By("sun")


def text_of(answer, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


def receipt_of(answer) -> str:
    found = re.search(r'receipt">([^<]+)<', text_of(answer, 201))
    assert found
    return found[1]


def test_an_anonymous_complaint_gives_a_number_to_ask_by(citizen):
    receipt = receipt_of(citizen.send("/public/complain/", **SAID))
    kept = Complaint.objects.get()
    assert (kept.source, kept.anonymous, kept.filed_by) == ("web", True, "")
    text = text_of(citizen.send("/public/complaint/", receipt=receipt))
    assert "已经收到,正在核查" in text and kept.matter.no in text


def test_with_a_ticket_it_is_about_that_case(citizen):
    ticket = lookup.ticket("BJ2")
    page = text_of(citizen.browser.get(f"/public/complain/?ticket={ticket}"))
    assert "关于办件" in page and 'name="agency_code"' not in page
    receipt_of(citizen.send("/public/complain/", ticket=ticket, **SAID))
    kept = Complaint.objects.get()
    assert (kept.case_no, kept.agency_code) == ("BJ2", OURS)


def test_when_the_ticket_has_run_out_the_number_is_asked_for(citizen):
    ticket = lookup.ticket("BJ2")
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        text = text_of(citizen.send("/public/complain/", ticket=ticket, **SAID), 400)
    assert "已经失效" in text and SAID["text"] in text and 'name="case_no"' in text
    assert not Complaint.objects.exists()


def test_whether_a_number_is_a_case_is_not_told(citizen):
    for case_no in ("BJ1", "NOSUCH"):
        receipt_of(citizen.send("/public/complain/", case_no=case_no, **SAID))
    assert sorted(Complaint.objects.values_list("case_no", flat=True)) == ["", "BJ1"]


def test_the_answer_is_read_without_names(citizen):
    receipt = receipt_of(
        citizen.send("/public/complain/", name="欧阳建国", phone="13955556666", case_no="BJ2", **SAID)
    )
    matter = Complaint.objects.get().matter
    move(matter, "verify", SUN, reason="查了监控")
    move(matter, "prove", SUN, reason="属实")
    assert "属实" in text_of(citizen.send("/public/complaint/", receipt=receipt))
    move(matter, "answer", SUN, reason=f"欧阳建国您好,电话13955556666,窗口已改正{PAYLOAD}")
    text = text_of(citizen.send("/public/complaint/", receipt=receipt))
    assert "窗口已改正" in text and "欧阳建国" not in text and "13955556666" not in text
    assert "<script>window" not in text


def test_a_made_up_number_tells_nothing(citizen):
    assert "没有找到" in text_of(citizen.send("/public/complaint/", receipt="ABCD-EFGH-JKMN"), 404)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"topic": ""}, "请选一项"),
        ({"topic": "x"}, "请从列出的"),
        ({"text": "慢"}, "至少 5 个字"),
        ({"agency_code": "x"}, "选一个"),
    ],
)
def test_what_is_filled_in_wrongly_is_said(citizen, wrong, says):
    assert says in text_of(citizen.send("/public/complain/", **{**SAID, **wrong}), 400)
    assert not Complaint.objects.exists()


def test_without_a_solved_puzzle_nothing_is_registered(citizen):
    assert "验证" in text_of(citizen.browser.post("/public/complain/", SAID), 400)
    assert not Complaint.objects.exists()


def test_one_address_complains_only_so_often_a_day(citizen, monkeypatch):
    monkeypatch.setitem(attempts.MOST, "complaint", 2)
    for _ in range(2):
        receipt_of(citizen.send("/public/complain/", **SAID))
    assert "明天再来" in text_of(citizen.send("/public/complain/", **SAID), 429)
    assert Complaint.objects.count() == 2
