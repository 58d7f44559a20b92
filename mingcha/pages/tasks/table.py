"""The list of tasks: columns, conditions, counts of one's own, one's office's and all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html

from mingcha.accounts.models import Account, Grant, Role
from mingcha.accounts.policy import grants_in_force
from mingcha.alerts.law import law_in_force
from mingcha.alerts.models import Task
from mingcha.alerts.tasks import OPEN, days_left, due_after
from mingcha.base import clock
from mingcha.pages import lookups
from mingcha.pages.listing.declare import Choice, Column, Filter, Listing, Options, Rows
from mingcha.pages.live.table import about, agency_options, region_options, rule_options
from mingcha.pages.live.table import prepare as prepare_alerts
from mingcha.pages.templatetags.words import clipped, mark, when
from mingcha.report.marks import BY_NAME
from mingcha.report.spoken import spoken_time

TAGS = {
    Task.State.WAITING: "wait", Task.State.ASSIGNED: "wait", Task.State.INVESTIGATING: "wait",
    Task.State.FOUND: "bad", Task.State.UNFOUNDED: "good", Task.State.DROPPED: "",
}  # fmt: skip
SOON = 2
"""Working days left from which a task is shown as due soon."""


def prepare(rows: list[Any]) -> list[Any]:
    """Names of its alert and the working days left, as attributes that the columns read."""
    prepare_alerts([task.alert for task in rows])
    names = people([task.assigned_to for task in rows])
    today, calendar = clock.local_now().date(), law_in_force()[1]
    for task in rows:
        task.holder = names.get(task.assigned_to, task.assigned_to)
        task.left = days_left(task.due_at, today, calendar) if task.state in OPEN else None
    return rows


def people(usernames: list[str]) -> dict[str, str]:
    """Names of accounts."""
    found = Account.objects.filter(username__in={name for name in usernames if name})
    return dict(found.values_list("username", "name"))


def left_said(task: Any) -> str:
    """How much time is left, in working days; how a task that is over kept its time."""
    if task.state not in OPEN:
        if task.closed_at is None or task.due_at is None:
            return ""
        return "按期" if _day(clock.local(task.closed_at)) <= _day(task.due_at) else "逾期办结"
    if task.left is None:
        return "期限未知"
    if task.left < 0:
        return f"逾期 {-task.left} 个工作日"
    return f"剩 {task.left} 个工作日" if task.left else "今天到期"


def _day(moment: datetime | date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def left_tag(task: Any) -> str:
    """The same as a tag: red once late, amber when it becomes urgent."""
    said = left_said(task)
    urgent = task.left is not None and task.left <= SOON
    tone = "bad" if said.startswith("逾期") else "wait" if urgent else ""
    return format_html('<span class="tag {}" title="{}">{}</span>', tone, spoken_time(task.due_at), said)


def state_tag(task: Any) -> str:
    """The state as a tag."""
    state = Task.State(task.state)
    return format_html('<span class="tag {}">{}</span>', TAGS[state], state.label)


COLUMNS = (
    Column("left", "到期", left_said, left_tag, order="due_at"),
    Column("state", "状态", lambda t: Task.State(t.state).label, state_tag, order="state"),
    Column("about", "对象", lambda t: about(t.alert), lambda t: clipped(about(t.alert)), order="alert__key"),
    Column("reason", "要核查的", lambda t: t.alert.reason, lambda t: clipped(t.alert.reason), wide=True),
    Column("rule", "规则", lambda t: t.alert.rule_title, lambda t: clipped(t.alert.rule_title), order="alert__rule"),
    Column("agency", "部门", lambda t: t.alert.agency_name, lambda t: clipped(t.alert.agency_name),
           order="agency_code"),
    Column("holder", "承办人", lambda t: t.holder, order="assigned_to"),
    Column("opened_at", "开始", lambda t: when(t.opened_at), order="opened_at"),
    Column("due_at", "应办结", lambda t: spoken_time(t.due_at), lambda t: when(t.due_at), order="due_at", shown=False),
    Column("closed_at", "办结", lambda t: when(t.closed_at), order="closed_at", shown=False),
    Column("conclusion", "结论与理由", lambda t: t.conclusion, lambda t: clipped(t.conclusion), shown=False),
    Column("region", "区划", lambda t: t.alert.region_name, lambda t: clipped(t.alert.region_name),
           order="region_code", shown=False),
    Column("mark", "信号级别", lambda t: BY_NAME[t.alert.mark].label, lambda t: mark(t.alert.mark), shown=False),
    Column("article", "条款", lambda t: t.alert.article, lambda t: clipped(t.alert.article), shown=False),
)  # fmt: skip


def _by_state(rows: Rows, value: str) -> Rows:
    if value == "all":
        return rows
    return rows.filter(state__in=OPEN) if value == "open" else rows.filter(state=value)


def _states() -> Options:
    return [("open", "未办结"), *((state.value, state.label) for state in Task.State), ("all", "全部状态")]


def _by_due(rows: Rows, value: str) -> Rows:
    """Late, due today, or due within so many working days: by the last day that still is in time."""
    now = clock.local_now()
    today = now.date()
    rows = rows.filter(state__in=OPEN)
    if value == "late":
        return rows.filter(due_at__lt=today)
    last = today if value == "today" else due_after(now, law_in_force()[1], SOON)
    return rows.filter(due_at__gte=today, due_at__lte=last)


def _dues() -> Options:
    return [("late", "已逾期"), ("today", "今天到期"), ("soon", f"{SOON} 个工作日内到期")]


def _by_region(rows: Rows, code: str) -> Rows:
    return rows.filter(region_code__in=sorted(lookups.trees().regions_from(code)))


def _by_text(rows: Rows, text: str) -> Rows:
    return rows.filter(
        Q(alert__case_no__startswith=text) | Q(alert__key__startswith=text) | Q(assigned_to=text)
    )


FILTERS: tuple[Filter, ...] = (
    Choice("state", "状态", _by_state, _states, usual="open"),
    Choice("due", "到期", _by_due, _dues),
    Choice("region", "区划(含下级)", _by_region, region_options),
    Choice("agency", "部门", lambda rows, code: rows.filter(agency_code=code), agency_options),
    Choice("rule", "规则", lambda rows, rule: rows.filter(alert__rule=rule), rule_options),
    Filter("q", "编号开头几位,或承办人账号", _by_text),
)

LISTING = Listing(
    name="tasks",
    title="人工监察",
    columns=COLUMNS,
    filters=FILTERS,
    order="left",
    href=lambda task: reverse("task", args=[task.pk]),
    tie="-id",
    facet="whose",
    prepare=prepare,
    empty="没有符合条件的人工监察",
    empty_next="这里默认只列未办结的。规则转人工监察的信号出现时自动立项;可把状态改为“全部状态”,或放宽其他条件。",
)


@dataclass(frozen=True)
class Whose:
    """Whose tasks: one's own, those of one's office (its people's, and what lies there unassigned), or all."""

    username: str
    colleagues: frozenset[str]
    regions: frozenset[str] | None
    """Regions in which what nobody has yet is the office's; None: everywhere."""

    @classmethod
    def of(cls, account: Account) -> Whose:
        """Colleagues are who supervises for the very same office."""
        offices = {
            (g.region_code, g.agency_code) for g in grants_in_force(account) if g.role == Role.SUPERVISOR
        }
        others = Grant.objects.filter(role=Role.SUPERVISOR, ended_at=None, account__is_active=True)
        same = Q(pk__in=())
        for region, agency in offices:
            same |= Q(region_code=region, agency_code=agency)
        names = frozenset(others.filter(same).values_list("account__username", flat=True))
        regions = frozenset(region for region, _ in offices)
        return cls(account.username, names, None if "" in regions else regions)

    def narrowed(self, rows: Rows, value: str) -> Rows:
        """The tasks that are theirs."""
        if value == "own":
            return rows.filter(assigned_to=self.username)
        nobodys = Q(assigned_to="")
        if self.regions is not None:
            nobodys &= Q(region_code__in=sorted(self.regions))
        return rows.filter(Q(assigned_to__in=sorted(self.colleagues)) | nobodys)

    def counted(self, rows: Rows) -> Mapping[str, int]:
        """How many are one's own, how many one's office's, and how many neither: together all."""
        own, office = self.narrowed(rows, "own").count(), self.narrowed(rows, "office").count()
        return {"own": own, "office": office, _REST: rows.count() - own - office}


_REST = "rest"
"""What the facet does not name, so that its counts add up to all."""


def listing_for(account: Account) -> Listing:
    """The list as one person asks it."""
    whose = Whose.of(account)
    choice = Choice("whose", "承办", whose.narrowed, lambda: [("own", "我承办的"), ("office", "本单位的")])
    return replace(LISTING, filters=(choice, *FILTERS), count=whose.counted)
