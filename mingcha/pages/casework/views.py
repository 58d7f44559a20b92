"""The list of matters, one matter, acts on it in place, its files."""

from __future__ import annotations

import itertools
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_POST

from mingcha.accounts.acts import by
from mingcha.accounts.models import Account
from mingcha.accounts.policy import may, needs
from mingcha.alerts.evidence import EvidenceError
from mingcha.base import clock
from mingcha.casework import clocks
from mingcha.casework.declare import kind_of
from mingcha.casework.models import Matter, Proof
from mingcha.casework.moving import move
from mingcha.casework.offering import admits, offered
from mingcha.pages.alert.verdict import SHEET_WIDTH, Picture
from mingcha.pages.cards.files import handed_out
from mingcha.pages.casework.forms import accepted, done, entered, kept_files, offer
from mingcha.pages.casework.guarding import past_of, proofs_of, reads_all
from mingcha.pages.casework.story import coming, told
from mingcha.pages.casework.table import LISTING, left_tag, prepare, read_by
from mingcha.pages.listing.declare import Rows
from mingcha.pages.listing.views import answer
from mingcha.report.sheet_svg import sheet_svg


def visible(request: HttpRequest) -> Rows:
    """The matters in the reader's scope."""
    return request.scope.limit(Matter.objects.all())  # type: ignore[attr-defined, no-any-return]


@needs("casework.read")
@require_GET
def matters(request: HttpRequest) -> HttpResponse:
    """事项."""
    context = {"orders": may(request.user, "casework.supervise")}
    listing = read_by(LISTING, cast(Account, request.user))
    return answer(request, listing, visible(request), "casework/matters.html", context)


@needs("casework.read")
@require_GET
def matter(request: HttpRequest, pk: int) -> HttpResponse:
    """One matter: what it is, its clock, what may be done, what was done."""
    account = cast(Account, request.user)
    shown = prepare([_found(request, pk)], account)[0]
    known = reads_all(account, shown)
    now = clock.local_now()
    context: dict[str, Any] = {
        "matter": shown,
        "kind": kind_of(shown.kind),
        "left": left_tag(shown),
        "pictures": pictures(shown) if known else [],
        "told": told(shown) if known else [],
        "past": _past(shown, account),
        "coming": coming(shown, now),
        "proofs": list(proofs_of(shown, account)) if _reads_proofs(request, shown) else None,
        "offered": [offer(act) for act in offered(shown, account)],
        "others": prepare(list(_others(request, shown)[:20]), account),
        "reads_complaints": known,
        **accepted(),
    }
    return render(request, "casework/matter.html", context)


def _found(request: HttpRequest, pk: int) -> Matter:
    rows = Matter.objects.select_related("alert", "parent")
    found: Matter = request.scope.find(rows, pk=pk)  # type: ignore[attr-defined]
    return found


def _past(shown: Matter, reader: Account) -> list[tuple[Any, Any, str]]:
    """Each transition with its act and the state after it, the newest first."""
    kind = kind_of(shown.kind)
    rows = reversed(past_of(shown, reader))
    return [(row, kind.act(row.act), kind.state(row.after).label) for row in rows]


def _others(request: HttpRequest, shown: Matter) -> Rows:
    """Other matters about the same thing, case or batch."""
    rows = visible(request).exclude(pk=shown.pk)
    if shown.group:
        return rows.filter(group=shown.group).order_by("pk")
    if shown.case_no:
        return rows.filter(case_no=shown.case_no).order_by("-changed_at")
    return rows.filter(subject_kind=shown.subject_kind, subject=shown.subject).order_by("-changed_at")


def pictures(shown: Matter) -> list[Picture]:
    """The clocks that run on the matter, drawn by the one sheet function."""
    if not kind_of(shown.kind).table:
        return []
    count = itertools.count(1)
    return [
        Picture(
            titled.title,
            # It escapes every text itself.
            mark_safe(sheet_svg(titled.sheet, width=SHEET_WIDTH, caption=titled.caption, due=titled.due, key=f"m{next(count)}")),  # noqa: S308,E501
        )
        for titled in clocks.sheets_of(shown)
    ]  # fmt: skip


@needs("casework.read")
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """One act; the result is shown in place."""
    found = _found(request, pk)
    kind = kind_of(found.kind)
    chosen = next((each for each in kind.acts if each.name == request.POST.get("act")), None)
    if chosen is None or not admits(cast(Account, request.user), chosen, found):
        raise PermissionDenied("您的角色不能这样办理这一项")
    if request.POST.get("version") != str(found.version):
        messages.warning(request, "这一项在您打开之后有了变动,已显示最新情况;请看过再办")
        return redirect("matter", pk)

    def run() -> None:
        move(
            found, chosen.name, by(request), reason=request.POST.get("why", ""), evidence=kept_files(request),
            fields=entered(request, chosen),
        )  # fmt: skip

    done(request, chosen.label, run, f"已{chosen.label},记入经过")
    return redirect("matter", pk)


# -- files ---------------------------------------------------------------------------------------------------------


def _reads_proofs(request: HttpRequest, shown: Matter) -> bool:
    """Who may read the matter may read what proves it, but for the assessor, who reads results."""
    return any(
        may(request.user, name) for name in ("casework.answer", "casework.supervise", "casework.decide")
    )


@needs("casework.read")
@require_GET
def proof(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One file of a matter, to be saved; recorded before the first byte."""
    rows = Proof.objects.select_related("matter")
    row: Proof = request.scope.find(rows, "matter__region_code", "matter__agency_code", pk=pk)  # type: ignore[attr-defined]
    account = cast(Account, request.user)
    if not _reads_proofs(request, row.matter) or not proofs_of(row.matter, account).filter(pk=pk).exists():
        raise Http404("没有这一条,或不在您的权限范围内")
    try:
        return handed_out(request, row, f"matter/{row.matter.no}")
    except EvidenceError as error:
        messages.error(request, str(error))
        return redirect("matter", row.matter_id)
