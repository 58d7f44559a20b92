"""审计: the list, one row with its place in the chain, and verifying."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from mingcha.accounts import verifying
from mingcha.accounts.act_names import name_of
from mingcha.accounts.acts import by
from mingcha.accounts.policy import needs
from mingcha.base import audit
from mingcha.base.models import AuditBlock, AuditRow, Job
from mingcha.pages.audit.table import LISTING, details
from mingcha.pages.listing.views import answer


@require_GET
@needs("audit.read")
def acts(request: HttpRequest) -> HttpResponse:
    """The list, with what verifying last showed."""
    waiting = Job.objects.filter(kind="audit.verify", state__in=[Job.State.READY, Job.State.LEASED]).exists()
    shown = {
        "verified": verifying.last(),
        "waiting": waiting,
        "head": AuditBlock.objects.order_by("-no").first(),
        "unsealed": AuditRow.objects.filter(block=None).count(),
    }
    return answer(request, LISTING, AuditRow.objects.all(), "audit/list.html", shown)


@require_GET
@needs("audit.read")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """One row: everything it says, whether its content is sound, and its block."""
    row = get_object_or_404(AuditRow.objects.select_related("block"), pk=pk)
    before = AuditRow.objects.filter(actor=row.actor, pk__lt=row.pk).order_by("-pk")
    shown = {
        "row": row,
        "name": name_of(row.act),
        "details": details(row),
        "sound": audit.mac_of(row) == row.mac,
        "before": [(other, name_of(other.act)) for other in before[:8]],
    }
    return render(request, "audit/row.html", shown)


@require_POST
@needs("audit.read")
def verify(request: HttpRequest) -> HttpResponse:
    """Have the chain verified."""
    with transaction.atomic():
        verifying.ask(by(request))
    messages.success(request, "已交给后台核验,完成后结果显示在本页,并记入审计。")
    return redirect("audit")
