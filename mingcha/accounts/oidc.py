"""The site's own sign-in 统一身份认证 (OpenID Connect), by django-allauth: it proves who someone is, no more.

Nobody gets an account by it: the identity must name an account that the system administrator made. Second factor,
sessions and audit are those of every sign-in.
"""

from __future__ import annotations

from typing import Any, NoReturn, cast

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.openid_connect import views
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from requests import RequestException

from mingcha.accounts import signing
from mingcha.accounts.acts import By
from mingcha.accounts.address import address
from mingcha.accounts.models import Account
from mingcha.accounts.policy import public
from mingcha.base.config import config


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Ends allauth's flow where the identity is known, and goes on with ours."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Always raises ImmediateHttpResponse: signed in, on to the second factor, or back to the login page."""
        told = sociallogin.account.extra_data
        claims = told.get("userinfo") or told.get("id_token") or told
        username = str(claims.get(config().oidc_field) or "")
        account = Account.objects.filter(username=username, is_active=True).first() if username else None
        if account is None:
            _refuse(
                request, f"{config().oidc_name}认出了您,但本系统没有您的账号。请向系统管理员申请。", username
            )
        done = signing.proceed(request, account, config().oidc_name)
        target = str(sociallogin.get_redirect_url(request) or "/")
        if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
            target = "/"
        raise ImmediateHttpResponse(HttpResponseRedirect(target if done else reverse("second-factor")))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never."""
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, *rest: Any, **more: Any) -> None:
        """Back to the login page with a sentence."""
        _refuse(request, _not_done(), "")


@public
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the browser to the provider; back to the login page where that cannot be reached."""
    try:
        return cast(HttpResponse, views.login(request, provider_id))
    except (RequestException, KeyError):
        return _refused(request, _not_done(), "")


@public
def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The browser is back from the provider, with or without proof."""
    try:
        return cast(HttpResponse, views.callback(request, provider_id))
    except (RequestException, KeyError):
        return _refused(request, _not_done(), "")


def _not_done() -> str:
    return f"{config().oidc_name}没有完成。请再试一次,或用账号和口令登录。"


def _refuse(request: HttpRequest, sentence: str, username: str) -> NoReturn:
    raise ImmediateHttpResponse(_refused(request, sentence, username))


def _refused(request: HttpRequest, sentence: str, username: str) -> HttpResponse:
    By("-", address(request)).record("login.failed", f"oidc/{username[:2]}…", factor=config().oidc_name)
    messages.error(request, sentence)
    return HttpResponseRedirect(reverse("login"))
