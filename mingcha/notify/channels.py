"""A person's ways outside 外部渠道: registered, tried, ended; and what sends by them."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from mingcha.accounts.acts import By
from mingcha.accounts.models import Account
from mingcha.base import clock, outbox, resealing, sealing
from mingcha.base.outbox import UndeliverableError
from mingcha.notify.dispatch import PERSON
from mingcha.notify.models import Channel
from mingcha.notify.outside import mail, robots


def register(account: Account, by: By, kind: str, address: str, secret: str = "") -> Channel:
    """A new way to reach an account: a mail address, or a robot's key or address with its signing secret.

    Raises ValueError in Chinese where the address is none.
    """
    if kind == Channel.Kind.MAIL:
        written = address.strip()
        if len(written) > 200 or not mail.ADDRESS.fullmatch(written):
            raise ValueError("这不是邮件地址;请写成 姓名@单位.cn")
        hint = _masked(written)
    elif kind in robots.ROBOTS:
        written = robots.key_of(kind, address)
        hint = f"…{written[-4:]}"
    else:
        raise ValueError(f"没有“{kind}”这种渠道")
    with transaction.atomic():
        channel = Channel.objects.create(account=account, kind=kind, hint=hint, made_at=clock.now())
        channel.sealed = sealing.seal({"address": written, "secret": secret.strip()}, _about(channel.pk))
        channel.save(update_fields=["sealed"])
        by.record("notify.channel", f"渠道/{channel.pk}", kind=kind, hint=hint)
    return channel


def end(channel: Channel, by: By) -> None:
    """Use a channel no more; recorded."""
    with transaction.atomic():
        Channel.objects.filter(pk=channel.pk, ended_at=None).update(ended_at=clock.now())
        by.record("notify.channel.end", f"渠道/{channel.pk}")


def test(channel: Channel, by: By) -> str:
    """Put a test message out by a channel, recorded; its key in the outbox."""
    key = f"person:test:{channel.pk}:{clock.now().timestamp():.6f}"
    with transaction.atomic():
        outbox.put(PERSON, str(channel.pk), {"title": "测试消息", "text": "收到这条消息,说明渠道可用。"}, key)
        by.record("notify.channel.test", f"渠道/{channel.pk}")
    return key


@outbox.sends(PERSON)
def deliver(address: str, body: Any, key: str) -> None:
    """Send one message to a person; raises where it was not taken."""
    channel = Channel.objects.filter(pk=int(address)).first()
    if channel is None or channel.ended_at is not None:
        raise UndeliverableError("渠道已停用")
    to = sealing.open_sealed(bytes(channel.sealed), _about(channel.pk))
    if channel.kind == Channel.Kind.MAIL:
        mail.send(to["address"], body["title"], body["text"], key)
    else:
        robots.send(channel.kind, to["address"], to["secret"], f"{body['title']}\n{body['text']}")


def _about(pk: int) -> str:
    return sealing.about_row("notify_channel", pk)


resealing.holds(resealing.Sealed(Channel, "sealed", (), lambda row: _about(row["pk"]), "外部渠道"))


def _masked(address: str) -> str:
    name, _, domain = address.partition("@")
    return f"{name[0]}***@{domain}"[:60]
