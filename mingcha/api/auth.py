"""Who calls: the key of the header, the policy the operation declares, a record of the use."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.core.cache import cache
from django.http import HttpRequest
from ninja.security import HttpBearer

from mingcha.accounts.scopes import Scope
from mingcha.api import keys
from mingcha.api.keys import Caller
from mingcha.base import audit, clock

_NOTED: Final = 3600


class ApiRequest(HttpRequest):
    """A request as operations see it: after `KeyAuth` and `policy.needs`."""

    auth: Caller
    scope: Scope


class KeyAuth(HttpBearer):
    """`Authorization: Bearer mck_…`."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """The caller; the use is recorded in the audit chain once an hour for each key, address and operation."""
        found = keys.caller(token)
        if found is not None:
            _record(found, request, clock.now())
        return found


def _record(caller: Caller, request: HttpRequest, now: datetime) -> None:
    match = request.resolver_match
    operation = f"{request.method} {match.route if match else request.path}"
    address = str(request.META.get("REMOTE_ADDR") or "")
    noted = f"api-use:{caller.key.pk}:{address}:{operation}:{now:%Y%m%d%H}"
    if cache.add(noted, True, _NOTED):
        detail = {"operation": operation, "key": caller.key.hint}
        audit.record(
            caller.account.username, "api.use", f"接口密钥/{caller.key.pk}", detail=detail, address=address
        )
