"""From a message in the product to a mail, in working hours or at once or as a digest, muted or acknowledged."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine

from mingcha.accounts.models import Role
from mingcha.base import outbox
from mingcha.base.models import AuditRow, Outgoing
from mingcha.law.load import load_calendar
from mingcha.notify import channels, dispatch, hours, inbox, messages, muting
from mingcha.notify.models import Held, Message, Subscription
from mingcha.notify.muting import MuteError
from tests.server.notify.cast import BY, CITY, EAST, EAST_TAX, WEST, notice, person

pytestmark = pytest.mark.usefixtures("city")
CALENDAR = load_calendar()
AT_ONCE, WORKING, DIGEST = Subscription.Timing
WEDNESDAY_NOON = datetime(2026, 10, 14, 4, 30, tzinfo=UTC)  # 12:30 in Shanghai, between the office hours
WEDNESDAY_MORNING = datetime(2026, 10, 14, 2, 0, tzinfo=UTC)  # 10:00


@pytest.fixture
def liaison():
    return person(Role.LIAISON, EAST, EAST_TAX)


def subscribed(account, timing=AT_ONCE, address="someone@example.cn", **more) -> Subscription:
    channel = channels.register(account, BY, "mail", address)
    return Subscription.objects.create(channel=channel, timing=timing, **more)


def hand_on_and_send() -> int:
    """What the recurring jobs and the outbox do. How many left."""
    dispatch.hand_on(CALENDAR)
    dispatch.send_held()
    return sum(iter(outbox.send_once, False))


def test_an_alert_reaches_the_liaison_by_mail(liaison, mails):
    subscribed(liaison)
    messages.write([notice()])
    assert hand_on_and_send() == 1
    mail = mails.mails[0]
    assert mail["To"] == "someone@example.cn" and mail["From"] == "jc@example.cn"
    assert mail["Subject"] == "红牌·发出:D-1 超期"
    assert "应于2026-10-14前办结" in mail.get_content() and "第八条(一)" in mail.get_content()


def test_what_is_due_together_is_one_mail_the_highest_level_first(liaison, mails):
    subscribed(liaison)
    messages.write(notice(title=f"预警 {n}", level="warning") for n in range(70))
    messages.write([notice(title="红牌 X")])
    assert hand_on_and_send() == 1
    text = mails.mails[0].get_content()
    assert mails.mails[0]["Subject"] == "71 条消息:预警 70、红牌 1"
    assert text.index("红牌 X") < text.index("预警 0") and "另有 21 条" in text


def test_only_the_kind_and_level_asked_for_is_sent(liaison, mails):
    subscribed(liaison, what="alert.", least_level="yellow")
    messages.write(
        [notice(level="warning"), notice(kind="task.assigned"), notice(level="yellow", title="黄牌")]
    )
    hand_on_and_send()
    assert [mail["Subject"] for mail in mails.mails] == ["黄牌"]


def test_one_is_sent_only_what_concerns_one(mails):
    subscribed(person(Role.SUPERVISOR, WEST), address="west@example.cn")
    subscribed(person(Role.SUPERVISOR, CITY), address="city@example.cn")
    messages.write([notice()])
    hand_on_and_send()
    assert [mail["To"] for mail in mails.mails] == ["city@example.cn"]


def test_outside_office_hours_it_waits_for_their_beginning(liaison, mails):
    subscribed(liaison, WORKING)
    with time_machine.travel(WEDNESDAY_NOON, tick=False) as clock:
        messages.write([notice()])
        assert hand_on_and_send() == 0
        clock.shift(timedelta(minutes=30))
        assert hand_on_and_send() == 1


def test_in_office_hours_it_is_sent_at_once(liaison, mails):
    subscribed(liaison, WORKING)
    with time_machine.travel(WEDNESDAY_MORNING, tick=False):
        messages.write([notice()])
        assert hand_on_and_send() == 1


def test_a_digest_comes_on_the_next_working_day_with_everything_since(liaison, mails):
    subscribed(liaison, DIGEST, digest_at=time(8, 30))
    with time_machine.travel(datetime(2026, 9, 24, 9, 0, tzinfo=UTC), tick=False) as clock:  # Thursday 17:00
        messages.write([notice(title="第一件")])
        hand_on_and_send()
        clock.move_to(datetime(2026, 9, 26, 3, 0, tzinfo=UTC))  # in the Mid-Autumn days off
        messages.write([notice(title="第二件")])
        assert hand_on_and_send() == 0
        clock.move_to(datetime(2026, 9, 28, 0, 30, tzinfo=UTC))  # Monday 08:30
        assert hand_on_and_send() == 1
    assert "第一件" in mails.mails[0].get_content() and "第二件" in mails.mails[0].get_content()


def test_what_was_acknowledged_meanwhile_is_not_sent(liaison, mails):
    subscribed(liaison, WORKING)
    with time_machine.travel(WEDNESDAY_NOON, tick=False) as clock:
        messages.write([notice(title="看过的"), notice(title="没看的")])
        hand_on_and_send()
        inbox.acknowledge(liaison, [Message.objects.get(title="看过的").pk], BY)
        clock.shift(timedelta(hours=1))
        hand_on_and_send()
    assert [mail["Subject"] for mail in mails.mails] == ["没看的"]


def test_a_mute_quiets_the_mail_and_not_the_message(liaison, mails):
    subscribed(liaison)
    muting.mute(liaison, "系统升级期间", datetime.now(UTC) + timedelta(hours=1), BY, rule="henan-8.1")
    messages.write([notice(), notice(rule="henan-8.7", title="另一条")])
    hand_on_and_send()
    assert [mail["Subject"] for mail in mails.mails] == ["另一条"]
    assert inbox.unread(liaison) == 2
    row = AuditRow.objects.get(act="notify.mute")
    assert row.purpose == "系统升级期间" and row.detail["rule"] == "henan-8.1"


def test_a_mute_ends_by_itself(liaison, mails):
    subscribed(liaison)
    with time_machine.travel(WEDNESDAY_MORNING, tick=False) as clock:
        muting.mute(liaison, "开会", WEDNESDAY_MORNING + timedelta(hours=1), BY)
        messages.write([notice()])
        assert hand_on_and_send() == 0
        clock.shift(timedelta(hours=2))
        messages.write([notice()])
        assert hand_on_and_send() == 1


def test_a_mute_that_was_ended_early_holds_no_more(liaison, mails):
    subscribed(liaison)
    held = muting.mute(liaison, "开会", datetime.now(UTC) + timedelta(days=1), BY)
    assert muting.end(liaison, held.pk, BY) and not muting.end(liaison, held.pk, BY)
    messages.write([notice()])
    assert hand_on_and_send() == 1


def test_a_supervisor_may_quiet_others_only_in_the_own_region(liaison, mails):
    subscribed(liaison)
    supervisor, until = person(Role.SUPERVISOR, EAST), datetime.now(UTC) + timedelta(hours=1)
    for author, region in ((supervisor, WEST), (supervisor, ""), (liaison, EAST)):
        with pytest.raises(MuteError, match="只有监察员"):
            muting.mute(author, "演练", until, BY, everybody=True, region_code=region)
    muting.mute(supervisor, "演练", until, BY, everybody=True, region_code=EAST)
    messages.write([notice()])
    assert hand_on_and_send() == 0


def test_the_mute_of_one_person_does_not_quiet_another(liaison, mails):
    subscribed(liaison)
    muting.mute(person(Role.SUPERVISOR, EAST), "休假", datetime.now(UTC) + timedelta(days=1), BY)
    messages.write([notice()])
    assert hand_on_and_send() == 1


@pytest.mark.parametrize(("reason", "days"), [("", 1), ("  ", 1), ("有事", 0), ("有事", -1), ("有事", 40)])
def test_a_mute_without_reason_or_end_is_refused(liaison, reason, days):
    with pytest.raises(MuteError):
        muting.mute(liaison, reason, datetime.now(UTC) + timedelta(days=days), BY)


def test_mutes_are_shown_to_whom_they_concern(liaison):
    supervisor, stranger = person(Role.SUPERVISOR, EAST), person(Role.LIAISON, WEST, "WEST-TAX")
    until = datetime.now(UTC) + timedelta(hours=1)
    muting.mute(supervisor, "演练", until, BY, everybody=True, agency_code=EAST_TAX)
    assert muting.shown(liaison).count() == 1 and muting.shown(stranger).count() == 0


def test_nothing_is_put_out_twice_and_numbers_rise_without_gaps(liaison, mails):
    subscribed(liaison)
    messages.write(notice() for _ in range(3))
    assert dispatch.hand_on(CALENDAR) == 3 and dispatch.hand_on(CALENDAR) == 0
    messages.write([notice()])
    dispatch.hand_on(CALENDAR)
    assert list(Message.objects.order_by("id").values_list("no", flat=True)) == [1, 2, 3, 4]
    assert dispatch.send_held() == 1 and dispatch.send_held() == 0 and not Held.objects.exists()


def test_an_address_refused_for_good_is_given_up_visibly(liaison, mails):
    mails.refused.add("someone@example.cn")
    subscribed(liaison)
    messages.write([notice()])
    hand_on_and_send()
    gone = Outgoing.objects.get()
    assert gone.state == Outgoing.State.GIVEN_UP and "拒绝" in gone.last_error


def test_a_mail_server_that_is_away_is_tried_again(liaison, mails, monkeypatch):
    from mingcha.base.config import config

    right = config().mail_port
    monkeypatch.setattr(config(), "mail_port", 1)
    subscribed(liaison)
    messages.write([notice()])
    hand_on_and_send()
    assert Outgoing.objects.get().state == Outgoing.State.WAITING and not mails.mails
    monkeypatch.setattr(config(), "mail_port", right)
    Outgoing.objects.update(next_at=datetime.now(UTC))
    assert outbox.send_once() and len(mails.mails) == 1


def test_two_attempts_of_one_mail_carry_one_message_id(liaison, mails):
    channel = channels.register(liaison, BY, "mail", "someone@example.cn")
    for _ in range(2):
        channels.deliver(str(channel.pk), {"title": "题", "text": "文"}, "person:1:2-3")
    assert len({mail["Message-ID"] for mail in mails.mails}) == 1


def test_a_title_with_line_breaks_adds_no_header(liaison, mails):
    subscribed(liaison)
    messages.write([notice(title="红牌\r\nBcc: evil@example.com")])
    hand_on_and_send()
    assert mails.mails[0]["Bcc"] is None and "evil" in mails.mails[0]["Subject"]


def test_a_channel_that_was_ended_sends_nothing(liaison, mails):
    subscription = subscribed(liaison)
    messages.write([notice()])
    dispatch.hand_on(CALENDAR)
    dispatch.send_held()
    channels.end(subscription.channel, BY)
    outbox.send_once()
    assert not mails.mails and Outgoing.objects.get().state == Outgoing.State.GIVEN_UP


def test_the_address_is_sealed_at_rest_and_shown_in_part(liaison):
    channel = channels.register(liaison, BY, "mail", "zhangsan@example.cn")
    assert channel.hint == "z***@example.cn" and b"zhangsan" not in bytes(channel.sealed)
    assert "zhangsan" not in str(AuditRow.objects.get(act="notify.channel").detail)


@pytest.mark.parametrize(
    "address", ["", "a", "a@b", "a@b.cn\nBcc: x@y.cn", "a b@c.cn", "<a@b.cn>", "a@b.cn,c@d.cn", "@b.cn"]
)
def test_what_is_no_mail_address_is_refused(liaison, address):
    with pytest.raises(ValueError, match="邮件地址"):
        channels.register(liaison, BY, "mail", address)


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (datetime(2026, 10, 14, 8, 0), datetime(2026, 10, 14, 9, 0)),
        (datetime(2026, 10, 14, 11, 59), datetime(2026, 10, 14, 11, 59)),
        (datetime(2026, 10, 14, 12, 0), datetime(2026, 10, 14, 13, 0)),
        (datetime(2026, 10, 14, 17, 0), datetime(2026, 10, 15, 9, 0)),
        (datetime(2026, 10, 16, 20, 0), datetime(2026, 10, 19, 9, 0)),
        (datetime(2026, 9, 30, 18, 0), datetime(2026, 10, 8, 9, 0)),
        (datetime(2026, 10, 10, 10, 0), datetime(2026, 10, 10, 10, 0)),  # a Saturday worked instead (调休)
        (datetime(2031, 6, 7, 10, 0), datetime(2031, 6, 9, 9, 0)),  # a year without calendar: Saturday
    ],
)
def test_working_hours_follow_the_calendar(moment, told):
    assert hours.in_working_hours(moment, CALENDAR) == told
