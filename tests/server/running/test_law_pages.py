"""规则目录, 日历, 事项目录, 发布: what they show, whom they let, and what they refuse in Chinese."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mingcha.accounts.models import Account, Grant, Role
from mingcha.alerts import adopting, law, publishing
from mingcha.alerts.models import Difference, Publication
from mingcha.base import clock
from mingcha.law.calendar import DayKind
from mingcha.law.load import load_calendar
from mingcha.pages.calendar.months import year_of
from mingcha.pages.publishing.uploads import notice_files, pack_files
from mingcha.rules.load import RULEBOOK, shipped_rulebook

pytestmark = pytest.mark.django_db

NOTICE = "日期,名称,休班\n" + "".join(
    f"2027-{day},{name},{off}\n"
    for day, name, off in (
        ("01-01", "元旦", "休"), ("01-30", "春节", "班"), ("02-05", "春节", "休"), ("02-08", "春节", "休"),
        ("04-05", "清明节", "休"), ("05-01", "劳动节", "休"), ("06-09", "端午节", "休"), ("09-15", "中秋节", "休"),
        ("10-01", "国庆节", "休"),
    )
)  # fmt: skip


def signed_in(role: Role, name: str = "") -> Client:
    account = Account.objects.create(
        username=name or role.value, name=role.label, password="!", password_changed_at=clock.now()
    )
    Grant.objects.create(account=account, role=role, granted_by="测试")
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def henan() -> dict[str, str]:
    return {file.name: file.read_text("utf-8") for file in (RULEBOOK / "henan-2019").glob("*.yaml")}


def uploaded(name: str, content: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def test_every_rule_in_force_is_listed_and_has_its_page() -> None:
    client = signed_in(Role.SUPERVISOR)
    listed = text(client.get("/rules/"))
    for rule in shipped_rulebook().rules:
        assert f'href="/rules/{rule.id}/"' in listed
    for rule_id in ("henan-8.1", "henan-9.10", "ezhou-push", "henan-8.8a"):
        rule = shipped_rulebook().rule(rule_id)
        page = client.get(f"/rules/{rule_id}/")
        assert page.status_code == 200
        assert rule.article in text(page)


def test_filters_of_the_list_are_kept_in_the_address() -> None:
    found = text(signed_in(Role.SUPERVISOR).get("/rules/?pack=henan-2019&class=TIME&q=受理意见"))
    assert "/rules/henan-8.10/" in found
    assert "/rules/henan-8.6/" not in found


def test_the_stories_of_a_rule_are_judged_on_its_page() -> None:
    told = text(signed_in(Role.SUPERVISOR).get("/rules/henan-8.10/tests/"))
    assert "全部相符" in told


def test_a_rule_that_is_none_is_not_found() -> None:
    assert signed_in(Role.SUPERVISOR).get("/rules/henan-99/").status_code == 404


def test_clauses_are_listed_with_their_answers() -> None:
    assert "第八条(一)" in text(signed_in(Role.LEADER).get("/rules/coverage/"))


def test_a_year_shows_days_off_make_up_days_and_the_number_of_its_notice() -> None:
    page = text(signed_in(Role.SUPERVISOR).get("/calendar/2026/"))
    assert "国办发明电〔2025〕7号" in page
    assert "2026-02-14 周六:调休上班 春节" in page


def test_the_working_days_of_a_year_are_those_of_the_calendar() -> None:
    calendar = load_calendar()
    year = year_of(calendar, 0, 2026, clock.local_now().date())
    cells = [cell for month in year.months for week in month.weeks for cell in week if cell]
    assert len(cells) == 365
    assert year.working == sum(cell.info.kind.works for cell in cells)
    assert sum(cell.info.kind is DayKind.MAKEUP for cell in cells) == 6


def test_next_year_says_that_it_is_provisional() -> None:
    assert "暂定" in text(signed_in(Role.SUPERVISOR).get("/calendar/2027/"))


@pytest.mark.parametrize("address", ["/calendar/1999/", "/calendar/2026/?layer=none"])
def test_a_calendar_that_is_none_is_not_found(address: str) -> None:
    assert signed_in(Role.SUPERVISOR).get(address).status_code == 404


def test_the_catalogue_says_why_it_is_empty() -> None:
    assert "没有符合条件的事项" in text(signed_in(Role.SUPERVISOR).get("/catalogue/"))


def test_only_a_supervisor_uploads_and_nobody_else_sees_the_form() -> None:
    assert signed_in(Role.SUPERVISOR).get("/publishing/pack/").status_code == 200
    assert signed_in(Role.LEADER).get("/publishing/pack/").status_code == 403
    assert signed_in(Role.REPORTING).get("/publishing/").status_code == 403


def test_a_pack_is_uploaded_as_it_was_downloaded_and_every_fault_is_shown() -> None:
    client = signed_in(Role.SUPERVISOR)
    packed = client.get("/publishing/pack/henan-2019.zip").content
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.infolist():
            content = old.read(entry).decode()
            new.writestr(
                entry.filename,
                content.replace("over: cases", "over: case") if entry.filename == "8.6.yaml" else content,
            )
    answer = client.post(
        "/publishing/pack/",
        {"files": uploaded("henan.zip", changed.getvalue()), "name": "henan-2019", "title": "试", "why": "试一试"},
        follow=True,
    )  # fmt: skip
    assert "8.6.yaml" in text(answer)
    assert "没有事实表 case" in text(answer)
    assert Publication.objects.get().faults


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("rules.zip", b"PK but no zip", "不是完好的 ZIP"),
        ("pack.yaml", "规则".encode("gb18030"), "不是 UTF-8"),
    ],
)
def test_what_is_no_pack_is_refused_in_chinese(name: str, content: bytes, said: str) -> None:
    client = signed_in(Role.SUPERVISOR)
    answer = client.post(
        "/publishing/pack/",
        {"files": uploaded(name, content), "name": "henan-2019", "why": "试"},
        follow=True,
    )
    assert answer.status_code == 200
    assert said in text(answer)
    assert not Publication.objects.exists()


def test_a_file_uploaded_twice_is_refused() -> None:
    with pytest.raises(publishing.PublishingError, match="上传了两次"):
        pack_files([uploaded("pack.yaml", "a: 1"), uploaded("x/pack.yaml", "a: 1")])


def test_a_notice_becomes_the_file_of_its_year_and_the_page_tells_which_days_change() -> None:
    client = signed_in(Role.SUPERVISOR)
    sent = {"notice": uploaded("2027.csv", NOTICE), "number": "国办发明电〔2026〕1号", "why": "通知公布"}
    page = text(client.post("/publishing/year/", sent, follow=True))
    held = Publication.objects.get()
    assert (held.kind, held.name, held.faults) == ("calendar", "2027", [])
    assert "2027-01-30" in page
    assert "国办发明电〔2026〕1号" in page


def test_a_notice_with_faults_is_refused_with_their_lines() -> None:
    with pytest.raises(publishing.PublishingError, match="第 3 行"):
        notice_files(uploaded("n.csv", NOTICE.replace("01-30,春节,班", "01-27,春节,班")), "文号", "", None)


def test_who_uploaded_cannot_approve_and_a_second_person_can() -> None:
    first, second = signed_in(Role.SUPERVISOR, "jia"), signed_in(Role.SUPERVISOR, "yi")
    _, title, files = notice_files(uploaded("n.csv", NOTICE), "国办发明电〔2026〕1号", "", None)
    draft = publishing.upload("calendar", "2027", files, title, "通知公布", "jia")
    Publication.objects.filter(pk=draft.pk).update(
        trial={
            "as_of": "2026-11-22T00:00:00", "since": "2025-11-01", "cases": 1, "before": 1, "after": 1, "by_rule": [],
            "by_agency": [], "examples": [], "not_judged": {},
        }
    )  # fmt: skip
    own = text(first.post(f"/publishing/{draft.pk}/approve/", {"opinion": "同意"}, follow=True))
    assert "上传人不能审定自己上传的" in own
    assert Publication.objects.get().state == Publication.State.DRAFT
    assert "请写明意见" in text(
        second.post(f"/publishing/{draft.pk}/approve/", {"opinion": " "}, follow=True)
    )
    assert "计算重算差异单" in text(
        second.post(f"/publishing/{draft.pk}/approve/", {"opinion": "同意"}, follow=True)
    )
    assert Publication.objects.get().state == Publication.State.APPROVED
    difference = Publication.objects.get().differences.get()
    assert second.get(f"/differences/{difference.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("role", "told"),
    [(Role.SUPERVISOR, True), (Role.LEADER, True), (Role.LIAISON, False), (Role.THIRD_PARTY, False)],
)
def test_cases_of_a_trial_are_named_to_who_publishes_and_approves_and_to_nobody_else(role, told) -> None:
    _, title, files = notice_files(uploaded("n.csv", NOTICE), "国办发明电〔2026〕1号", "", None)
    draft = publishing.upload("calendar", "2027", files, title, "通知公布", "jia")
    example = {"kind": "added", "level": "red", "rule": "henan-8.1", "key": "BJ-7", "reason": "某人超期三天"}
    Publication.objects.filter(pk=draft.pk).update(
        trial={
            "as_of": "2026-11-22T00:00:00", "since": "2025-11-01", "cases": 1, "before": 1, "after": 2,
            "by_rule": [["added", "henan-8.1", 1]], "by_agency": [["added", "11410105MB0000019A", 1]],
            "examples": [example], "not_judged": {},
        }
    )  # fmt: skip
    page = text(signed_in(role).get(f"/publishing/{draft.pk}/"))
    assert "按规则" in page
    for named in ("BJ-7", "某人超期三天", "<h3>按部门</h3>", "11410105MB0000019A"):
        assert (named in page) == told, named


def test_a_changed_pack_shows_its_lines_against_those_in_force() -> None:
    client = signed_in(Role.SUPERVISOR)
    files = henan()
    files["8.1.yaml"] = files["8.1.yaml"].replace("warning: left <= 2", "warning: left <= 3")
    draft = publishing.upload("pack", "henan-2019", files, "预警提前", "试", "jia")
    page = text(client.get(f"/publishing/{draft.pk}/"))
    assert "+  warning: left &lt;= 3" in page
    assert "-  warning: left &lt;= 2" in page
    assert "正在运行测试" in page


def test_packs_are_adopted_on_a_form_and_the_page_says_what_becomes_of_each() -> None:
    client = signed_in(Role.SUPERVISOR)
    form = text(client.get("/publishing/adoption/"))
    assert 'value="henan-2019" checked' in form
    assert 'value="state-council">' in form
    assert "只在被采用时施行" in form
    nothing = text(client.post("/publishing/adoption/", {"packs": ["ezhou-2020"], "why": " "}, follow=True))
    assert "请写明缘由" in nothing
    assert 'value="ezhou-2020" checked' in nothing
    assert 'value="henan-2019">' in nothing
    sent = {"packs": ["ezhou-2020", "zhengzhou-2021"], "why": "领导小组决定"}
    page = text(client.post("/publishing/adoption/", sent, follow=True))
    held = Publication.objects.get()
    assert (held.kind, held.files) == ("adoption", {"packs": ["ezhou-2020", "zhengzhou-2021"]})
    assert "不再施行" in page
    assert "正在运行测试" in page
    assert "采用ezhou-2020" in text(client.get("/publishing/"))
    assert signed_in(Role.LEADER).get("/publishing/adoption/").status_code == 403


def test_a_pack_that_is_not_among_the_adopted_says_that_it_holds_nowhere() -> None:
    adopting.adopt(["ezhou-2020"], "jia", "试行")
    draft = publishing.upload("pack", "henan-2019", henan(), "照旧", "试", "jia")
    assert "它施行后也不会判定" in text(signed_in(Role.SUPERVISOR).get(f"/publishing/{draft.pk}/"))
    law.forget()


def test_who_asked_for_the_end_is_told_that_another_must_apply_the_list() -> None:
    held = adopting.adopt(["ezhou-2020"], "jia", "试行")
    listed = publishing.end(held, "jia", "试行期满")
    Difference.objects.filter(pk=listed.pk).update(state="open")
    own, other = signed_in(Role.SUPERVISOR, "jia"), signed_in(Role.SUPERVISOR, "yi")
    page = text(own.get(f"/differences/{listed.pk}/"))
    assert "提出停用的人不能执行" in page
    assert "不执行</button>" in page
    assert '<button class="primary">执行</button>' not in page
    assert '<button class="primary">执行</button>' in text(other.get(f"/differences/{listed.pk}/"))
    sent = own.post(f"/differences/{listed.pk}/accept/", {"why": "执行"}, follow=True)
    assert "提出停用的人不能执行" in text(sent)
    assert Difference.objects.get().state == "open"
    law.forget()
