"""The list of complaints: columns, conditions, counts by source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.html import format_html

from mingcha.base import clock
from mingcha.complaints.kind import COMPLAINT
from mingcha.complaints.models import Complaint
from mingcha.complaints.topics import TOPICS
from mingcha.facts import codes
from mingcha.pages import lookups
from mingcha.pages.casework.table import left_said, left_tag
from mingcha.pages.casework.table import prepare as prepare_matters
from mingcha.pages.listing.declare import Choice, Column, Day, Filter, Listing, Options, Rows
from mingcha.pages.live.table import region_options
from mingcha.pages.templatetags.words import clipped, when

SOURCES = codes.COMPLAINT_SOURCE.values


def prepare(rows: list[Any]) -> list[Any]:
    """Names, states and the time left, as attributes that the columns read."""
    trees = lookups.trees()
    prepare_matters([row.matter for row in rows])
    for row in rows:
        row.state_label = COMPLAINT.state(row.matter.state).label
        row.source_label, row.topic_label = (
            SOURCES.get(row.source, row.source),
            TOPICS.get(row.topic, row.topic),
        )
        row.agency_name = trees.agency_name(row.agency_code) if row.agency_code else ""
        row.region_name = trees.region_name(row.matter.region_code)
        row.received = datetime.fromisoformat(row.matter.fact["received_at"])
    return rows


def state_tag(row: Any) -> str:
    """The state as a tag: amber while somebody has to act, red where it was found true."""
    tones = {"proved": "bad", "unfounded": "good"}
    tone = "" if row.matter.closed_at else tones.get(row.matter.state, "wait")
    return format_html('<span class="tag {}">{}</span>', tone, row.state_label)


COLUMNS = (
    Column("no", "编号", lambda c: c.matter.no, order="matter__no"),
    Column("state", "状态", lambda c: c.state_label, state_tag, order="matter__state"),
    Column(
        "left", "到期", lambda c: left_said(c.matter), lambda c: left_tag(c.matter), order="matter__urgency"
    ),
    Column("source", "来源", lambda c: c.source_label, order="source"),
    Column("topic", "反映事由", lambda c: c.topic_label, lambda c: clipped(c.topic_label), order="topic"),
    Column("text", "内容", lambda c: c.text, lambda c: clipped(c.text), wide=True),
    Column("agency", "部门", lambda c: c.agency_name, lambda c: clipped(c.agency_name), order="agency_code"),
    Column("case_no", "办件编号", lambda c: c.case_no, order="case_no"),
    Column("received", "收到", lambda c: when(c.received), order="matter__opened_at"),
    Column("region", "区划", lambda c: c.region_name, order="matter__region_code", shown=False),
    Column("anonymous", "匿名", lambda c: "匿名" if c.anonymous else "实名", order="anonymous", shown=False),
    Column("outside_no", "来源编号", lambda c: c.outside_no, order="outside_no", shown=False),
    Column("filed_by", "登记账号", lambda c: c.filed_by, order="filed_by", shown=False),
    Column(
        "changed_at", "最近变动", lambda c: when(c.matter.changed_at), order="matter__changed_at", shown=False
    ),
    Column("closed_at", "办结", lambda c: when(c.matter.closed_at), order="matter__closed_at", shown=False),
)


def _by_state(rows: Rows, value: str) -> Rows:
    if value == "all":
        return rows
    if value in ("open", "closed"):
        return rows.filter(matter__closed_at__isnull=value == "open")
    return rows.filter(matter__state=value)


def _states() -> Options:
    named = [(state.name, state.label) for state in COMPLAINT.states]
    return [("open", "未办结"), ("closed", "已办结"), *named, ("all", "全部状态")]


def _by_source(rows: Rows) -> Mapping[str, int]:
    return dict(rows.order_by().values_list("source").annotate(Count("pk")))


def _by_region(rows: Rows, code: str) -> Rows:
    return rows.filter(matter__region_code__in=sorted(lookups.trees().regions_from(code)))


def _by_text(rows: Rows, text: str) -> Rows:
    return rows.filter(Q(matter__no=text) | Q(case_no=text) | Q(outside_no=text) | Q(text__contains=text))


def _start(day: Any, later: int = 0) -> datetime:
    return clock.aware(datetime.combine(day + timedelta(days=later), time()))


FILTERS: tuple[Filter, ...] = (
    Choice("source", "来源", lambda rows, source: rows.filter(source=source), lambda: list(SOURCES.items())),
    Choice("state", "状态", _by_state, _states, usual="open"),
    Choice("topic", "反映事由", lambda rows, topic: rows.filter(topic=topic), lambda: list(TOPICS.items())),
    Choice("region", "区划(含下级)", _by_region, region_options),
    Filter("q", "编号、办件、内容中的字", _by_text),
    Day("from", "登记自", lambda rows, day: rows.filter(matter__opened_at__gte=_start(day))),
    Day("to", "至", lambda rows, day: rows.filter(matter__opened_at__lt=_start(day, 1))),
)


def _href(row: Complaint) -> str:
    return reverse("complaint", args=[row.pk])


PLACE: Final = ("matter__region_code", "matter__fact__agency_code")
"""Where a complaint lies: in its region, and with the agency once it is found true. Before, the agency is not to know
of it, and so nobody sees it by a role that is bound to the agency."""
LISTING = Listing(
    name="complaints",
    title="投诉线索",
    place=PLACE,
    columns=COLUMNS,
    filters=FILTERS,
    order="-received",
    href=_href,
    facet="source",
    count=_by_source,
    prepare=prepare,
    empty="没有符合条件的投诉线索",
    empty_next="这里默认只列未办结的;群众在公众服务页提交的、12345 转来的、登记的都在这里。可把状态改为“全部状态”。",
)
