"""What a source fetches by itself: its folder, tables of another database, topics; entered, tried, removed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingcha.accounts.acts import by
from mingcha.accounts.policy import needs
from mingcha.base.texts import storable
from mingcha.intake import feeds
from mingcha.intake.feeds import KINDS, ChangedError, Kind
from mingcha.intake.models import Source
from mingcha.intake.sources import OWN_CODE, SourceError
from mingcha.intake.ways import trying
from mingcha.intake.ways.database import FeedError
from mingcha.intake.ways.trying import Peek, TryError
from mingcha.pages.intake.center import rights


@needs("intake.read")
@require_GET
def source_feeds(request: HttpRequest, code: str) -> HttpResponse:
    """The folder and all feeds of a source: when they were read last and next, and what is wrong."""
    return render(request, "intake/feeds.html", _shown(request, _source(request, code)))


@needs("intake.sources")
@require_http_methods(["GET", "POST"])
def enter_feed(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """A new feed, or one changed (`place` in the address)."""
    source, chosen, place = _source(request, code), _kind(kind), _place(request.GET.get("place", ""))
    held = feeds.entries(source, chosen)
    if place is not None and place >= len(held):
        raise Http404("没有这一项取数登记")
    given = held[place] if place is not None else dict.fromkeys(chosen.fields, "")
    faults: dict[str, str] = {}
    if request.method == "POST":
        given = {name: storable(request.POST.get(name, "")).strip()[:250] for name in chosen.fields}
        try:
            feeds.put(source, chosen, given, place, request.POST.get("seen", ""), request.user.get_username())
        except SourceError as error:
            faults = error.faults
        except ChangedError as error:
            messages.warning(request, str(error))
            return redirect("intake-feeds", code)
        else:
            messages.success(request, f"已{'修改' if place is not None else '登记'};下次取数时生效,可先试读")
            return redirect("intake-feeds", code)
    return _form(request, source, chosen, given, faults, place)


@needs("intake.sources")
@require_POST
def remove_feed(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Fetch it no more."""
    source, chosen, place = _source(request, code), _kind(kind), _place(request.POST.get("place", ""))
    try:
        if place is not None:
            feeds.remove(source, chosen, place, request.POST.get("seen", ""), request.user.get_username())
            messages.success(request, "不再取数;已收的批次不变")
    except ChangedError as error:
        messages.warning(request, str(error))
    return redirect("intake-feeds", code)


@needs("intake.sources")
@require_POST
def try_feed(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Connect and show the first rows, or what is wrong; nothing is taken. Recorded."""
    source, chosen, place = _source(request, code), _kind(kind), _place(request.POST.get("place", ""))
    held = feeds.entries(source, chosen)
    if place is None or place >= len(held):
        raise Http404("没有这一项取数登记")
    named = "/".join(held[place][name] for name in list(chosen.fields)[:2])
    with transaction.atomic():
        by(request).record("source.tried", f"source:{code}", feed=named)
    peek, wrong = _tried(source, chosen, held[place])
    answer = render(request, "intake/feeds.html", {**_shown(request, source), "named": named, "peek": peek,
                                                   "wrong": wrong})  # fmt: skip
    answer["Cache-Control"] = "private, no-store"
    return answer


def _tried(source: Source, kind: Kind, given: dict[str, str]) -> tuple[Peek | None, str]:
    try:
        if kind.name == "table":
            return trying.table(feeds.feed_of(given)), ""
        return trying.topic(feeds.stream_of(source, given)), ""
    except (TryError, FeedError, ValueError) as error:
        return None, str(error)


def _shown(request: HttpRequest, source: Source) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "source": source,
        "kinds": [
            (kind, [each for each in feeds.fetched(source) if each.kind is kind]) for kind in KINDS.values()
        ],
        "seen": feeds.seen(source),
        "tables": dict(feeds.tables()),
        **rights(request),
    }
    if source.way == Source.Way.EXCHANGE:
        try:
            shown["folder"], shown["lying"], shown["receipts"] = trying.folder_of(source)
        except TryError as error:
            shown["no_folder"] = str(error)
    return shown


def _form(
    request: HttpRequest,
    source: Source,
    kind: Kind,
    given: dict[str, str],
    faults: dict[str, str],
    place: int | None,
) -> HttpResponse:
    options = {list(kind.fields)[0]: [(name, name) for name in feeds.known(kind)], "as": feeds.tables()}
    hints = {
        "database": "地址和口令由系统管理员写在服务器的 secrets/feed-名称 里;这里只选名称",
        "brokers": "地址和口令由系统管理员写在服务器的 secrets/kafka-名称 里;这里只选名称",
        "table": "可写 模式.表,如 public.up_pro_accept",
        "mark": "每行写入或更新时增长的列(时间、日期、整数),按它接着读",
        "topic": "一条消息是一行数据的 JSON 对象",
        "as": "空:由来源的映射决定" if kind.name == "table" and source.mapping else "一行写入哪张事实表",
    }
    fields = [
        {
            "name": name, "label": label, "value": given[name], "options": options.get(name), "hint": hints[name],
            "fault": faults.get(name, ""), "required": name != "as" or kind.name == "topic" or not source.mapping,
        }
        for name, label in kind.fields.items()
    ]  # fmt: skip
    context = {
        "source": source, "kind": kind, "fields": fields, "faults": faults, "place": place,
        "seen": request.POST.get("seen") or feeds.seen(source),
    }  # fmt: skip
    return render(request, "intake/feed.html", context, status=422 if faults else 200)


def _source(request: HttpRequest, code: str) -> Source:
    found: Source = request.scope.find(Source.objects.exclude(code=OWN_CODE), code=code)  # type: ignore[attr-defined]
    return found


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404("没有这种取数方式")
    return KINDS[name]


def _place(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None
