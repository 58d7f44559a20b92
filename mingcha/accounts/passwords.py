"""Passwords: what they must be, how long they hold, and how they change.

GB/T 22239-2019 (等级保护 2.0) 8.1.4.1: complex, changed at intervals. The numbers are the settings `password_days`
and, fixed here, ten characters of three kinds, none of the last five.
"""

from __future__ import annotations

import re
import secrets
import string
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from mingcha.accounts.acts import By
from mingcha.accounts.models import Account, PastPassword
from mingcha.base import clock
from mingcha.base.config import config

NOT_AGAIN = 5
"""The present password and those before it that may not come again."""
_KINDS = {"小写字母": "[a-z]", "大写字母": "[A-Z]", "数字": "[0-9]", "符号": "[^A-Za-z0-9]"}
_LEGIBLE = "".join(set(string.ascii_letters + string.digits) - set("0O1lI"))


class Classes:
    """At least three of four kinds of characters."""

    def validate(self, password: str, user: Account | None = None) -> None:
        """Raise ValidationError naming the kinds that are missing."""
        missing = [kind for kind, pattern in _KINDS.items() if not re.search(pattern, password)]
        if len(missing) > 1:
            raise ValidationError(f"{self.get_help_text()}还缺:{'、'.join(missing)}。")

    def get_help_text(self) -> str:
        """For the page."""
        return "口令须含大写字母、小写字母、数字、符号四类中的三类。"


class NotUsedBefore:
    """None of the last five."""

    def validate(self, password: str, user: Account | None = None) -> None:
        """Raise ValidationError where the account used it lately."""
        if user is None or user.pk is None:
            return
        past = user.past_passwords.order_by("-id").values_list("password", flat=True)[: NOT_AGAIN - 1]
        if any(check_password(password, hashed) for hashed in [user.password, *past] if hashed):
            raise ValidationError(self.get_help_text() + "请换一个没有用过的。")

    def get_help_text(self) -> str:
        """For the page."""
        return f"不能与最近 {NOT_AGAIN} 次用过的口令相同。"


@transaction.atomic
def change(account: Account, new: str, who: By) -> None:
    """The account's own change. ValidationError, in Chinese, where the new one is not good enough."""
    validate_password(new, account)
    _replace(account, new, must_change=False)
    who.record("password.change", f"account/{account.username}")


@transaction.atomic
def reset(account: Account, who: By) -> str:
    """A new password to be handed over, valid until the first sign-in, where it must be changed. Shown once."""
    new = temporary()
    _replace(account, new, must_change=True)
    who.record("password.reset", f"account/{account.username}")
    return new


def _replace(account: Account, new: str, must_change: bool) -> None:
    now = clock.now()
    if account.has_usable_password():
        PastPassword.objects.create(account=account, password=account.password, replaced_at=now)
        keep = account.past_passwords.order_by("-id").values_list("id", flat=True)[:NOT_AGAIN]
        account.past_passwords.exclude(id__in=list(keep)).delete()
    account.set_password(new)
    account.must_change_password = must_change
    account.password_changed_at = now
    account.save(update_fields=["password", "must_change_password", "password_changed_at"])


def rules() -> list[str]:
    """What a password must be, for the page."""
    return [in_our_words(text) for text in password_validators_help_texts()]


def in_our_words(text: str) -> str:
    """Django's sentences say 密码 and 你; here it is 口令, and people are addressed politely."""
    return text.replace("密码", "口令").replace("你", "您")


def temporary() -> str:
    """A password for the first sign-in: three groups, about 70 bits, without letters that look alike."""
    groups = ["".join(secrets.choice(_LEGIBLE) for _ in range(4)) for _ in range(3)]
    return (
        "-".join(groups)
        + "-"
        + secrets.choice("ABCDEFGH")
        + secrets.choice("abcdefgh")
        + secrets.choice("23456789")
    )


def must_change(account: Account, now: datetime) -> bool:
    """Whether the account has to choose a new password before anything else."""
    if not account.has_usable_password():
        return False  # it signs in elsewhere
    days = config().password_days
    changed = account.password_changed_at
    run_out = bool(days) and changed is not None and now - changed > timedelta(days=days)
    return account.must_change_password or run_out
