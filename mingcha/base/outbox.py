"""The outbox 外发: what goes outside is written with what caused it, and sent by a worker.

At least once, always under the same key, by which the receiver tells a repeat. A sender that was killed between
sending and noting it sends again; a message that cannot be delivered is given up after about a day, visibly.

    @sends("webhook")
    def post(address: str, body: dict, key: str) -> None: ...   # raises when it was not taken
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from typing import Any, Final

from django.db import DatabaseError, close_old_connections
from django.db.models import QuerySet

from mingcha.base import clock
from mingcha.base.models import Outgoing

__all__ = ["MOST_ATTEMPTS", "UndeliverableError", "put", "resend", "send", "send_once", "sends"]

LEASE: Final = timedelta(seconds=60)
"""A sender that is not back after so long is taken for dead; senders must have shorter timeouts."""
MOST_ATTEMPTS: Final = 12
_FIRST_WAIT, _LONGEST_WAIT = 5, 6 * 3600
_IDLE_SECONDS: Final = 0.5
_AWAY_SECONDS: Final = 2.0

_log = logging.getLogger("mingcha.outbox")

Sender = Callable[[str, Any, str], object]
_senders: dict[str, Sender] = {}


class UndeliverableError(RuntimeError):
    """Raised by a sender: trying again would change nothing (no such address, refused for good)."""


def sends(channel: str) -> Callable[[Sender], Sender]:
    """Register what sends by a channel: a function of address, body and key that raises when it was not taken."""

    def register(sender: Sender) -> Sender:
        _senders[channel] = sender
        return sender

    return register


def put(channel: str, address: str, body: Any, key: str, at: datetime | None = None) -> None:
    """Write a message in the caller's transaction, to be sent at once or `at` a moment. The same key again changes
    nothing, also when the message was sent long ago."""
    now = clock.now()
    message = Outgoing(
        key=key, channel=channel, address=address, body=body, next_at=at or now, created_at=now
    )
    Outgoing.objects.bulk_create([message], ignore_conflicts=True)


def send(stop: Event) -> None:
    """Send until `stop` is set. A database that is away is waited for."""
    hands = clock.SetBack()
    while not stop.is_set():
        try:
            close_old_connections()
            if hands.noticed():
                plan_anew(clock.now())
            if not send_once():
                stop.wait(_IDLE_SECONDS)
        except DatabaseError:
            _log.exception("database is away")
            stop.wait(_AWAY_SECONDS)


def plan_anew(now: datetime) -> None:
    """The clock was set back to `now`: what waits for longer than a lease is tried after one."""
    Outgoing.objects.filter(state=Outgoing.State.WAITING, next_at__gt=now + LEASE).update(next_at=now + LEASE)


def send_once() -> bool:
    """Send one message that is due, by the channels this process knows. False where there is none."""
    message = _claim()
    if message is None:
        return False
    about = {"outgoing": message.id, "channel": message.channel, "attempts": message.attempts}
    try:
        _senders[message.channel](message.address, message.body, message.key)
    except Exception as error:  # whatever a sender raises is told by the message, and the worker goes on
        last = isinstance(error, UndeliverableError) or message.attempts >= MOST_ATTEMPTS
        _log.warning("given up" if last else "not sent", extra={**about, "error": type(error).__name__})
        told = f"{type(error).__name__}: {error}"[:2000]
        state = Outgoing.State.GIVEN_UP if last else Outgoing.State.WAITING
        next_at = clock.now() + back_off(message.attempts)
        _mine(message).update(state=state, next_at=next_at, last_error=told)
    else:
        _mine(message).update(state=Outgoing.State.SENT, sent_at=clock.now(), last_error="")
    return True


def resend(outgoing_id: int) -> bool:
    """Try a message again that was given up. False where it is none."""
    given_up = Outgoing.objects.filter(id=outgoing_id, state=Outgoing.State.GIVEN_UP)
    return bool(given_up.update(state=Outgoing.State.WAITING, attempts=0, next_at=clock.now()))


def back_off(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 5, 15, 45 seconds and on, six hours at most."""
    return timedelta(seconds=min(_LONGEST_WAIT, _FIRST_WAIT * 3 ** (attempts - 1)))


def _claim() -> Outgoing | None:
    """Take the next message by counting its attempt: of several senders one wins. The moment of the next attempt
    is the lease: it comes if nothing more is heard."""
    now = clock.now()
    due = Outgoing.objects.filter(state=Outgoing.State.WAITING, next_at__lte=now, channel__in=list(_senders))
    for message in due.order_by("next_at", "id")[:20]:
        seen = message.attempts
        message.attempts += 1
        if _mine(message, seen).update(attempts=message.attempts, next_at=now + LEASE):
            return message
    return None


def _mine(message: Outgoing, attempts: int | None = None) -> QuerySet[Outgoing]:
    counted = message.attempts if attempts is None else attempts
    return Outgoing.objects.filter(id=message.id, attempts=counted, state=Outgoing.State.WAITING)
