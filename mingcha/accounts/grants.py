"""Giving and taking roles 授权. The three administrators (三员分立) exclude each other and everyone else."""

from __future__ import annotations

from django.db import transaction

from mingcha.accounts.acts import By, RefusedError
from mingcha.accounts.models import Account, Grant, Role
from mingcha.accounts.places import Places, places
from mingcha.accounts.policies import ADMINISTRATORS
from mingcha.base import clock
from mingcha.base.config import config

NEEDS_AGENCY = frozenset({Role.LIAISON, Role.OFFICER})
"""Roles that belong to one agency."""
NEEDS_OFFICE = frozenset({Role.THIRD_PARTY, Role.REPORTING})
"""Roles that get only what is named: a region or an agency."""


@transaction.atomic
def give(account: Account, role: Role, region_code: str, agency_code: str, who: By) -> Grant:
    """Give a role for a region and below and, where named, an agency and below. Raises RefusedError."""
    Account.objects.select_for_update().get(pk=account.pk)  # two at once must see each other
    held = list(account.grants.filter(ended_at=None))
    if who.actor == account.username:
        raise RefusedError("不能给自己授权。请由另一位安全管理员授予。")
    if not account.is_active:
        raise RefusedError(f"账号 {account.username} 已停用。先由系统管理员启用,再授予角色。")
    _check_apart(role, held)
    _check_office(role, region_code, agency_code, places())
    if any((g.role, g.region_code, g.agency_code) == (role, region_code, agency_code) for g in held):
        raise RefusedError("这个账号在这个范围内已有这个角色,不必再授予。")
    grant = Grant.objects.create(
        account=account, role=role, region_code=region_code, agency_code=agency_code, granted_by=who.actor
    )
    account.__dict__.pop("_grants_in_force", None)
    who.record(
        "grant.give", f"account/{account.username}", role=role.label, region=region_code, agency=agency_code
    )
    return grant


@transaction.atomic
def end(grant: Grant, who: By) -> None:
    """Take a role back; it is over with the next request. Raises RefusedError."""
    if who.actor == grant.account.username:
        raise RefusedError("不能收回自己的角色。请由另一位安全管理员收回。")
    ended = Grant.objects.filter(pk=grant.pk, ended_at=None).update(ended_at=clock.now(), ended_by=who.actor)
    if not ended:
        raise RefusedError("这个角色已被收回。刷新页面即可看到。")
    who.record(
        "grant.end",
        f"account/{grant.account.username}",
        role=Role(grant.role).label,
        region=grant.region_code,
        agency=grant.agency_code,
    )


def end_all(account: Account, who: By) -> None:
    """Take all roles of an account back, as when its person leaves."""
    for grant in account.grants.filter(ended_at=None):
        end(grant, who)


def _check_apart(role: Role, held: list[Grant]) -> None:
    others = {Role(grant.role) for grant in held} - {role}
    if role in ADMINISTRATORS and others:
        names = "、".join(sorted(other.label for other in others))
        raise RefusedError(f"{role.label}不得兼任其他角色(三员分立),此账号已是{names}。请另建账号。")
    if clash := others & ADMINISTRATORS:
        raise RefusedError(f"此账号是{clash.pop().label},不得兼任其他角色(三员分立)。请另建账号。")


def _check_office(role: Role, region_code: str, agency_code: str, known: Places) -> None:
    if role in ADMINISTRATORS and (region_code or agency_code):
        raise RefusedError(f"{role.label}管整个系统,不填行政区划和部门。")
    if role in NEEDS_AGENCY and not agency_code:
        raise RefusedError(f"{role.label}须写明部门。")
    if role in NEEDS_OFFICE and not (region_code or agency_code):
        raise RefusedError(f"{role.label}须写明行政区划或部门:只看得到写明的范围。")
    if region_code and region_code != config().region and region_code not in known.regions:
        raise RefusedError(f"没有代码为 {region_code} 的行政区划。请在组织机构页核对。")
    if agency_code and agency_code not in known.agencies:
        raise RefusedError(f"没有代码为 {agency_code} 的部门。请在组织机构页核对。")
