"""The one place that says who may do what.

Every page and every endpoint declares a policy by name (`needs`), or that it is open to everyone (`public`) or to
who brings a token (`by_token`); an address that declares nothing fails the build.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast, runtime_checkable
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from mingcha.accounts.models import Account, Grant
from mingcha.accounts.policies import POLICIES, PUBLIC, TOKEN, Policy
from mingcha.accounts.scopes import EVERYTHING, NOTHING, Scope, covers_everything, scope_of

__all__ = ["EVERYTHING", "NOTHING", "NotSignedIn", "POLICIES", "Principal", "Scope", "by_token", "may", "needs",
           "public", "scope"]  # fmt: skip

V = TypeVar("V", bound=Callable[..., Any])


class NotSignedIn(PermissionDenied):
    """Nobody is signed in, where a login page is no answer (the API)."""


@runtime_checkable
class Principal(Protocol):
    """Who acts without a session, an API key: put as `request.auth` by what reads the key."""

    def may(self, policy: str) -> bool:
        """Whether the policy admits it."""

    def scope(self, policy: str) -> Scope:
        """What it sees under the policy."""


def grants_in_force(account: Account | AnonymousUser) -> list[Grant]:
    """The account's grants that have not ended; read once for each object in memory (once a request)."""
    if not isinstance(account, Account) or not account.is_active:
        return []
    kept = account.__dict__.get("_grants_in_force")
    if kept is None:
        kept = account.__dict__["_grants_in_force"] = list(account.grants.filter(ended_at=None))
    return cast(list[Grant], kept)


def _admitting(account: Account | AnonymousUser, policy: str) -> list[Grant]:
    rule = POLICIES[policy]
    grants = [grant for grant in grants_in_force(account) if grant.role in rule.roles]
    if rule.whole:
        return [grant for grant in grants if covers_everything(grant.region_code, grant.agency_code)]
    return grants


def may(account: Account | AnonymousUser, policy: str) -> bool:
    """Whether the account has a role that the policy admits. A policy that does not exist is a KeyError."""
    rule = POLICIES[policy]
    if rule.own:
        return isinstance(account, Account) and account.is_active
    return bool(_admitting(account, policy))


def scope(account: Account | AnonymousUser, policy: str) -> Scope:
    """What the account may see under the policy; an empty scope where it may nothing."""
    grants = _admitting(account, policy)
    if not grants:
        return NOTHING
    return scope_of(grants) if POLICIES[policy].scoped else EVERYTHING


def needs(policy: str) -> Callable[[V], V]:
    """Decorator of a view or of an operation of the API: signed in, second factor done, admitted by the policy.

    Else the login page (a page), `NotSignedIn` (the API) or 403. Sets `request.scope`. On an operation of
    django-ninja it stands below the operation's decorator.
    """
    rule = POLICIES[policy]

    def decorate(view: V) -> V:
        @functools.wraps(view)
        def admitted(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            return _refusal(request, rule) or view(request, *args, **kwargs)

        return cast(V, _declare(admitted, policy))

    return decorate


def public(view: V) -> V:
    """Declares a view open to everyone."""
    return cast(V, _declare(view, PUBLIC))


def by_token(view: V) -> V:
    """Declares a view that asks for a token itself, and shows nothing to who has none."""
    return cast(V, _declare(view, TOKEN))


def _declare(view: Any, policy: str) -> Any:
    view.policy = policy
    return view


def _refusal(request: Any, policy: Policy) -> HttpResponse | None:
    """The answer to who is not admitted; None, and `request.scope` set, to who is."""
    key = getattr(request, "auth", None)
    if isinstance(key, Principal):
        if not key.may(policy.name):
            raise PermissionDenied(f"密钥没有“{policy.label}”的权限")
        request.scope = key.scope(policy.name)
        return None
    account = request.user
    if not account.is_authenticated:
        return _to_login(request)
    if not policy.own and (unfinished := getattr(request, "unfinished", None)):
        return HttpResponseRedirect(reverse(unfinished))
    if not may(account, policy.name):
        raise PermissionDenied(f"您的角色没有“{policy.label}”的权限")
    request.scope = scope(account, policy.name)
    return None


def _to_login(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        raise NotSignedIn("请先登录,或带上密钥")
    target = request.get_full_path() if request.method == "GET" else "/"
    login = f"{reverse('login')}?{urlencode({'next': target})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": reverse("login")})
    return HttpResponseRedirect(login)
