"""重算差异单: its lines within the reader's scope, and the decision to carry it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from mingcha.accounts.policy import may, needs
from mingcha.alerts import recalculating
from mingcha.alerts.conflict import ConflictError
from mingcha.alerts.models import Difference, DifferenceLine
from mingcha.pages import lookups
from mingcha.pages.listing.declare import Choice, Column, Filter, Listing, Options, Rows
from mingcha.pages.listing.views import answer
from mingcha.pages.templatetags.words import mark
from mingcha.report.marks import BY_NAME

_TAGS = {"added": "bad", "withdrawn": "good", "changed": "wait"}


def prepare(rows: list[Any]) -> list[Any]:
    """Names for the rows."""
    known, trees = lookups.rules(), lookups.trees()
    for row in rows:
        row.rule_title = known[row.rule].title if row.rule in known else row.rule
        row.agency_name = trees.agency_name(row.agency_code)
    return rows


def _clipped(text: str) -> str:
    return format_html('<span class="clip" title="{0}">{0}</span>', text)


def _kind(line: Any) -> str:
    return format_html('<span class="tag {}">{}</span>', _TAGS[line.kind], line.get_kind_display())


def _label(level: str) -> str:
    return BY_NAME[level].label if level in BY_NAME else ""


def _level(line: Any) -> str:
    before, after = line.level_before, line.level_after
    if before and after and before != after:
        return format_html("{} → {}", mark(before), mark(after))
    return mark(after or before) if (after or before) in BY_NAME else ""


def _levels(line: Any) -> str:
    before, after = _label(line.level_before), _label(line.level_after)
    return f"{before} → {after}" if before and after and before != after else after or before


COLUMNS = (
    Column("kind", "差异", lambda d: d.get_kind_display(), _kind, order="kind"),
    Column("level", "级别", _levels, _level, order="level_after"),
    Column("key", "对象", lambda d: d.key, lambda d: _clipped(d.key), order="key"),
    Column("reason", "理由", lambda d: d.reason_after or d.reason_before,
           lambda d: _clipped(d.reason_after or d.reason_before), wide=True),
    Column("rule", "规则", lambda d: d.rule_title, lambda d: _clipped(d.rule_title), order="rule"),
    Column("agency", "部门", lambda d: d.agency_name, lambda d: _clipped(d.agency_name), order="agency_code"),
    Column("before", "原理由", lambda d: d.reason_before, lambda d: _clipped(d.reason_before), shown=False),
)  # fmt: skip


def _kinds() -> Options:
    return DifferenceLine.Kind.choices


def _by_kind(rows: Rows) -> Mapping[str, int]:
    return dict(rows.order_by().values_list("kind").annotate(Count("pk")))


def _rules() -> Options:
    return [(rule.id, f"{rule.title}({rule.id})") for rule in lookups.rules().values()]


def _agencies() -> Options:
    known = lookups.trees().agencies
    return [(code, known[code].name) for code in sorted(known, key=lambda code: (known[code].region, code))]


LISTING = Listing(
    name="difference",
    title="重算差异单",
    columns=COLUMNS,
    filters=(
        Choice("kind", "差异", lambda rows, kind: rows.filter(kind=kind), _kinds),
        Choice("rule", "规则", lambda rows, rule: rows.filter(rule=rule), _rules),
        Choice("agency", "部门", lambda rows, code: rows.filter(agency_code=code), _agencies),
        Filter("q", "对象编号", lambda rows, text: rows.filter(key__startswith=text)),
    ),
    order="kind",
    href=lambda line: f"{reverse('live')}?state=all&q={line.key}",
    facet="kind",
    count=_by_kind,
    prepare=prepare,
    empty="没有差异",
    empty_next="照新的规则或日历重算,结果与现在的监察信号相同。",
)


@needs("alerts.read")
@require_GET
def difference(request: HttpRequest, pk: int) -> HttpResponse:
    """The lines of one list."""
    held = get_object_or_404(Difference.objects.select_related("publication"), pk=pk)
    lines = request.scope.limit(held.lines.all())  # type: ignore[attr-defined]
    waits = held.state in (Difference.State.MAKING, Difference.State.APPLYING)
    decides = may(request.user, "recalculate.apply") and held.state == Difference.State.OPEN
    refusal = recalculating.refusal(held, request.user.get_username()) if decides else ""
    return answer(
        request,
        LISTING,
        lines,
        "publishing/difference.html",
        {"held": held, "waits": waits, "decides": decides, "refusal": refusal},
    )


@needs("recalculate.apply")
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Carry it out."""
    return _settle(request, pk, recalculating.accept, "正在执行差异单;完成后新的规则或日历即施行")


@needs("recalculate.apply")
@require_POST
def set_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave everything as it is."""
    return _settle(request, pk, recalculating.set_aside, "不执行;现行的规则和日历不变")


def _settle(
    request: HttpRequest, pk: int, act: Callable[[Difference, str, str], None], done: str
) -> HttpResponse:
    held = get_object_or_404(Difference, pk=pk)
    why = request.POST.get("why", "").strip()[:1000]
    if not why:
        messages.error(request, "请写明意见,它记入审计和每条变动")
        return redirect("difference", pk)
    try:
        act(held, request.user.get_username(), why)
        messages.success(request, done)
    except ConflictError as error:
        messages.error(request, str(error))
    return redirect("difference", pk)
