"""The live list: what it shows to whom, conditions in the URL, files, saved views, acts on several at once."""

from __future__ import annotations

import csv
import io
from urllib.parse import quote

import openpyxl
import pytest

from mingcha.accounts.models import Account, Grant, Role
from mingcha.alerts.models import Alert, Change
from mingcha.base.models import AuditRow
from mingcha.pages.models import SavedView
from tests.server.pages.conftest import HERE, OURS, THEIRS, THERE


def keys(answer) -> list[str]:
    return [line.key for line in answer.context["list"].lines]


@pytest.fixture
def page(city, enter):
    browser = enter()

    def get(query: str = "", **more):
        answer = browser.get(f"/live/{query}", **more)
        assert answer.status_code == 200, answer
        return answer

    get.browser = browser
    return get


def test_open_alerts_are_listed_newest_lawful_moment_first(page):
    answer = page()
    listed = [int(key) for key in keys(answer)]
    expected = Alert.objects.filter(state__in=["open", "proposed"]).order_by("-lawful_at", "-id")
    assert listed == list(expected.values_list("pk", flat=True))
    assert len(listed) >= 3


def test_another_district_is_not_seen(city, enter):
    theirs = enter(region=THERE).get("/live/?state=all")
    assert {line.cells[2].html for line in theirs.context["list"].lines}
    shown = Alert.objects.filter(pk__in=keys(theirs))
    assert set(shown.values_list("region_code", flat=True)) == {THERE}
    one_of_ours = Alert.objects.filter(region_code=HERE).first()
    assert enter(region=THERE).get(f"/alerts/{one_of_ours.pk}/").status_code == 404


def test_each_count_above_the_list_is_the_length_of_its_list(page):
    for option in page().context["list"].facet:
        found = page(f"?mark={option.value}" if option.value else "")
        assert found.context["list"].total == option.count, option.value


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("region=" + HERE, {"region_code": HERE}),
        ("agency=" + OURS, {"agency_code": OURS}),
        ("rule=henan-8.10", {"rule": "henan-8.10"}),
        ("q=BJ2", {"case_no": "BJ2"}),
        ("state=all&mark=red", {"level": "red"}),
    ],
)
def test_a_condition_keeps_what_it_names(page, query, kept):
    found = keys(page(f"?{query}"))
    states = {} if "state=all" in query else {"state__in": ["open", "proposed"]}
    assert set(found) == {
        str(pk) for pk in Alert.objects.filter(**kept, **states).values_list("pk", flat=True)
    }
    assert found


def test_days_are_those_of_the_lawful_moment_both_included(page):
    day = Alert.objects.filter(state="open").order_by("lawful_at").first().lawful_at.date()
    assert keys(page(f"?from={day}&to={day}"))
    for line in page(f"?to={day}").context["list"].lines:
        assert str(day) >= line.cells[1].html[:10]


@pytest.mark.parametrize(
    "query",
    [
        "mark=nosuch", "region=999", "from=yesterday", "to=2026-02-30", "page=-1", "page=99999999999999",
        "sort=password", "sort=--mark", "columns=,,,", "columns=nosuch", "q=" + "x" * 5000, "q=%25_'\"",
        "item=%E2%80%AE", "format=exe", "part=nosuch", "page=%F0%9F%98%80",
    ],
)  # fmt: skip
def test_what_a_url_says_wrongly_is_told_and_left_out(page, query):
    page(f"?{query}")


def test_a_wrong_day_is_told_in_chinese(page):
    assert "要写作 2026-10-14 的样子" in page("?from=2026-13-01").content.decode()


def test_an_empty_list_says_why_and_what_to_do(page):
    text = page("?q=NOSUCH").content.decode()
    assert "没有符合条件的监察信号" in text and "全部状态" in text


def test_pages_do_not_overlap_and_hold_everything(page, monkeypatch):
    monkeypatch.setattr("mingcha.pages.listing.shown.SIZE", 2)
    everything, number, seen = set(keys(page("?state=all"))), 1, []
    while True:
        answer = page(f"?state=all&page={number}&sort=rule")
        seen += keys(answer)
        if not answer.context["list"].next:
            break
        number += 1
    assert len(seen) == len(set(seen)) == Alert.objects.count()
    assert everything <= set(seen)


def test_a_file_holds_exactly_the_rows_and_columns_shown(page):
    query = "?state=all&columns=mark,about,rule_id,reason&sort=about"
    shown = page(query)
    told = csv.reader(io.StringIO(page(query + "&format=csv").content.decode("utf-8-sig")))
    head, *rows = list(told)
    assert head == [column.label for column in shown.context["list"].asked.columns]
    assert [row[3] for row in rows] == list(
        Alert.objects.order_by("key", "-id").values_list("rule", flat=True)
    )
    book = openpyxl.load_workbook(io.BytesIO(page(query + "&format=xlsx").content))
    cells = [[cell.value or "" for cell in row] for row in book.active.iter_rows()]
    assert cells[0] == head and len(cells) - 1 == len(rows)
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)


def test_a_file_is_recorded_and_only_for_who_may(page, enter):
    page("?format=csv")
    row = AuditRow.objects.get(act="export")
    assert row.about == "list/alerts" and row.detail["format"] == "csv"
    assert enter(Role.OFFICER, agency=OURS).get("/live/?format=csv").status_code == 403


def test_who_reads_in_more_places_than_it_exports_is_told_and_gets_only_those(city, enter):
    browser = enter(Role.SUPERVISOR, region=HERE)
    assert "可能比页面上少" not in browser.get("/live/?state=all").content.decode()
    account = Account.objects.get(pk=browser.session["_auth_user_id"])
    Grant.objects.create(account=account, role=Role.OFFICER, agency_code=THEIRS, granted_by="test")
    listed = browser.get("/live/?state=all")
    assert "可能比页面上少" in listed.content.decode()
    text = browser.get("/live/?state=all&columns=about,rule_id&format=csv").content.decode("utf-8-sig")
    assert 1 < len(text.splitlines()) - 1 < listed.context["list"].total


def test_saved_views_are_ones_own_and_can_be_forgotten(page, enter):
    told = {"list": "alerts", "name": "红牌", "query": "?mark=red", "back": "/live/?mark=red"}
    assert page.browser.post("/views/", told).url == "/live/?mark=red"
    assert "?mark=red" in page().content.decode()
    assert "红牌</a></span>" not in enter().get("/live/").content.decode()
    page.browser.post("/views/", {**told, "forget": "1"})
    assert not SavedView.objects.exists()


def test_saving_a_view_leads_nowhere_else(page):
    told = {"list": "alerts", "name": "x", "query": "?mark=red", "back": "https://evil.example/"}
    assert page.browser.post("/views/", told).url == "/"


def test_several_are_withdrawn_at_once_with_a_reason(page):
    chosen = list(Alert.objects.filter(state="open").values_list("pk", flat=True)[:2])
    told = {"key": chosen, "act": "withdraw", "why-withdraw": "数据报送错误,已核实", "query": "?state=live"}
    answer = page.browser.post("/live/batch/", told, follow=True)
    assert "已撤回 2 条" in answer.content.decode()
    assert set(Alert.objects.filter(pk__in=chosen).values_list("state", flat=True)) == {"withdrawn"}
    assert Change.objects.filter(alert__in=chosen, kind="withdrawn", why="数据报送错误,已核实").count() == 2


def test_all_that_the_conditions_name_are_chosen_and_no_others(page):
    others = Alert.objects.filter(state="open").exclude(rule="henan-8.10").count()
    told = {"all": "1", "act": "withdraw", "why-withdraw": "核实后撤回", "query": "?rule=henan-8.10"}
    page.browser.post("/live/batch/", told)
    assert not Alert.objects.filter(rule="henan-8.10", state="open").exists()
    assert Alert.objects.filter(state="open").count() == others > 0


def test_without_a_reason_nothing_is_changed(page):
    one = Alert.objects.filter(state="open").first()
    answer = page.browser.post("/live/batch/", {"key": one.pk, "act": "withdraw", "query": ""}, follow=True)
    assert "请写明理由" in answer.content.decode()
    assert Alert.objects.get(pk=one.pk).state == "open"


def test_what_another_district_has_cannot_be_changed(city, enter):
    ours = Alert.objects.filter(region_code=HERE, state="open").first()
    told = {"key": ours.pk, "act": "withdraw", "why-withdraw": "不归我管", "query": ""}
    enter(region=THERE).post("/live/batch/", told)
    assert Alert.objects.get(pk=ours.pk).state == "open"


def test_only_rows_that_lie_where_one_may_export_are_exported(city, enter):
    browser = enter(Role.OFFICER, agency=OURS)
    Grant.objects.create(
        account=Account.objects.latest("pk"), role=Role.LIAISON, agency_code=THEIRS, granted_by="test"
    )
    read = browser.get("/cases/?state=all").context["list"].total
    for path, region in (("cases", "中原区"), ("live", "中原区")):
        listed = browser.get(f"/{path}/?state=all&format=csv")
        told = list(csv.reader(io.StringIO(listed.content.decode("utf-8-sig"))))[1:]
        assert told and all(any(region in cell for cell in line) for line in told), (path, told)
    assert read > 1


@pytest.mark.parametrize("choice", ["marked", "all"])
def test_of_several_only_those_are_changed_that_lie_where_one_may(city, enter, choice):
    browser = enter(region=THERE)
    Grant.objects.create(
        account=Account.objects.latest("pk"), role=Role.LEADER, region_code=HERE, granted_by="test"
    )
    alerts = Alert.objects.filter(state="open")
    here, there = alerts.filter(region_code=HERE), alerts.filter(region_code=THERE)
    ours = list(here.values_list("pk", flat=True))
    named = {"all": "1"} if choice == "all" else {"key": [*ours, *there.values_list("pk", flat=True)]}
    told = {**named, "act": "withdraw", "why-withdraw": "核实后撤回", "query": "?state=open"}
    text = browser.post("/live/batch/", told, follow=True).content.decode()
    assert f"另有 {len(ours)} 条所在的区划、部门不由您撤回" in text
    assert list(here.values_list("pk", flat=True)) == ours != []
    assert not there.exists()


@pytest.mark.parametrize("role", [Role.LEADER, Role.LIAISON, Role.OFFICER, Role.ASSESSOR])
def test_who_only_reads_is_offered_no_act_and_can_do_none(city, enter, role):
    browser = enter(role)
    assert b'id="batch"' not in browser.get("/live/").content
    one = Alert.objects.filter(state="open").first()
    told = {"key": one.pk, "act": "withdraw", "why-withdraw": "试试", "query": ""}
    assert browser.post("/live/batch/", told).status_code == 403


def test_the_part_that_refreshes_is_only_the_rows(page):
    text = page("?part=rows").content.decode()
    assert "<html" not in text and "最近刷新" in text


def test_search_leads_to_the_one_case_or_lists_what_it_found(page):
    assert page.browser.get("/search/?q=BJ2").url == "/cases/of/BJ2/"
    assert "示例许可证核发" in page.browser.get("/search/?q=" + quote("许可证")).content.decode()
    assert "没有找到" in page.browser.get("/search/?q=" + quote("无此物")).content.decode()
