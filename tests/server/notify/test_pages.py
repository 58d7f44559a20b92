"""The pages of messages: who sees what, and that every act says what came of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from icalendar import Calendar

from mingcha.accounts.models import Role
from mingcha.alerts.models import Alert, Watch
from mingcha.api.models import ApiKey
from mingcha.base import clock
from mingcha.base.models import AuditRow, Outgoing
from mingcha.notify import inbox, messages
from mingcha.notify.models import Channel, Message, Mute, Subscription, Webhook
from tests.server.notify.cast import EAST, EAST_TAX, WEST, WEST_TAX, notice, person, put

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def liaison():
    return person(Role.LIAISON, EAST, EAST_TAX)


def signed_in(account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def text(answer) -> str:
    return answer.content.decode()


def test_the_list_shows_what_concerns_one_and_how_many_are_unread(liaison):
    messages.write([notice(), notice(title="西区的", region_code=WEST, agency_code=WEST_TAX)])
    page = text(signed_in(liaison).get("/messages/"))
    assert "红牌·发出:D-1 超期" in page and "西区的" not in page
    assert '<span class="count">1</span>' in page


def test_opening_a_message_marks_it_read_and_leads_to_the_alert(liaison):
    messages.write([notice()])
    client, message = signed_in(liaison), Message.objects.get()
    assert client.get(f"/messages/{message.pk}/")["Location"] == "/alerts/1/"
    assert inbox.unread(liaison) == 0
    assert "没有未读的消息" in text(client.get("/messages/")) and "D-1" in text(
        client.get("/messages/?show=all")
    )


def test_a_message_of_another_is_not_there(liaison):
    messages.write([notice(region_code=WEST, agency_code=WEST_TAX)])
    assert signed_in(liaison).get(f"/messages/{Message.objects.get().pk}/").status_code == 404


def test_a_message_never_leads_elsewhere(liaison):
    messages.write([notice(link="//evil.example/")])
    assert signed_in(liaison).get(f"/messages/{Message.objects.get().pk}/")["Location"] == "/messages/"


def test_a_card_stays_until_it_is_acknowledged(liaison):
    messages.write([notice(), notice(level="warning", title="预警")])
    client = signed_in(liaison)
    client.post("/messages/read/")
    page = text(client.get("/messages/?show=cards"))
    assert "红牌·发出" in page and ">预警</a>" not in page
    red = Message.objects.get(level="red")
    client.post("/messages/acknowledge/", {"key": [red.pk, "x", "9" * 30]})
    assert "没有未确认的红黄牌" in text(client.get("/messages/?show=cards"))
    assert AuditRow.objects.filter(act="messages.acknowledge", actor=liaison.username).exists()


def test_a_long_list_goes_on(liaison):
    messages.write(notice(title=f"第{n}条") for n in range(60))
    client = signed_in(liaison)
    first = text(client.get("/messages/"))
    assert "第59条" in first and "第9条" not in first and 'rel="next"' in first
    older = Message.objects.get(title="第10条").pk
    assert "第9条" in text(client.get(f"/messages/?before={older}"))


@pytest.mark.parametrize(
    "query", ["?show=nonsense", "?before=x", "?before=-1", "?before=" + "9" * 40, "?show=%00"]
)
def test_nonsense_in_the_address_breaks_nothing(liaison, query):
    assert signed_in(liaison).get(f"/messages/{query}/").status_code in (200, 400)


def test_what_a_title_says_is_text_and_never_markup(liaison):
    messages.write([notice(title="<script>alert(1)</script>")])
    page = text(signed_in(liaison).get("/messages/"))
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_a_channel_is_registered_tried_and_ended(liaison):
    client = signed_in(liaison)
    asked = {
        "kind": "mail",
        "address": "a@example.cn",
        "least_level": "red",
        "timing": "digest",
        "digest_at": "08:30",
    }
    assert client.post("/messages/outside/channel/", asked).status_code == 302
    channel, subscription = Channel.objects.get(), Subscription.objects.get()
    assert subscription.least_level == "red" and subscription.digest_at.hour == 8
    client.post(f"/messages/outside/channel/{channel.pk}/test/")
    assert Outgoing.objects.get().body["title"] == "测试消息"
    assert "a***@example.cn" in text(client.get("/messages/outside/"))
    client.post(f"/messages/outside/channel/{channel.pk}/end/")
    channel.refresh_from_db()
    assert channel.ended_at is not None


def test_a_channel_that_cannot_be_is_told_beside_its_field(liaison):
    answer = signed_in(liaison).post(
        "/messages/outside/channel/", {"kind": "mail", "address": "nonsense", "timing": "at_once"}
    )
    assert answer.status_code == 400 and "这不是邮件地址" in text(answer) and not Channel.objects.exists()


def test_the_channel_of_another_cannot_be_touched(liaison):
    signed_in(liaison).post(
        "/messages/outside/channel/", {"kind": "mail", "address": "a@example.cn", "timing": "at_once"}
    )
    stranger = signed_in(person(Role.LIAISON, WEST, WEST_TAX))
    for act in ("test", "end"):
        assert (
            stranger.post(f"/messages/outside/channel/{Channel.objects.get().pk}/{act}/").status_code == 404
        )


def test_a_mute_is_shown_with_who_why_and_until_when(liaison):
    client = signed_in(liaison)
    client.post("/messages/outside/mute/", {"hours": "8", "reason": "系统升级"})
    page = text(client.get("/messages/outside/"))
    assert "系统升级" in page and liaison.username in page and "提前结束" in page
    client.post(f"/messages/outside/mute/{Mute.objects.get().pk}/end/")
    assert "提前结束</span>" in text(client.get("/messages/outside/"))
    for_all = {"hours": "8", "reason": "演练", "everybody": "on", "region_code": EAST}
    refused = client.post("/messages/outside/mute/", for_all)
    assert refused.status_code == 400 and "只有监察员" in text(refused)


def test_a_key_is_shown_once_and_ended():
    supervisor = person(Role.SUPERVISOR, EAST)
    client = signed_in(supervisor)
    asked = {"name": "督办系统", "policies": ["alerts.read"], "days": "30", "per_minute": "60"}
    page = text(client.post("/messages/machines/key/", asked))
    assert "mck_" in page and "只显示这一次" in page
    key = ApiKey.objects.get()
    again = text(client.get("/messages/machines/"))
    assert key.hint in again and "只显示这一次" not in again
    client.post(f"/messages/machines/key/{key.pk}/end/")
    assert "已停用" in text(client.get("/messages/machines/"))


def test_a_webhook_is_registered_tried_and_switched():
    client = signed_in(person(Role.SUPERVISOR, EAST))
    asked = {"name": "督办系统", "url": "https://hook.example.com/in", "signing": "sm3", "what": "alert."}
    assert "只显示这一次" in text(client.post("/messages/machines/hook/", asked))
    hook = Webhook.objects.get()
    client.post(f"/messages/machines/hook/{hook.pk}/test/")
    assert Outgoing.objects.get().body["type"] == "mingcha.test"
    client.post(f"/messages/machines/hook/{hook.pk}/switch/")
    assert "本人停用" in text(client.get("/messages/machines/"))
    refused = client.post("/messages/machines/hook/", asked | {"url": "http://10.0.0.1/"})
    assert refused.status_code == 400 and "只接受 https" in text(refused)


def test_who_may_not_keep_keys_does_not_see_that_page():
    officer = signed_in(person(Role.OFFICER, EAST, EAST_TAX))
    assert officer.get("/messages/machines/").status_code == 403
    assert "接口密钥" not in text(officer.get("/messages/"))


def alert(case_no: str = "D-1", **more: object) -> Alert:
    told = {
        "rule": "henan-8.1", "about": "cases", "key": case_no, "case_no": case_no, "agency_code": EAST_TAX,
        "region_code": EAST, "level": "warning", "state": "open", "article": "第八条(一)", "reason": "所剩;不足,两日\n",
        "due_at": clock.local_now().date(), "lawful_at": datetime(2026, 10, 10), "raised_at": clock.now(),
        "changed_at": clock.now(),
    }  # fmt: skip
    return Alert.objects.create(**told | more)


def calendar_of(account) -> tuple[str, Client]:
    client = signed_in(account)
    page = text(client.post("/messages/outside/calendar/"))
    return "/ics/" + page.split("/ics/")[1].split(".ics")[0] + ".ics", client


def test_due_cases_come_as_a_calendar_that_programs_understand(liaison):
    due, other = alert(), alert("W-1", agency_code=WEST_TAX, region_code=WEST)
    alert("D-2", state="withdrawn")
    url, _ = calendar_of(liaison)
    answer = Client().get(url)
    assert answer["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert [str(event["UID"]) for event in events] == [f"alert-{due.pk}@local.mingcha"]
    assert str(events[0]["SUMMARY"]) == "预警:D-1 应办结" and events[0].decoded("DTSTART") == due.due_at
    assert "所剩;不足,两日" in str(events[0]["DESCRIPTION"]) and str(other.pk) not in str(events[0]["UID"])


def test_the_uid_stays_and_the_sequence_rises_when_an_alert_changes(liaison):
    made = alert()
    url, _ = calendar_of(liaison)
    before = Calendar.from_ical(Client().get(url).content).walk("VEVENT")[0]
    Alert.objects.filter(pk=made.pk).update(version=5, level="red", due_at=date(2099, 1, 1))
    after = Calendar.from_ical(Client().get(url).content).walk("VEVENT")[0]
    assert before["UID"] == after["UID"] and after["SEQUENCE"] > before["SEQUENCE"]


def test_a_case_without_alert_stands_in_the_calendar_by_its_next_moment(liaison):
    for number, agency in (("D-9", EAST_TAX), ("W-9", WEST_TAX)):
        put("cases", case_no=number, item_code="X", received_at=0, agency_code=agency)
        Watch.objects.create(unit="case", key=number, look_again_at=clock.local_now() + timedelta(days=3))
    url, _ = calendar_of(liaison)
    events = Calendar.from_ical(Client().get(url).content).walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in events] == ["办件 D-9 下一监察时点"]


def test_an_officer_finds_only_the_cases_it_handles():
    officer = person(Role.OFFICER, EAST, EAST_TAX, officer_code="7")
    for number, code in (("D-1", "7"), ("D-2", "8")):
        put("cases", case_no=number, item_code="X", received_at=0, agency_code=EAST_TAX, officer_code=code)
        alert(number)
    url, _ = calendar_of(officer)
    events = Calendar.from_ical(Client().get(url).content).walk("VEVENT")
    assert len(events) == 1 and "D-1" in str(events[0]["SUMMARY"])


def test_a_calendar_address_that_was_replaced_or_ended_opens_nothing(liaison):
    first, client = calendar_of(liaison)
    second, _ = calendar_of(liaison)
    assert Client().get(first).status_code == 404 and Client().get(second).status_code == 200
    client.post("/messages/outside/calendar/end/")
    assert Client().get(second).status_code == 404 and Client().get("/ics/nonsense.ics").status_code == 404


def test_the_document_of_the_web_service_is_a_page_without_anything_from_elsewhere(client):
    page = text(client.get("/api/v1/docs"))
    assert "监察信号列表" in page and "/api/v1/alerts" in page
    assert "http://" not in page.replace("http://www.w3.org", "") and "https://" not in page.replace(
        "https 地址", ""
    )
