"""评价: the overview, the lists, one rating with its loop."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mingcha.accounts.acts import RefusedError, by
from mingcha.accounts.models import Account
from mingcha.accounts.places import places
from mingcha.accounts.policy import may, needs, scope
from mingcha.alerts.conflict import ConflictError
from mingcha.alerts.models import Alert
from mingcha.base import clock
from mingcha.casework.declare import kind_of
from mingcha.evaluations import following, looking, opening
from mingcha.evaluations.figures import BAD_ONES
from mingcha.evaluations.figures import ratings as ratings_in
from mingcha.evaluations.scales import HENAN
from mingcha.pages.casework.views import pictures
from mingcha.pages.evaluations import numbers, table
from mingcha.pages.listing.views import answer
from mingcha.pages.live.table import prepare as prepare_alerts


@needs("evaluations.read")
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Satisfaction, levels, how many were asked."""
    now, mine = clock.local_now(), request.scope  # type: ignore[attr-defined]
    days, period = numbers.period_of(request.GET.get("period", ""), now.date())
    grouped = "item" if request.GET.get("by") == "item" else "agency"
    shown = numbers.overview(mine, period, grouped)
    shown |= {"period": period, "days": days, "by": grouped, "loops": numbers.loops(mine, now)}
    shown |= {"periods": table.PERIODS[:3], "graded": sum(shown["whole"].graded.values())}
    return render(request, "evaluations/overview.html", shown)


@needs("evaluations.read")
@require_GET
def ratings(request: HttpRequest) -> HttpResponse:
    """The list."""
    rows = ratings_in(request.scope)  # type: ignore[attr-defined]
    context = {"may_record": may(request.user, "evaluations.record")}
    return answer(request, table.RATINGS, rows, "evaluations/list.html", context)


@needs("evaluations.read")
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """差评台账: every bad review and where it stands."""
    rows = ratings_in(request.scope).filter(BAD_ONES, level__isnull=False)  # type: ignore[attr-defined]
    return answer(request, table.LEDGER, rows, "evaluations/ledger.html")


@needs("evaluations.read")
@require_GET
def rating(request: HttpRequest, no: str) -> HttpResponse:
    """One rating and its loop."""
    return render(request, "evaluations/evaluation.html", _context(request, no))


@needs("evaluations.look")
@require_POST
def look(request: HttpRequest, no: str) -> HttpResponse:
    """The same page with who gave the rating; purpose and look are recorded."""
    context = _context(request, no)
    try:
        person = looking.look(no, request.POST.get("purpose", ""), context["supervises"], by(request))
    except RefusedError as error:
        messages.error(request, str(error))
        return redirect("evaluation", no)
    shown = render(request, "evaluations/evaluation.html", {**context, "person": person})
    shown["Cache-Control"] = "no-store"
    return shown


@needs("casework.supervise")
@require_POST
def assign(request: HttpRequest, no: str) -> HttpResponse:
    """Begin the loop of a reported bad review."""
    _found(request, no)
    try:
        with transaction.atomic():
            matter = opening.assign(no, by(request))
    except (RefusedError, ConflictError) as error:
        messages.error(request, str(error))
        return redirect("evaluation", no)
    messages.success(request, f"已交办,事项编号 {matter.no}")
    return redirect("matter", matter.pk)


def _found(request: HttpRequest, no: str) -> Any:
    return request.scope.find(ratings_in(request.scope), region=None, evaluation_no=no)  # type: ignore[attr-defined]


def _supervises(request: HttpRequest, row: Any) -> bool:
    """Whether the reader oversees the agency that was rated."""
    account, agency = cast(Account, request.user), row.agency_code or ""
    known = places().agencies.get(agency)
    return scope(account, "casework.supervise").holds(known.region if known else "", agency)


def _context(request: HttpRequest, no: str) -> dict[str, Any]:
    shown = table.prepare([_found(request, no)])[0]
    matter = looking.matter_of(no)
    supervises = _supervises(request, shown)
    return {
        "evaluation": shown,
        "grade": table.grade(shown),
        "kind": table.codes("kind").get(shown.kind or "", "—"),
        "channel": table.codes("channel").get(shown.channel or "", "—"),
        "henan": _henan(shown),
        "told": following.told(no),
        "matter": matter,
        "state": kind_of(matter.kind).state(matter.state).label if matter else "",
        "pictures": pictures(matter) if matter else [],
        "past": _past(matter),
        "alerts": _alerts(request, no),
        "supervises": supervises,
        "same_device": looking.same_device(no) if supervises else 0,
        "may_assign": supervises and matter is None and shown.bad and shown.handling is None,
        "may_look": may(request.user, "evaluations.look") and not looking.why_not(no, supervises),
    }


def _past(matter: Any) -> list[tuple[Any, str, str]]:
    if matter is None:
        return []
    kind = kind_of(matter.kind)
    rows = matter.transitions.order_by("no")
    return [(row, kind.act(row.act).label, kind.state(row.after).label) for row in rows]


def _henan(row: Any) -> list[tuple[str, str]]:
    """What was said to Henan's items, those that were answered."""
    told = []
    for question in HENAN:
        value = getattr(row, question.column)
        if value not in (None, "", False):
            labels = {str(v).lower(): label for v, label in question.options}
            told.append((f"{question.item}{question.text}", labels.get(str(value).lower(), str(value))))
    if row.actual_visits is not None:
        told.append(("(六)到窗口跑动次数", str(row.actual_visits)))
    if row.other_issue:
        told.append(("(九)其他问题", row.other_issue))
    return told


def _alerts(request: HttpRequest, no: str) -> list[Any]:
    """Signals about the rating itself."""
    if not may(request.user, "alerts.read"):
        return []
    rows = Alert.objects.filter(subject=no) | Alert.objects.filter(about="evaluations", key=no)
    found = request.scope.limit(rows)  # type: ignore[attr-defined]
    return prepare_alerts(list(found.order_by("-lawful_at")[:20]))
