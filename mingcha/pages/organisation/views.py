"""组织机构: a region with what lies in it; entering and correcting one by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mingcha.accounts.acts import by
from mingcha.accounts.places import Places, places
from mingcha.accounts.policy import may, needs
from mingcha.accounts.scopes import Scope
from mingcha.intake import applying
from mingcha.pages.organisation.forms import AgencyForm, RegionForm
from mingcha.pages.organisation.shown import (
    Counted,
    agency_lines,
    in_sight,
    opening,
    path_to,
    region_lines,
    search,
    tops,
)


@require_GET
@needs("organisation.read")
def organisation(request: HttpRequest, code: str = "") -> HttpResponse:
    """The highest regions one may see, one region, or what a search found."""
    trees, scope = places(), request.scope  # type: ignore[attr-defined]
    text = request.GET.get("q", "").strip()[:60]
    highest = tops(trees, scope)
    if not code and not text:
        code = opening(trees, highest)
    if code and not in_sight(trees, scope, code):
        raise Http404("没有这个区划,或不在您的范围内")
    regions, agencies = _codes(trees, scope, code, text, highest)
    counted = Counted()
    shown: dict[str, Any] = {
        "trees": trees,
        "region": trees.regions.get(code),
        "path": path_to(trees, scope, code) if code else [],
        "regions": list(region_lines(trees, regions, counted)),
        "agencies": list(agency_lines(trees, agencies, counted)),
        "q": text,
        "manages": may(request.user, "organisation.manage"),
        "totals": (len(trees.regions), len(trees.agencies)) if scope.everything else None,
    }
    return render(request, "organisation/organisation.html", shown)


def _codes(
    trees: Places, scope: Scope, code: str, text: str, highest: list[str]
) -> tuple[list[str], list[str]]:
    """Regions and agencies to be listed."""
    if text:
        return search(trees, scope, text)
    if code:
        return trees.subregions(code), list(trees.agencies_in.get(code, ()))
    if scope.agencies is None:
        return highest, []
    # Agencies granted by name, whose region as a whole is not.
    apart = [
        a
        for a in scope.agencies
        if a in trees.agencies and trees.agencies[a].region not in (scope.regions or ())
    ]
    return highest, sorted(apart)


@needs("organisation.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def region(request: HttpRequest, code: str = "") -> HttpResponse:
    """Enter or correct a region."""
    trees = places()
    known = trees.regions.get(code)
    first = (
        {"code": known.code, "name": known.name, "level": known.level, "parent_code": known.parent}
        if known
        else {}
    )
    return _enter(request, RegionForm(trees, request.POST or None, initial=first), code, known is not None)


@needs("organisation.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def agency(request: HttpRequest, code: str = "") -> HttpResponse:
    """Enter or correct an agency."""
    trees = places()
    known = trees.agencies.get(code)
    first = (
        {"code": known.code, "name": known.name, "region_code": known.region, "parent_code": known.parent}
        if known
        else {"region_code": request.GET.get("region", "")}
    )
    return _enter(request, AgencyForm(trees, request.POST or None, initial=first), code, known is not None)


def _enter(request: HttpRequest, form: RegionForm | AgencyForm, code: str, known: bool) -> HttpResponse:
    if code and not known:
        raise Http404("没有这个代码")
    if code:
        form.fields["code"].disabled = True  # it is the key
    if request.method == "POST" and form.is_valid():
        row = {name: value or None for name, value in form.cleaned_data.items()}
        who = by(request)
        with transaction.atomic():
            no = applying.write({form.table: [row]}, who.actor)
            who.record("organisation.change", f"{form.table}/{row['code']}", name=row["name"], batch=no)
        messages.success(request, f"{row['name']} 已保存(批号 {no}),原来的版本留着。")
        region_code = row["code"] if form.table == "regions" else row["region_code"]
        return redirect(reverse("organisation-region", args=[region_code]))
    shown = {
        "form": form,
        "known": known,
        "kind": "行政区划" if form.table == "regions" else "部门",
        "regions": sorted(form.trees.regions.values(), key=lambda each: each.code),
        "agencies": sorted(form.trees.agencies.values(), key=lambda each: each.code),
    }
    return render(request, "organisation/enter.html", shown, status=400 if form.errors else 200)
