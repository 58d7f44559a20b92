"""What the frame of every page asks about messages: how many are unread."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest

from mingcha.accounts.models import Account
from mingcha.notify import inbox


def bell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `unread`, counted only where a template asks for it."""
    account = getattr(request, "user", None)
    if not isinstance(account, Account) or not account.is_active:
        return {}
    return {"unread": partial(inbox.unread, account)}
