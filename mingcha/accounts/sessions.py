"""Sessions 登录: how many at once, how long unused, and how they end."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth import logout
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from mingcha.accounts import passwords, second_factor
from mingcha.accounts.acts import By, by
from mingcha.accounts.address import address
from mingcha.accounts.models import Account, SignIn
from mingcha.base import clock
from mingcha.base.config import config

PART = "part"
"""Name in the URL by which a page asks, over htmx, for its own refreshed part: that keeps no idle session alive."""
WHY = "signed_out"
"""Key of a new session that tells the login page why the old one ended: a value of `SignIn.End`."""
_NOTED_EVERY = timedelta(minutes=1)


def keep_session(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: ends sessions that were ended or lay idle, notes their use, and says what must be done first.

    Sets `request.sign_in`, and `request.unfinished` to the name of the page that has to be dealt with before any
    other: a password to change, a second factor to set up.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.session.session_key and isinstance(request.user, Account):
            _keep(request, request.user, clock.now())
        return get_response(request)

    return middleware


def _keep(request: HttpRequest, account: Account, now: datetime) -> None:
    sign_in = _of(request) or start(request, account)
    if sign_in.ended_at is None and now - sign_in.used_at > timedelta(minutes=config().idle_minutes):
        finish(sign_in, SignIn.End.IDLE, by(request))
    if sign_in.ended_at is not None:
        logout(request)
        request.session[WHY] = sign_in.end
        return
    if now - sign_in.used_at > _NOTED_EVERY and not _refreshes_itself(request):
        SignIn.objects.filter(pk=sign_in.pk, ended_at=None).update(used_at=now)
    request.sign_in = sign_in  # type: ignore[attr-defined]
    request.unfinished = unfinished(account, now)  # type: ignore[attr-defined]


def _refreshes_itself(request: HttpRequest) -> bool:
    return PART in request.GET and "HX-Request" in request.headers


def unfinished(account: Account, now: datetime) -> str:
    """Name of the page to be dealt with before any other; empty if none."""
    if passwords.must_change(account, now):
        return "password"
    return "second-factor-setup" if second_factor.is_missing(account) else ""


def _mark(request: HttpRequest) -> str:
    """What stands for the session in the table: who reads the table cannot take the session over."""
    return hashlib.sha256((request.session.session_key or "").encode()).hexdigest()


def _of(request: HttpRequest) -> SignIn | None:
    return SignIn.objects.filter(session=_mark(request)).first()


@transaction.atomic
def start(request: HttpRequest, account: Account) -> SignIn:
    """Note a new session; the longest unused ones beyond `sessions_at_once` end."""
    Account.objects.select_for_update().get(pk=account.pk)
    now = clock.now()
    sign_in, _ = SignIn.objects.get_or_create(
        session=_mark(request),
        defaults={
            "account": account,
            "address": address(request),
            "agent": request.headers.get("User-Agent", "")[:200],
            "started_at": now,
            "used_at": now,
        },
    )
    others = under_way(account).exclude(pk=sign_in.pk)
    for old in others[config().sessions_at_once - 1 :]:
        finish(old, SignIn.End.ELSEWHERE, by(request))
    return sign_in


def renew(request: HttpRequest) -> SignIn | None:
    """Take note that the request's session was given a new key."""
    sign_in = getattr(request, "sign_in", None)
    if not isinstance(sign_in, SignIn):
        return None
    sign_in.session = _mark(request)
    sign_in.save(update_fields=["session"])
    return sign_in


def under_way(account: Account) -> QuerySet[SignIn]:
    """The account's sessions that have not ended, the last used first."""
    since = clock.now() - timedelta(minutes=config().idle_minutes)
    return SignIn.objects.filter(account=account, ended_at=None, used_at__gt=since).order_by(
        "-used_at", "-id"
    )


@transaction.atomic
def finish(sign_in: SignIn, end: SignIn.End, who: By) -> bool:
    """End a session; False if it had ended already. Its next request is nobody's."""
    now = clock.now()
    changed = SignIn.objects.filter(pk=sign_in.pk, ended_at=None).update(ended_at=now, end=end)
    if not changed:
        return False
    sign_in.ended_at, sign_in.end = now, end
    who.record("logout", f"account/{sign_in.account.username}", why=end.label, session=sign_in.pk)
    return True


def finish_all(account: Account, end: SignIn.End, who: By, but: SignIn | None = None) -> int:
    """End all sessions of the account, except `but`; how many."""
    left = (sign_in for sign_in in under_way(account) if sign_in != but)
    return sum(finish(sign_in, end, who) for sign_in in left)


_BROWSERS = ("Edg", "OPR", "QQBrowser", "MetaSr", "Firefox", "Chrome", "Safari")
_SYSTEMS = ("Windows", "Android", "iPhone", "iPad", "Mac OS X", "HarmonyOS", "Linux")


def browser_name(agent: str) -> str:
    """What a person calls the browser of a User-Agent: "Chrome 131, Windows"; the text itself where it is none."""
    browser = next(
        (f"{name} {found[1]}" for name in _BROWSERS if (found := re.search(rf"{name}/(\d+)", agent))), ""
    )
    system = next((name for name in _SYSTEMS if name in agent), "")
    return ",".join(filter(None, (browser.replace("Edg ", "Edge "), system))) or agent
