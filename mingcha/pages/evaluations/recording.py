"""Ratings that staff record for others 代录: by phone, from the suggestion box, of a campaign, a third party."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from mingcha.accounts.policy import needs
from mingcha.base import clock
from mingcha.evaluations import offers, recorded, tokens
from mingcha.evaluations.refused import NotTakenError
from mingcha.pages import lookups
from mingcha.pages.evaluations.table import codes
from mingcha.pages.rate import asking

WAYS: Final = ("phone", "sms", "mailbox", "hotline", "campaign", "third_party")
KINDS: Final = ("case", "comprehensive", "supervision")


@needs("evaluations.record")
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    """The form; what it takes is recorded with who entered it."""
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            no = _taken(request)
        except NotTakenError as refused:
            faults = refused.faults or {"": str(refused)}
        else:
            messages.success(request, f"已收下,评价编号 {no};稍后可在评价列表里看到")
            return redirect("evaluation-list")
    shown = _shown(request, faults)
    return render(request, "evaluations/new.html", shown, status=422 if faults else 200)


def _taken(request: HttpRequest) -> str:
    given = request.POST
    answer = asking.answer(given)
    faults = {}
    kind, way = given.get("kind", ""), given.get("channel", "")
    if kind not in KINDS:
        faults["kind"] = "请选择评价类别"
    if way not in WAYS:
        faults["channel"] = "请选择评价从哪里来"
    agency, case_no = given.get("agency_code", ""), given.get("case_no", "").strip()
    at = _moment(given, faults)
    if kind == "case" and not case_no:
        faults["case_no"] = "办件评价请填写办件编号"
    elif case_no:
        agency = _agency_of(request, case_no, faults)
    elif agency not in _agencies(request):
        faults["agency_code"] = "请选择被评价的部门"
    if faults:
        raise NotTakenError("有几处需要修改", faults=faults)
    subject = recorded.subject(given.get("no", ""), kind, agency, case_no)
    by = request.user.get_username()
    return recorded.take(subject, answer, channel=way, by=by, at=at).no


def _moment(given: QueryDict, faults: dict[str, str]) -> datetime | None:
    text = given.get("submitted_at", "").strip()
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is not None or at > clock.local_now():
        faults["submitted_at"] = "请填写已经过去的时间,如 2026-10-14 09:30"
        return None
    return at


def _agency_of(request: HttpRequest, case_no: str, faults: dict[str, str]) -> str:
    scope = request.scope  # type: ignore[attr-defined]
    found = (
        scope.limit(lookups.stored("cases")).filter(case_no=case_no).first() if "\0" not in case_no else None
    )
    if found is None:
        faults["case_no"] = "没有这件办件,或不在您的权限范围内"
        return ""
    if offers.rated_before(case_no):
        faults["case_no"] = "这件办件已经评价过了,一事一评"
    return found.agency_code or ""


def _agencies(request: HttpRequest) -> dict[str, str]:
    scope = request.scope  # type: ignore[attr-defined]
    return {code: a.name for code, a in lookups.trees().agencies.items() if scope.holds(a.region, code)}


def _shown(request: HttpRequest, faults: dict[str, str]) -> dict[str, Any]:
    kinds, ways = codes("kind"), codes("channel")
    return {
        "given": request.POST.dict(),
        "chosen": request.POST.getlist("tags"),
        "faults": faults,
        "no": request.POST.get("no") or tokens.of_rating(tokens.new_number(clock.local_now())),
        "kinds": [(name, kinds[name]) for name in KINDS],
        "ways": [(name, ways[name]) for name in WAYS],
        "agencies": sorted(_agencies(request).items(), key=lambda pair: pair[1]),
        "levels": asking.levels(),
    }
