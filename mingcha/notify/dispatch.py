"""From the message in the product to the outside: numbered once, handed to webhooks, held for persons, sent.

Two recurring jobs: `hand_on` numbers what was written since and asks who wants it; `send_held` sends what is due,
everything of one subscription as one, so that a storm of alerts is one mail and not a thousand. Both run in one
transaction and go out through the outbox: nothing is lost between them, and nothing is put out twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import Max

from mingcha.base import clock, outbox
from mingcha.base.config import config
from mingcha.law.calendar import Calendar
from mingcha.notify import hours, inbox, levels, muting, webhooks
from mingcha.notify.models import Held, Message, Seen, Subscription

AT_ONCE: Final = 2_000
"""Messages handed on in one transaction."""
TOLD: Final = 50
"""Messages written out in one mail; of more the number is told."""
PERSON: Final = "person"
"""Channel of the outbox."""


def hand_on(calendar: Calendar) -> int:
    """Number the messages that wait, and hand them to webhooks and subscriptions. How many; in one transaction.

    One job does this at a time, so numbers rise without gaps in the order in which messages became visible: who
    reads by number misses nothing.
    """
    waiting = list(Message.objects.filter(no=None).order_by("id")[:AT_ONCE])
    if not waiting:
        return 0
    last = Message.objects.aggregate(last=Max("no"))["last"] or 0
    for no, message in enumerate(waiting, last + 1):
        message.no = no
    Message.objects.bulk_update(waiting, ["no"], batch_size=500)
    webhooks.hand_on(waiting)
    _hold(waiting, calendar)
    return len(waiting)


def _hold(messages: list[Message], calendar: Calendar) -> None:
    """Write down for every subscription which of these messages it wants, and when."""
    ids = [message.pk for message in messages]
    now = clock.local_now()
    held: list[Held] = []
    subscriptions = Subscription.objects.filter(
        ended_at=None, channel__ended_at=None, channel__account__is_active=True
    )
    for subscription in subscriptions.select_related("channel__account"):
        send_at = clock.aware(moment_of(subscription, now, calendar))
        concerned = set(
            Message.objects.filter(inbox.concerns(subscription.channel.account), id__in=ids).values_list(
                "id", flat=True
            )
        )
        held += [
            Held(subscription=subscription, message=message, send_at=send_at)
            for message in messages
            if message.pk in concerned and wants(subscription, message)
        ]
    Held.objects.bulk_create(held, batch_size=1000, ignore_conflicts=True)


def wants(subscription: Subscription, message: Message) -> bool:
    """Whether a message is of the kind and level that a subscription asks for."""
    return message.kind.startswith(subscription.what) and levels.at_least(
        message.level, subscription.least_level
    )


def moment_of(subscription: Subscription, now: datetime, calendar: Calendar) -> datetime:
    """When a message written at `now` is sent by a subscription (local wall time)."""
    layer = calendar.layer_for(None, config().region)
    if subscription.timing == Subscription.Timing.AT_ONCE:
        return now
    if subscription.timing == Subscription.Timing.DIGEST:
        return hours.next_digest(now, subscription.digest_at or hours.DIGEST_AT, calendar, layer)
    return hours.in_working_hours(now, calendar, layer)


def send_held() -> int:
    """Send what is due: one message a subscription. What was acknowledged or is muted meanwhile is left out.

    The number of messages that went to the outbox; in one transaction.
    """
    now = clock.now()
    due = list(
        Held.objects.filter(send_at__lte=now)
        .select_related("message", "subscription__channel")
        .order_by("id")[:AT_ONCE]
    )
    if not due:
        return 0
    by_subscription: dict[int, list[Held]] = defaultdict(list)
    for each in _worth_sending(due, now):
        by_subscription[each.subscription_id].append(each)
    for held in by_subscription.values():
        _put(held)
    Held.objects.filter(id__in=[each.pk for each in due]).delete()
    return len(by_subscription)


def _worth_sending(due: list[Held], now: datetime) -> list[Held]:
    mutes = muting.holding(now)
    done = set(
        Seen.objects.filter(message__in={each.message_id for each in due})
        .exclude(acknowledged_at=None)
        .values_list("account_id", "message_id")
    )
    return [
        each
        for each in due
        if (each.subscription.channel.account_id, each.message_id) not in done
        and each.subscription.ended_at is None
        and not muting.is_muted(each.message, each.subscription.channel.account_id, mutes)
    ]


def _put(held: list[Held]) -> None:
    messages = [each.message for each in held]
    channel = held[0].subscription.channel_id
    key = f"person:{held[0].subscription_id}:{held[0].pk}-{held[-1].pk}"
    outbox.put(PERSON, str(channel), {"title": title_of(messages), "text": text_of(messages)}, key)


def title_of(messages: list[Message]) -> str:
    """One message's title, or how many of which level."""
    if len(messages) == 1:
        return messages[0].title
    counts: dict[str, int] = defaultdict(int)
    for message in messages:
        counts[levels.LABELS.get(message.level, "其他")] += 1
    return f"{len(messages)} 条消息:" + "、".join(f"{label} {count}" for label, count in counts.items())


def text_of(messages: list[Message]) -> str:
    """The messages in full, at most `TOLD` of them, the highest level first."""
    ordered = sorted(messages, key=_rank)
    parts = [_paragraph(message) for message in ordered[:TOLD]]
    if len(ordered) > TOLD:
        parts.append(f"另有 {len(ordered) - TOLD} 条,请登录系统查看。")
    return "\n\n".join(parts) + f"\n\n{config().site_name}"


def _rank(message: Message) -> tuple[int, int]:
    names = list(levels.LABELS)
    return (-names.index(message.level) if message.level in names else 1, message.pk)


def _paragraph(message: Message) -> str:
    when = f"{clock.local(message.at):%Y-%m-%d %H:%M}"
    lines: Iterable[str] = (message.title, message.text, f"{when} {link_of(message.link)}".strip())
    return "\n".join(line for line in lines if line)


def link_of(path: str) -> str:
    """The address of a page for those outside; the path alone where the site has not said its address."""
    base = config().site_url.rstrip("/")
    return f"{base}{path}" if path and base else path
