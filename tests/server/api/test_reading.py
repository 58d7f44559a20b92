"""What is read through the web service, and that nobody reads what lies elsewhere."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from mingcha.accounts.models import Role
from mingcha.base.models import AuditRow
from mingcha.intake.applying import write
from mingcha.law.load import load_calendar
from mingcha.notify import dispatch, messages
from tests.server.api.conftest import account, alert, api_of
from tests.server.notify.cast import EAST, EAST_TAX, WEST, WEST_TAX, notice


def test_alerts_are_listed_within_the_scope_and_by_what_is_asked(east):
    alert("E-1"), alert("E-2", level="warning"), alert("W-1", agency_code=WEST_TAX, region_code=WEST)
    assert [each["case_no"] for each in east.read("/alerts")["items"]] == ["E-2", "E-1"]
    assert [each["case_no"] for each in east.read("/alerts", level=["red"])["items"]] == ["E-1"]
    assert east.read("/alerts", agency=[WEST_TAX])["items"] == []
    told = east.read("/alerts", case_no="E-1")["items"][0]
    assert told["due_at"] == "2026-10-09" and told["lawful_at"] == "2026-10-10T00:00:00"


@pytest.mark.parametrize("path", ["/alerts", "/cases/E-1", "/rules"])
def test_a_parameter_that_is_none_is_refused_with_those_that_are(east, path):
    told = east.read(path, 422, lvl="red", **{"": "1"})
    assert {fault["where"] for fault in told["faults"]} >= {"query.lvl", "query."}
    assert "没有这个参数" in told["detail"] and "这个地址的参数" in told["advice"]


def test_a_parameter_of_one_value_is_written_once(east):
    told = east.read("/alerts", 422, limit=["1", "2"])
    assert told["faults"] == [{"where": "query.limit", "what": "只写一次"}]
    east.read("/alerts", level=["red", "warning"])


def test_pages_follow_each_other_without_gap_or_double(east):
    for number in range(7):
        alert(f"E-{number}")
    seen, cursor = [], ""
    while cursor is not None:
        page = east.read("/alerts", limit=3, cursor=cursor)
        seen += [each["case_no"] for each in page["items"]]
        cursor = page["next"]
    assert seen == [f"E-{number}" for number in reversed(range(7))]


def test_an_alert_is_told_with_its_evidence_and_its_changes(east):
    made = alert()
    assert east.read(f"/alerts/{made.pk}")["evidence"] == {"clock": {"limit": 10}}
    assert [each["kind"] for each in east.read(f"/alerts/{made.pk}/changes")] == ["raised"]


def test_what_lies_elsewhere_is_not_there(east):
    other = alert("W-1", agency_code=WEST_TAX, region_code=WEST)
    for path in (f"/alerts/{other.pk}", f"/alerts/{other.pk}/changes", "/cases/W-1", "/cases/W-1/verdicts"):
        east.read(path, 404)
    east.read("/facts/cases", 404, key="W-1")
    east.read("/facts/steps", 404, key=["W-1", "1"])


def test_the_feed_is_read_on_from_where_one_was(east):
    messages.write(
        [notice(title="一"), notice(title="西", region_code=WEST, agency_code=WEST_TAX), notice(title="二")]
    )
    dispatch.hand_on(load_calendar())
    first = east.read("/events", limit=1)
    assert [event["data"]["title"] for event in first["items"]] == ["一"]
    assert first["items"][0]["type"] == "mingcha.alert.raised"
    second = east.read("/events", after=first["next"])
    assert [event["data"]["title"] for event in second["items"]] == ["二"]
    assert east.read("/events", after=second["next"]) == {"items": [], "next": second["next"]}


def test_what_concerns_one_person_alone_is_not_in_the_feed(east):
    owner = account(Role.LIAISON, EAST, EAST_TAX)
    messages.write([notice(account_id=owner.pk)])
    dispatch.hand_on(load_calendar())
    assert east.read("/events")["items"] == []


def test_cases_are_listed_with_where_they_came_from_and_masked(east):
    listed = east.read("/cases")["items"]
    assert [each["values"]["case_no"] for each in listed] == ["E-1"]
    values, provenance = listed[0]["values"], listed[0]["provenance"]
    assert values["applicant_name"] == "张**" and values["contact_phone"] == "138****5678"
    assert values["applicant_id"] == "4101**********1234"
    assert values["accepted_at"] == "2026-09-18T09:30:00"
    assert provenance["batch"] == 1 and provenance["source"] == "mingcha" and provenance["receipt"]


def test_cases_are_found_by_day_agency_and_whether_they_are_done(east):
    assert len(east.read("/cases", received_first="2026-09-17", received_last="2026-09-17")["items"]) == 1
    assert east.read("/cases", received_first="2026-09-18")["items"] == []
    assert east.read("/cases", completed="true")["items"] == []
    assert len(east.read("/cases", completed="false", agency=[EAST_TAX], region=[EAST])["items"]) == 1


def test_a_case_is_told_with_its_rows(east):
    told = east.read("/cases/E-1")
    assert told["case"]["values"]["case_no"] == "E-1"
    assert [row["values"]["name"] for row in told["rows"]["steps"]] == ["受理"]


def test_personal_data_is_seen_only_for_a_purpose_and_the_look_is_recorded(east):
    told = east.read("/cases/E-1", purpose="核实超期办件")
    assert told["case"]["values"]["applicant_name"] == "张三丰"
    row = AuditRow.objects.get(act="personal.look")
    assert row.purpose == "核实超期办件" and row.about == "cases/E-1"
    east.read("/cases/E-1", 422, purpose="看")
    assert AuditRow.objects.filter(act="personal.look").count() == 1


def test_personal_data_stays_masked_without_the_right(city):
    api = api_of(account(Role.SUPERVISOR, EAST), "cases.read")
    assert "个人信息" in api.read("/cases/E-1", 403, purpose="核实超期办件")["detail"]
    assert not AuditRow.objects.filter(act="personal.look").exists()


def test_a_case_is_judged_at_this_moment(east):
    told = east.read("/cases/E-1/verdicts", as_of="2026-10-20")
    assert told["as_of"] == "2026-10-20T23:59:59" and told["known_at"] == 1
    red = [each for each in told["findings"] if each["level"] == "red"]
    assert red and all(each["key"] == "E-1" for each in told["findings"])
    assert any("10" in each["reason"] for each in red)
    early = east.read("/cases/E-1/verdicts", as_of="2026-09-20T10:00:00")["findings"]
    assert not [each for each in early if each["level"] == "red"]


def test_a_row_is_told_with_its_history(east):
    write(
        {
            "cases": [
                {"case_no": "E-1", "item_code": "X", "received_at": datetime(2026, 9, 17, 9, 0), "visits": 2}
            ]
        },
        "test",
    )
    versions = east.read("/facts/cases", key="E-1", history="true")
    assert [row["provenance"]["batch"] for row in versions] == [2, 1]
    assert versions[1]["provenance"]["until"] == 2 and versions[0]["provenance"]["until"] is None
    assert len(east.read("/facts/cases", key="E-1")) == 1


def test_rows_of_the_catalogue_are_open_to_readers(east):
    assert east.read("/facts/regions", key=WEST)[0]["values"]["name"] == "西区"


@pytest.mark.parametrize(
    ("table", "key", "status"),
    [
        ("nonsense", ["1"], 404),
        ("cases", ["1", "2"], 422),
        ("steps", ["E-1", "one"], 422),
        ("steps", ["E-1", "9" * 30], 422),
        ("arrivals", ["x", "2026-02-30"], 422),
        ("arrivals", ["x", "2026-02-20"], 404),
        ("device_states", ["x", "2026-02-20T08:00:00"], 404),
        ("device_states", ["x", "2026-02-20T08:00:00Z"], 422),
        ("hall_hours", ["x", "1", "09:00"], 404),
        ("hall_hours", ["x", "1", "nine"], 422),
    ],
)
def test_a_key_that_fits_no_row_is_told(east, table, key, status):
    east.read(f"/facts/{table}", status, key=key)


def test_rules_are_told_with_their_text(east):
    rules = east.read("/rules")
    assert len(rules) > 50 and {rule["pack"] for rule in rules} >= {"henan-2019"}
    one = east.read("/rules/henan-8.1")
    assert "2个工作日" in one["text"] and one["form"] == "clock"
    east.read("/rules/henan-99", 404)


def test_days_name_their_notice(east):
    days = east.read("/calendar/days", first="2026-10-01", last="2026-10-10")["days"]
    assert (
        days[0]["kind"] == "off" and days[0]["notice"] and days[-1]["kind"] == "makeup" and days[-1]["works"]
    )
    east.read("/calendar/days", 422, first="2026-10-10", last="2026-10-01")
    east.read("/calendar/days", 422, first="2020-01-01", last="2026-10-01")
    assert east.read("/calendar/days", first="1900-01-01", last="1900-01-01")["days"][0]["works"] is None


def ask_clock(api, status=200, **asked):
    answer = api.post("/api/v1/clock", json.dumps(asked), content_type="application/json")
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def test_a_clock_is_worked_out_day_by_day(east):
    told = ask_clock(
        east, start="2026-09-18", limit=10, as_of="2026-09-30",
        pauses=[{"start": "2026-09-22", "end": "2026-09-24", "name": "补正"}],
    )  # fmt: skip
    assert told["sentence"].startswith("自2026-09-18 周五起") and "暂停" in told["sentence"]
    assert told["due_at"] == "2026-10-12" and told["overrun_at"] == "2026-10-13T00:00:00"
    assert told["elapsed"] == 6 and told["paused"] == 2 and not told["cause"] and len(told["days"]) > 20


@pytest.mark.parametrize(
    "asked",
    [
        {"start": "2026-02-30", "limit": 1},
        {"start": "2026-09-18T09:00:00+08:00", "limit": 1},
        {"start": "0001-01-01", "limit": 1},
        {"start": "9999-12-31", "limit": 1},
        {"start": "2026-09-18", "limit": -1},
        {"start": "2026-09-18", "limit": 1, "unit": "fortnight"},
        {"start": "2026-09-18", "limit": 1, "pauses": [{"start": "x"}]},
        {"start": "2026-09-18"},
        {"start": 5, "limit": 1},
    ],
)
def test_a_clock_that_cannot_run_is_told_where(east, asked):
    assert ask_clock(east, 422, **asked)["faults"]


def test_batches_are_told_to_who_may_see_their_source(city):
    api = api_of(account(Role.SUPERVISOR, ""), "intake.read")
    page = api.read("/batches")
    assert page["items"][0]["no"] == 1 and page["items"][0]["counts"]["cases"]["new"] == 2
    assert api.read(f"/batches/{page['items'][0]['receipt']}")["state"] == "applied"
    other = api_of(account(Role.SUPERVISOR, EAST), "intake.read")
    assert other.read("/batches")["items"] == []
    other.read(f"/batches/{page['items'][0]['receipt']}", 404)
