"""外部渠道: ways outside with what goes by them, mutes, and the calendar of due cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages as told
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mingcha.accounts.acts import by
from mingcha.accounts.policy import may, needs
from mingcha.base import clock
from mingcha.base.config import config
from mingcha.base.models import Outgoing
from mingcha.notify import channels, links, muting
from mingcha.notify.dispatch import PERSON
from mingcha.notify.models import Channel, Subscription
from mingcha.notify.muting import MuteError
from mingcha.pages.messages.forms import KINDS, ChannelForm, MuteForm
from mingcha.pages.messages.views import account_of


@needs("messages.own")
@require_GET
def outside(request: HttpRequest) -> HttpResponse:
    """The page."""
    return _page(request)


def _page(request: HttpRequest, status: int = 200, **filled: Any) -> HttpResponse:
    account = account_of(request)
    now = clock.now()
    own = list(
        Channel.objects.filter(account=account, ended_at=None)
        .prefetch_related("subscriptions")
        .order_by("pk")
    )
    context = {
        "channels": [(each, _sent(each)) for each in own],
        "kinds": dict(KINDS),
        "mutes": [(each, each.ended_at is None and each.until > now) for each in muting.shown(account)[:30]],
        "links": links.of(account),
        "mail": bool(config().mail_host),
        "channel_form": ChannelForm(),
        "mute_form": MuteForm(),
        "may_machines": may(account, "api.keys"),
    }
    return render(request, "messages/outside.html", context | filled, status=status)


def _sent(channel: Channel) -> Outgoing | None:
    """The last message that was put out by a channel."""
    return Outgoing.objects.filter(channel=PERSON, address=str(channel.pk)).order_by("-pk").first()


@needs("messages.own")
@require_POST
def add_channel(request: HttpRequest) -> HttpResponse:
    """Register a channel with its first subscription."""
    form = ChannelForm(request.POST)
    if not form.is_valid():
        return _page(request, 400, channel_form=form)
    asked = form.cleaned_data
    try:
        with transaction.atomic():
            channel = channels.register(
                account_of(request), by(request), asked["kind"], asked["address"], asked["secret"]
            )
            named = {name: asked[name] for name in ("what", "least_level", "timing", "digest_at")}
            Subscription.objects.create(channel=channel, **named)
    except ValueError as error:
        form.add_error("address", str(error))
        return _page(request, 400, channel_form=form)
    told.success(request, f"已登记{channel.get_kind_display()};可发一条测试消息看能否收到")
    return redirect("messages-outside")


def _own(request: HttpRequest, pk: int) -> Channel:
    found = Channel.objects.filter(account=account_of(request), ended_at=None, pk=pk).first()
    if found is None:
        raise Http404("没有这个渠道")
    return found


@needs("messages.own")
@require_POST
def try_channel(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test message."""
    channels.test(_own(request, pk), by(request))
    told.success(request, "测试消息已放入外发;几秒后刷新本页,可见是否送达")
    return redirect("messages-outside")


@needs("messages.own")
@require_POST
def end_channel(request: HttpRequest, pk: int) -> HttpResponse:
    """Use a channel no more."""
    channels.end(_own(request, pk), by(request))
    told.success(request, "已停用;不再向它发送")
    return redirect("messages-outside")


@needs("messages.own")
@require_POST
def mute(request: HttpRequest) -> HttpResponse:
    """Begin a mute."""
    form = MuteForm(request.POST)
    if not form.is_valid():
        return _page(request, 400, mute_form=form)
    asked = dict(form.cleaned_data)
    until = clock.now() + timedelta(hours=asked.pop("hours"))
    try:
        muting.mute(account_of(request), asked.pop("reason"), until, by(request), **asked)
    except MuteError as error:
        form.add_error(None, str(error))
        return _page(request, 400, mute_form=form)
    told.success(request, f"已静音,至 {clock.local(until):%m-%d %H:%M} 自动恢复;站内消息照常")
    return redirect("messages-outside")


@needs("messages.own")
@require_POST
def unmute(request: HttpRequest, pk: int) -> HttpResponse:
    """End a mute before its time."""
    if not muting.shown(account_of(request)).filter(pk=pk).exists():
        raise Http404("没有这条静音,或与您无关")
    if muting.end(account_of(request), pk, by(request)):
        told.success(request, "静音已结束")
    else:
        told.warning(request, "这条静音已经结束,或不由您结束")
    return redirect("messages-outside")


@needs("messages.own")
@require_POST
def make_link(request: HttpRequest) -> HttpResponse:
    """A new address of the calendar; the one before is ended."""
    token = links.make(account_of(request), by(request))
    base = config().site_url.rstrip("/") or f"{request.scheme}://{request.get_host()}"
    return _page(request, calendar_url=f"{base}/ics/{token}.ics")


@needs("messages.own")
@require_POST
def end_link(request: HttpRequest) -> HttpResponse:
    """End the address of the calendar."""
    links.end(account_of(request), by(request))
    told.success(request, "日程订阅地址已作废")
    return redirect("messages-outside")
