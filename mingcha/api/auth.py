"""Who calls: the key of the header, the policy the operation declares, a record of the use."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.core.cache import cache
from django.http import HttpRequest
from ninja.security import HttpBearer

from mingcha.accounts.acts import By
from mingcha.accounts.address import address
from mingcha.accounts.scopes import Scope
from mingcha.api import keys
from mingcha.api.keys import Caller
from mingcha.base import clock

_NOTED: Final = 3600
"""Seconds for which a use is noted once."""


class KeyAuth(HttpBearer):
    """`Authorization: Bearer mck_…`."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """The caller; the use is recorded in the audit chain once an hour for each key, address and operation."""
        found = keys.caller(token)
        if found is not None:
            _record(found, request, clock.now())
        return found


def caller_of(request: HttpRequest) -> Caller:
    """Who calls, after `KeyAuth`."""
    found: Caller = request.auth  # type: ignore[attr-defined]
    return found


def scope_of(request: HttpRequest) -> Scope:
    """What the caller sees under the policy of the operation, after `policy.needs`."""
    found: Scope = request.scope  # type: ignore[attr-defined]
    return found


def by(request: HttpRequest) -> By:
    """Who acts, for the audit chain: the account and where the request comes from."""
    return By(caller_of(request).account.username, address(request))


def _record(caller: Caller, request: HttpRequest, now: datetime) -> None:
    match = request.resolver_match
    operation = f"{request.method} {match.route if match else request.path}"
    who = By(caller.account.username, address(request))
    noted = f"api-use:{caller.key.pk}:{who.address}:{operation}:{now:%Y%m%d%H}"
    if cache.add(noted.replace(" ", ":"), True, _NOTED):
        who.record("api.use", f"接口密钥/{caller.key.pk}", operation=operation, key=caller.key.hint)
