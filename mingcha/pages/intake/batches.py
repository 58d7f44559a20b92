"""Batches and refusals: lists, one batch with what became of its rows, review, error book."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mingcha.accounts.acts import by
from mingcha.accounts.policy import needs
from mingcha.base import clock
from mingcha.base.sealed_files import DamagedError
from mingcha.base.sealing import SealError
from mingcha.facts.schema import TABLES
from mingcha.intake import reviewing, setting_aside
from mingcha.intake.error_books import error_book
from mingcha.intake.models import Batch
from mingcha.intake.sources import OWN_CODE
from mingcha.intake.way_models import Refusal
from mingcha.pages.intake.center import of_sources, rights, seen
from mingcha.pages.intake.table import BATCHES, REFUSALS, offering, prepare
from mingcha.pages.listing.views import answer

KINDS = {
    "received": "收到", "new": "新增", "corrected": "更正", "unchanged": "不变", "older": "较旧",
    "settled": "批内重复或撤回", "conflict": "冲突", "refused": "拒绝", "waiting": "等待上级行",
}  # fmt: skip


@needs("intake.read")
@require_GET
def batches(request: HttpRequest) -> HttpResponse:
    """The list of batches."""
    rows = of_sources(request.scope, Batch.objects.select_related("source"))  # type: ignore[attr-defined]
    return answer(request, offering(BATCHES, seen(request)), rows, "intake/list.html")


@needs("intake.read")
@require_GET
def batch(request: HttpRequest, receipt: str) -> HttpResponse:
    """One batch: its way through, counts by table, faults by kind."""
    found = _batch(request, receipt)
    shown = {
        "batch": prepare([found])[0],
        "kinds": KINDS.values(),
        "tables": [_table(name, counts) for name, counts in found.counts.items()],
        "faults": [{**fault, "label": _label(fault["table"])} for fault in found.faults],
        "why": found.why.splitlines(),
        "has_book": found.state == Batch.State.APPLIED and bool(found.faults or found.conflicts.exists()),
        "conflicts": found.conflicts.select_related("holder").order_by("table", "row")[:20],
        "own": found.sent_by == request.user.get_username(),
        **rights(request),
    }
    return render(request, "intake/batch.html", shown)


@needs("intake.read")
@require_GET
def book(request: HttpRequest, receipt: str) -> HttpResponseBase:
    """The error book, in the sender's layout. Taking it is recorded: it holds what was written of persons."""
    found = _batch(request, receipt)
    try:
        made = error_book(found)
    except (DamagedError, SealError) as error:
        messages.error(request, str(error))
        return redirect("intake-batch", receipt)
    if made is None:
        messages.info(request, "这一批没有出错的行,没有错误簿")
        return redirect("intake-batch", receipt)
    with transaction.atomic():
        by(request).record("batch.book", f"batch:{receipt}")
    return FileResponse(made.file, as_attachment=True, filename=made.name)


@needs("intake.review")
@require_POST
def review(request: HttpRequest, receipt: str) -> HttpResponse:
    """Admit a waiting batch, or send it back with reasons."""
    found, who = _batch(request, receipt), request.user.get_username()
    try:
        if request.POST.get("decision") == "admit":
            reviewing.admit(found, who)
            messages.success(request, f"批次 {receipt} 已审核通过,正在入库")
        else:
            reviewing.send_back(found, who, request.POST.get("why", "")[:500])
            messages.success(request, f"批次 {receipt} 已退回,报送人会看到原因")
    except reviewing.ReviewError as error:
        messages.error(request, str(error))
    return redirect("intake-batch", receipt)


@needs("intake.sources")
@require_POST
def held(request: HttpRequest, receipt: str) -> HttpResponse:
    """Have a batch that was set aside applied again, or refuse it with reasons."""
    found, who = _batch(request, receipt), request.user.get_username()
    try:
        if request.POST.get("decision") == "again":
            setting_aside.take_up(found, who)
            messages.success(request, f"批次 {receipt} 正在重新入库")
        else:
            setting_aside.refuse(found, who, request.POST.get("why", "")[:500])
            messages.success(request, f"批次 {receipt} 不再入库,报送人会看到原因")
    except setting_aside.NotSetAsideError as error:
        messages.error(request, str(error))
    return redirect("intake-batch", receipt)


@needs("intake.read")
@require_GET
def refusals(request: HttpRequest) -> HttpResponse:
    """The list of what was not received."""
    rows = of_sources(request.scope, Refusal.objects.select_related("source"))  # type: ignore[attr-defined]
    return answer(request, offering(REFUSALS, seen(request)), rows, "intake/list.html")


@needs("intake.read")
@require_GET
def refusal(request: HttpRequest, pk: int) -> HttpResponse:
    """One thing that was not received, and why."""
    return render(request, "intake/refusal.html", {"refusal": _refusal(request, pk), **rights(request)})


@needs("intake.submit")
@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that somebody has dealt with it: mended and sent again, or nothing to be done."""
    found = _refusal(request, pk)
    with transaction.atomic():
        changed = Refusal.objects.filter(pk=found.pk, settled_at=None).update(
            settled_at=clock.now(), settled_by=request.user.get_username()
        )
        if changed:
            by(request).record("refusal.settled", f"refusal:{pk}")
    messages.success(request, "已记为处理")
    return redirect("intake-refusals")


def _batch(request: HttpRequest, receipt: str) -> Batch:
    rows = Batch.objects.exclude(source__code=OWN_CODE).select_related("source")
    found: Batch = request.scope.find(  # type: ignore[attr-defined]
        rows, region="source__region_code", agency="source__agency_code", receipt=receipt
    )
    return found


def _refusal(request: HttpRequest, pk: int) -> Refusal:
    found: Refusal = request.scope.find(  # type: ignore[attr-defined]
        Refusal.objects.select_related("source"),
        region="source__region_code",
        agency="source__agency_code",
        pk=pk,
    )
    return found


def _label(table: str) -> str:
    return TABLES[table].label if table in TABLES else table


def _table(name: str, counts: dict[str, int]) -> dict[str, Any]:
    return {"name": name, "label": _label(name), "counts": [counts.get(kind, 0) for kind in KINDS]}
