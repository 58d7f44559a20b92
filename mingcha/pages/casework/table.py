"""The list of matters: columns, conditions, counts by kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from mingcha.accounts.models import Account
from mingcha.base import clock
from mingcha.casework.clocks import day_of, is_over, working_days_after, working_days_left
from mingcha.casework.declare import Kind, kind_of, kinds
from mingcha.casework.models import Matter
from mingcha.casework.moving import holder_label
from mingcha.law.instants import instant
from mingcha.pages import lookups
from mingcha.pages.casework.guarding import reads_all, titles
from mingcha.pages.listing.declare import Choice, Column, Day, Filter, Listing, Options, Rows
from mingcha.pages.live.table import agency_options, region_options
from mingcha.pages.templatetags.words import clipped, mark, when
from mingcha.report.marks import BY_NAME
from mingcha.report.spoken import spoken_time

NOTHING: Final = mark_safe('<span class="dim">—</span>')
SOON: Final = 2
"""Working days left from which a matter is shown as due soon."""


def prepare(rows: list[Any], reader: Account | None = None) -> list[Any]:
    """Names, states and the working days left, as attributes that the columns read; of guarded matters what this reader
    may know."""
    trees, now = lookups.trees(), clock.local_now()
    about = titles(rows)
    names = people({row.person for row in rows} | {row.opened_by for row in rows})
    for row in rows:
        kind = kind_of(row.kind)
        row.kind_label, row.state_label = kind.label, kind.state(row.state).label
        row.agency_name, row.region_name = (
            trees.agency_name(row.agency_code),
            trees.region_name(row.region_code),
        )
        row.person_name = names.get(row.person, row.person)
        known = reads_all(reader, row)
        row.title = about.get(row.pk, row.title) if known else row.title
        row.opened_name = names.get(row.opened_by, row.opened_by) if known else ""
        row.opened_shown = row.opened_at if known else None
        row.holder_name = holder_label(row)
        row.over = row.closed_at is None and is_over(row.due_at, now)
        row.left = working_days_left(row.due_at, now) if row.closed_at is None else None
    return rows


def people(usernames: set[str]) -> dict[str, str]:
    """Names of accounts."""
    found = Account.objects.filter(username__in=usernames - {""})
    return dict(found.values_list("username", "name"))


def left_said(row: Any) -> str:
    """How much time is left, in working time."""
    if row.closed_at is not None or row.left is None:
        return "" if row.closed_at is not None else "不限"
    if row.over:
        return f"逾期 {max(-row.left, 1)} 个工作日" if row.left <= 0 else "逾期"
    if isinstance(row.due_at, datetime) and day_of(row.due_at) == clock.local_now().date():
        return f"今天 {row.due_at:%H:%M} 到期"
    return f"剩 {row.left} 个工作日" if row.left else "今天到期"


def left_tag(row: Any) -> str:
    """The same as a tag: red once late, amber when it becomes urgent."""
    said = left_said(row)
    if not said:
        return NOTHING
    urgent = row.left is not None and row.left <= SOON
    tone = "bad" if row.over else "wait" if urgent else ""
    return format_html('<span class="tag {}" title="{}">{}</span>', tone, spoken_time(row.due_at), said)


def state_tag(row: Any) -> str:
    """The state as a tag: amber while somebody has to act."""
    return format_html('<span class="tag {}">{}</span>', "" if row.closed_at else "wait", row.state_label)


def _level(row: Any) -> str:
    return mark(row.level) if row.level in BY_NAME else NOTHING


COLUMNS = (
    Column("left", "到期", left_said, left_tag, order="urgency"),
    Column("kind", "种类", lambda m: m.kind_label, order="kind"),
    Column("state", "状态", lambda m: m.state_label, state_tag, order="state"),
    Column("title", "事由", lambda m: m.title, lambda m: clipped(m.title), wide=True),
    Column("level", "信号", lambda m: BY_NAME[m.level].label if m.level in BY_NAME else "", _level),
    Column("agency", "部门", lambda m: m.agency_name, lambda m: clipped(m.agency_name), order="agency_code"),
    Column("holder", "该谁办", lambda m: m.person_name or m.holder_name, order="holder"),
    Column("opened_at", "开始", lambda m: when(m.opened_shown), order="opened_at"),
    Column("no", "编号", lambda m: m.no, order="no", shown=False),
    Column("due_at", "应办结", lambda m: spoken_time(m.due_at), lambda m: when(m.due_at), order="due_at", shown=False),
    Column("case_no", "办件编号", lambda m: m.case_no, order="case_no", shown=False),
    Column("region", "区划", lambda m: m.region_name, lambda m: clipped(m.region_name), order="region_code",
           shown=False),
    Column("opened_by", "发起人", lambda m: m.opened_name, order="opened_by", shown=False),
    Column("changed_at", "最近变动", lambda m: when(m.changed_at), order="changed_at", shown=False),
    Column("closed_at", "办结", lambda m: when(m.closed_at), order="closed_at", shown=False),
)  # fmt: skip


def by_kind(rows: Rows) -> Mapping[str, int]:
    """How many of each kind."""
    return dict(rows.order_by().values_list("kind").annotate(Count("pk")))


def _kinds() -> Options:
    return [(kind.name, kind.label) for kind in kinds().values()]


def _states() -> Options:
    """Open, over, and each state of each kind."""
    named = {
        f"{kind.name}.{state.name}": f"{kind.label}·{state.label}"
        for kind in kinds().values()
        for state in kind.states
    }
    return [("open", "未办结"), ("closed", "已办结"), *named.items(), ("all", "全部状态")]


def _by_state(rows: Rows, value: str) -> Rows:
    if value == "all":
        return rows
    if value in ("open", "closed"):
        return rows.filter(closed_at__isnull=value == "open")
    kind, _, state = value.partition(".")
    return rows.filter(kind=kind, state=state)


def _by_due(rows: Rows, value: str) -> Rows:
    """Late, due today, or due within so many working days."""
    now = clock.local_now()
    rows = rows.filter(closed_at__isnull=True)
    late_before = instant(datetime.combine(now.date(), time()))
    if value == "late":
        return rows.filter(urgency__lt=late_before)
    last = now.date() if value == "today" else working_days_after(now, SOON) or now.date()
    return rows.filter(urgency__gte=late_before, urgency__lte=instant(datetime.combine(last, time.max)))


def _dues() -> Options:
    return [("late", "已逾期"), ("today", "今天到期"), ("soon", f"{SOON} 个工作日内到期")]


def _by_region(rows: Rows, code: str) -> Rows:
    return rows.filter(region_code__in=sorted(lookups.trees().regions_from(code)))


def _by_text(rows: Rows, text: str) -> Rows:
    return rows.filter(Q(no=text) | Q(case_no=text) | Q(group=text) | Q(title__contains=text))


FILTERS: tuple[Filter, ...] = (
    Choice("kind", "种类", lambda rows, kind: rows.filter(kind=kind), _kinds),
    Choice("state", "状态", _by_state, _states, usual="open"),
    Choice("due", "到期", _by_due, _dues),
    Choice("region", "区划(含下级)", _by_region, region_options),
    Choice("agency", "部门", lambda rows, code: rows.filter(agency_code=code), agency_options),
    Filter("q", "编号、批号、事由中的字", _by_text),
    Day("from", "开始自", lambda rows, day: rows.filter(opened_at__gte=_start(day))),
    Day("to", "至", lambda rows, day: rows.filter(opened_at__lt=_start(day, 1))),
)


def _start(day: Any, later: int = 0) -> datetime:
    return clock.aware(datetime.combine(day + timedelta(days=later), time()))


def href(row: Matter) -> str:
    """The page of a matter."""
    return reverse("matter", args=[row.pk])


def read_by(listing: Listing, reader: Account) -> Listing:
    """The list as this reader sees it."""
    return replace(listing, prepare=lambda rows: prepare(rows, reader))


LISTING = Listing(
    name="matters",
    title="督办整改",
    columns=COLUMNS,
    filters=FILTERS,
    order="left",
    href=href,
    tie="id",
    facet="kind",
    count=by_kind,
    prepare=prepare,
    empty="没有符合条件的事项",
    empty_next="这里默认只列未办结的。异常信号发出时自动要求说明;整改、督办、问责在信号的页面上发起。可把状态改为“全部状态”。",
)


def kind_label(name: str) -> str:
    """The label of a kind."""
    known: Kind = kind_of(name)
    return known.label
