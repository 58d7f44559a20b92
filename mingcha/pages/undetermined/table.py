"""The list of what cannot be judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count
from django.urls import reverse

from mingcha.engine.record import CAUSE_LABELS
from mingcha.pages import lookups
from mingcha.pages.listing.declare import Choice, Column, Filter, Listing, Options, Rows
from mingcha.pages.live.table import agency_options, region_options, rule_options
from mingcha.pages.templatetags.words import clipped, when


def prepare(rows: list[Any]) -> list[Any]:
    """Names, as attributes that the columns read."""
    known, trees = lookups.rules(), lookups.trees()
    items = lookups.item_names(row.item_code for row in rows)
    for row in rows:
        row.rule_title = known[row.rule].title if row.rule in known else row.rule
        row.item_name = items.get(row.item_code, row.item_code)
        row.agency_name = trees.agency_name(row.agency_code)
        row.cause_label = CAUSE_LABELS.get(row.cause, row.cause)
    return rows


COLUMNS = (
    Column("key", "对象", lambda u: u.key, lambda u: clipped(u.key), order="key"),
    Column("cause", "原因", lambda u: u.cause_label, order="cause"),
    Column("rule", "规则", lambda u: u.rule_title, lambda u: clipped(u.rule_title), order="rule"),
    Column(
        "item", "事项", lambda u: u.item_name, lambda u: clipped(u.item_name), order="item_code", wide=True
    ),
    Column("agency", "部门", lambda u: u.agency_name, lambda u: clipped(u.agency_name), order="agency_code"),
    Column("noticed_at", "首次记录", lambda u: when(u.noticed_at), order="noticed_at"),
    Column("reason", "说明", lambda u: u.reason, lambda u: clipped(u.reason), shown=False),
    Column("article", "条款", lambda u: u.article, lambda u: clipped(u.article), shown=False),
)


def _causes() -> Options:
    return tuple(CAUSE_LABELS.items())


def _by_cause(rows: Rows) -> Mapping[str, int]:
    return dict(rows.order_by().values_list("cause").annotate(Count("pk")))


FILTERS: tuple[Filter, ...] = (
    Choice("cause", "原因", lambda rows, cause: rows.filter(cause=cause), _causes),
    Choice(
        "region",
        "区划(含下级)",
        lambda rows, code: rows.filter(region_code__in=sorted(lookups.trees().regions_from(code))),
        region_options,
    ),
    Choice("agency", "部门", lambda rows, code: rows.filter(agency_code=code), agency_options),
    Choice("rule", "规则", lambda rows, rule: rows.filter(rule=rule), rule_options),
    Filter("item", "事项编码", lambda rows, code: rows.filter(item_code=code)),
    Filter("q", "对象编号(开头几位)", lambda rows, text: rows.filter(key__startswith=text)),
)


def _leads(row: Any) -> str:
    return reverse("case", args=[row.case_no]) if row.case_no else f"{reverse('live')}?state=all"


LISTING = Listing(
    name="undetermined",
    title="不可判定",
    columns=COLUMNS,
    filters=FILTERS,
    order="-noticed_at",
    href=_leads,
    facet="cause",
    count=_by_cause,
    prepare=prepare,
    empty="没有不可判定的对象",
    empty_next="所需的事项、日历与数据都已具备。缺少时这里会列出是谁、缺什么。",
)
