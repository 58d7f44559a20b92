"""The list of items 事项: limits as published, and what they lack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join

from mingcha.facts.schema import TABLES
from mingcha.pages import lookups
from mingcha.pages.catalogue.gaps import gaps
from mingcha.pages.listing.declare import Choice, Column, Filter, Listing, Options, Rows
from mingcha.pages.templatetags.words import clipped
from mingcha.report.catalogue import Gap, limit_text

_KINDS = TABLES["items"].column("kind").codes


def prepare(rows: list[Any]) -> list[Any]:
    """Names and gaps for the rows."""
    trees, known = lookups.trees(), gaps().of
    for row in rows:
        row.agency_name = trees.agency_name(row.agency_code)
        row.gaps = known.get((row.item_code, row.version), ())
    return rows


def _kind(row: Any) -> str:
    return _KINDS.values.get(row.kind or "", row.kind or "") if _KINDS else row.kind or ""


def _gaps(row: Any) -> str:
    if not row.gaps:
        return format_html('<span class="dim">{}</span>', "齐全")
    return format_html_join(" ", '<span class="tag wait">{}</span>', ((gap.label,) for gap in row.gaps))


def _valid(row: Any) -> str:
    since, until = lookups.local(row.effective_from), lookups.local(row.effective_to)
    return f"{since or ''}—{until or ''}" if since or until else ""


COLUMNS = (
    Column("name", "事项", lambda i: i.name, lambda i: clipped(i.name), order="name", wide=True),
    Column("agency", "部门", lambda i: i.agency_name, lambda i: clipped(i.agency_name), order="agency_code"),
    Column("kind", "类型", _kind, order="kind"),
    Column("promised", "承诺时限", lambda i: limit_text(i.promised_limit, i.promised_unit), order="promised_limit"),
    Column("statutory", "法定时限", lambda i: limit_text(i.statutory_limit, i.statutory_unit), order="statutory_limit"),
    Column("gaps", "缺漏", lambda i: "、".join(gap.label for gap in i.gaps), _gaps, wide=True),
    Column("item_code", "实施编码", lambda i: i.item_code, order="item_code", shown=False),
    Column("version", "版本", lambda i: i.version, order="version", numeric=True),
    Column("valid", "有效", _valid, shown=False),
)  # fmt: skip


def _by_gap(rows: Rows, name: str) -> Rows:
    found = gaps().keys
    if name == "none":
        return rows.exclude(pk__in={key for keys in found.values() for key in keys})
    return rows.filter(pk__in=found.get(name, ()))


def _gap_options() -> Options:
    return [*((gap.key, gap.label) for gap in Gap), ("none", "齐全")]


def _by_text(rows: Rows, text: str) -> Rows:
    return rows.filter(name__icontains=text) | rows.filter(item_code__startswith=text)


def _agencies() -> Options:
    known = lookups.trees().agencies
    return [(code, known[code].name) for code in sorted(known, key=lambda code: (known[code].region, code))]


def _count(rows: Rows) -> Mapping[str, int]:
    """Items with each gap, and those without any. An item may have several gaps."""
    inside = set(rows.order_by().values_list("pk", flat=True))
    found = {name: inside & set(keys) for name, keys in gaps().keys.items()}
    lacking: set[int] = set().union(*found.values())
    return {**{name: len(keys) for name, keys in found.items()}, "none": len(inside - lacking)}


LISTING = Listing(
    name="items",
    title="事项目录",
    place=(None, "agency_code"),
    columns=COLUMNS,
    filters=(
        Choice("gap", "缺漏", _by_gap, _gap_options),
        Choice("agency", "部门", lambda rows, code: rows.filter(agency_code=code), _agencies),
        Filter("q", "事项名称或编码", _by_text),
    ),
    order="agency",
    href=lambda item: reverse("item", args=[item.item_code, item.version]),
    facet="gap",
    count=_count,
    prepare=prepare,
    empty="没有符合条件的事项",
    empty_next="事项由省级事项管理系统报送(items 一表);没有事项的办件不可判定时限。",
)
