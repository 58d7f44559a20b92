"""The list of cases and the page of one."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mingcha.accounts import masking
from mingcha.accounts.acts import RefusedError, by
from mingcha.accounts.policy import Scope, may, needs, scope
from mingcha.alerts.models import Alert
from mingcha.base import clock
from mingcha.evaluations.protecting import kept_back
from mingcha.intake.archive import finding
from mingcha.intake.archive_models import ArchivedCase
from mingcha.pages.cases.clocks import drawn, life_of
from mingcha.pages.cases.rows import happenings, rows_of, shown
from mingcha.pages.cases.story import story_of
from mingcha.pages.cases.table import LISTING
from mingcha.pages.cases.table import prepare as prepare_cases
from mingcha.pages.listing.views import answer
from mingcha.pages.live.table import prepare as prepare_alerts
from mingcha.pages.lookups import stored


@needs("cases.read")
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """办件."""
    rows = request.scope.limit(stored("cases"))  # type: ignore[attr-defined]
    return answer(request, LISTING, rows, "cases/cases.html", {"looks": may(request.user, "personal.look")})


@needs("cases.read")
@require_GET
def case(request: HttpRequest, case_no: str) -> HttpResponse:
    """One case; of one that was archived, that it is and where."""
    if held := _archived(request, case_no):
        return render(request, "cases/archived.html", {"case_no": case_no, "told": finding.told(held)})
    return render(request, "cases/case.html", _context(request, case_no))


def _archived(request: HttpRequest, case_no: str) -> ArchivedCase | None:
    held = finding.archived(case_no)
    scope_: Scope = request.scope  # type: ignore[attr-defined]
    return held if held and scope_.holds(held.region_code, held.agency_code) else None


@needs("cases.read")
@require_GET
def clocks(request: HttpRequest, case_no: str) -> HttpResponse:
    """The part of the page that has to judge: asked for by the page itself, after it is shown."""
    _found(request, case_no)
    now = clock.local_now()
    life = life_of(case_no, now)
    context = {"life": life, "clocks": drawn(life.clocks) if life else [], "now": now}
    return render(request, "cases/clocks.html", context)


@needs("personal.look")
@require_POST
def look(request: HttpRequest, case_no: str) -> HttpResponse:
    """The page with the personal data in the clear; purpose and look are recorded."""
    _found(request, case_no)
    try:
        with transaction.atomic():
            purpose = masking.look("cases", case_no, request.POST.get("purpose", ""), by(request))
    except RefusedError as error:
        messages.error(request, str(error))
        return redirect("case", case_no)
    context = _context(request, case_no, clear=True)
    return render(request, "cases/case.html", {**context, "purpose": purpose})


def _found(request: HttpRequest, case_no: str) -> Any:
    row = request.scope.limit(stored("cases")).filter(case_no=case_no).first()  # type: ignore[attr-defined]
    if row is None:
        raise Http404("没有这件办件,或不在您的权限范围内")
    return row


def _context(request: HttpRequest, case_no: str, *, clear: bool = False) -> dict[str, Any]:
    head = prepare_cases([_found(request, case_no)])[0]
    kept = kept_back(head.region_code, head.agency_code, partial(scope, request.user))
    found = rows_of(case_no, without=kept)
    alerts = scope(request.user, "alerts.read").limit(Alert.objects.filter(case_no=case_no))
    return {
        "case": head,
        "story": story_of(found, clock.local_now()),
        "alerts": prepare_alerts(list(alerts.order_by("-lawful_at")[:100])),
        "tables": shown(found, clear=clear),
        "happenings": happenings(found),
        "may_look": may(request.user, "personal.look") and not clear,
        "clear": clear,
    }
