"""登录: name and password, then the code."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from mingcha.accounts import signing
from mingcha.accounts.models import SignIn
from mingcha.accounts.policy import needs, public
from mingcha.accounts.sessions import WHY
from mingcha.base.config import config

_LONGEST_NAME, _LONGEST_PASSWORD = 150, 4096
"""Longer input is nobody's, and hashing it would only cost time."""


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The login page. Every failure gets the same sentence."""
    if request.user.is_authenticated:
        return redirect(_target(request))
    said = {"username": "", "failed": False}
    if request.method == "POST":
        username, password = request.POST.get("username", ""), request.POST.get("password", "")
        fits = len(username) <= _LONGEST_NAME and len(password) <= _LONGEST_PASSWORD
        account = signing.check(request, username, password) if fits and username and password else None
        if account is not None:
            return _go_on(request, signing.proceed(request, account, "口令"))
        said = {"username": username[:_LONGEST_NAME], "failed": True}
    return render(request, "login/login.html", said | _told(request), status=400 if said["failed"] else 200)


@public
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second factor: a code of the phone, or a recovery code."""
    account = signing.waiting(request)
    if account is None:
        return redirect("login")
    failed = False
    if request.method == "POST":
        if signing.complete(request, account, request.POST.get("code", "")[:40]):
            return redirect(_target(request))
        failed = True
    return render(
        request,
        "login/code.html",
        {"failed": failed, "next": _target(request)},
        status=400 if failed else 200,
    )


@needs("account.own")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    signing.sign_out(request)
    return redirect("login")


def _told(request: HttpRequest) -> dict[str, object]:
    why = request.session.pop(WHY, "") if request.session.session_key else ""
    target = _target(request)
    oidc = reverse("openid_connect_login", kwargs={"provider_id": "site"}) if config().oidc_server else ""
    return {
        "next": target,
        "why": SignIn.End(why).label if why in SignIn.End.values else "",
        "oidc": f"{oidc}?{urlencode({'next': target})}" if oidc else "",
        "oidc_name": config().oidc_name,
        "lock_after": config().lock_after,
        "lock_minutes": config().lock_minutes,
    }


def _go_on(request: HttpRequest, done: bool) -> HttpResponse:
    target = _target(request)
    if done:
        return redirect(target)
    return redirect(f"{reverse('second-factor')}?{urlencode({'next': target})}")


def _target(request: HttpRequest) -> str:
    """Where to go afterwards; never to another host."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else "/"
