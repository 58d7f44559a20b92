"""The list of alerts: columns, conditions, counts by mark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.html import format_html

from mingcha.alerts import listing as alerts
from mingcha.alerts.counting import kept
from mingcha.alerts.models import Alert
from mingcha.alerts.transitions import IS_LIVE
from mingcha.facts.schema import TABLES
from mingcha.pages import lookups
from mingcha.pages.listing.declare import Choice, Column, Day, Event, Filter, Listing, Options, Rows
from mingcha.pages.templatetags.words import clipped, mark, when
from mingcha.report.marks import BY_NAME, FLAGS, ORDER
from mingcha.report.spoken import spoken_time

LEVELS = ("red", "yellow", "warning", "note")
WITHOUT_LEVEL = tuple(name for flag, name in reversed(FLAGS))
"""Marks of alerts that have no colour, the strongest flag first."""

TAGS = {
    Alert.State.PROPOSED: "wait",
    Alert.State.OPEN: "bad",
    Alert.State.CURED: "good",
    Alert.State.WITHDRAWN: "",
    Alert.State.SUPERSEDED: "",
}


def prepare(rows: list[Any]) -> list[Any]:
    """Names and marks for the rows, as attributes that the columns read."""
    known, trees = lookups.rules(), lookups.trees()
    items = lookups.item_names(row.item_code for row in rows)
    for row in rows:
        rule = known.get(row.rule)
        row.rule_title = rule.title if rule else row.rule
        row.item_name = items.get(row.item_code, row.item_code)
        row.agency_name = trees.agency_name(row.agency_code)
        row.region_name = trees.region_name(row.region_code)
        row.mark = lookups.mark_of(row.level, {flag: getattr(row, flag) for flag, _ in FLAGS})
    return rows


def about(alert: Alert) -> str:
    """What an alert is about: the number of its case, else the table and key."""
    table = TABLES.get(alert.about)
    what = "" if alert.about == "cases" else f"{table.label if table else alert.about} "
    return f"{what}{alert.key}" + (f" / {alert.subject}" if alert.subject else "")


def state_tag(alert: Alert) -> str:
    """The state as a tag."""
    state = Alert.State(alert.state)
    return format_html('<span class="tag {}">{}</span>', TAGS[state], state.label)


COLUMNS = (
    Column("mark", "级别", lambda a: BY_NAME[a.mark].label, lambda a: mark(a.mark), order="severity"),
    Column("lawful_at", "自何时", lambda a: spoken_time(a.lawful_at), lambda a: when(a.lawful_at), order="lawful_at"),
    Column("about", "对象", about, lambda a: clipped(about(a)), order="key"),
    Column("reason", "理由", lambda a: a.reason, lambda a: clipped(a.reason), wide=True),
    Column("rule", "规则", lambda a: a.rule_title, lambda a: clipped(a.rule_title), order="rule"),
    Column("agency", "部门", lambda a: a.agency_name, lambda a: clipped(a.agency_name), order="agency_code"),
    Column(
        "region", "区划", lambda a: a.region_name, lambda a: clipped(a.region_name), order="region_code", shown=False
    ),
    Column("item", "事项", lambda a: a.item_name, lambda a: clipped(a.item_name), order="item_code", shown=False),
    Column("due_at", "应办结", lambda a: spoken_time(a.due_at), lambda a: when(a.due_at), order="due_at", shown=False),
    Column(
        "next_at", "下一步", lambda a: spoken_time(a.next_at), lambda a: when(a.next_at), order="next_at", shown=False
    ),
    Column("state", "状态", lambda a: Alert.State(a.state).label, state_tag, order="state"),
    Column("case_no", "办件编号", lambda a: a.case_no, order="case_no", shown=False),
    Column("rule_id", "规则编号", lambda a: a.rule, order="rule", shown=False),
    Column("article", "条款", lambda a: a.article, lambda a: clipped(a.article), shown=False),
    Column("changed_at", "最近变动", lambda a: when(a.changed_at), order="changed_at", shown=False),
)  # fmt: skip


def _by_mark(rows: Rows, name: str) -> Rows:
    """Alerts of one mark: of a colour, or without one and of that flag as the strongest."""
    if name in LEVELS:
        return rows.filter(level=name)
    flag = {mark_name: flag for flag, mark_name in FLAGS}[name]
    stronger = [other for other, other_name in FLAGS if ORDER[other_name] < ORDER[name]]
    return rows.filter(level="none", **{flag: True}, **dict.fromkeys(stronger, False))


def by_mark(rows: Rows) -> Mapping[str, int]:
    """How many of each mark."""
    return kept(rows, "marks", lambda: _by_mark_now(rows))


def _by_mark_now(rows: Rows) -> Mapping[str, int]:
    flags = [flag for flag, _ in FLAGS]
    counts: dict[str, int] = {}
    for level, *raised, count in rows.order_by().values_list("level", *flags).annotate(Count("pk")):
        name = lookups.mark_of(level, dict(zip(flags, raised, strict=True)))
        counts[name] = counts.get(name, 0) + count
    return counts


def _marks() -> Options:
    return [(name, BY_NAME[name].label) for name in sorted((*LEVELS, *WITHOUT_LEVEL), key=ORDER.__getitem__)]


def _states() -> Options:
    return [
        ("live", "未了结与待确认"),
        *((state.value, state.label) for state in Alert.State),
        ("all", "全部状态"),
    ]


def _by_state(rows: Rows, value: str) -> Rows:
    if value == "all":
        return rows
    return rows.filter(IS_LIVE) if value == "live" else rows.filter(state=value)


def _events() -> Options:
    levels = [(level, f"新达{Alert.Level(level).label}") for level in LEVELS]
    return [*levels, (alerts.REACHED, "新达预警、黄牌、红牌"), (alerts.ENDED, "了结")]


def rule_options() -> Options:
    """Every rule in force, by id."""
    return [(rule.id, f"{rule.title}({rule.id})") for rule in lookups.rules().values()]


def region_options() -> Options:
    """Every region known, by code."""
    known = lookups.trees().regions
    return [(code, known[code].name) for code in sorted(known)]


def agency_options() -> Options:
    """Every agency known, by region and code."""
    known = lookups.trees().agencies
    return [(code, known[code].name) for code in sorted(known, key=lambda code: (known[code].region, code))]


def _under(asked: Callable[[Any], alerts.Filter]) -> Callable[[Rows, Any], Rows]:
    """A condition of `alerts.listing`."""
    return lambda rows, value: alerts.narrowed(rows, asked(value))


def _by_region(rows: Rows, code: str) -> Rows:
    """Of a region and all below it."""
    below = lookups.trees().regions_from(code)
    return rows.filter(region_code__in=sorted(below))


FILTERS: tuple[Filter, ...] = (
    Choice("mark", "级别", _by_mark, _marks),
    Choice("state", "状态", _by_state, _states, usual="live"),
    Event("event", "当日变动", lambda rows, asked: alerts.happened(rows, *asked), _events),
    Choice("region", "区划(含下级)", _by_region, region_options),
    Choice("agency", "部门", _under(lambda code: alerts.Filter(agencies=(code,))), agency_options),
    Choice("rule", "规则", _under(lambda rule: alerts.Filter(rules=(rule,))), rule_options),
    Filter("item", "事项编码", _under(lambda code: alerts.Filter(items=(code,)))),
    Filter("q", "编号、理由中的字", _under(lambda text: alerts.Filter(text=text))),
    Day("from", "自", _under(lambda day: alerts.Filter(first=day))),
    Day("to", "至", _under(lambda day: alerts.Filter(last=day))),
)

LISTING = Listing(
    name="alerts",
    title="实时监察",
    columns=COLUMNS,
    filters=FILTERS,
    order="-lawful_at",
    href=lambda alert: reverse("alert", args=[alert.pk]),
    tie="-id",
    facet="mark",
    count=by_mark,
    prepare=prepare,
    empty="没有符合条件的监察信号",
    empty_next="这里默认只列未了结和待确认的。可把状态改为“全部状态”,或放宽其他条件;新的信号出现时本页会自动刷新。",
)
