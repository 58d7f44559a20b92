"""接口密钥与回调: keys of the web service and webhooks of the account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as told
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mingcha.accounts.acts import by
from mingcha.accounts.policies import POLICIES
from mingcha.accounts.policy import needs
from mingcha.api import keys
from mingcha.api.keys import KeyRefusedError
from mingcha.api.models import ApiKey
from mingcha.base import clock
from mingcha.notify import webhooks
from mingcha.notify.models import Webhook
from mingcha.notify.outside.guard import NotAdmittedError
from mingcha.pages.messages.forms import KINDS, HookForm, KeyForm
from mingcha.pages.messages.views import account_of


@needs("api.keys")
@require_GET
def machines(request: HttpRequest) -> HttpResponse:
    """The page."""
    return _page(request)


def _page(request: HttpRequest, status: int = 200, **filled: Any) -> HttpResponse:
    account, now = account_of(request), clock.now()
    own = ApiKey.objects.filter(account=account).order_by("-pk")[:50]
    context = {
        "keys": [(key, [POLICIES[name].label for name in key.policies], _state(key, now)) for key in own],
        "hooks": Webhook.objects.filter(account=account).order_by("-pk")[:50],
        "kinds": dict(KINDS),
        "key_form": KeyForm(account),
        "hook_form": HookForm(),
        "may_machines": True,
        "window": int(webhooks.WINDOW.total_seconds() // 60),
    }
    return render(request, "messages/machines.html", context | filled, status=status)


def _state(key: ApiKey, now: Any) -> str:
    if key.ended_at is not None:
        return "已停用"
    return "已过期" if key.expires_at is not None and key.expires_at <= now else ""


@needs("api.keys")
@require_POST
def give_key(request: HttpRequest) -> HttpResponse:
    """A new key, shown this once."""
    account = account_of(request)
    form = KeyForm(account, request.POST)
    if not form.is_valid():
        return _page(request, 400, key_form=form)
    asked = dict(form.cleaned_data)
    try:
        _, text = keys.give(account, asked.pop("name"), asked.pop("policies"), by=by(request), **asked)
    except KeyRefusedError as error:
        form.add_error(None, str(error))
        return _page(request, 400, key_form=form)
    return _page(request, new_key=text)


@needs("api.keys")
@require_POST
def end_key(request: HttpRequest, pk: int) -> HttpResponse:
    """End a key."""
    key = ApiKey.objects.filter(account=account_of(request), pk=pk).first()
    if key is None:
        raise Http404("没有这个密钥")
    if keys.end(key, by(request)):
        told.success(request, f"密钥“{key.name}”已停用,立即失效")
    return redirect("machines")


@needs("api.keys")
@require_POST
def add_hook(request: HttpRequest) -> HttpResponse:
    """A new webhook; its signing key is shown this once."""
    form = HookForm(request.POST)
    if not form.is_valid():
        return _page(request, 400, hook_form=form)
    asked = dict(form.cleaned_data)
    try:
        _, secret = webhooks.register(
            account_of(request), asked.pop("name"), asked.pop("url"), by(request), **asked
        )
    except NotAdmittedError as error:
        form.add_error("url", str(error))
        return _page(request, 400, hook_form=form)
    return _page(request, new_secret=secret)


def _hook(request: HttpRequest, pk: int) -> Webhook:
    found = Webhook.objects.filter(account=account_of(request), pk=pk).first()
    if found is None:
        raise Http404("没有这个回调")
    return found


@needs("api.keys")
@require_POST
def try_hook(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test event."""
    webhooks.test(_hook(request, pk), by(request))
    told.success(request, "测试事件已放入外发;几秒后刷新本页,可见是否送达")
    return redirect("machines")


@needs("api.keys")
@require_POST
def switch_hook(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch a webhook off, or on again."""
    hook = _hook(request, pk)
    if hook.disabled_at is None:
        webhooks.disable(hook, by(request), "本人停用")
        told.success(request, "回调已停用")
    else:
        webhooks.enable(hook, by(request))
        told.success(request, "回调已启用;停用期间的事件可从 /api/v1/events 按序号补读")
    return redirect("machines")
