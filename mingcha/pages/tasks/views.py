"""The list of tasks, one task, and acts on it in place."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_POST

from mingcha.accounts.models import Account
from mingcha.accounts.policy import may, needs, scope
from mingcha.alerts.conflict import ConflictError
from mingcha.alerts.deciding import NoReasonError
from mingcha.alerts.evidence import EvidenceError
from mingcha.alerts.law import law_in_force
from mingcha.alerts.models import Task
from mingcha.alerts.tasks import question
from mingcha.base import clock
from mingcha.base.texts import storable
from mingcha.law.sheet import Question, draw
from mingcha.law.sheet_view import when
from mingcha.pages.alert import verdict
from mingcha.pages.cards.files import evidence_of, files_of
from mingcha.pages.listing.declare import Rows
from mingcha.pages.listing.views import answer
from mingcha.pages.tasks.acts import ACTS, LONGEST, Asked, NotDoneError, act_on, candidates, offered
from mingcha.pages.tasks.table import left_tag, listing_for, people, prepare
from mingcha.report.sheet_svg import sheet_svg

MOST_AT_ONCE = 100
"""Tasks taken over or handed on by one act."""


def visible(request: HttpRequest) -> Rows:
    """The tasks in the reader's scope."""
    return request.scope.limit(Task.objects.select_related("alert"))  # type: ignore[attr-defined, no-any-return]


@needs("tasks.read")
@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    """人工监察."""
    acts = may(request.user, "alerts.manual")
    context = {"choosing": acts, "most": MOST_AT_ONCE}
    return answer(
        request, listing_for(cast(Account, request.user)), visible(request), "tasks/tasks.html", context
    )


@needs("tasks.read")
@require_GET
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """One task."""
    return _page(request, _found(request, pk))


def _found(request: HttpRequest, pk: int) -> Task:
    found: Task = request.scope.find(Task.objects.select_related("alert"), pk=pk)  # type: ignore[attr-defined]
    return found


def _page(request: HttpRequest, found: Task, written: str = "", status: int = 200) -> HttpResponse:
    shown = prepare([found])[0]
    alert, now = found.alert, clock.local_now()
    rule = verdict.rule_of(alert)
    steps = list(found.steps.order_by("-no"))
    acts_here = scope(request.user, "alerts.manual").holds(alert.region_code, alert.agency_code)
    acts = offered(found, request.user.get_username()) if acts_here else []
    asked = question(found, law_in_force()[1], now)
    context: dict[str, Any] = {
        "task": shown,
        "alert": alert,
        "rule": rule,
        "left": left_tag(shown),
        "sheet": _sheet(asked),
        "days": asked.limit,
        "facts": verdict.facts(alert, rule, now) if rule else [],
        "steps": steps,
        "names": people([step.actor for step in steps]),
        "evidence": evidence_of(request, alert),
        "offered": [act for act in acts if act.name != "record"],
        "records": any(act.name == "record" for act in acts),
        "written": written,
        "longest": LONGEST,
        "candidates": candidates(found) if any(act.name == "assign" for act in acts) else [],
    }
    return render(request, "tasks/task.html", context, status=status)


def _sheet(asked: Question) -> str:
    sheet = draw(asked)
    caption = f"自{when(sheet.question.start)}立项,应于{when(sheet.due)}(含当日)前核查完。"
    svg = sheet_svg(sheet, width=verdict.SHEET_WIDTH, caption=caption, due="应核查完")
    return mark_safe(svg)  # noqa: S308 it escapes every text itself


@needs("alerts.manual")
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it over, hand it on, investigate, conclude; the result is shown in place."""
    chosen = ACTS.get(request.POST.get("act", ""))
    if chosen is None:
        raise PermissionDenied("没有这种处理")
    found = _found(request, pk)
    why = _text(request, "why")
    try:
        asked = Asked(request.user.get_username(), request.POST.get("to", ""), why, files_of(request))
        act_on(found, chosen, asked, request.POST.get("version", ""))
    except ConflictError as error:
        messages.warning(request, str(error))
    except (NotDoneError, NoReasonError, EvidenceError) as error:
        messages.error(request, f"没有{chosen.label}:{error}")
        if chosen.name == "record":  # what was written is not lost
            return _page(request, _found(request, pk), why, status=422)
    else:
        messages.success(request, chosen.done)
    return redirect("task", pk)


def _text(request: HttpRequest, name: str) -> str:
    return storable(request.POST.get(name, "")).strip()


@needs("alerts.manual")
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """Several taken over or handed on at once, each as it is now."""
    back = request.POST.get("query", "")
    target = redirect(f"/tasks/{back}" if back.startswith("?") else "/tasks/")
    chosen = ACTS.get(request.POST.get("act", ""))
    if chosen is None or chosen.name not in ("take", "assign"):
        raise PermissionDenied("没有这种处理")
    keys = [key for key in request.POST.getlist("key") if key.isascii() and key.isdigit() and len(key) < 19]
    asked = Asked(request.user.get_username(), request.POST.get("to", ""), _text(request, "why"))
    done, refused = 0, list[str]()
    for found in visible(request).filter(pk__in=keys[:MOST_AT_ONCE]).order_by("pk"):
        try:
            act_on(found, chosen, asked, str(found.version))
            done += 1
        except (ConflictError, NotDoneError, NoReasonError) as error:
            refused.append(f"{found.alert.key}:{error}")
    if done:
        messages.success(request, f"已{chosen.label} {done} 项")
    for text in refused[:5]:
        messages.warning(request, text)
    if len(refused) > 5:
        messages.warning(request, f"另有 {len(refused) - 5} 项没有处理,原因类似")
    if not keys:
        messages.warning(request, "没有选中任何一项;请在左侧勾选")
    return target
