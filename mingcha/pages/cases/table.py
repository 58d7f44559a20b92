"""The list of cases: columns and conditions over what is known now."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.html import format_html_join

from mingcha.alerts.models import Alert
from mingcha.alerts.transitions import IS_LIVE, LIVE
from mingcha.facts.schema import TABLES
from mingcha.law.instants import instant
from mingcha.pages import lookups
from mingcha.pages.listing.declare import Choice, Column, Day, Filter, Listing, Options, Rows
from mingcha.pages.live.table import agency_options, region_options
from mingcha.pages.templatetags.words import clipped, mark, when
from mingcha.report.marks import BY_NAME, FLAGS, ORDER
from mingcha.report.spoken import spoken_time

CASES = TABLES["cases"]


def _codes(column: str) -> Options:
    codes = CASES.column(column).codes
    return tuple(codes.values.items()) if codes else ()


def said(column: str, value: str | None) -> str:
    """A code of the case by its label."""
    return dict(_codes(column)).get(value or "", value or "")


def prepare(rows: list[Any]) -> list[Any]:
    """Names, moments and the marks of open alerts, as attributes that the columns read."""
    items = lookups.item_names(row.item_code for row in rows)
    trees = lookups.trees()
    marks = _marks([row.case_no for row in rows])
    for row in rows:
        row.item_name = items.get(row.item_code, row.item_code)
        row.agency_name = trees.agency_name(row.agency_code or "")
        row.region_name = trees.region_name(row.region_code or "")
        row.received, row.accepted = lookups.local(row.received_at), lookups.local(row.accepted_at)
        row.completed = lookups.local(row.completed_at)
        row.marks = marks.get(row.case_no, ())
    return rows


def _marks(numbers: list[str]) -> dict[str, tuple[str, ...]]:
    flags = [flag for flag, _ in FLAGS]
    found: dict[str, set[str]] = {}
    rows = Alert.objects.filter(case_no__in=numbers, state__in=LIVE).values_list("case_no", "level", *flags)
    for number, level, *raised in rows:
        found.setdefault(number, set()).add(lookups.mark_of(level, dict(zip(flags, raised, strict=True))))
    return {number: tuple(sorted(names, key=ORDER.__getitem__)) for number, names in found.items()}


# Sorted by what has an index: a list of millions of cases cannot be sorted while somebody waits.
COLUMNS = (
    Column("case_no", "办件编号", lambda c: c.case_no, lambda c: clipped(c.case_no), order="case_no"),
    Column("item", "事项", lambda c: c.item_name, lambda c: clipped(c.item_name), wide=True),
    Column("agency", "部门", lambda c: c.agency_name, lambda c: clipped(c.agency_name)),
    Column("region", "区划", lambda c: c.region_name, lambda c: clipped(c.region_name)),
    Column("received", "收件", lambda c: spoken_time(c.received), lambda c: when(c.received), order="received_at"),
    Column(
        "accepted", "受理", lambda c: spoken_time(c.accepted), lambda c: when(c.accepted), shown=False
    ),
    Column("completed", "办结", lambda c: spoken_time(c.completed), lambda c: when(c.completed), order="completed_at"),
    Column("outcome", "结果", lambda c: said("outcome", c.outcome)),
    Column("channel", "渠道", lambda c: said("channel", c.channel), shown=False),
    Column(
        "marks", "未了结信号", lambda c: "、".join(BY_NAME[name].label for name in c.marks),
        lambda c: format_html_join(" ", "{}", ((mark(name),) for name in c.marks)) or "",
    ),
    Column("item_code", "事项编码", lambda c: c.item_code, shown=False),
    Column("source", "来源系统", lambda c: c.source_system, shown=False),
    Column("arrival", "入库次序", lambda c: c.pk, order="pk", numeric=True, shown=False),
)  # fmt: skip


def _standing(rows: Rows, value: str) -> Rows:
    if value == "open":
        return rows.filter(completed_at=None)
    return rows.filter(outcome=value)


def _standings() -> Options:
    return [("open", "在办"), *_codes("outcome")]


def _alerted(rows: Rows, value: str) -> Rows:
    alerts = Alert.objects.filter(IS_LIVE).exclude(case_no="")
    if value != "any":
        alerts = alerts.filter(level=value)
    return rows.filter(case_no__in=alerts.values("case_no"))


def _alert_options() -> Options:
    return [
        ("any", "有未了结信号"),
        *((name, f"有{BY_NAME[name].label}") for name in ("red", "yellow", "warning")),
    ]


def _by_region(rows: Rows, code: str) -> Rows:
    return rows.filter(region_code__in=sorted(lookups.trees().regions_from(code)))


def _at(day: date) -> int:
    return instant(datetime(day.year, day.month, day.day))


FILTERS: tuple[Filter, ...] = (
    Filter("q", "办件编号(开头几位)", lambda rows, text: lookups.begins(rows, "case_no", text)),
    Choice("region", "区划(含下级)", _by_region, region_options),
    Choice("agency", "部门", lambda rows, code: rows.filter(agency_code=code), agency_options),
    Filter("item", "事项编码", lambda rows, code: rows.filter(item_code=code)),
    Choice("standing", "办理状态", _standing, _standings),
    Choice("alerts", "监察信号", _alerted, _alert_options),
    Day("from", "收件自", lambda rows, day: rows.filter(received_at__gte=_at(day))),
    Day("to", "至", lambda rows, day: rows.filter(received_at__lt=_at(day + timedelta(days=1)))),
)

LISTING = Listing(
    name="cases",
    title="办件",
    columns=COLUMNS,
    filters=FILTERS,
    order="-received",
    href=lambda case: reverse("case", args=[case.case_no]),
    tie="-pk",
    prepare=prepare,
    empty="没有符合条件的办件",
    empty_next="核对办件编号的开头几位,或放宽条件;办件报送入库之后才能在这里查到,报送情况见“数据报送”。",
)
