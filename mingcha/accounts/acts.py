"""Acts of people 操作, as they go into the audit chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from mingcha.accounts.address import address
from mingcha.accounts.models import Account
from mingcha.base import audit


class RefusedError(Exception):
    """An act that the rules forbid; the text says in Chinese what, why, and what to do."""


@dataclass(frozen=True)
class By:
    """Who acts: the account's name, and from where."""

    actor: str
    address: str = ""

    def record(self, act: str, about: str, purpose: str = "", **detail: Any) -> None:
        """Write the act into the audit chain, in the caller's transaction."""
        audit.record(
            actor=self.actor, act=act, about=about, purpose=purpose, detail=detail, address=self.address
        )


THE_HOST = By("@本机")
"""Who works on the command line of the server itself. The sign cannot stand in an account's name there."""


def by(request: HttpRequest) -> By:
    """Who makes the request; "-" for nobody."""
    account = request.user
    return By(account.username if isinstance(account, Account) else "-", address(request))
