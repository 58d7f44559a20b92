"""The list of complaints, one complaint, acts on it in place; registering one."""

from __future__ import annotations

from typing import Any, Final, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingcha.accounts.acts import RefusedError, by
from mingcha.accounts.models import Account
from mingcha.accounts.policy import may, needs, scope
from mingcha.alerts.models import Alert
from mingcha.casework.moving import move
from mingcha.casework.offering import admits, offered
from mingcha.complaints.kind import COMPLAINT, UNJUDGED
from mingcha.complaints.models import Complaint
from mingcha.complaints.registering import complainant, place, register
from mingcha.pages.casework.forms import accepted, done, entered, kept_files, offer
from mingcha.pages.casework.views import pictures
from mingcha.pages.complaints.forms import RegisterForm
from mingcha.pages.complaints.table import LISTING, PLACE, prepare, state_tag
from mingcha.pages.listing.declare import Rows
from mingcha.pages.listing.views import answer
from mingcha.pages.live.table import prepare as prepare_alerts
from mingcha.pages.lookups import trees

_OVERSEES: Final = "casework.decide"
"""The policy of the supervising office with its leaders: whoever may judge a complaint may decide too."""


def judges(request: HttpRequest) -> bool:
    """Whether the reader is of the supervising office somewhere: who only registers is shown a shorter form."""
    return may(cast(Account, request.user), _OVERSEES)


def visible(request: HttpRequest) -> Rows:
    """The complaints that the reader may see: those of the places they supervise, and what they filed."""
    rows = Complaint.objects.select_related("matter")
    overseen = scope(request.user, _OVERSEES).limit(rows, *PLACE)
    return overseen | rows.filter(filed_by=request.user.get_username())


def _reaches(request: HttpRequest, policy: str, found: Complaint) -> bool:
    """Whether the reader has the policy where the complaint lies."""
    held = scope(request.user, policy)
    return held.holds(found.matter.region_code, found.matter.fact.get("agency_code"))


@needs("complaints.read")
@require_GET
def complaints(request: HttpRequest) -> HttpResponse:
    """投诉线索."""
    context = {"registers": may(request.user, "complaints.register")}
    return answer(request, LISTING, visible(request), "complaints/list.html", context)


@needs("complaints.read")
@require_GET
def complaint(request: HttpRequest, pk: int) -> HttpResponse:
    """One complaint."""
    return _page(request, _found(request, pk))


@needs("complaints.read")
@require_GET
def of_matter(request: HttpRequest, matter: int) -> HttpResponse:
    """The complaint of a matter: messages and the inbox lead to the matter."""
    found = visible(request).filter(matter=matter).values_list("pk", flat=True).first()
    if found is None:
        raise Http404("没有这件投诉,或不在您的权限范围内")
    return redirect("complaint", found)


def _found(request: HttpRequest, pk: int) -> Complaint:
    found: Complaint | None = visible(request).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这件投诉,或不在您的权限范围内")
    return found


def _to_judge(request: HttpRequest, pk: int) -> Complaint:
    """One that the reader may judge; 403 where they only read it."""
    found = _found(request, pk)
    if not _reaches(request, "complaints.judge", found):
        raise PermissionDenied("您的角色不能这样办理这件投诉")
    return found


def _page(request: HttpRequest, found: Complaint, person: dict[str, str] | None = None) -> HttpResponse:
    account = cast(Account, request.user)
    shown = prepare([found])[0]
    matter = shown.matter
    oversees = _reaches(request, _OVERSEES, found)
    judged_here = _reaches(request, "complaints.judge", found)
    acts = offered(matter, account) if oversees else []
    context: dict[str, Any] = {
        "complaint": shown,
        "matter": matter,
        "tag": state_tag(shown),
        "past": _past(found) if oversees else [],
        "pictures": pictures(matter) if oversees else [],
        "offered": [offer(act) for act in acts],
        "alerts": _alerts(account, found),
        "card": _card(found) if may(account, "alerts.manual") else "",
        "places": judged_here and matter.state in UNJUDGED,
        "looks": judged_here and found.sealed is not None and person is None,
        "person": person,
        "reads_cases": may(account, "cases.read"),
        "agencies": sorted(trees().agencies.values(), key=lambda each: each.code),
        **accepted(),
    }
    return render(request, "complaints/complaint.html", context)


def _past(found: Complaint) -> list[tuple[Any, Any, str]]:
    """Each transition with its act and the state after it, the newest first."""
    rows = found.matter.transitions.order_by("-no")
    return [(row, COMPLAINT.act(row.act), COMPLAINT.state(row.after).label) for row in rows]


def _alerts(account: Account, found: Complaint) -> list[Any]:
    """Alerts of the case, and what this complaint led to."""
    rows = scope(account, "alerts.read").limit(Alert.objects.all())
    own = rows.filter(subject=found.matter.subject)
    if found.case_no:
        own = own | rows.filter(case_no=found.case_no)
    return prepare_alerts(list(own.order_by("-lawful_at")[:20]))


def _card(found: Complaint) -> str:
    """Where a card is entered about what was found true; "" before."""
    if found.matter.fact.get("verified") != "yes":
        return ""
    unit, key = ("case", found.case_no) if found.case_no else ("agency", found.agency_code)
    source = {"media": "media", "superior": "order", "inspection": "visit"}.get(found.source, "complaint")
    text = f"投诉线索 {found.matter.no} 经查属实"
    received = str(found.matter.fact.get("received_at", ""))[:16]
    return f"{reverse('card-new')}?" + urlencode(
        {"source": source, "unit": unit, "key": key, "happened_at": received, "text": text}
    )


@needs("complaints.judge")
@require_POST
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """The page with who complains, and the words as they were written; purpose and look are recorded."""
    found = _to_judge(request, pk)
    try:
        with transaction.atomic():
            person = complainant(found, request.POST.get("purpose", ""), by(request))
    except RefusedError as error:
        messages.error(request, str(error))
        return redirect("complaint", pk)
    return _page(request, found, person)


@needs("complaints.judge")
@require_POST
def place_it(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which case or agency it is about."""
    found = _to_judge(request, pk)
    case_no, agency = request.POST.get("case_no", "").strip(), request.POST.get("agency_code", "").strip()
    try:
        place(found, case_no, agency, by(request))
        messages.success(request, "已明确投诉的对象")
    except RefusedError as error:
        messages.error(request, f"没有保存:{error}")
    return redirect("complaint", pk) if visible(request).filter(pk=pk).exists() else redirect("complaints")


@needs("complaints.judge")
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """One act; the result is shown in place."""
    found = _found(request, pk)
    chosen = next((each for each in COMPLAINT.acts if each.name == request.POST.get("act")), None)
    if chosen is None or not admits(cast(Account, request.user), chosen, found.matter):
        raise PermissionDenied("您的角色不能这样办理投诉")
    if request.POST.get("version") != str(found.matter.version):
        messages.warning(request, "这件投诉在您打开之后有了变动,已显示最新情况;请看过再办")
        return redirect("complaint", pk)

    def run() -> None:
        move(
            found.matter, chosen.name, by(request), reason=request.POST.get("why", ""), evidence=kept_files(request),
            fields=entered(request, chosen),
        )  # fmt: skip

    done(request, chosen.label, run, f"已{chosen.label},记入经过")
    return redirect("complaint", pk)


@needs("complaints.register")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Register one."""
    social = not judges(request)
    first = {"case_no": request.GET.get("case", "")[:64], "source": "phone"}
    form = RegisterForm(request.POST or None, initial=first, social=social)
    if request.method == "POST" and form.is_valid():
        try:
            made = register(form.report(), by(request))
        except RefusedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                f"已登记 {made.complaint.matter.no}。查询号 {made.receipt},只显示这一次:请告诉反映人。",
            )
            return redirect("complaint", made.complaint.pk)
    shown = {
        "form": form,
        "social": social,
        "agencies": sorted(trees().agencies.values(), key=lambda each: each.code),
    }
    return render(request, "complaints/new.html", shown, status=400 if form.errors else 200)
