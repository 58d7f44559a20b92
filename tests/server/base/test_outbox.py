"""Messages to the outside go out at least once, under one key, and are given up visibly."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from mingcha.base import clock, outbox
from mingcha.base.models import Outgoing

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    """What the channel "hook" has sent: (address, body, key)."""
    found: list[tuple[str, object, str]] = []
    monkeypatch.setattr(outbox, "_senders", {})
    outbox.sends("hook")(lambda *message: found.append(message))
    return found


@pytest.fixture
def refusing(monkeypatch):
    def refuse(address, body, key):
        raise ConnectionError("对方没有应答")

    monkeypatch.setattr(outbox, "_senders", {"hook": refuse})


def put(key: str = "k1") -> None:
    outbox.put("hook", "https://example.cn/in", {"级别": "红牌"}, key)


def make_due() -> None:
    Outgoing.objects.update(next_at=clock.now())


def test_a_message_is_sent_once(sent):
    put()
    assert outbox.send_once()
    assert not outbox.send_once()
    assert sent == [("https://example.cn/in", {"级别": "红牌"}, "k1")]
    message = Outgoing.objects.get()
    assert message.state == Outgoing.State.SENT
    assert message.sent_at is not None


def test_the_same_key_is_one_message_even_after_it_was_sent(sent):
    put()
    put()
    assert outbox.send_once()
    put()
    assert not outbox.send_once()
    assert len(sent) == 1


def test_a_message_of_a_transaction_that_failed_is_never_sent(sent):
    with pytest.raises(ValueError), transaction.atomic():
        put()
        raise ValueError
    assert not outbox.send_once()


def test_a_message_waits_for_its_moment(sent):
    outbox.put("hook", "", {}, "later", at=clock.now() + timedelta(hours=1))
    assert not outbox.send_once()


def test_a_channel_nobody_here_sends_by_is_left_to_others(sent):
    outbox.put("mail", "", {}, "m")
    assert not outbox.send_once()


def test_what_was_not_taken_is_sent_again_later_under_the_same_key(refusing, monkeypatch):
    put()
    assert outbox.send_once()
    message = Outgoing.objects.get()
    assert message.state == Outgoing.State.WAITING
    assert message.next_at > clock.now()
    assert message.last_error == "ConnectionError: 对方没有应答"
    keys = []
    monkeypatch.setattr(outbox, "_senders", {"hook": lambda address, body, key: keys.append(key)})
    make_due()
    assert outbox.send_once()
    assert keys == ["k1"]
    assert Outgoing.objects.get().last_error == ""


def test_a_message_is_given_up_after_the_last_attempt_and_can_be_sent_again(refusing):
    put()
    for _ in range(outbox.MOST_ATTEMPTS):
        make_due()
        assert outbox.send_once()
    message = Outgoing.objects.get()
    assert message.state == Outgoing.State.GIVEN_UP
    assert not outbox.send_once()
    assert outbox.resend(message.id)
    assert outbox.send_once()
    assert not outbox.resend(message.id)  # it waits


def test_what_cannot_be_delivered_is_given_up_at_once(monkeypatch):
    def refuse(address, body, key):
        raise outbox.UndeliverableError("地址不存在")

    monkeypatch.setattr(outbox, "_senders", {"hook": refuse})
    put()
    assert outbox.send_once()
    assert Outgoing.objects.get().state == Outgoing.State.GIVEN_UP


def test_a_message_whose_sender_died_is_sent_again_when_its_lease_has_run_out(sent):
    put()
    assert outbox._claim() is not None  # and never heard of again
    assert not outbox.send_once()
    make_due()
    assert outbox.send_once()
    assert [key for _, _, key in sent] == ["k1"]


def test_a_message_is_not_noted_as_sent_while_it_is_under_way(monkeypatch):
    """The process ends in the middle of sending; it cannot even note that it failed."""
    under_way = []

    def die(address, body, key):
        under_way.append(Outgoing.objects.get().state)
        raise SystemExit

    monkeypatch.setattr(outbox, "_senders", {"hook": die})
    put()
    with pytest.raises(SystemExit):
        outbox.send_once()
    assert under_way == [Outgoing.State.WAITING]
    make_due()
    outbox.sends("hook")(lambda address, body, key: under_way.append(key))
    assert outbox.send_once()
    assert under_way == [Outgoing.State.WAITING, "k1"]
    assert Outgoing.objects.get().state == Outgoing.State.SENT


def test_a_late_sender_does_not_undo_what_another_noted(sent):
    put()
    late = outbox._claim()
    make_due()
    assert outbox.send_once()
    outbox._mine(late).update(state=Outgoing.State.GIVEN_UP)
    assert Outgoing.objects.get().state == Outgoing.State.SENT


def test_the_wait_grows_to_six_hours_and_all_attempts_take_about_a_day():
    waits = [outbox.back_off(n) for n in range(1, outbox.MOST_ATTEMPTS)]
    assert [w.total_seconds() for w in waits[:3]] == [5, 15, 45]
    assert max(waits) == timedelta(hours=6)
    assert timedelta(hours=18) < sum(waits, timedelta()) < timedelta(hours=36)
