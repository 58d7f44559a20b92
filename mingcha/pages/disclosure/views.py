"""公示: opened and closed region by region, looked at before it is published, checked afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mingcha.accounts.acts import RefusedError, by
from mingcha.accounts.places import Places, places
from mingcha.accounts.policy import may, needs, scope
from mingcha.accounts.scopes import Scope
from mingcha.base import clock
from mingcha.disclosure import checking, publishing, switches
from mingcha.disclosure.models import Month, Opened
from mingcha.pages.public.open_views import PARTS, shown, spoken

_LEVELS = ("province", "city", "county")
"""Levels of regions that open for themselves; those below follow."""


@dataclass(frozen=True)
class Cell:
    """One kind in one region: open by itself, by one above, or not."""

    what: str
    label: str
    own: Opened | None
    above: bool


@dataclass(frozen=True)
class Line:
    """A region with its cells; `may`: the reader may open and close here."""

    code: str
    name: str
    depth: int
    cells: tuple[Cell, ...]
    may: bool


@needs("disclosure.read")
@require_GET
def disclosure(request: HttpRequest) -> HttpResponse:
    """What is open, what is coming, what was published."""
    month = f"{clock.local_now():%Y-%m}"
    context: dict[str, Any] = {
        "whats": [what.label for what in Opened.What],
        "lines": _lines(request),
        "months": _months(),
        "coming": spoken(month),
        "parts": [(what, Opened.What(what).label) for what in PARTS],
        "manages": may(request.user, "disclosure.manage"),
    }
    return render(request, "disclosure/disclosure.html", context)


def _lines(request: HttpRequest) -> list[Line]:
    """The regions of the reader's scope, from above to below, as far as districts."""
    trees, reach = places(), scope(request.user, "disclosure.manage")
    held = {(row.region_code, row.what): row for row in Opened.objects.filter(closed_at=None)}
    regions = [r for r in trees.regions.values() if r.level in _LEVELS and _seen(request, r.code)]
    lines = []
    for region in sorted(regions, key=lambda each: each.code):
        above = _above(trees, region.code)
        cells = tuple(
            Cell(
                str(what),
                what.label,
                held.get((region.code, what)),
                any((code, what) in held for code in above),
            )
            for what in Opened.What
        )
        lines.append(Line(region.code, region.name, len(above), cells, _holds(reach, region.code)))
    return lines


def _seen(request: HttpRequest, region: str) -> bool:
    return _holds(request.scope, region)  # type: ignore[attr-defined]


def _holds(reach: Scope, region: str) -> bool:
    return reach.everything or region in (reach.regions or ())


def _above(trees: Places, code: str) -> list[str]:
    """The regions above one, the nearest first."""
    found: list[str] = []
    known = trees.regions.get(code)
    while known and known.parent and known.parent not in found:
        found.append(known.parent)
        known = trees.regions.get(known.parent)
    return found


def _months() -> list[dict[str, Any]]:
    """What was published, with whether it is still what was recorded then."""
    faults = {each.month: each.faults for each in checking.check(reckon=False)}
    return [
        {"row": row, "spoken": spoken(row.month), "faults": faults.get(row.month, ())}
        for row in Month.objects.order_by("-month")[:36]
    ]


@needs("disclosure.manage")
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Open or close one kind in one region."""
    region, what = request.POST.get("region", ""), request.POST.get("what", "")
    if not _holds(request.scope, region):  # type: ignore[attr-defined]
        raise Http404("没有这个区划,或不在您的权限范围内")
    try:
        with transaction.atomic():
            if request.POST.get("act") == "close":
                switches.close(region, what, by(request))
            else:
                switches.open_to_all(region, what, by(request))
    except RefusedError as error:
        messages.warning(request, str(error))
    else:
        done = "关闭" if request.POST.get("act") == "close" else "开放"
        messages.success(request, f"{places().region_name(region)}的{Opened.What(what).label}已{done}公示")
    return redirect("disclosure")


@needs("disclosure.read")
@require_GET
def preview(request: HttpRequest, part: str) -> HttpResponse:
    """What this month would say if it were over now: as the public would see it."""
    if part not in PARTS:
        raise Http404("没有这一项公示内容")
    month = f"{clock.local_now():%Y-%m}"
    told = publishing.document(month)
    if part not in told:
        messages.warning(request, f"{Opened.What(part).label}还没有在任何区划开放,没有可预览的内容。")
        return redirect("disclosure")
    context = {**shown(told, part), "part": Opened.What(part).label, "coming": spoken(month)}
    return render(request, f"disclosure/{part}.html", context)
