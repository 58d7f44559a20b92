"""Beginning matters from the page of an alert: appeal, rectification, order, accountability, lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from mingcha.accounts.acts import by
from mingcha.accounts.models import Account, Role
from mingcha.accounts.places import places
from mingcha.accounts.policy import grants_in_force, may, needs, scope
from mingcha.alerts.models import Alert
from mingcha.base import clock
from mingcha.casework import drafting, filing
from mingcha.casework.declare import Act, kind_of
from mingcha.casework.models import Matter
from mingcha.casework.moving import Start, begin
from mingcha.casework.subjects import ALERT, officers_of, subject_of, title_of
from mingcha.casework.tables import ACCOUNTABILITY, APPEAL, CLUE, EXPLAIN, ORDER, RECTIFY
from mingcha.pages.casework.forms import Offered, done, entered, kept_files, offer

_LIVE = (Alert.State.OPEN, Alert.State.CURED)


@dataclass(frozen=True)
class Beginning(Offered):
    """An act by which a matter about an alert begins."""

    kind: str = ""


def _acts(alert: Alert) -> list[tuple[str, Act]]:
    """(kind, opening act) of what may begin about an alert in its state."""
    if alert.state not in _LIVE:
        return []
    there = set(
        Matter.objects.filter(subject_kind=ALERT, subject=subject_of(alert)).values_list("kind", flat=True)
    )
    found = [
        (kind.name, kind.opening[0])
        for kind in (EXPLAIN, RECTIFY, ACCOUNTABILITY, CLUE)
        if kind.name not in there
    ]
    red = alert.level == Alert.Level.RED
    found = [(kind, act) for kind, act in found if kind != ACCOUNTABILITY.name or red]
    if not filing.why_not(alert):
        citizen = alert.abnormal and alert.case_no
        found.append((APPEAL.name, APPEAL.act("file" if citizen else "file_to_office")))
    return [*found, (ORDER.name, ORDER.opening[0])]  # fmt: skip


def beginnings(alert: Alert, account: Account) -> list[Beginning]:
    """What this person may begin about the alert; the appeal with a draft where the facts clear the officer."""
    offered = []
    for kind, act in _acts(alert):
        if not may(account, act.policy):
            continue
        concerned = "" if kind_of(kind).aside else alert.agency_code
        if not scope(account, act.policy).holds(alert.region_code, concerned):
            continue
        if kind == APPEAL.name and not _concerned(account, alert):
            continue
        made = offer(act, drafting.text(alert) if kind == APPEAL.name else "")
        offered.append(Beginning(made.act, made.reason, made.usual, kind))
    return offered


def _concerned(account: Account, alert: Alert) -> bool:
    """Whether it is theirs to appeal: the liaison of the agency, or the officer who handles the case."""
    if any(grant.role == Role.LIAISON for grant in grants_in_force(account)):
        return True
    officer = officers_of([alert]).get(alert.case_no, "")
    return not officer or officer == account.officer_code


@needs("casework.read")
@require_POST
def begin_about(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a matter about an alert."""
    alert: Alert = request.scope.find(Alert.objects.all(), pk=pk)  # type: ignore[attr-defined]
    asked = (request.POST.get("kind", ""), request.POST.get("act", ""))
    account = cast(Account, request.user)
    chosen = next((o for o in beginnings(alert, account) if (o.kind, o.act.name) == asked), None)
    if chosen is None:
        raise PermissionDenied("这条监察信号现在不能这样处理,或您的角色不能办理;请刷新后再看")
    made: list[Matter] = []
    done(
        request,
        chosen.act.label,
        lambda: made.append(_begun(request, alert, chosen)),
        f"已{chosen.act.label}",
    )
    return redirect("matter", made[0].pk) if made else redirect("alert", pk)


def _begun(request: HttpRequest, alert: Alert, chosen: Beginning) -> Matter:
    why, files = request.POST.get("why", ""), kept_files(request)
    if chosen.kind == APPEAL.name:
        return filing.file(alert, why, by(request), files)
    kind, subject = kind_of(chosen.kind), subject_of(alert)
    fact: dict[str, Any] = {}
    if kind.table:
        fact = {"agency_code": alert.agency_code or None}
    if kind is EXPLAIN:
        fact |= {"alert": subject, "due_at": filing.explain_by(clock.local_now())}
    alone = kind is ORDER  # of an order there may be several
    title = f"{places().agency_name(alert.agency_code)} {title_of(alert)}" if kind.aside else title_of(alert)
    start = Start(
        kind.name, title, "" if alone else ALERT, "" if alone else subject, alert=alert, fact=fact,
        officer_code=officers_of([alert]).get(alert.case_no, "") if kind is EXPLAIN else "",
    )  # fmt: skip
    return begin(
        start, chosen.act.name, by(request), reason=why, evidence=files, fields=entered(request, chosen.act)
    )
