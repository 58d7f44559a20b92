"""The address of a person's calendar of due cases 日程订阅: made, resolved, ended. Whoever has it reads."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from django.db import transaction

from mingcha.accounts.acts import By
from mingcha.accounts.models import Account
from mingcha.base import clock
from mingcha.notify.models import CalendarLink

_NOTED_AFTER: Final = timedelta(hours=1)


def of(account: Account) -> list[CalendarLink]:
    """The account's link in force; one at most."""
    return list(CalendarLink.objects.filter(account=account, ended_at=None))


def make(account: Account, by: By) -> str:
    """A new link in place of the one before; its token, shown this once. Recorded."""
    token, now = secrets.token_urlsafe(32), clock.now()
    with transaction.atomic():
        CalendarLink.objects.filter(account=account, ended_at=None).update(ended_at=now)
        CalendarLink.objects.create(account=account, digest=_digest(token), hint=token[:6], made_at=now)
        by.record("calendar.link", f"日程订阅/{account.username}")
    return token


def end(account: Account, by: By) -> bool:
    """End the link; recorded. False where there is none."""
    with transaction.atomic():
        ended = CalendarLink.objects.filter(account=account, ended_at=None).update(ended_at=clock.now())
        if ended:
            by.record("calendar.link.end", f"日程订阅/{account.username}")
    return bool(ended)


def owner_of(token: str, address: str = "") -> Account | None:
    """Whose calendar a token opens; None where it is unknown or ended, or the account is not active.

    Programs ask again and again: once an hour it is recorded, and from which `address`.
    """
    found = CalendarLink.objects.filter(digest=_digest(token), ended_at=None, account__is_active=True)
    link = found.select_related("account").first()
    if link is None:
        return None
    now = clock.now()
    if link.used_at is None or now - link.used_at > _NOTED_AFTER:
        with transaction.atomic():
            CalendarLink.objects.filter(pk=link.pk).update(used_at=now)
            by = By(link.account.username, address)
            by.record("calendar.read", f"日程订阅/{link.account.username}")
    return link.account


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
