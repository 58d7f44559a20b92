"""Evidence 证据 as pages show it: listed, added, handed out to be saved. Every download is recorded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from mingcha.accounts.acts import by
from mingcha.accounts.policy import may, needs, scope
from mingcha.alerts import evidence
from mingcha.alerts.evidence import EvidenceError
from mingcha.alerts.manual import File
from mingcha.alerts.models import Alert, Evidence
from mingcha.base.texts import storable
from mingcha.casework.models import Proof

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}


def evidence_of(request: HttpRequest, alert: Alert) -> dict[str, Any]:
    """What `cards/files.html` shows of an alert: its files, for those who may see them, and whether more may be
    added."""
    reads = may(request.user, "evidence.read") and _holds(request, "evidence.read", alert)
    return {
        "files": list(alert.files.order_by("pk")) if reads else [],
        "hidden": 0 if reads else alert.files.count(),
        "adds": may(request.user, "alerts.manual") and _holds(request, "alerts.manual", alert),
        "accepted": evidence.ACCEPTED,
        "largest": evidence.LARGEST >> 20,
        "most": evidence.MOST_FILES,
    }


def _holds(request: HttpRequest, policy: str, alert: Alert) -> bool:
    return scope(request.user, policy).holds(alert.region_code, alert.agency_code)


def files_of(request: HttpRequest) -> list[File]:
    """The files of a form. Raises `EvidenceError` for too many."""
    sent: list[UploadedFile[bytes]] = request.FILES.getlist("files")
    if len(sent) > evidence.MOST_FILES:
        raise EvidenceError(f"一次至多 {evidence.MOST_FILES} 份文件,现有 {len(sent)} 份;请分几次上传")
    note = storable(request.POST.get("note", "")).strip()
    return [File(file.name or "", file.chunks(), note) for file in sent]


def attach_all(alert: Alert, files: Iterable[File], actor: str) -> int:
    """Attach each, in the caller's transaction; how many. Raises `EvidenceError`."""
    return len([evidence.attach(alert, file.name, file.chunks, actor, file.note) for file in files])


@needs("evidence.read")
@require_GET
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One file, to be saved; recorded before the first byte."""
    rows = Evidence.objects.select_related("alert")
    row: Evidence = request.scope.find(rows, "alert__region_code", "alert__agency_code", pk=pk)  # type: ignore[attr-defined]
    try:
        return handed_out(request, row, f"alert/{row.alert_id}")
    except EvidenceError as error:
        messages.error(request, str(error))
        return redirect("alert", row.alert_id)


def handed_out(request: HttpRequest, row: Evidence | Proof, about: str) -> FileResponse:
    """The file of a row, to be saved; that it was read is recorded before the first byte. Raises `EvidenceError`."""
    file = evidence.opened(row.name, row.digest)
    with transaction.atomic():
        by(request).record("evidence.read", about, file=row.pk, digest=row.digest)
    return FileResponse(
        file, as_attachment=True, filename=row.name, content_type="application/octet-stream", headers=_HEADERS
    )


@needs("alerts.manual")
@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Further files for an alert."""
    alert: Alert = request.scope.find(Alert.objects.all(), pk=pk)  # type: ignore[attr-defined]
    try:
        files = files_of(request)
        if not files:
            raise EvidenceError("没有选择文件;请选择要附上的证据")
        with transaction.atomic():
            count = attach_all(alert, files, request.user.get_username())
        messages.success(request, f"已附上 {count} 份证据")
    except EvidenceError as error:
        messages.error(request, f"没有附上:{error}")
    return redirect("alert", pk)
