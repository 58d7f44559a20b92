"""办件 found by a person's data: through tokens, for a purpose, recorded; the value itself stays nowhere."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session

from mingcha.accounts.models import Role
from mingcha.base.models import AuditRow
from mingcha.pages.models import SavedView
from tests.server.alerts.conftest import SHANGHAI
from tests.server.pages.conftest import NOW, OURS, THEIRS, THERE

ID, PHONE = "410105199001010015", "13800138000"
ASKED = {"by": "applicant_id", "value": ID, "purpose": "核实投诉人反映的办件"}


def text_of(answer, status=200) -> str:
    assert answer.status_code == status, answer
    return answer.content.decode()


def numbers(answer) -> list[str]:
    return [line.href for line in answer.context["list"].lines]


@pytest.mark.parametrize(
    ("by", "value"),
    [
        ("applicant_id", ID), ("applicant_id", " 410105 19900101 0015 "), ("applicant_id", "410105199001010015"),
        ("contact_phone", PHONE), ("contact_phone", "+86 138-0013-8000"),
    ],
)  # fmt: skip
def test_the_cases_of_a_person_are_found_however_the_number_is_written(city, enter, by, value):
    answer = enter().post("/cases/person/", {**ASKED, "by": by, "value": value}, follow=True)
    assert numbers(answer) == ["/cases/of/BJ2/"]
    text = text_of(answer)
    assert "张**" in text and ID not in text and PHONE not in text and "张三" not in text


def test_the_search_is_recorded_with_its_purpose_and_what_it_found_but_not_what_was_asked(city, enter):
    enter().post("/cases/person/", ASKED)
    row = AuditRow.objects.get(act="personal.search")
    assert row.purpose == ASKED["purpose"]
    assert row.detail == {"by": "证件号码", "cases": ["BJ2"], "found": "1"}


def test_what_was_asked_stands_in_no_address_log_session_or_saved_view(city, enter, caplog, capfd):
    browser = enter()
    browser.post("/cases/person/", ASKED)
    answer = browser.get("/cases/person/?sort=case_no&q=BJ")
    assert numbers(answer) == ["/cases/of/BJ2/"]
    told = {
        "list": "person-cases",
        "name": "我的",
        "query": answer.context["list"].here,
        "back": "/cases/person/",
    }
    browser.post("/views/", told)
    browser.get("/cases/person/?format=csv")
    held = [str(row.get_decoded()) for row in Session.objects.all()]
    held += [row.query for row in SavedView.objects.all()]
    held += [f"{row.about}{row.purpose}{row.detail}" for row in AuditRow.objects.all()]
    held += [answer.request["QUERY_STRING"], caplog.text, *capfd.readouterr()]
    assert SavedView.objects.exists()
    assert [text for text in held if ID in text or ID[6:14] in text] == []


def test_the_file_of_the_results_is_masked_too(city, enter):
    browser = enter()
    browser.post("/cases/person/", ASKED)
    text = browser.get("/cases/person/?format=csv").content.decode("utf-8-sig")
    assert "BJ2" in text and "张**" in text and "张三" not in text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"by": "sealed"}, "请选择按什么查找"),
        ({"by": ""}, "请选择按什么查找"),
        ({"value": ""}, "请填写完整的证件号码"),
        ({"value": "4101"}, "请填写完整的证件号码"),
        ({"by": "contact_phone", "value": "8000"}, "请填写完整的联系电话"),
        ({"value": "9" * 201}, "请填写完整的证件号码"),
        ({"purpose": "看看"}, "请写明查找的事由"),
    ],
)
def test_a_search_without_purpose_or_whole_value_is_refused_and_not_made(city, enter, wrong, said):
    browser = enter()
    assert said in text_of(browser.post("/cases/person/", {**ASKED, **wrong}), 422)
    assert not AuditRow.objects.filter(act="personal.search").exists()
    assert "查找</button>" in text_of(browser.get("/cases/person/"))


def test_nobody_is_told_by_what_is_not_found(city, enter):
    answer = enter().post("/cases/person/", {**ASKED, "value": "110101199003070011"}, follow=True)
    assert "没有找到这个人的办件" in text_of(answer)
    assert AuditRow.objects.get(act="personal.search").detail["found"] == "0"


def test_a_search_reaches_no_further_than_ones_office(city, enter):
    for stranger in (enter(region=THERE), enter(Role.LIAISON, agency=THEIRS)):
        assert numbers(stranger.post("/cases/person/", ASKED, follow=True)) == []
    assert numbers(enter(Role.OFFICER, agency=OURS).post("/cases/person/", ASKED, follow=True))


@pytest.mark.parametrize(
    "role", [Role.LEADER, Role.ASSESSOR, Role.THIRD_PARTY, Role.AUDITOR, Role.SYSTEM_ADMIN]
)
def test_who_may_not_look_may_not_search(city, enter, role):
    assert enter(role).get("/cases/person/").status_code == 403
    assert enter(role).post("/cases/person/", ASKED).status_code == 403
    if role == Role.LEADER:
        assert "按个人信息查找" not in text_of(enter(role).get("/cases/"))


def test_a_search_ends_by_itself_and_by_hand(city, enter):
    browser = enter()
    browser.post("/cases/person/", ASKED)
    browser.post("/cases/person/forget/")
    assert "所填的内容本身不留存" in text_of(browser.get("/cases/person/"))
    browser.post("/cases/person/", ASKED)
    start = datetime.fromisoformat(NOW).replace(tzinfo=SHANGHAI)
    with time_machine.travel(start + timedelta(minutes=20), tick=False):
        assert numbers(browser.get("/cases/person/")) == ["/cases/of/BJ2/"]
    with time_machine.travel(start + timedelta(minutes=31), tick=False):
        text = text_of(browser.get("/cases/person/", follow=True))
    assert "已过半小时" in text and "BJ2" not in text
