"""The page of one alert, and acts on it in place."""

from __future__ import annotations

import json
from functools import partial
from io import BytesIO
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZipFile

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mingcha.accounts.address import address
from mingcha.accounts.policy import may, needs, scope
from mingcha.alerts.certificate_scope import beyond
from mingcha.alerts.certificates import NoCertificateError, anchor, certificate, key_path, since
from mingcha.alerts.deciding import NoReasonError
from mingcha.alerts.models import Alert, Task
from mingcha.base import audit, clock
from mingcha.evaluations.protecting import kept_back
from mingcha.pages.alert import verdict
from mingcha.pages.alert.acts import ACTS, Act, act_on, allowed
from mingcha.pages.alert.casework import casework_of
from mingcha.pages.cards.files import evidence_of
from mingcha.pages.live.table import prepare


def _found(request: HttpRequest, pk: int) -> Alert:
    found: Alert = request.scope.find(Alert.objects.all(), pk=pk)  # type: ignore[attr-defined]
    return found


def _admits(request: HttpRequest, act: Act, found: Alert) -> bool:
    """Whether the person has the policy of the act where the alert lies: who reads it may have another role there."""
    return scope(request.user, act.policy).holds(found.region_code, found.agency_code)


@needs("alerts.read")
@require_GET
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """One alert."""
    shown = prepare([_found(request, pk)])[0]
    now = clock.local_now()
    rule = verdict.rule_of(shown)
    others = (
        Alert.objects.filter(case_no=shown.case_no).exclude(pk=pk) if shown.case_no else Alert.objects.none()
    )
    context = {
        "alert": shown,
        "rule": rule,
        "pictures": verdict.pictures(shown, now) if rule else [],
        "facts": verdict.facts(shown, rule, now) if rule else [],
        "rows": verdict.rows_behind(
            shown, kept_back(shown.region_code, shown.agency_code, partial(scope, request.user))
        ),
        "evidence": evidence_of(request, shown),
        "task": Task.objects.filter(alert=shown).first() if may(request.user, "tasks.read") else None,
        "changes": [(row, Alert.State(row.state).label) for row in shown.changes.order_by("-no")],
        "coming": verdict.coming(shown, now),
        "others": prepare(list(request.scope.limit(others).order_by("-lawful_at")[:20])),  # type: ignore[attr-defined]
        "offered": [act for act in ACTS.values() if _admits(request, act, shown) and allowed(shown, act)],
        **casework_of(request, shown),
        "now": now,
        "since": since(shown),
    }
    return render(request, "alert/alert.html", context)


@needs("alerts.read")
@require_GET
def judgement(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate 判定书 of an alert with the proof of its place in the audit chain, in one ZIP; recorded."""
    found = _found(request, pk)
    try:
        made = certificate(found)
    except NoCertificateError as error:
        messages.warning(request, str(error))
        return redirect("alert", pk=pk)
    if tables := beyond(made.document, found, request.scope):  # type: ignore[attr-defined]
        messages.warning(
            request,
            f"判定书须带上您权限范围以外的数据({'、'.join(tables)}),不能由您下载;请由管辖范围包括它们的监察机构出具",
        )
        return redirect("alert", pk=pk)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as package:
        package.writestr(f"判定书-{pk}.json", made.document)
        if made.note:
            package.writestr("说明.txt", made.note)
        if proof := anchor(found):
            package.writestr(f"审计链证明-{pk}.json", json.dumps(proof, ensure_ascii=False, indent=1))
        package.write(f"{key_path()}.pub", "公钥.pem")
    audit.record(request.user.get_username(), "alert.certificate", f"alert/{pk}", address=address(request))
    name = quote(f"判定书-{pk}.zip")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return HttpResponse(packed.getvalue(), content_type="application/zip", headers=headers)


@needs("alerts.read")
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, dismiss or withdraw it; the result is shown in place."""
    chosen = ACTS.get(request.POST.get("act", ""))
    found = _found(request, pk)
    if chosen is None or not _admits(request, chosen, found):
        raise PermissionDenied("您的角色不能这样处理这条监察信号")
    if request.POST.get("version") != str(found.version):
        messages.warning(request, "这条信号在您打开之后有了变动,已显示最新情况;请看过再定")
        return redirect("alert", pk=pk)
    try:
        done, refused = act_on([found], chosen, request.POST.get("why", ""), request.user.get_username())
    except NoReasonError as error:
        messages.error(request, f"没有{chosen.label}:{error}")
        return redirect("alert", pk=pk)
    if done:
        messages.success(request, f"已{chosen.label},理由已记入变动")
    for text in refused:
        messages.warning(request, text)
    return redirect("alert", pk=pk)
