"""What those see who handle ratings, and what they do not."""

import re

import pytest
from django.urls import reverse

from mingcha.accounts.models import Role
from mingcha.base.models import AuditRow
from mingcha.casework.models import Matter
from mingcha.evaluations import tokens
from mingcha.evaluations.models import Rating
from tests.server.evaluations.asking import person, text
from tests.server.evaluations.conftest import AGENCY
from tests.server.evaluations.test_loop import CALL, CONFIRM, SETTLE, SIGN, bad, go, rectify
from tests.server.public.conftest import Citizen, easy_puzzles, solve  # noqa: F401  a fixture

SECRET = ("王小明", "13800138000", "BJ1")


PAGES = ("evaluations", "evaluation-list", "evaluation-ledger")


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.LIAISON, Role.OFFICER, Role.LEADER])
def test_no_page_says_whose_review_it_is(town, role):
    no = bad()
    client = person(role, "" if role == Role.SUPERVISOR else AGENCY)
    for url in [*map(reverse, PAGES), reverse("evaluation", args=[no])]:
        page = text(client.get(url))
        assert not [word for word in SECRET if word in page], url
    matter = Matter.objects.get(subject=no)
    shown = text(client.get(reverse("matter", args=[matter.pk])))
    assert not [word for word in SECRET if word in shown]


def test_the_export_says_it_neither(town):
    bad()
    client = person(Role.SUPERVISOR)
    for page in PAGES[1:]:
        told = client.get(reverse(page) + "?format=csv").content.decode("utf-8-sig", "replace")
        assert "非常不满意" in told and not [word for word in SECRET if word in told]


def test_another_agency_sees_nothing_of_it(town):
    no = bad()
    client = person(Role.LIAISON, "11410102MB0000025R")
    assert no not in text(client.get(reverse("evaluation-list")))
    assert client.get(reverse("evaluation", args=[no])).status_code == 404
    assert client.post(reverse("evaluation-look", args=[no]), {"purpose": "回访核实"}).status_code == 404


def test_a_liaison_looks_for_a_purpose_and_an_officer_never(town):
    no = bad()
    url = reverse("evaluation-look", args=[no])
    shown = person(Role.LIAISON, AGENCY).post(url, {"purpose": "回访核实差评"})
    assert "王小明" in text(shown) and "no-store" in shown["Cache-Control"]
    assert AuditRow.objects.get(act="rating.look").purpose == "回访核实差评"
    assert person(Role.OFFICER, AGENCY).post(url, {"purpose": "回访核实差评"}).status_code == 403
    assert AuditRow.objects.filter(act="rating.look").count() == 1


def test_a_look_without_a_purpose_shows_nothing(town):
    no = bad()
    answer = person(Role.LIAISON, AGENCY).post(
        reverse("evaluation-look", args=[no]), {"purpose": "看"}, follow=True
    )
    assert "请写明查看评价人的事由" in text(answer) and "王小明" not in answer.content.decode()


def test_the_page_of_a_review_shows_its_clock_and_its_past(town):
    no = bad()
    go(no, SIGN, CALL, CONFIRM, SETTLE, rectify())
    page = text(person(Role.SUPERVISOR).get(reverse("evaluation", args=[no])))
    for word in ("签收", "回访核实", "整改完成并反馈", "窗口没有一次告知"):
        assert word in page
    no = bad("BJ2")
    assert "<svg" in text(person(Role.SUPERVISOR).get(reverse("evaluation", args=[no])))


def test_a_supervisor_records_what_the_hotline_heard(town):
    client = person(Role.SUPERVISOR)
    form = text(client.get(reverse("evaluation-new")))
    token = re.search(r'name="no" value="([^"]+)"', form)[1]
    said = {
        "no": token,
        "kind": "comprehensive",
        "channel": "hotline",
        "agency_code": AGENCY,
        "level": "2",
        "comment": "电话打不通",
    }
    for _ in range(2):
        assert client.post(reverse("evaluation-new"), said).status_code == 302
    kept = Rating.objects.get()
    assert (kept.said["kind"], kept.said["channel"], kept.taken_by) == ("comprehensive", "hotline", "u0")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"kind": "case"}, "办件评价请填写办件编号"),
        ({"case_no": "BJ404"}, "没有这件办件"),
        ({"agency_code": "x"}, "请选择被评价的部门"),
        ({"channel": "pc"}, "请选择评价从哪里来"),
        ({"submitted_at": "2026-03-06T10:00"}, "已经过去的时间"),
        ({"no": "forged"}, "评价地址不完整"),
        ({"level": "9"}, "1 至 5"),
    ],
)
def test_what_is_recorded_wrongly_is_told(town, wrong, told):
    client = person(Role.SUPERVISOR)
    said = {
        "no": tokens.of_rating("PJ1"),
        "kind": "comprehensive",
        "channel": "phone",
        "agency_code": AGENCY,
        "level": "4",
    }
    assert told in text(client.post(reverse("evaluation-new"), {**said, **wrong}), 422)
    assert not Rating.objects.exists()


def test_codes_are_printed_for_the_windows_one_keeps(town):
    client = person(Role.SUPERVISOR)
    assert "C1" in text(client.get(reverse("evaluation-windows")))
    sheet = text(client.get(reverse("evaluation-codes") + "?window=C1"))
    assert sheet.count('class="qr"') == 1
    assert client.get(reverse("evaluation-codes")).status_code == 302
