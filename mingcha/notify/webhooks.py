"""Webhooks 回调: another system is told of what happens as CloudEvents 1.0 (structured JSON), signed.

The receiver checks three headers:

- `Mingcha-Id`: the event's id, the same for every attempt: what was seen before is passed over.
- `Mingcha-Timestamp`: seconds since 1970 of this attempt: what is older than `WINDOW` is refused as a replay.
- `Mingcha-Signature`: `sha256=` or `sm3=` and the HMAC, hexadecimal, of `<id>.<timestamp>.<body>`.
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import Any, Final

from cryptography.hazmat.primitives import hashes, hmac
from django.db import transaction
from django.db.models import F, Q

from mingcha.accounts.acts import By
from mingcha.accounts.models import Account, Grant
from mingcha.accounts.policy import scope
from mingcha.accounts.scopes import EVERYTHING, Scope, scope_of
from mingcha.base import audit, clock, outbox, resealing, sealing
from mingcha.base.config import config
from mingcha.base.outbox import UndeliverableError
from mingcha.notify import levels, messages
from mingcha.notify.models import Message, Webhook
from mingcha.notify.outside import guard, http

CHANNEL: Final = "webhook"
WINDOW: Final = timedelta(minutes=5)
MOST_FAILURES: Final = 20
FAILING_FOR: Final = timedelta(hours=6)
"""A webhook is switched off after so many failed attempts in a row over so long a time: a storm of events during a
short outage is no reason."""
_HASHES: Final = {"sha256": hashes.SHA256, "sm3": hashes.SM3}
TEST_KIND: Final = "mingcha.test"


def register(account: Account, name: str, url: str, by: By, **filters: str) -> tuple[Webhook, str]:
    """A new webhook of an account and its signing key, shown this once. Raises `guard.NotAdmittedError`.

    `filters`: signing, what, least_level, rule, region_code, agency_code.
    """
    guard.check_url(url)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        hook = Webhook.objects.create(account=account, name=name, url=url, made_at=clock.now(), **filters)
        hook.secret = sealing.seal({"secret": secret}, _about(hook.pk))
        hook.save(update_fields=["secret"])
        by.record("webhook.register", f"回调/{hook.pk}", name=name, account=account.username)
    return hook, secret


def disable(hook: Webhook, by: By, why: str) -> None:
    """Switch a webhook off; recorded."""
    with transaction.atomic():
        Webhook.objects.filter(pk=hook.pk, disabled_at=None).update(
            disabled_at=clock.now(), disabled_why=why[:300]
        )
        by.record("webhook.disable", f"回调/{hook.pk}", why[:300])


def enable(hook: Webhook, by: By) -> None:
    """Switch a webhook on again, its failures forgotten; recorded."""
    with transaction.atomic():
        Webhook.objects.filter(pk=hook.pk).update(
            disabled_at=None, disabled_why="", failures=0, failing_since=None
        )
        by.record("webhook.enable", f"回调/{hook.pk}")


def test(hook: Webhook, by: By) -> str:
    """Put a test event out to a webhook, recorded; the event's id."""
    data = {"text": "这是一次测试;收到并校验签名后请答 2xx"}
    key = f"webhook:{hook.pk}:test:{secrets.token_hex(8)}"
    event = _envelope(TEST_KIND, key, data, subject=f"webhook/{hook.pk}", time=clock.now().isoformat())
    with transaction.atomic():
        outbox.put(CHANNEL, str(hook.pk), event, key)
        by.record("webhook.test", f"回调/{hook.pk}")
    return key


def hand_on(waiting: list[Message]) -> None:
    """Put what each webhook wants of these messages out, in the caller's transaction."""
    hooks = list(Webhook.objects.filter(disabled_at=None, account__is_active=True).select_related("account"))
    for hook in hooks:
        seen, asked = scope(hook.account, "alerts.read"), _region_and_agency(hook)
        for message in waiting:
            place = message.region_code, message.agency_code
            if wants(hook, message) and seen.holds(*place) and asked.holds(*place):
                key = f"webhook:{hook.pk}:{message.no}"
                outbox.put(CHANNEL, str(hook.pk), event_of(message), key)


def wants(hook: Webhook, message: Message) -> bool:
    """Whether a message is of the kind, level and rule asked for. What is addressed to one person is never told."""
    return (
        message.account_id is None
        and message.kind.startswith(hook.what)
        and levels.at_least(message.level, hook.least_level)
        and hook.rule in ("", message.rule)
    )


def _region_and_agency(hook: Webhook) -> Scope:
    """The region or agency the filter names, and what lies below."""
    if not hook.region_code and not hook.agency_code:
        return EVERYTHING
    return scope_of([Grant(region_code=hook.region_code, agency_code=hook.agency_code)])


def event_of(message: Message) -> dict[str, Any]:
    """A message as CloudEvent: its id is its number, by which it is found in the feed of changes too."""
    data = {"title": message.title, "text": message.text, "level": message.level, **message.data}
    return _envelope(
        f"mingcha.{message.kind}", str(message.no), data, subject=message.subject, time=message.at.isoformat()
    )


def _envelope(kind: str, event_id: str, data: Any, *, subject: str, time: str) -> dict[str, Any]:
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": config().site_url or f"urn:mingcha:{config().region or 'local'}",
        "type": kind,
        "time": time,
        "datacontenttype": "application/json",
        "data": data,
    }
    return event | ({"subject": subject} if subject else {})


def signature(secret: str, signing: str, event_id: str, timestamp: str, body: bytes) -> str:
    """The header `Mingcha-Signature` of a body."""
    made = hmac.HMAC(secret.encode(), _HASHES[signing]())
    made.update(f"{event_id}.{timestamp}.".encode() + body)
    return f"{signing}={made.finalize().hex()}"


@outbox.sends(CHANNEL)
def deliver(address: str, event: Any, key: str) -> None:
    """Post one event; raises where it was not taken, so that the outbox tries again under the same key."""
    hook = Webhook.objects.filter(pk=int(address)).select_related("account").first()
    if hook is None or hook.disabled_at is not None:
        raise UndeliverableError("回调已停用;启用后可在“外发”里重发")
    body = json.dumps(event, ensure_ascii=False).encode()
    timestamp = str(int(clock.now().timestamp()))
    headers = {
        "Content-Type": "application/cloudevents+json; charset=utf-8",
        "User-Agent": "mingcha-webhook/1",
        "Mingcha-Id": event["id"],
        "Mingcha-Timestamp": timestamp,
        "Mingcha-Signature": signature(
            sealing.open_sealed(bytes(hook.secret), _about(hook.pk))["secret"],
            hook.signing,
            event["id"],
            timestamp,
            body,
        ),
    }
    try:
        answer = http.post(hook.url, body, headers)
        if not answer.taken:
            raise ConnectionError(f"对方没有收下:{answer}")
    except (guard.NotAdmittedError, ConnectionError) as error:
        _failed(hook, str(error))
        raise
    Webhook.objects.filter(pk=hook.pk).update(
        failures=0, failing_since=None, last_error="", delivered_at=clock.now()
    )


def _failed(hook: Webhook, why: str) -> None:
    """Count the failure; a webhook that has failed too often for too long is switched off and its owner told."""
    now = clock.now()
    with transaction.atomic():
        Webhook.objects.filter(pk=hook.pk, failing_since=None).update(failing_since=now)
        Webhook.objects.filter(pk=hook.pk).update(failures=F("failures") + 1, last_error=why[:2000])
        worn = Q(
            pk=hook.pk, disabled_at=None, failures__gte=MOST_FAILURES, failing_since__lte=now - FAILING_FOR
        )
        reason = f"{FAILING_FOR.seconds // 3600} 小时以来没有一次送达,最后一次:{why}"[:300]
        if Webhook.objects.filter(worn).update(disabled_at=now, disabled_why=reason):
            audit.record("系统", "webhook.disable", f"回调/{hook.pk}", purpose=reason)
            messages.write([_switched_off(hook, reason)])


def _about(pk: int) -> str:
    return sealing.about_row("notify_webhook", pk)


resealing.holds(resealing.Sealed(Webhook, "secret", (), lambda row: _about(row["pk"]), "回调的签名密钥"))


def _switched_off(hook: Webhook, reason: str) -> messages.Notice:
    return messages.Notice(
        kind="webhook.disabled",
        title=f"回调“{hook.name}”已停用",
        text=f"{reason}。请修复后重新启用;停用期间的事件可从变动接口按序号补读。",
        link="/messages/outside/",
        subject=f"webhook/{hook.pk}",
        roles=(),
        account_id=hook.account_id,
    )
