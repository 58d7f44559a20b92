"""The list of accounts: columns and conditions."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from mingcha.accounts.models import Account, Grant, Role
from mingcha.accounts.places import places
from mingcha.pages.listing.declare import Choice, Column, Filter, Listing, Options, Rows
from mingcha.pages.templatetags.words import when

STATES = {"active": "启用", "disabled": "停用"}


def rows() -> Rows:
    """All accounts, with whether they have a second factor."""
    totp = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    return Account.objects.annotate(has_code=Exists(totp))


def office(grant: Grant) -> str:
    """The office a grant reaches over; a region that the name of the agency says already is not said twice."""
    trees = places()
    region, agency = trees.region_name(grant.region_code), trees.agency_name(grant.agency_code)
    if agency and agency.startswith(region):
        return agency
    return f"{region} {agency}".strip() or "全部"


def prepare(accounts: list[Any]) -> list[Any]:
    """The grants in force, read once for the page."""
    held: dict[int, list[Grant]] = {}
    for grant in Grant.objects.filter(
        account__in=[account.pk for account in accounts], ended_at=None
    ).order_by("id"):
        held.setdefault(grant.account_id, []).append(grant)
    for account in accounts:
        account.held = held.get(account.pk, [])
    return accounts


def _roles(account: Any) -> str:
    return "、".join(f"{Role(grant.role).label}({office(grant)})" for grant in account.held)


def _role_tags(account: Any) -> str:
    if not account.held:
        return format_html('<span class="dim">{}</span>', "未授权")
    tags = (((Role(grant.role).label, office(grant))) for grant in account.held)
    return format_html_join(" ", '<span class="tag">{}</span> {}', tags)


def _state(account: Account) -> str:
    name = "active" if account.is_active else "disabled"
    return format_html('<span class="tag {}">{}</span>', "good" if account.is_active else "bad", STATES[name])


def _by_text(found: Rows, text: str) -> Rows:
    return found.filter(Q(username__icontains=text) | Q(name__icontains=text))


def _by_role(found: Rows, role: str) -> Rows:
    held = Grant.objects.filter(account=OuterRef("pk"), ended_at=None)
    if role == "none":
        return found.filter(~Exists(held))
    return found.filter(Exists(held.filter(role=role)))


def _role_options() -> Options:
    return [*Role.choices, ("none", "未授权")]


def _count(found: Rows) -> dict[str, int]:
    numbers = found.order_by().aggregate(
        active=Count("pk", filter=Q(is_active=True)), disabled=Count("pk", filter=Q(is_active=False))
    )
    return dict(numbers)


LISTING = Listing(
    name="accounts",
    title="账号",
    place=None,
    columns=(
        Column("username", "账号", lambda a: a.username, order="username"),
        Column("name", "姓名", lambda a: a.name, order="name"),
        Column("roles", "角色与范围", _roles, _role_tags, wide=True),
        Column("code", "动态验证码", lambda a: "已启用" if a.has_code else "", order="has_code"),
        Column("last_login", "最近登录", lambda a: when(a.last_login), order="last_login"),
        Column(
            "state",
            "状态",
            lambda a: STATES["active" if a.is_active else "disabled"],
            _state,
            order="is_active",
        ),
        Column("officer_code", "工作人员编号", lambda a: a.officer_code, order="officer_code", shown=False),
        Column("created", "建立", lambda a: when(a.date_joined), order="date_joined", shown=False),
    ),
    filters=(
        Filter("q", "账号或姓名", _by_text),
        Choice("role", "角色", _by_role, _role_options),
        Choice(
            "state",
            "状态",
            lambda found, state: found.filter(is_active=state == "active"),
            lambda: list(STATES.items()),
        ),
    ),
    order="username",
    tie="pk",
    href=lambda a: reverse("account", args=[a.pk]),
    facet="state",
    count=_count,
    prepare=prepare,
    empty="没有符合条件的账号",
)
