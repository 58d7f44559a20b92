"""What the frame of every page shows: the site's name, the navigation, and for print by whom and when."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest

from mingcha.accounts.models import Account
from mingcha.accounts.policy import may
from mingcha.base import clock
from mingcha.base.config import config
from mingcha.notify import inbox
from mingcha.pages.navigation import navigation


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Asks the database for nothing where nobody is signed in."""
    user = getattr(request, "user", None)
    account = user if isinstance(user, Account) else None
    return {
        "site_name": config().site_name,
        "account": account,
        "sections": navigation(account, request.path) if account else [],
        "searches": account is not None and may(account, "rules.read"),
        "unread": partial(inbox.unread, account) if account else 0,
        "printed_at": clock.local_now(),
    }
