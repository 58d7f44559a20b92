"""Sessions as a table shows them."""

from __future__ import annotations

from mingcha.accounts import sessions
from mingcha.accounts.models import Account, SignIn


def shown(account: Account) -> list[tuple[SignIn, str]]:
    """The account's sessions under way, each with the name of its browser."""
    return [(sign_in, sessions.browser_name(sign_in.agent)) for sign_in in sessions.under_way(account)]
