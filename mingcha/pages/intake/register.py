"""Registering sources 登记来源, changing them, handing them over, giving out keys."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from mingcha.accounts.policy import needs
from mingcha.base import clock
from mingcha.intake import sources, workdays
from mingcha.intake.models import Source
from mingcha.intake.sources import OWN_CODE, SourceError
from mingcha.pages import lookups
from mingcha.pages.intake.center import rights
from mingcha.readers.mapping.load import shipped

_TEXTS = ("name", "agency_code", "region_code", "way", "mapping")


@needs("intake.sources")
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """A new source."""
    faults: dict[str, str] = {}
    if request.method == "POST":
        values = _values(request, None)
        values["code"] = request.POST.get("code", "").strip()
        try:
            _in_scope(request, values)
            made = sources.register(
                values, request.POST.get("keeper", "").strip(), request.POST.get("phone", "").strip(),
                actor=request.user.get_username(),
            )  # fmt: skip
        except SourceError as error:
            faults = error.faults
        else:
            messages.success(request, f"已登记来源“{made.name}”")
            return redirect("intake-source", made.code)
    return _form(request, None, faults)


@needs("intake.sources")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, code: str) -> HttpResponse:
    """A source changed."""
    source = _source(request, code)
    faults: dict[str, str] = {}
    if request.method == "POST":
        values = _values(request, source)
        try:
            _in_scope(request, values)
            sources.change(source, values, actor=request.user.get_username())
        except SourceError as error:
            faults = error.faults
        else:
            messages.success(request, "已修改")
            return redirect("intake-source", source.code)
    return _form(request, source, faults)


@needs("intake.sources")
@require_POST
def keeper(request: HttpRequest, code: str) -> HttpResponse:
    """Another person answers for it."""
    source = _source(request, code)
    try:
        name, phone = request.POST.get("keeper", "").strip()[:60], request.POST.get("phone", "").strip()[:30]
        sources.hand_over(source, name, phone, actor=request.user.get_username())
        messages.success(request, "已更换责任人")
    except SourceError as error:
        messages.error(request, str(error))
    return redirect("intake-source", source.code)


@needs("intake.sources")
@require_POST
def key(request: HttpRequest, code: str) -> HttpResponse:
    """A new key, shown on this answer and never again."""
    source = _source(request, code)
    made = sources.make_key(source, actor=request.user.get_username())
    answer = render(request, "intake/key.html", {"source": source, "key": made})
    answer["Cache-Control"] = "no-store"
    return answer


def _source(request: HttpRequest, code: str) -> Source:
    found: Source = request.scope.find(Source.objects.exclude(code=OWN_CODE), code=code)  # type: ignore[attr-defined]
    return found


def _values(request: HttpRequest, source: Source | None) -> dict[str, Any]:
    """What was entered, in the fields of `Source`; what the form does not show stays as it was."""
    given = request.POST
    rating = given.get("best_rating", "")
    schedule = dict(source.schedule) if source else {}
    if given.get("daily"):
        first = workdays.reporting_day(clock.local_now()).isoformat()
        schedule |= {"daily": True, "since": schedule.get("since", first)}
    else:
        schedule.pop("daily", None)
    return {
        **{name: given.get(name, "").strip() for name in _TEXTS},
        "best_rating": int(rating) if rating in ("1", "5") else None,
        "review": bool(given.get("review")),
        "active": bool(given.get("active")) if source else True,
        "schedule": schedule,
    }


def _in_scope(request: HttpRequest, values: dict[str, Any]) -> None:
    """Raise SourceError for an owner that is not known or lies elsewhere."""
    trees = lookups.trees()
    agency = trees.agencies.get(values["agency_code"])
    if values["agency_code"] and agency is None:
        raise SourceError({"agency_code": "组织机构里没有这个部门;请从列表中选"})
    if not values["region_code"] and agency is not None:
        values["region_code"] = agency.region
    if values["way"] not in Source.Way.values:
        raise SourceError({"way": "请选择四种方式之一"})
    if not request.scope.holds(values["region_code"], values["agency_code"]):  # type: ignore[attr-defined]
        raise SourceError({"agency_code": "这个部门不在您的权限范围内"})


def _form(request: HttpRequest, source: Source | None, faults: dict[str, str]) -> HttpResponse:
    trees, scope = lookups.trees(), request.scope  # type: ignore[attr-defined]
    agencies = [
        (code, agency.name)
        for code, agency in sorted(trees.agencies.items())
        if scope.holds(agency.region, code)
    ]
    shown = {
        "source": source,
        "given": request.POST if request.method == "POST" else _given(source),
        "faults": faults,
        "ways": Source.Way.choices,
        "agencies": agencies,
        "shipped": list(shipped()),
        **rights(request),
    }
    return render(request, "intake/register.html", shown, status=422 if faults else 200)


def _given(source: Source | None) -> dict[str, Any]:
    if source is None:
        return {"way": "file", "daily": "1"}
    flags = {"daily": source.schedule.get("daily"), "review": source.review, "active": source.active}
    return {
        **{name: getattr(source, name) for name in _TEXTS},
        "best_rating": str(source.best_rating or ""),
        **{name: "1" for name, value in flags.items() if value},
    }
