"""Accounts 账号: made and disabled by the system administrator, never deleted."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from mingcha.accounts import grants, passwords, sessions
from mingcha.accounts.acts import By, RefusedError
from mingcha.accounts.models import Account, Grant, Role, SignIn
from mingcha.accounts.policies import ADMINISTRATORS
from mingcha.base import clock


@transaction.atomic
def create(
    username: str, name: str, who: By, *, phone: str = "", email: str = "", officer_code: str = ""
) -> tuple[Account, str]:
    """A new account without roles, and its password for the first sign-in. Raises RefusedError."""
    username = unicodedata.normalize("NFKC", username).strip()
    if not name.strip():
        raise RefusedError("没有写姓名。")
    if "\0" in f"{username}{name}{phone}{email}{officer_code}":
        raise RefusedError("账号、姓名等各项里有不能保存的字符(NUL)。请去掉它。")
    account = Account(
        username=username,
        name=name.strip(),
        phone=phone,
        email=email,
        officer_code=officer_code,
        must_change_password=True,
        password_changed_at=clock.now(),
    )
    password = passwords.temporary()
    account.set_password(password)
    _save_new(account)
    who.record("account.create", f"account/{username}")
    return account, password


def _save_new(account: Account) -> None:
    taken = f"已有账号 {account.username}。换一个账号名,或使用原有的账号。"
    try:
        account.clean_fields(exclude=["password"])
        if Account.objects.filter(username__iexact=account.username).exists():
            raise RefusedError(taken)
        with transaction.atomic():
            account.save()
    except ValidationError as error:
        raise RefusedError(";".join(_told(account, error))) from error
    except IntegrityError as error:
        raise RefusedError(taken) from error


def _told(account: Account, error: ValidationError) -> Iterator[str]:
    """Each fault with the name of its field."""
    for name, faults in error.message_dict.items():
        label = getattr(account._meta.get_field(name), "verbose_name", name)
        label = {"username": "账号", "email": "邮箱"}.get(name, label)
        yield f"{label}:{''.join(faults)}"


@transaction.atomic
def disable(account: Account, why: str, who: By) -> None:
    """Nobody signs in with it any more, and its sessions end. Its roles stay, and count for nothing.

    Raises RefusedError.
    """
    if who.actor == account.username:
        raise RefusedError("不能停用自己的账号。请由另一位系统管理员停用。")
    if not why.strip():
        raise RefusedError("请写明停用的原因。")
    if not Account.objects.filter(pk=account.pk, is_active=True).update(is_active=False):
        raise RefusedError("这个账号已经停用。刷新页面即可看到。")
    account.is_active = False
    who.record("account.disable", f"account/{account.username}", purpose=why.strip())
    sessions.finish_all(account, SignIn.End.ENDED, who)


@transaction.atomic
def enable(account: Account, who: By) -> None:
    """Let the account sign in again. Raises RefusedError."""
    if not Account.objects.filter(pk=account.pk, is_active=False).update(is_active=True):
        raise RefusedError("这个账号已经启用。刷新页面即可看到。")
    account.is_active = True
    who.record("account.enable", f"account/{account.username}")


FIRST = {
    Role.SYSTEM_ADMIN: ("sysadmin", "系统管理员"),
    Role.SECURITY_ADMIN: ("secadmin", "安全管理员"),
    Role.AUDITOR: ("auditor", "审计员"),
}
"""The three administrators that an installation starts with."""


@transaction.atomic
def create_administrators(who: By) -> dict[str, str]:
    """The first three administrators: account name -> password. Raises RefusedError where there are administrators."""
    if Grant.objects.filter(ended_at=None, role__in=ADMINISTRATORS, account__is_active=True).exists():
        raise RefusedError("已有管理员。新的账号由系统管理员在“账号”页建立,由安全管理员授予角色。")
    made = {}
    for role, (username, name) in FIRST.items():
        account, made[username] = create(username, name, who)
        grants.give(account, role, "", "", who)
    return made
