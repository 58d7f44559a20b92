"""我的账号: one's own roles, sessions, password and second factor."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingcha.accounts import passwords, second_factor, sessions, signing
from mingcha.accounts.acts import by
from mingcha.accounts.models import Account, Role, SignIn
from mingcha.accounts.places import places
from mingcha.accounts.policy import grants_in_force, needs
from mingcha.base.config import config
from mingcha.pages.login.sessions import shown

_SECRET = "new_second_factor"  # noqa: S105  key of the session


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)
    return request.user


@require_GET
@needs("account.own")
@never_cache
def profile(request: HttpRequest) -> HttpResponse:
    """Who I am here, what I may, and where I am signed in."""
    account, trees = _account(request), places()
    told: dict[str, Any] = {
        "person": account,
        "grants": [
            (
                Role(grant.role).label,
                trees.region_name(grant.region_code),
                trees.agency_name(grant.agency_code),
            )
            for grant in grants_in_force(account)
        ],
        "sessions": shown(account),
        "here": request.sign_in,  # type: ignore[attr-defined]
        "has_code": second_factor.is_set_up(account),
        "code_required": second_factor.is_required(account),
        "codes_left": second_factor.recovery_codes_left(account),
        "idle_minutes": config().idle_minutes,
    }
    return render(request, "login/profile.html", told)


@needs("account.own")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change the password. Other sessions of the account end."""
    account = _account(request)
    faults: dict[str, list[str]] = {}
    if request.method == "POST":
        faults = _change(request, account)
        if not faults:
            messages.success(request, "口令已更改。其他各处的登录已退出。")
            return redirect("/")
    shown = {
        "faults": faults,
        "rules": passwords.rules(),
        "forced": getattr(request, "unfinished", "") == "password",
        "days": config().password_days,
    }
    return render(request, "login/password.html", shown, status=400 if faults else 200)


def _change(request: HttpRequest, account: Account) -> dict[str, list[str]]:
    old, new, again = (request.POST.get(name, "")[:4096] for name in ("old", "new", "again"))
    if not signing.confirms(request, account, old):
        return {"old": ["现在的口令不对。"]}
    if new != again:
        return {"again": ["两次输入的新口令不一样。"]}
    try:
        passwords.change(account, new, by(request))
    except ValidationError as error:
        return {"new": [passwords.in_our_words(text) for text in error.messages]}
    update_session_auth_hash(request, account)
    here = sessions.renew(request)
    sessions.finish_all(account, SignIn.End.PASSWORD, by(request), but=here)
    return {}


@needs("account.own")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Set up the second factor: show a secret, keep it once a code of it is given, show the recovery codes once."""
    account = _account(request)
    if second_factor.is_set_up(account):
        return redirect("profile")
    secret = request.session.get(_SECRET) or second_factor.new_secret()
    request.session[_SECRET] = secret
    failed = False
    if request.method == "POST":
        codes = second_factor.set_up(account, secret, request.POST.get("code", "")[:40], by(request))
        if codes is not None:
            del request.session[_SECRET]
            return render(request, "login/recovery.html", {"codes": codes})
        failed = True
    picture = segno.make(second_factor.address_of(account, secret), micro=False)
    shown = {
        "picture": picture.svg_data_uri(scale=4, border=2),
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "failed": failed,
        "required": second_factor.is_required(account),
    }
    return render(request, "login/set_up.html", shown, status=400 if failed else 200)


@needs("account.own")
@sensitive_post_parameters()
@require_POST
def take_away(request: HttpRequest) -> HttpResponse:
    """Give the second factor up, with the password; to move it to another phone."""
    account = _account(request)
    if not signing.confirms(request, account, request.POST.get("password", "")[:4096]):
        messages.error(request, "口令不对,动态验证码没有改变。")
    elif second_factor.take_away(account, by(request)):
        messages.success(request, "动态验证码已停用。")
    return redirect("profile")


@needs("account.own")
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions."""
    sign_in = SignIn.objects.filter(pk=pk, account=_account(request)).first()
    if sign_in is None:
        raise Http404("没有这次登录")
    if sessions.finish(sign_in, SignIn.End.ENDED, by(request)):
        messages.success(request, "那一处登录已退出。")
    return redirect("profile")
