"""The list of messages, opened, read and acknowledged."""

from __future__ import annotations

from typing import Final

from django.contrib import messages as told
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mingcha.accounts.acts import by
from mingcha.accounts.models import Account
from mingcha.accounts.policy import may, needs
from mingcha.notify import inbox

A_PAGE: Final = 50
_LONGEST_NUMBER: Final = 18
TABS: Final = (("unread", "未读"), ("cards", "未确认的红黄牌"), ("all", "全部"))


def account_of(request: HttpRequest) -> Account:
    """Who is signed in, behind `needs`."""
    assert isinstance(request.user, Account)
    return request.user


@needs("messages.own")
@require_GET
def messages(request: HttpRequest) -> HttpResponse:
    """消息: unread ones, cards not yet acknowledged, or all; newest first."""
    account = account_of(request)
    tab = request.GET.get("show", "")
    tab = tab if tab in dict(TABS) else TABS[0][0]
    rows = inbox.listed(account, tab)
    before = number(request.GET.get("before", ""))
    shown = list((rows.filter(pk__lt=before) if before else rows)[: A_PAGE + 1])
    context = {
        "rows": shown[:A_PAGE],
        "tab": tab,
        "tabs": TABS,
        "older": shown[A_PAGE - 1].pk if len(shown) > A_PAGE else None,
        "first": not before,
        "may_machines": may(account, "api.keys"),
    }
    return render(request, "messages/list.html", context)


@needs("messages.own")
@require_GET
def opened(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a message as read and go where it leads."""
    account = account_of(request)
    message = inbox.of(account).filter(pk=pk).first()
    if message is None:
        raise Http404("没有这条消息,或它不是给您的")
    inbox.read(account, [pk])
    inside = message.link.startswith("/") and not message.link.startswith("//")
    return redirect(message.link if inside else "messages")


@needs("messages.own")
@require_POST
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Acknowledge the chosen messages 确认收到."""
    chosen = [key for text in request.POST.getlist("key")[:A_PAGE] if (key := number(text))]
    count = inbox.acknowledge(account_of(request), chosen, by(request))
    if count:
        told.success(request, f"已确认收到 {count} 条;不再向外发送")
    elif not chosen:
        told.warning(request, "没有选中消息;请在左侧勾选,或用 j k 移到一条上按 a")
    return redirect(_back(request))


@needs("messages.own")
@require_POST
def read_everything(request: HttpRequest) -> HttpResponse:
    """Declare everything read 全部已读; cards stay to be acknowledged."""
    inbox.read_everything(account_of(request), by(request))
    told.success(request, "全部标为已读;未确认的红黄牌仍列在“未确认的红黄牌”里")
    return redirect("messages")


def number(text: str) -> int:
    """A key of the address or form; 0 where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else 0


def _back(request: HttpRequest) -> str:
    tab = request.POST.get("show", "")
    return f"/messages/?show={tab}" if tab in dict(TABS) else "/messages/"
