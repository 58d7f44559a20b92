"""What administrators do with an account: one view an act, each its own policy."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from mingcha.accounts import grants, passwords, people, second_factor, sessions, signing
from mingcha.accounts.acts import By, RefusedError, by
from mingcha.accounts.models import Account, Grant, Role, SignIn
from mingcha.accounts.policy import needs
from mingcha.pages.accounts.views import shown


def _do(request: HttpRequest, pk: int, act: Callable[[Account, By], str]) -> HttpResponse:
    """Do the act and say what was done; or show the page again with why it was refused."""
    person = get_object_or_404(Account, pk=pk)
    try:
        messages.success(request, act(person, by(request)))
    except RefusedError as error:
        return render(
            request, "accounts/account.html", shown(request, person, str(error), request.POST), status=400
        )
    return redirect("account", pk)


@require_POST
@needs("accounts.manage")
def disable(request: HttpRequest, pk: int) -> HttpResponse:
    """Disable the account."""

    def act(person: Account, who: By) -> str:
        people.disable(person, request.POST.get("why", ""), who)
        return f"账号 {person.username} 已停用,它的登录都已退出。"

    return _do(request, pk, act)


@require_POST
@needs("accounts.manage")
def enable(request: HttpRequest, pk: int) -> HttpResponse:
    """Enable it again."""

    def act(person: Account, who: By) -> str:
        people.enable(person, who)
        return f"账号 {person.username} 已启用。"

    return _do(request, pk, act)


@require_POST
@needs("accounts.manage")
@never_cache
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """A new first password, shown once; all sessions end."""
    person = get_object_or_404(Account, pk=pk)
    password = passwords.reset(person, by(request))
    sessions.finish_all(person, SignIn.End.PASSWORD, by(request))
    return render(request, "accounts/secret.html", {"person": person, "password": password})


@require_POST
@needs("accounts.grant")
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a role."""

    def act(person: Account, who: By) -> str:
        role = request.POST.get("role", "")
        if role not in Role.values:
            raise RefusedError("请选择一个角色。")
        region, agency = (request.POST.get(name, "").strip()[:18] for name in ("region", "agency"))
        grants.give(person, Role(role), region, agency, who)
        return f"已授予 {person.username}“{Role(role).label}”。"

    return _do(request, pk, act)


@require_POST
@needs("accounts.grant")
def end(request: HttpRequest, pk: int, grant: int) -> HttpResponse:
    """Take a role back."""

    def act(person: Account, who: By) -> str:
        held = get_object_or_404(Grant.objects.select_related("account"), pk=grant, account=person)
        grants.end(held, who)
        return f"已收回 {person.username} 的“{Role(held.role).label}”。"

    return _do(request, pk, act)


@require_POST
@needs("accounts.grant")
def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """End the lock after failed sign-ins."""

    def act(person: Account, who: By) -> str:
        locked = signing.unlock(person, who)
        return f"已解除 {person.username} 的锁定。" if locked else f"{person.username} 没有被锁定。"

    return _do(request, pk, act)


@require_POST
@needs("accounts.grant")
def take_code(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the second factor: a phone was lost."""

    def act(person: Account, who: By) -> str:
        if not second_factor.take_away(person, who):
            raise RefusedError("这个账号没有启用动态验证码。")
        sessions.finish_all(person, SignIn.End.ENDED, who)
        return f"{person.username} 的动态验证码已停用,下次登录后可重新设置。"

    return _do(request, pk, act)


@require_POST
@needs("accounts.grant")
def end_sessions(request: HttpRequest, pk: int) -> HttpResponse:
    """End all sessions of the account."""

    def act(person: Account, who: By) -> str:
        return f"已退出 {person.username} 的 {sessions.finish_all(person, SignIn.End.ENDED, who)} 处登录。"

    return _do(request, pk, act)
