"""The page of one alert and of one case: what they rest on, who may do what, and personal data."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest

from mingcha.accounts.models import Account, Grant, Role
from mingcha.alerts.models import Alert
from mingcha.base.models import AuditRow
from mingcha.facts.schema import TABLES
from mingcha.intake.fact_models import FACTS
from mingcha.pages.cases.rows import happenings
from tests.server.pages.conftest import HERE, OURS, THERE


@pytest.fixture
def late(city) -> Alert:
    """The card of the case that overran its limit."""
    return Alert.objects.get(rule="henan-8.1", case_no="BJ2")


def text_of(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_alert_shows_its_sentence_its_article_and_its_clock(late, enter):
    text = text_of(enter().get(f"/alerts/{late.pk}/"))
    assert late.reason in text
    assert "第八条(一)" in text and "当业务办理用时超过承诺时限" in text
    assert '<figure class="sheet"><svg' in text and "应办结" in text
    assert "暂停" in text


def test_an_alert_names_the_batch_and_line_of_every_row_behind_it(late, enter):
    answer = enter().get(f"/alerts/{late.pk}/")
    rows = answer.context["rows"]
    assert {"办件", "办理环节", "补正"} <= {row.table for row in rows}
    assert all(row.batch is not None and row.batch.no for row in rows)


def test_its_certificate_is_downloaded_with_the_key_to_verify_it_by_and_recorded(late, enter):
    answer = enter().get(f"/alerts/{late.pk}/certificate/")
    package = ZipFile(BytesIO(answer.content))
    assert late.reason in package.read(f"判定书-{late.pk}.json").decode()
    assert package.read("公钥.pem").startswith(b"-----BEGIN PUBLIC KEY")
    assert AuditRow.objects.filter(act="alert.certificate", about=f"alert/{late.pk}").count() == 1


def test_a_warning_says_what_comes_next_and_when(city, enter):
    warning = Alert.objects.get(rule="henan-8.10", case_no="BJ1")
    coming = enter().get(f"/alerts/{warning.pk}/").context["coming"]
    assert [what for _, what in coming][:1] and all(str(at) >= "2026-03-05" for at, _ in coming)


def test_a_decision_is_shown_in_place_with_its_reason(late, enter):
    told = {"act": "withdraw", "why": "补正时间漏报,已更正", "version": late.version}
    text = text_of(enter().post(f"/alerts/{late.pk}/act/", told, follow=True))
    assert "已撤回,理由已记入变动" in text and "补正时间漏报,已更正" in text
    assert Alert.objects.get(pk=late.pk).state == "withdrawn"


def test_a_decision_on_what_has_changed_meanwhile_is_not_taken(late, enter):
    told = {"act": "withdraw", "why": "核实后撤回", "version": late.version - 1}
    text = text_of(enter().post(f"/alerts/{late.pk}/act/", told, follow=True))
    assert "有了变动" in text and Alert.objects.get(pk=late.pk).state == "open"


@pytest.mark.parametrize("why", ["", " ", "x", "长" * 1001])
def test_a_decision_needs_a_reason_that_says_something(late, enter, why):
    enter().post(f"/alerts/{late.pk}/act/", {"act": "withdraw", "why": why, "version": late.version})
    assert Alert.objects.get(pk=late.pk).state == "open"


def test_an_act_that_does_not_exist_or_is_not_ones_own_is_refused(late, enter):
    assert enter().post(f"/alerts/{late.pk}/act/", {"act": "delete"}).status_code == 403
    told = {"act": "withdraw", "why": "核实后撤回", "version": late.version}
    assert enter(Role.LEADER).post(f"/alerts/{late.pk}/act/", told).status_code == 403
    assert enter(region=THERE).post(f"/alerts/{late.pk}/act/", told).status_code == 404


def test_who_supervises_elsewhere_and_only_leads_here_decides_nothing_here(late, enter):
    browser = enter(region=THERE)
    Grant.objects.create(
        account=Account.objects.latest("pk"), role=Role.LEADER, region_code=HERE, granted_by="test"
    )
    assert "撤回" not in [act.label for act in browser.get(f"/alerts/{late.pk}/").context["offered"]]
    told = {"act": "withdraw", "why": "核实后撤回", "version": late.version}
    assert browser.post(f"/alerts/{late.pk}/act/", told).status_code == 403
    assert Alert.objects.get(pk=late.pk).state == "open"


def test_the_parts_of_a_case_add_up_on_its_page(city, enter):
    story = enter().get("/cases/of/BJ2/").context["story"]
    assert abs(sum(part.share for part in story.parts) - 1) < 1e-9
    held = {part.holder.value: part.length for part in story.parts}
    assert held["申请人补正"] == "1天"
    assert held["交接"] == "23小时"
    assert story.until == "现在"


def test_what_happened_is_told_in_words_and_not_in_codes():
    row = FACTS["materials"](material_code="M1", medium="electronic", name="申请表", received_at=0)
    ((_, what, where),) = happenings({"materials": [row]})
    label = dict(TABLES["materials"].column("medium").codes.values)["electronic"]
    assert (what, where) == ("收取时间", f"申请材料 M1 {label} 申请表")


def test_personal_data_is_masked(city, enter):
    text = text_of(enter().get("/cases/of/BJ2/"))
    assert "13800138000" not in text and "410105199001010015" not in text and "张三" not in text
    assert "138****8000" in text and "4101**********0015" in text and "张**" in text


def test_who_looks_says_why_and_is_recorded(city, enter):
    browser = enter()
    assert "请写明查看个人信息的事由" in text_of(
        browser.post("/cases/look/BJ2/", {"purpose": "看"}, follow=True)
    )
    assert not AuditRow.objects.filter(act="personal.look").exists()
    text = text_of(browser.post("/cases/look/BJ2/", {"purpose": "核实超期办件"}))
    assert "13800138000" in text and "410105199001010015" in text
    row = AuditRow.objects.get(act="personal.look")
    assert row.purpose == "核实超期办件" and row.about == "cases/BJ2"


def test_who_may_not_look_does_not(city, enter):
    assert enter(Role.LEADER).post("/cases/look/BJ2/", {"purpose": "核实超期办件"}).status_code == 403
    assert enter(region=THERE).post("/cases/look/BJ2/", {"purpose": "核实超期办件"}).status_code == 404


def test_a_case_is_judged_now_with_its_clocks_and_the_silence_of_other_rules(city, enter):
    answer = enter().get("/cases/clocks/BJ2/")
    text = text_of(answer)
    assert '<figure class="sheet"><svg' in text
    assert len(answer.context["life"].silent) > 5


def test_a_case_elsewhere_or_nowhere_is_not_found(city, enter):
    assert enter(region=THERE).get("/cases/of/BJ2/").status_code == 404
    assert enter(region=THERE).get("/cases/clocks/BJ2/").status_code == 404
    assert enter().get("/cases/of/NOSUCH/").status_code == 404
    assert enter(region=HERE).get("/cases/of/BJ2/").status_code == 200


def test_cases_are_found_by_the_beginning_of_their_number(city, enter):
    lines = enter().get("/cases/?q=BJ").context["list"].lines
    assert len(lines) == 4
    assert [line.href for line in enter().get("/cases/?q=BJ3").context["list"].lines] == ["/cases/of/BJ3/"]
    assert not enter(Role.LIAISON, agency=OURS).get("/cases/?q=BJ3").context["list"].lines


def test_cases_with_an_open_red_card_are_found(city, enter):
    red = set(
        Alert.objects.filter(state="open", level="red").exclude(case_no="").values_list("case_no", flat=True)
    )
    lines = enter().get("/cases/?alerts=red").context["list"].lines
    assert red and {line.href for line in lines} == {f"/cases/of/{number}/" for number in red}
