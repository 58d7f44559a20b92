"""The pages of complaints: who sees which, who may do what, exports, payloads; and the web service."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest
from django.test import Client

from mingcha.accounts.acts import By
from mingcha.accounts.models import Account, Grant, Role
from mingcha.alerts.adopting import adopt
from mingcha.api import keys
from mingcha.base.models import AuditRow
from mingcha.casework.models import Matter
from mingcha.casework.moving import move
from mingcha.casework.proofs import attach_all, keep
from mingcha.complaints.models import Complaint
from mingcha.complaints.opening import open_reported
from mingcha.intake import applying
from mingcha.notify.models import Message
from tests.server.complaints.conftest import SUN, TEXT
from tests.server.pages.conftest import HERE, OURS, PAYLOAD, THEIRS, THERE

REPORTED = {
    "complaint_no": "12345-0001", "source": "hotline_12345", "about": f"打12345反映:{TEXT}", "agency_code": OURS,
    "case_no": "BJ2", "received_at": datetime.fromisoformat("2026-03-02T09:17:00"),
}  # fmt: skip
WRONG = ({"topic": "x"}, {"case_no": "NOSUCH"})


def text_of(answer, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:800]
    return answer.content.decode()


def test_a_supervisor_lists_opens_and_exports_complaints(filed, enter):
    made = filed(text=f"窗口没有人{PAYLOAD}")
    browser = enter()
    listed = text_of(browser.get("/complaints/"))
    assert made.complaint.matter.no in listed and "<script>window" not in listed
    shown = text_of(browser.get(f"/complaints/{made.complaint.pk}/"))
    assert "窗口没有人" in shown and "<script>window" not in shown and "BJ2" in shown
    exported = browser.get("/complaints/?format=csv").content.decode("utf-8-sig")
    assert made.complaint.matter.no in exported


def test_a_complaint_shows_until_when_it_must_be_judged_and_its_clock(filed, enter):
    made = filed()
    adopt(["henan-2019", "ezhou-2020"], "领导小组", "试运行")
    move(made.complaint.matter, "ask", SUN, reason="请说明")
    browser = enter()
    assert "剩 5 个工作日" in text_of(browser.get("/complaints/"))
    shown = text_of(browser.get(f"/complaints/{made.complaint.pk}/"))
    assert "应认定" in shown and "投诉问题核实" in shown and "<svg" in shown
    move(made.complaint.matter, "explain", SUN, reason="说明")
    move(made.complaint.matter, "drop", SUN, reason="重复", fields={"why": "repeated"})
    assert made.complaint.matter.fact["verified"] == "no" and made.complaint.matter.due_at is None


def test_a_supervisor_of_another_district_finds_nothing(filed, enter):
    made = filed()
    browser = enter(region=THERE)
    assert made.complaint.matter.no not in text_of(browser.get("/complaints/"))
    for address in ("", "act/", "look/", "place/"):
        path = f"/complaints/{made.complaint.pk}/{address}"
        answer = browser.post(path, {"act": "verify", "why": "试一试"}) if address else browser.get(path)
        assert answer.status_code == 404


def test_an_agency_sees_no_complaints(filed, enter):
    matter = filed().complaint.matter
    for role in (Role.LIAISON, Role.OFFICER):
        browser = enter(role, agency=OURS)
        assert browser.get("/complaints/").status_code == 403
        assert browser.get(f"/casework/{matter.pk}/").status_code == 404
        assert matter.no not in text_of(browser.get("/casework/?state=all"))


def _asked(filed, outside: bool = False) -> Matter:
    """A complaint whose agency was asked to explain."""
    if outside:
        applying.write({"complaints": [REPORTED]}, "test")
        open_reported()
        matter = Matter.objects.get(subject=REPORTED["complaint_no"])
    else:
        matter = filed(by=By("热心人"), text=TEXT, case_no="BJ2").complaint.matter
    move(matter, "ask", SUN, reason="请说明三月的排班")
    return Matter.objects.get(pk=matter.pk)


@pytest.mark.parametrize("outside", [False, True])
def test_who_is_asked_to_explain_reads_what_was_asked_and_nothing_of_the_complaint(filed, enter, outside):
    matter = _asked(filed, outside)
    secrets = (TEXT, "承诺时限", "电话", "12345", "BJ2", "热心人", "09:17", "承诺五天")
    for role in (Role.LIAISON, Role.OFFICER):
        browser = enter(role, agency=OURS)
        paths = (f"/casework/{matter.pk}/", "/casework/?state=all", "/inbox/", "/messages/",
                 "/casework/?state=all&columns=opened_at,opened_by,title")  # fmt: skip
        pages = {path: text_of(browser.get(path)) for path in paths}
        assert matter.no in "".join(pages.values()) and "请说明三月的排班" in pages[paths[0]]
        for path, page in pages.items():
            told = re.sub(
                r"<header.*?</header>|<nav.*?</nav>|<form.*?</form>|<dialog.*?</dialog>", "", page, flags=re.S
            )
            assert [secret for secret in secrets if secret in told] == [], path
        assert "登记" not in pages[paths[0]].split('id="past"')[1].split("</section>")[0]
        assert "<svg class=" not in pages[paths[0]].split("<main")[1] and "<figure" not in pages[paths[0]]
    out = " ".join(
        f"{m.title} {m.text} {m.data}" for m in Message.objects.filter(subject=f"matter/{matter.pk}")
    )
    assert not [secret for secret in secrets if secret in out]


def test_a_supervisor_still_sees_in_lists_what_a_complaint_is_about(filed, enter):
    ours, theirs = _asked(filed), _asked(filed, outside=True)
    browser = enter()
    listed = text_of(browser.get("/casework/?state=all"))
    assert "电话:" in listed and "12345" in listed and TEXT in listed
    for matter in (ours, theirs):
        assert "登记" in text_of(browser.get(f"/casework/{matter.pk}/"))
    exported = browser.get("/casework/?state=all&format=csv").content.decode("utf-8-sig")
    assert TEXT in exported
    assert (
        TEXT not in enter(Role.LIAISON, agency=OURS).get("/casework/?state=all&format=csv").content.decode()
    )


def test_the_files_of_a_complaint_from_before_it_was_asked_are_not_the_agencys(filed, enter):
    matter = filed().complaint.matter
    (kept, asked) = (
        keep(f"{name}.jpg", [b"\xff\xd8" + name.encode()], "sun") for name in ("录音整理", "排班表")
    )
    attach_all([(matter, [kept])])
    move(matter, "ask", SUN, reason="请说明", evidence=[asked])
    liaison, supervisor = enter(Role.LIAISON, agency=OURS), enter()
    page = text_of(liaison.get(f"/casework/{matter.pk}/"))
    assert "排班表" in page and "录音整理" not in page
    before, since = (matter.proofs.get(name=f"{name}.jpg").pk for name in ("录音整理", "排班表"))
    assert liaison.get(f"/casework/proofs/{before}/").status_code == 404
    assert liaison.get(f"/casework/proofs/{since}/").status_code == 200
    assert supervisor.get(f"/casework/proofs/{before}/").status_code == 200


def test_a_social_supervisor_files_and_sees_their_own_and_no_other(filed, enter):
    other = filed()
    browser = enter(Role.SOCIAL_SUPERVISOR, region=HERE)
    form = text_of(browser.get("/complaints/new/"))
    assert 'name="source"' not in form and "反映问题" in form
    answer = browser.post(
        "/complaints/new/", {"topic": "attitude", "text": "三号窗口半小时没有人"}, follow=True
    )
    assert "查询号" in text_of(answer)
    mine = Complaint.objects.exclude(pk=other.complaint.pk).get()
    assert mine.source == "social_supervisor"
    listed = text_of(browser.get("/complaints/"))
    assert mine.matter.no in listed and other.complaint.matter.no not in listed
    assert browser.get(f"/complaints/{other.complaint.pk}/").status_code == 404
    own = text_of(browser.get(f"/complaints/{mine.pk}/"))
    assert "记录核实情况" not in own
    acted = browser.post(f"/complaints/{mine.pk}/act/", {"act": "verify", "why": "自己核实"})
    assert acted.status_code == 403


@pytest.mark.parametrize("role", [Role.LEADER, Role.SUPERVISOR])
def test_whose_role_is_bound_to_the_agency_sees_a_complaint_once_it_is_found_true(filed, enter, role):
    made = filed()
    matter, path = made.complaint.matter, f"/complaints/{made.complaint.pk}/"
    browser = enter(role, agency=OURS)
    assert browser.get(path).status_code == 404
    move(matter, "ask", SUN, reason="请说明")
    move(matter, "verify", SUN, reason="查了监控")
    assert browser.get(path).status_code == 404
    assert browser.post(f"{path}look/", {"purpose": "核实情况须回访"}).status_code in (403, 404)
    assert matter.no not in text_of(browser.get("/complaints/"))
    move(matter, "prove", SUN, reason="属实")
    assert TEXT in text_of(browser.get(path))


def test_who_supervises_elsewhere_judges_nothing_where_they_only_lead(filed, enter):
    made = filed(name="王建国")
    browser, path = enter(region=THERE), f"/complaints/{made.complaint.pk}/"
    Grant.objects.create(
        account=Account.objects.latest("pk"), role=Role.LEADER, region_code=HERE, granted_by="test"
    )
    shown = browser.get(path)
    assert not shown.context["looks"] and not shown.context["places"] and not shown.context["offered"]
    assert browser.post(f"{path}look/", {"purpose": "核实情况须回访"}).status_code == 403
    assert browser.post(f"{path}place/", {"case_no": "BJ3"}).status_code == 403
    assert browser.post(f"{path}act/", {"act": "verify", "why": "查了"}).status_code == 403
    assert not AuditRow.objects.filter(act="personal.look").exists()


def test_who_supervises_elsewhere_and_only_files_here_sees_here_what_they_filed(filed, enter):
    browser = enter(region=THERE)
    account = Account.objects.latest("pk")
    Grant.objects.create(account=account, role=Role.SOCIAL_SUPERVISOR, region_code=HERE, granted_by="test")
    other, own = filed(), filed(By(account.username))
    listed = text_of(browser.get("/complaints/"))
    assert own.complaint.matter.no in listed and other.complaint.matter.no not in listed
    assert browser.get(f"/complaints/{other.complaint.pk}/").status_code == 404
    assert not browser.get(f"/complaints/{own.complaint.pk}/").context["offered"]


def test_acts_are_done_in_place_and_told(filed, enter):
    made = filed()
    browser = enter()
    path = f"/complaints/{made.complaint.pk}/act/"
    version = made.complaint.matter.version
    refused = browser.post(path, {"act": "verify", "why": "", "version": version}, follow=True)
    assert "没有记录核实情况" in text_of(refused)
    done = browser.post(path, {"act": "verify", "why": "查了监控", "version": version}, follow=True)
    assert "已记录核实情况" in text_of(done) and "查了监控" in text_of(done)
    late = browser.post(path, {"act": "drop", "why": "重复", "version": version}, follow=True)
    assert "有了变动" in text_of(late)


def test_from_its_matter_one_comes_to_what_was_said(filed, enter):
    made = filed()
    browser = enter()
    matter = text_of(browser.get(f"/casework/{made.complaint.matter.pk}/"))
    place = f"/complaints/of/{made.complaint.matter.pk}/"
    assert place in matter and TEXT not in matter
    assert TEXT in text_of(browser.get(place, follow=True))


def test_found_true_it_leads_to_a_card_about_its_case(filed, enter):
    made = filed()
    browser, path = enter(), f"/complaints/{made.complaint.pk}/"
    assert "录入信号" not in text_of(browser.get(path))
    move(made.complaint.matter, "verify", SUN, reason="查了监控")
    move(made.complaint.matter, "prove", SUN, reason="属实")
    text = text_of(browser.get(path))
    assert "/cards/new/?source=complaint&amp;unit=case&amp;key=BJ2" in text
    text_of(browser.get("/cards/new/?source=complaint&unit=case&key=BJ2"))


def test_who_complains_is_shown_for_a_purpose_and_the_look_is_recorded(filed, enter):
    made = filed(name="王建国", phone="13912345678")
    browser, path = enter(), f"/complaints/{made.complaint.pk}/"
    assert "王建国" not in text_of(browser.get(path))
    refused = browser.post(f"{path}look/", {"purpose": "看"}, follow=True)
    assert "事由" in text_of(refused) and "王建国" not in text_of(refused)
    shown = text_of(browser.post(f"{path}look/", {"purpose": "核实情况须回访"}))
    assert "王建国" in shown and "13912345678" in shown
    assert AuditRow.objects.filter(act="personal.look", purpose="核实情况须回访").count() == 1


def test_what_it_is_about_is_said_afterwards(filed, enter):
    made = filed(case_no="")
    browser, path = enter(), f"/complaints/{made.complaint.pk}/place/"
    assert "没有编号为" in text_of(browser.post(path, {"case_no": "NOSUCH"}, follow=True))
    assert "已明确" in text_of(browser.post(path, {"case_no": "BJ2"}, follow=True))
    kept = Complaint.objects.get(pk=made.complaint.pk)
    assert (kept.case_no, kept.agency_code) == ("BJ2", OURS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": "短"},
        {"topic": "x"},
        {"agency_code": "x"},
        {"case_no": "NOSUCH"},
        {"received_at": "昨天"},
    ],
)
def test_a_form_that_is_filled_in_wrongly_is_shown_again(filed, enter, wrong):
    given = {"source": "phone", "topic": "late", "text": TEXT, **wrong}
    answer = enter().post("/complaints/new/", given)
    assert "没有登记" in text_of(answer, 400) and not Complaint.objects.exists()


# -- the web service -------------------------------------------------------------------------------------------------


@pytest.fixture
def hotline(city, enter):
    """The account of the hotline's system, and what calls with its key."""
    enter(Role.REPORTING, region=HERE, name="12345")
    account = Account.objects.latest("pk")
    _, key = keys.give(account, "12345", ["complaints.register"], by=By("test"))

    def call(path: str, body: dict[str, object] | None = None):
        client, headers = Client(), {"Authorization": f"Bearer {key}"}
        if body is None:
            return client.get(f"/api/v1{path}", headers=headers)
        return client.post(f"/api/v1{path}", json.dumps(body), "application/json", headers=headers)

    return call


def test_a_hotline_hands_over_a_complaint_once_and_asks_what_became_of_it(hotline):
    sent = {"outside_no": "GD-1", "topic": "late", "text": TEXT, "case_no": "BJ2", "name": "王建国"}
    answer = hotline("/complaints", sent)
    assert answer.status_code == 201, answer.content.decode()
    made = answer.json()
    assert len(made["receipt"]) == 14 and Complaint.objects.get().source == "hotline"
    assert hotline("/complaints", sent).status_code == 409
    told = hotline("/complaints/GD-1").json()
    assert (told["no"], told["state_label"], told["reply"]) == (made["no"], "待核查", "")
    assert hotline("/complaints/GD-2").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"text": "短"}, {"topic": "x"}, {"case_no": "NOSUCH"}, {"outside_no": "a b"}, {"received_at": "x"}],
)
def test_what_a_hotline_sends_wrongly_is_a_problem(hotline, wrong):
    answer = hotline("/complaints", {"outside_no": "GD-1", "text": TEXT, **wrong})
    assert answer.status_code == 422 and answer["Content-Type"] == "application/problem+json"
    assert not Complaint.objects.exists()


def test_what_others_handed_over_is_not_told(hotline, filed):
    filed(source="hotline", outside_no="GD-9", agency_code=THEIRS)
    assert hotline("/complaints/GD-9").status_code == 404
