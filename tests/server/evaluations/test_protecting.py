"""Whose review it was: neither the case, nor its file, nor a machine tells the agency that was rated."""

from __future__ import annotations

import io

import pyarrow.parquet as pq
import pytest
from django.core.cache import cache
from django.urls import reverse

from mingcha.accounts.models import Account, Role
from mingcha.alerts.models import Alert
from mingcha.api import keys
from mingcha.base import clock
from mingcha.base.config import config
from mingcha.casework.models import Matter
from mingcha.evaluations import looking
from tests.server.evaluations.asking import person, text
from tests.server.evaluations.conftest import AGENCY
from tests.server.evaluations.test_loop import AGREE, CALL, SIGN, bad, doubt, go
from tests.server.notify.cast import BY

OFFICE = [Role.OFFICER, Role.LIAISON]
WORDS = "跑了三趟"


@pytest.fixture(autouse=True)
def no_memory():
    cache.clear()


def taken(client, table):
    answer = client.get(reverse("intake-take", args=[table]) + "?format=parquet")
    assert answer.status_code == 200
    return pq.read_table(io.BytesIO(b"".join(answer.streaming_content))).to_pylist()


@pytest.mark.parametrize("role", OFFICE)
def test_the_page_of_a_case_does_not_tell_its_agency_that_it_was_rated(town, role):
    no = bad()
    page = text(person(role, AGENCY).get(reverse("case", args=["BJ1"])))
    assert "BJ1" in page and no not in page and WORDS not in page
    seen = text(person(Role.SUPERVISOR).get(reverse("case", args=["BJ1"])))
    assert no in seen and WORDS in seen, "who oversees the agency sees it"


@pytest.mark.parametrize("role", OFFICE)
def test_a_signal_about_the_case_does_not_list_the_rating_among_its_rows(town, role):
    no = bad()
    now = clock.now()
    alert = Alert.objects.create(
        rule="henan-8.1", about="cases", key="BJ1", case_no="BJ1", agency_code=AGENCY, region_code="410105000000",
        level="red", state="open", reason="超期", lawful_at=clock.local_now(), raised_at=now, changed_at=now,
    )  # fmt: skip
    url = reverse("alert", args=[alert.pk])
    assert no not in text(person(role, AGENCY).get(url))
    assert no in text(person(Role.SUPERVISOR).get(url))


@pytest.mark.parametrize("role", OFFICE)
def test_looking_at_the_applicant_does_not_tell_it_either(town, role):
    no = bad()
    page = text(person(role, AGENCY).post(reverse("case-look", args=["BJ1"]), {"purpose": "核实申请人"}))
    assert no not in page and WORDS not in page


def test_the_file_of_the_ratings_has_no_case_and_no_hour_for_the_agency(town):
    no = bad(comment="打 13800138000 找我")
    (row,) = taken(person(Role.LIAISON, AGENCY), "evaluations")
    assert (row["evaluation_no"], row["case_no"], row["service_seq"]) == (no, None, None)
    assert (row["level"], row["agency_code"]) == (1, AGENCY)
    assert f"{row['submitted_at']:%Y-%m-%d %H:%M}" == "2026-03-05 00:00", "the day alone"
    (whole,) = taken(person(Role.SUPERVISOR), "evaluations")
    assert whole["case_no"] == "BJ1" and f"{whole['submitted_at']:%H:%M}" == "10:00"


def test_words_that_were_reported_leave_with_their_numbers_masked(town):
    row = {
        "evaluation_no": "PJ1", "case_no": "BJ1", "agency_code": AGENCY, "kind": "case", "level": 1,
        "submitted_at": "2026-03-05 09:50", "comment": "打 13800138000 找我",
    }  # fmt: skip
    town.report("2026-03-05T10:00:00", judged=False, evaluations=[row])
    (found,) = taken(person(Role.ASSESSOR), "evaluations")
    assert found["comment"] == "打 138****8000 找我"


def key(role, agency=""):
    client = person(role, agency)
    account = Account.objects.get(pk=client.session["_auth_user_id"])
    return {"HTTP_AUTHORIZATION": f"Bearer {keys.give(account, '测试', ['cases.read'], by=BY)[1]}"}


@pytest.mark.parametrize("role", OFFICE)
def test_no_machine_of_the_agency_reads_it(town, client, role):
    no = bad()
    mine = key(role, AGENCY)
    case = client.get("/api/v1/cases/BJ1", **mine)
    assert case.status_code == 200 and "evaluations" not in case.json()["rows"]
    assert no not in case.content.decode()
    refused = client.get(f"/api/v1/facts/evaluations?key={no}&history=true", **mine)
    assert refused.status_code == 403 and "BJ1" not in refused.content.decode()
    theirs = key(Role.SUPERVISOR)
    assert client.get("/api/v1/cases/BJ1", **theirs).json()["rows"]["evaluations"]
    assert client.get(f"/api/v1/facts/evaluations?key={no}", **theirs).json()[0]["values"]["case_no"] == "BJ1"


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR])
def test_no_administrator_takes_out_a_fact(town, role, monkeypatch):
    monkeypatch.setattr(config(), "second_factor", [])
    bad()
    client = person(role)
    assert client.get(reverse("intake-out")).status_code == 403
    for what in ("cases", "evaluations", "complaints", "officers", "table11"):
        assert client.get(reverse("intake-take", args=[what])).status_code == 403, what


def test_complaints_leave_only_with_whoever_reads_complaints(town):
    told = {
        "complaint_no": "TS20260305-1",
        "agency_code": AGENCY,
        "case_no": "BJ1",
        "received_at": "2026-03-05 09:00",
    }
    town.report("2026-03-05T10:00:00", judged=False, complaints=[told])
    liaison, supervisor = person(Role.LIAISON, AGENCY), person(Role.SUPERVISOR)
    assert liaison.get(reverse("intake-take", args=["complaints"])).status_code == 403
    assert reverse("intake-take", args=["complaints"]) not in text(liaison.get(reverse("intake-out")))
    assert "TS20260305-1" not in text(liaison.get(reverse("case", args=["BJ1"])))
    assert [row["complaint_no"] for row in taken(supervisor, "complaints")] == ["TS20260305-1"]


def test_the_objection_that_the_agency_reads_does_not_name_its_author(town):
    no = bad()
    go(no, SIGN, CALL, doubt(), AGREE)
    looking.contest(no, "我是王小明,电话 13800138000,身份证 410105199001010015,当天窗口没有人")
    page = text(person(Role.LIAISON, AGENCY).get(reverse("matter", args=[Matter.objects.get(subject=no).pk])))
    assert "当天窗口没有人" in page
    assert not [word for word in ("王小明", "13800138000", "410105199001010015") if word in page]
