"""Keys of the web service 接口密钥: given, read, ended. A key may what both its account and itself may."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from mingcha.accounts import policy as policies
from mingcha.accounts.acts import By
from mingcha.accounts.models import Account, Grant
from mingcha.accounts.policy import POLICIES, Scope
from mingcha.accounts.scopes import NOTHING, scope_of
from mingcha.api.models import ApiKey
from mingcha.base import clock

PREFIX: Final = "mck_"
OFFERED: Final = (
    "alerts.read",
    "cases.read",
    "personal.look",
    "intake.read",
    "intake.submit",
    "rules.read",
    "calendar.read",
    "catalogue.read",
    "evaluations.read",
    "evaluations.record",
    "complaints.register",
    "api.keys",
)
"""What a key may be given; with `api.keys` it may keep webhooks."""
LONGEST: Final = timedelta(days=366)
_NOTED_AFTER: Final = timedelta(minutes=1)


class KeyRefusedError(ValueError):
    """A key that cannot be given: says why and what to do."""


@dataclass(frozen=True)
class Caller:
    """Who calls: a key and its account. A `accounts.policy.Principal`, put as `request.auth`."""

    key: ApiKey

    @property
    def account(self) -> Account:
        """For whom the key acts."""
        return self.key.account

    def may(self, policy: str) -> bool:
        """Whether both the key and its account are admitted."""
        return policy in self.key.policies and policies.may(self.account, policy)

    def scope(self, policy: str) -> Scope:
        """What both the key and its account reach."""
        return self.reach(policy) if self.may(policy) else NOTHING

    def reach(self, policy: str) -> Scope:
        """What its account reaches under a policy, as far as the key goes: for policies that no key is given."""
        return narrowed(policies.scope(self.account, policy), self.key)


def narrowed(scope: Scope, key: ApiKey) -> Scope:
    """A scope cut to the region and agency a key is for, and what lies below them."""
    if not key.region_code and not key.agency_code:
        return scope
    own = scope_of([Grant(region_code=key.region_code, agency_code=key.agency_code)])
    if scope.regions is None or scope.agencies is None:
        return own
    if own.regions is None or own.agencies is None:
        return scope
    return Scope(scope.regions & own.regions, scope.agencies & own.agencies)


def give(
    account: Account,
    name: str,
    wanted: list[str],
    *,
    by: By,
    days: int = 365,
    region_code: str = "",
    agency_code: str = "",
    per_minute: int = 600,
) -> tuple[ApiKey, str]:
    """A new key for an account, and its text, shown this once. Recorded. Raises `KeyRefusedError`."""
    _check(account, name, wanted, days, region_code, agency_code)
    text = PREFIX + secrets.token_urlsafe(32)
    now = clock.now()
    with transaction.atomic():
        key = ApiKey.objects.create(
            account=account,
            name=name.strip()[:120],
            hint=text[:12],
            digest=digest(text),
            policies=sorted(set(wanted)),
            region_code=region_code,
            agency_code=agency_code,
            per_minute=per_minute,
            made_by=by.actor,
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
        told = {"account": account.username, "region": region_code, "agency": agency_code}
        by.record("api.key.give", f"接口密钥/{key.pk}", policies=key.policies, **told)
    return key, text


def _check(account: Account, name: str, wanted: list[str], days: int, region: str, agency: str) -> None:
    if not name.strip():
        raise KeyRefusedError("请写明密钥的用途")
    if not 1 <= days <= LONGEST.days:
        raise KeyRefusedError(f"有效期须为 1 至 {LONGEST.days} 天;到期前可以换发")
    unknown = [each for each in wanted if each not in OFFERED]
    if unknown or not wanted:
        raise KeyRefusedError("请在所列权限里至少选一项")
    missing = [POLICIES[each].label for each in wanted if not policies.may(account, each)]
    if missing:
        raise KeyRefusedError(f"账号 {account.username} 自己没有权限:{'、'.join(missing)}")
    if region or agency:
        inside = [each for each in wanted if POLICIES[each].scoped]
        if not all(policies.scope(account, each).holds(region, agency) for each in inside):
            raise KeyRefusedError("所限的区划或部门不在账号的范围内")


def end(key: ApiKey, by: By) -> bool:
    """End a key; recorded. False where it was ended before."""
    with transaction.atomic():
        ended = ApiKey.objects.filter(pk=key.pk, ended_at=None).update(
            ended_at=clock.now(), ended_by=by.actor
        )
        if ended:
            by.record("api.key.end", f"接口密钥/{key.pk}")
    return bool(ended)


def caller(text: str) -> Caller | None:
    """Who has this key; None where it is unknown, ended or expired, or its account is not active."""
    if not text.startswith(PREFIX) or len(text) > 100:
        return None
    now = clock.now()
    lasting = Q(expires_at=None) | Q(expires_at__gt=now)
    found = ApiKey.objects.filter(lasting, digest=digest(text), ended_at=None, account__is_active=True)
    key = found.select_related("account").first()
    if key is None:
        return None
    _note_use(key, now)
    return Caller(key)


def _note_use(key: ApiKey, now: datetime) -> None:
    """The moment of use, at most once a minute: reading should cost no write."""
    if key.used_at is None or now - key.used_at > _NOTED_AFTER:
        ApiKey.objects.filter(pk=key.pk).update(used_at=now)


def digest(text: str) -> str:
    """SHA-256 of a key, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
