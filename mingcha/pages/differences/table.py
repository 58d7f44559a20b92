"""The list of difference lists: columns and conditions. What each adds, withdraws and changes is counted in scope."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html

from mingcha.accounts.policy import Scope
from mingcha.alerts.models import Difference, DifferenceLine
from mingcha.base import clock
from mingcha.pages.listing.declare import Choice, Column, Day, Filter, Listing, Options, Rows
from mingcha.pages.templatetags.words import clipped, when

TAGS = {
    Difference.State.MAKING: "", Difference.State.OPEN: "wait", Difference.State.APPLYING: "wait",
    Difference.State.APPLIED: "good", Difference.State.SET_ASIDE: "",
}  # fmt: skip
_KINDS = {
    "adds": DifferenceLine.Kind.ADDED,
    "withdraws": DifferenceLine.Kind.WITHDRAWN,
    "changes": DifferenceLine.Kind.CHANGED,
}


def counted(scope: Scope, rows: Rows) -> Rows:
    """Difference lists with `adds`, `withdraws` and `changes`: the lines that the reader may see."""
    if scope.everything:
        whole: Rows = rows.annotate(adds=F("added"), withdraws=F("withdrawn"), changes=F("changed"))
        return whole
    own: Rows = rows.annotate(**{name: _lines(scope, kind) for name, kind in _KINDS.items()})
    return own


def _lines(scope: Scope, kind: str) -> Any:
    lines = scope.limit(DifferenceLine.objects.filter(difference=OuterRef("pk"), kind=kind))
    count = lines.order_by().values("difference").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(count, output_field=IntegerField()), 0)


def state_tag(held: Difference) -> str:
    """The state as a tag."""
    state = Difference.State(held.state)
    return format_html('<span class="tag {}">{}</span>', TAGS[state], state.label)


def _settled(held: Any) -> str:
    return f"{held.settled_by} {when(held.settled_at)}" if held.settled_at else ""


COLUMNS = (
    Column("cause", "起因", lambda d: d.cause, lambda d: clipped(d.cause), wide=True),
    Column("state", "状态", lambda d: Difference.State(d.state).label, state_tag, order="state"),
    Column("adds", "新增", lambda d: d.adds, order="adds", numeric=True),
    Column("withdraws", "撤回", lambda d: d.withdraws, order="withdraws", numeric=True),
    Column("changes", "变更", lambda d: d.changes, order="changes", numeric=True),
    Column("made_by", "提出人", lambda d: d.made_by, lambda d: clipped(d.made_by), order="made_by"),
    Column("made_at", "提出", lambda d: when(d.made_at), order="made_at"),
    Column("as_of", "判定时点", lambda d: when(d.as_of), order="as_of", shown=False),
    Column("known_at", "据批次", lambda d: d.known_at, order="known_at", numeric=True, shown=False),
    Column("settled", "何人何时执行", _settled, order="settled_at"),
    Column("why", "执行意见", lambda d: d.why, lambda d: clipped(d.why), shown=False),
    Column("number", "编号", lambda d: d.pk, order="pk", numeric=True, shown=False),
)


def _states() -> Options:
    return list(Difference.State.choices)


def _by_state(rows: Rows) -> Mapping[str, int]:
    return dict(rows.order_by().values_list("state").annotate(count=Count("pk")))


def _makers() -> Options:
    """Whoever made one, the system first."""
    names = Difference.objects.order_by("made_by").values_list("made_by", flat=True).distinct()
    return [(name, name) for name in names[:200]]


def _what(rows: Rows, name: str) -> Rows:
    if name == "nothing":
        return rows.filter(adds=0, withdraws=0, changes=0)
    return rows.filter(**{f"{name}__gt": 0})


def _whats() -> Options:
    return [("adds", "有新增"), ("withdraws", "有撤回"), ("changes", "有变更"), ("nothing", "没有差异")]


def _begin(day: date) -> datetime:
    return clock.aware(datetime.combine(day, time.min))


FILTERS: tuple[Filter, ...] = (
    Choice("state", "状态", lambda rows, state: rows.filter(state=state), _states),
    Choice("made_by", "提出人", lambda rows, name: rows.filter(made_by=name), _makers),
    Choice("what", "差异", _what, _whats),
    Filter("q", "起因中的字", lambda rows, text: rows.filter(cause__contains=text)),
    Day("from", "提出自", lambda rows, day: rows.filter(made_at__gte=_begin(day))),
    Day("to", "至", lambda rows, day: rows.filter(made_at__lt=_begin(day + timedelta(days=1)))),
)

LISTING = Listing(
    name="differences",
    title="重算差异单",
    place=None,  # the lists themselves, with what is counted for the reader
    columns=COLUMNS,
    filters=FILTERS,
    order="-made_at",
    href=lambda held: reverse("difference", args=[held.pk]),
    facet="state",
    count=_by_state,
    empty="没有符合条件的重算差异单",
    empty_next="规则、日历或事项目录有新版本时,系统重算已有判定,把要新增、撤回、变更的监察信号列成一张单子,由人执行。",
)
