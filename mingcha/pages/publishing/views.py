"""发布: the list, the three forms, one publication with its decisions, and its difference list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingcha.accounts.policy import may, needs
from mingcha.alerts import adopting, publishing, recalculating
from mingcha.alerts.conflict import ConflictError
from mingcha.alerts.law import law_in_force
from mingcha.alerts.models import Difference, Publication
from mingcha.alerts.publishing import PublishingError
from mingcha.law.calendar_files import CalendarError
from mingcha.pages.publishing import showing, uploads

MOST_SHOWN = 100


@needs("rules.read")
@require_GET
def publications(request: HttpRequest) -> HttpResponse:
    """What was uploaded, newest first, and the difference lists that wait."""
    waiting = Difference.objects.filter(state__in=recalculating.UNSETTLED)
    shown = {
        "publications": Publication.objects.order_by("-pk")[:MOST_SHOWN],
        "differences": waiting.select_related("publication").order_by("-pk"),
        "settled": Difference.objects.exclude(pk__in=waiting).order_by("-pk")[:20],
        "publishes": may(request.user, "rules.publish"),
        "held": showing.packs_held(),
    }
    return render(request, "publishing/list.html", shown)


@needs("rules.publish")
@require_http_methods(["GET", "POST"])
def new_pack(request: HttpRequest) -> HttpResponse:
    """Upload a pack."""
    book, _ = law_in_force()
    if request.method == "POST":
        try:
            files = uploads.pack_files(request.FILES.getlist("files"))
            draft = publishing.upload(
                Publication.Kind.PACK,
                request.POST.get("name", "").strip(),
                files,
                request.POST.get("title", ""),
                _why(request),
                request.user.get_username(),
            )
            return redirect("publication", draft.pk)
        except PublishingError as error:
            messages.error(request, str(error))
    return render(request, "publishing/pack.html", {"packs": book.packs, "held": request.POST})


@needs("rules.publish")
@require_http_methods(["GET", "POST"])
def new_year(request: HttpRequest) -> HttpResponse:
    """Import next year's notice."""
    if request.method == "POST":
        try:
            file = request.FILES.get("notice")
            if file is None:
                raise PublishingError("没有选择文件;请选放假通知的 CSV(日期,名称,休或班)或 JSON")
            issued = parse_date(request.POST.get("issued", "") or "-")
            number, title = request.POST.get("number", ""), request.POST.get("title", "")
            year, title, files = uploads.notice_files(file, number, title, issued)
            actor = request.user.get_username()
            draft = publishing.upload(
                Publication.Kind.CALENDAR, str(year), files, title, _why(request), actor
            )
            return redirect("publication", draft.pk)
        except (PublishingError, ValueError) as error:
            messages.error(request, str(error) if isinstance(error, PublishingError) else "发文日期不是日期")
    return render(request, "publishing/year.html", {"held": request.POST})


@needs("rules.publish")
@require_http_methods(["GET", "POST"])
def adoption(request: HttpRequest) -> HttpResponse:
    """Say which packs hold here."""
    held = showing.packs_held()
    if request.method == "POST":
        chosen = request.POST.getlist("packs")
        try:
            draft = adopting.propose(chosen, request.user.get_username(), _why(request))
            return redirect("publication", draft.pk)
        except PublishingError as error:
            messages.error(request, str(error))
            held = [replace(pack, holds=pack.id in chosen) for pack in held]
    return render(request, "publishing/adoption.html", {"packs": held, "why": request.POST.get("why", "")})


def _why(request: HttpRequest) -> str:
    why = request.POST.get("why", "").strip()
    if not why:
        raise PublishingError("请写明缘由:依据哪个文件,改了什么")
    return why[:1000]


@needs("rules.read")
@require_GET
def publication(request: HttpRequest, pk: int) -> HttpResponse:
    """One publication."""
    held = get_object_or_404(Publication, pk=pk)
    try:
        (days, confirmed), unread = showing.days_changed(held), []
    except CalendarError as error:
        (days, confirmed), unread = ([], 0), error.faults
    second = held.uploaded_by != request.user.get_username()
    shown = {
        "publication": held,
        "steps": showing.steps(held),
        "waits": showing.waits_for_trial(held),
        "trial": showing.trial_of(held),
        "names_cases": may(request.user, "rules.publish") or may(request.user, "rules.approve"),
        "days": days,
        "confirmed": confirmed,
        "unread": unread,
        "files": list(showing.file_changes(held)),
        "packs": showing.packs_named(held),
        "idle": showing.not_adopted(held),
        "difference": showing.open_difference(held),
        "may_decide": may(request.user, "rules.approve") and held.state == Publication.State.DRAFT,
        "second": second,
        "may_end": may(request.user, "rules.approve") and held.state == Publication.State.IN_FORCE,
    }
    return render(request, "publishing/publication.html", shown)


@needs("rules.approve")
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person approves; the difference list is asked for."""
    return _decide(request, pk, publishing.approve, "已审定,正在计算重算差异单")


@needs("rules.approve")
@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person refuses."""
    return _decide(request, pk, publishing.refuse, "已记为未通过")


@needs("rules.approve")
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the end of what is in force."""
    return _decide(request, pk, publishing.end, "已提出停用,差异单执行后停用")


def _decide(
    request: HttpRequest, pk: int, act: Callable[[Publication, str, str], object], done: str
) -> HttpResponse:
    held = get_object_or_404(Publication, pk=pk)
    opinion = request.POST.get("opinion", "").strip()[:1000]
    try:
        if not opinion:
            raise PublishingError("请写明意见,它记入审计,以后不能改")
        act(held, request.user.get_username(), opinion)
        messages.success(request, done)
    except (PublishingError, ConflictError) as error:
        messages.error(request, str(error))
    return redirect("publication", pk)


@needs("rules.read")
@require_GET
def pack_zip(request: HttpRequest, pack_id: str) -> HttpResponse:
    """The files of a pack in force."""
    book, _ = law_in_force()
    pack = next((pack for pack in book.packs if pack.id == pack_id), None)
    if pack is None:
        raise Http404(f"没有规则包 {pack_id}")
    answer = HttpResponse(uploads.packed(pack), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{pack.id}.zip"'
    return answer


def drafts_waiting() -> int:
    """How many wait for a second person or for their difference list."""
    return Publication.objects.filter(
        Q(state=Publication.State.DRAFT, faults=[]) | Q(state=Publication.State.APPROVED)
    ).count()
