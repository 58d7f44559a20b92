"""Supervision orders 督办单: issued to one or many agencies at once, and the paper of one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from mingcha.accounts.acts import By, RefusedError, by
from mingcha.accounts.policy import needs
from mingcha.base import clock
from mingcha.base.texts import storable
from mingcha.casework.models import Matter
from mingcha.casework.moving import Start, begin_all
from mingcha.casework.tables import ORDER
from mingcha.pages import lookups
from mingcha.pages.casework.forms import accepted, done, kept_files, usual_due
from mingcha.pages.casework.story import told
from mingcha.pages.casework.table import prepare

MOST_AGENCIES = 200
"""Agencies of one order."""


@needs("casework.supervise")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form of an order, and issuing it: a matter an agency, all in one batch."""
    made: list[Matter] = []
    if request.method == "POST" and done(
        request, "发出", lambda: made.extend(_issued(request)), "督办单已发出,责任部门随即收到消息"
    ):
        if len(made) == 1:
            return redirect("matter", made[0].pk)
        return redirect(f"/casework/?q={made[0].group}")
    chosen = set(request.POST.getlist("agency"))
    context: dict[str, Any] = {
        "act": ORDER.opening[0],
        "groups": _groups(request),
        "chosen": chosen,
        "given": request.POST,
        "usual_due": request.POST.get("due_at") or usual_due(),
        **accepted(),
    }
    return render(
        request, "casework/order_new.html", context, status=422 if request.method == "POST" else 200
    )


def _groups(request: HttpRequest) -> list[tuple[str, list[tuple[str, str]]]]:
    """Agencies in scope by region: (region's name, [(code, name)])."""
    trees, scope = lookups.trees(), request.scope  # type: ignore[attr-defined]
    held: dict[str, list[tuple[str, str]]] = {}
    for code, agency in sorted(trees.agencies.items(), key=lambda pair: (pair[1].region, pair[0])):
        if scope.holds(agency.region, code):
            held.setdefault(trees.region_name(agency.region), []).append((code, agency.name))
    return list(held.items())


def _issued(request: HttpRequest) -> list[Matter]:
    given: QueryDict = request.POST
    agencies = list(dict.fromkeys(given.getlist("agency")))
    known = {code for _, group in _groups(request) for code, _ in group}
    title = storable(given.get("title", "")).strip()
    if not agencies or not set(agencies) <= known:
        raise RefusedError("请至少选择一个部门;只能督办您管辖范围内的部门。")
    if len(agencies) > MOST_AGENCIES:
        raise RefusedError(f"一次最多督办 {MOST_AGENCIES} 个部门,请分几次发出。")
    if not title or len(title) > 200:
        raise RefusedError("请写明标题(不超过 200 字)。")
    return issue(
        agencies, title, given.get("why", ""), given.get("due_at", ""), by(request), kept_files(request)
    )


def issue(
    agencies: list[str], title: str, text: str, due_at: object, who: By, files: list[Any]
) -> list[Matter]:
    """One order to each agency, in one transaction and under one group. Raises `RefusedError`."""
    trees = lookups.trees()
    group = f"DBP{clock.local_now():%Y%m%d%H%M%S}-{agencies[0][-6:]}" if len(agencies) > 1 else ""
    starts = [
        Start(
            ORDER.name, title, group=group, agency_code=code,
            region_code=trees.agencies[code].region if code in trees.agencies else "", fact={"agency_code": code},
        )
        for code in agencies
    ]  # fmt: skip
    return begin_all(starts, "issue", who, reason=text, evidence=files, fields={"due_at": due_at})


@needs("casework.read")
@require_GET
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The order as a document of one page, A4."""
    rows = Matter.objects.filter(kind=ORDER.name)
    found: Matter = request.scope.find(rows, pk=pk)  # type: ignore[attr-defined]
    shown = prepare([found])[0]
    first = found.transitions.order_by("no").first()
    answer = found.transitions.filter(act="answer").order_by("-no").first()
    context = {
        "matter": shown,
        "text": first.reason if first else "",
        "issued_at": first.lawful_at if first else None,
        "answer": answer,
        "told": told(shown),
        "law": ORDER.law,
    }
    return render(request, "casework/order_paper.html", context)
