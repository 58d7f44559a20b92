"""Signing in and out: password or the site's OpenID, then the second factor, then a fresh session.

What went wrong is not told apart: an unknown name, a wrong password, a disabled and a locked account get one answer
in one time. Failures of the password and of the second factor lock together (django-axes).
"""

from __future__ import annotations

import unicodedata
from datetime import timedelta

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest

from mingcha.accounts import second_factor, sessions
from mingcha.accounts.acts import By, by
from mingcha.accounts.address import address
from mingcha.accounts.models import Account, SignIn
from mingcha.base import clock
from mingcha.base.texts import storable

_BACKEND = "django.contrib.auth.backends.ModelBackend"
_WAITING = "second_factor"
_WAITS_FOR = timedelta(minutes=5)


def check(request: HttpRequest, username: str, password: str) -> Account | None:
    """The account of that name and password; None, for whatever reason, if it does not sign in so."""
    username = storable(unicodedata.normalize("NFKC", username)).strip()
    account = authenticate(request, username=username, password=password)
    if isinstance(account, Account):
        return account
    _record_failure(request, username, "口令")
    return None


def proceed(request: HttpRequest, account: Account, how: str) -> bool:
    """After the first factor: signed in, or False where the second is asked first. `how` is for the audit."""
    if not second_factor.is_set_up(account):
        _sign_in(request, account, how)
        return True
    request.session.cycle_key()
    request.session[_WAITING] = {"account": account.pk, "since": clock.now().timestamp(), "how": how}
    return False


def waiting(request: HttpRequest) -> Account | None:
    """Whose second factor is awaited in this session; None where nobody's, or it took too long."""
    kept = request.session.get(_WAITING)
    if not kept:
        return None
    if clock.now().timestamp() - kept["since"] > _WAITS_FOR.total_seconds():
        del request.session[_WAITING]
        return None
    return Account.objects.filter(pk=kept["account"], is_active=True).first()


def complete(request: HttpRequest, account: Account, code: str) -> bool:
    """The second factor: signed in, or False where the code is wrong or the account locked."""
    credentials = {"username": account.username}
    if AxesProxyHandler.is_allowed(request, credentials) and second_factor.verify(account, code):
        how = request.session.pop(_WAITING)["how"]
        _sign_in(request, account, f"{how}、动态验证码")
        return True
    AxesProxyHandler.user_login_failed(sender=__name__, credentials=credentials, request=request)
    _record_failure(request, account.username, "动态验证码")
    if not AxesProxyHandler.is_allowed(request, credentials):
        request.session.flush()
    return False


def confirms(request: HttpRequest, account: Account, password: str) -> bool:
    """Whether the person at the session knows the account's password; wrong ones count towards the lock."""
    credentials = {"username": account.username}
    if AxesProxyHandler.is_allowed(request, credentials) and account.check_password(password):
        return True
    AxesProxyHandler.user_login_failed(sender=__name__, credentials=credentials, request=request)
    _record_failure(request, account.username, "口令")
    return False


def sign_out(request: HttpRequest) -> None:
    """End this session."""
    sign_in = getattr(request, "sign_in", None)
    if isinstance(sign_in, SignIn):
        sessions.finish(sign_in, SignIn.End.LEFT, by(request))
    logout(request)


def unlock(account: Account, who: By) -> bool:
    """Forget the failures of the account; whether there were any."""
    forgotten = AxesProxyHandler.reset_attempts(username=account.username)
    if forgotten:
        who.record("account.unlock", f"account/{account.username}")
    return bool(forgotten)


def _sign_in(request: HttpRequest, account: Account, how: str) -> None:
    login(request, account, backend=_BACKEND)  # gives the session a new key
    who = By(account.username, address(request))
    sign_in = sessions.start(request, account)
    who.record("login", f"account/{account.username}", how=how, session=sign_in.pk)


def _record_failure(request: HttpRequest, username: str, factor: str) -> None:
    """A name that is nobody's is not written down whole: people type passwords into the wrong field."""
    known = Account.objects.filter(username=username).exists()
    about = f"account/{username}" if known else f"account/{username[:2]}…"
    By("-", address(request)).record("login.failed", about, factor=factor)
