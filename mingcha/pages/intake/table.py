"""The lists of batches 批次 and of refusals 拒收: columns and conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.html import format_html

from mingcha.base import clock
from mingcha.facts.schema import TABLES
from mingcha.intake.models import Batch, Source
from mingcha.intake.way_models import Refusal
from mingcha.pages.listing.declare import Choice, Column, Day, Filter, Listing, Options, Rows
from mingcha.pages.templatetags.words import when

TAGS = {"applied": "good", "refused": "bad", "set_aside": "bad", "waiting": "wait"}
ASIDE = ("unchanged", "older", "settled")
"""Rows that were taken and changed nothing: as they were, older than what is known, doubles."""


def sums(batch: Batch) -> dict[str, int]:
    """Rows of all tables of a batch together; `aside` are those that changed nothing."""
    tables: Iterable[dict[str, int]] = batch.counts.values()
    total = {
        name: sum(table.get(name, 0) for table in tables)
        for name in ("received", "new", "corrected", "conflict", "refused", *ASIDE)
    }
    return {**total, "aside": sum(total[name] for name in ASIDE)}


def prepare(batches: Iterable[Any]) -> list[Any]:
    """Batches with their sums, as an attribute that columns and templates read."""
    found = list(batches)
    for batch in found:
        batch.sums = sums(batch)
    return found


def state_tag(batch: Batch) -> str:
    """The state as a tag."""
    return format_html(
        '<span class="tag {}">{}</span>', TAGS.get(batch.state, ""), Batch.State(batch.state).label
    )


def what(batch: Batch) -> str:
    """What was sent: the file's name, else the table."""
    table = TABLES.get(batch.table)
    return batch.name or (table.label if table else "") or "几张表"


def _begin(day: date) -> datetime:
    return clock.aware(datetime.combine(day, time.min))


def offering(listing: Listing, sources: QuerySet[Source]) -> Listing:
    """The list with these sources to choose from: names of other offices' tell nothing."""

    def choices() -> Options:
        return list(sources.order_by("code").values_list("code", "name"))

    filters = (
        replace(each, choices=choices) if isinstance(each, Choice) and each.name == "source" else each
        for each in listing.filters
    )
    return replace(listing, filters=tuple(filters))


def _states() -> Options:
    return [(state.value, state.label) for state in Batch.State]


def _by_state(rows: Rows) -> Mapping[str, int]:
    return dict(rows.order_by().values_list("state").annotate(count=Count("pk")))


def _number(name: str, label: str) -> Column:
    return Column(name, label, lambda batch: batch.sums[name], numeric=True)


BATCHES = Listing(
    name="batches",
    title="报送批次",
    place=("source__region_code", "source__agency_code"),
    columns=(
        Column("receipt", "回执号", lambda b: b.receipt, lambda b: _link(b)),
        Column("received_at", "接收", lambda b: when(b.received_at), order="id"),
        Column("source", "来源", lambda b: b.source.name, order="source"),
        Column("what", "内容", what, wide=True),
        Column("way", "方式", lambda b: b.get_way_display(), order="way"),
        Column("state", "状态", lambda b: Batch.State(b.state).label, state_tag, order="state"),
        _number("received", "收到"),
        _number("new", "新增"),
        _number("corrected", "更正"),
        _number("aside", "不变"),
        _number("conflict", "冲突"),
        _number("refused", "拒绝"),
        Column("sent_by", "报送人", lambda b: b.sent_by, order="sent_by", shown=False),
        Column("reviewed_by", "审核人", lambda b: b.reviewed_by, order="reviewed_by", shown=False),
        Column("size", "字节数", lambda b: b.size, order="size", numeric=True, shown=False),
        Column("key", "幂等键", lambda b: b.key, shown=False),
        Column("digest", "摘要", lambda b: b.digest, shown=False),
    ),
    filters=(
        Choice("state", "状态", lambda rows, state: rows.filter(state=state), _states),
        Choice("source", "来源", lambda rows, code: rows.filter(source__code=code)),
        Choice("way", "方式", lambda rows, way: rows.filter(way=way), lambda: list(Source.Way.choices)),
        Filter("q", "回执号或文件名", lambda rows, text: _by_text(rows, text)),
        Day("since", "自", lambda rows, day: rows.filter(received_at__gte=_begin(day))),
        Day("until", "至", lambda rows, day: rows.filter(received_at__lt=_begin(day + timedelta(days=1)))),
    ),
    order="-received_at",
    href=lambda batch: _at(batch),
    facet="state",
    count=_by_state,
    prepare=prepare,
    empty="没有符合条件的批次",
    empty_next="放宽条件再查;还没有报送过的,从“数据报送”页上传文件。",
)  # fmt: skip


def _at(batch: Batch) -> str:
    return reverse("intake-batch", args=[batch.receipt])


def _link(batch: Batch) -> str:
    return format_html('<a class="mono" href="{}">{}</a>', _at(batch), batch.receipt)


def _by_text(rows: Rows, text: str) -> Rows:
    return rows.filter(receipt__startswith=text) | rows.filter(name__icontains=text)


def _settled(rows: Rows, state: str) -> Rows:
    return rows.exclude(settled_at=None) if state == "settled" else rows.filter(settled_at=None)


def _refusal_state(refusal: Refusal) -> str:
    if refusal.settled_at:
        return f"{refusal.settled_by} {when(refusal.settled_at)} 处理"
    return "待处理"


REFUSALS = Listing(
    name="refusals",
    title="拒收",
    place=("source__region_code", "source__agency_code"),
    columns=(
        Column("at", "时间", lambda r: when(r.at), order="id"),
        Column("source", "来源", lambda r: r.source.name, order="source"),
        Column("way", "方式", lambda r: Source.Way(r.way).label, order="way"),
        Column("name", "名称", lambda r: r.name, wide=True),
        Column("why", "原因与办法", lambda r: r.why, wide=True),
        Column("size", "字节数", lambda r: r.size, order="size", numeric=True),
        Column("state", "处理", _refusal_state, order="settled_at"),
    ),
    filters=(
        Choice("state", "处理", _settled, lambda: [("open", "待处理"), ("settled", "已处理")], usual="open"),
        Choice("source", "来源", lambda rows, code: rows.filter(source__code=code)),
        Filter("q", "名称", lambda rows, text: rows.filter(name__icontains=text)),
    ),
    order="-at",
    href=lambda refusal: reverse("intake-refusal", args=[refusal.pk]),
    empty="没有拒收",
    empty_next="没有收下的文件、请求与消息会列在这里,写明原因与办法。",
)  # fmt: skip
