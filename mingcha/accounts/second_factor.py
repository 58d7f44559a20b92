"""The second factor 动态验证码: one-time codes of a phone (TOTP, RFC 6238) and recovery codes, by django-allauth."""

from __future__ import annotations

import base64
from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.db import transaction

from mingcha.accounts.acts import By
from mingcha.accounts.models import Account
from mingcha.accounts.policy import grants_in_force
from mingcha.base import sealing
from mingcha.base.config import config

ABOUT = "second_factor"
"""What the sealed secrets are about."""
_TOTP, _RECOVERY = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets sealed."""

    def encrypt(self, text: str) -> str:
        """Sealed, as text."""
        return base64.b64encode(sealing.seal_bytes(text.encode(), ABOUT)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What was sealed. Raises sealing.SealError."""
        return sealing.open_bytes(base64.b64decode(encrypted_text), ABOUT).decode()


def is_set_up(account: Account) -> bool:
    """Whether the account signs in with a second factor."""
    return bool(Authenticator.objects.filter(user=account, type=_TOTP).exists())


def is_required(account: Account) -> bool:
    """Whether one of its roles must have one (setting `second_factor`)."""
    asked = set(config().second_factor)
    return any(grant.role in asked for grant in grants_in_force(account))


def is_missing(account: Account) -> bool:
    """Whether it must have one and has none."""
    return is_required(account) and not is_set_up(account)


def new_secret() -> str:
    """A secret to be shown, and kept only once a code of it was given."""
    return str(totp.generate_totp_secret())


def address_of(account: Account, secret: str) -> str:
    """The `otpauth:` address that the picture shows."""
    return str(Adapter().build_totp_url(account, secret))


@transaction.atomic
def set_up(account: Account, secret: str, code: str, who: By) -> list[str] | None:
    """Keep the secret if the code is one of it; the recovery codes, shown once. None where the code is wrong."""
    Account.objects.select_for_update().get(pk=account.pk)
    counter = _counter_of(secret, code)
    if counter is None:
        return None
    take_away(account, who, quietly=True)
    kept = totp.TOTP.activate(account, secret).instance
    _use(kept, counter)
    codes: list[str] = RecoveryCodes.activate(account).generate_codes()
    who.record("second_factor.set_up", f"account/{account.username}")
    return codes


@transaction.atomic
def verify(account: Account, code: str) -> bool:
    """Whether the code is right: of the phone and not used before, or a recovery code, used up by this."""
    kept = Authenticator.objects.select_for_update().filter(user=account, type=_TOTP).first()
    if kept is None:
        return False
    counter = _counter_of(decrypt(kept.data["secret"]), code)
    if counter is not None:
        return _use(kept, counter)
    recovery = Authenticator.objects.filter(user=account, type=_RECOVERY).first()
    return recovery is not None and RecoveryCodes(recovery).validate_code(normalize_user_code(code))


def recovery_codes_left(account: Account) -> int:
    """How many recovery codes have not been used."""
    recovery = Authenticator.objects.filter(user=account, type=_RECOVERY).first()
    return len(RecoveryCodes(recovery).get_unused_codes()) if recovery else 0


@transaction.atomic
def take_away(account: Account, who: By, quietly: bool = False) -> bool:
    """Remove the second factor and its recovery codes (a phone was lost); whether there was one."""
    removed, _ = Authenticator.objects.filter(user=account, type__in=[_TOTP, _RECOVERY]).delete()
    if removed and not quietly:
        who.record("second_factor.take_away", f"account/{account.username}")
    return bool(removed)


def _counter_of(secret: str, code: str) -> int | None:
    """The half-minute of which this is the code."""
    digits = normalize_user_code(code)
    for counter in totp.yield_hotp_counters_from_time():
        if totp.compare_user_code(
            actual=digits, expected=totp.format_hotp_value(totp.hotp_value(secret, counter))
        ):
            return int(counter)
    return None


def _use(kept: Any, counter: int) -> bool:
    """A code counts once, in whatever process (RFC 6238 section 5.2); allauth would remember it in one only."""
    if counter <= kept.data.get("used", -1):
        return False
    kept.data["used"] = counter
    kept.save(update_fields=["data"])
    return True
