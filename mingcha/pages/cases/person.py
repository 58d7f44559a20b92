"""Cases of one person 按个人信息查找: by name, id number or phone, through tokens; for a stated purpose, recorded.

What is looked for comes by POST and is a token at once (`intake.personal.token`): only that is kept, in the session,
for half an hour. It stands in no address, no log and no saved view; results stay masked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from mingcha.accounts import masking
from mingcha.accounts.acts import by
from mingcha.accounts.policy import needs, scope
from mingcha.base import clock
from mingcha.base.sealing import SealError
from mingcha.base.texts import storable
from mingcha.facts.schema import TABLES
from mingcha.intake import personal
from mingcha.pages.cases.table import LISTING
from mingcha.pages.cases.table import prepare as prepare_cases
from mingcha.pages.listing.declare import Column, Rows
from mingcha.pages.listing.views import answer
from mingcha.pages.lookups import stored

WAYS: Final = {"applicant_id": "证件号码", "applicant_name": "申请人姓名(名称)", "contact_phone": "联系电话"}
"""Columns that are searched by, each with an index."""
KEPT: Final = timedelta(minutes=30)
MOST_NAMED: Final = 20
"""Case numbers that the audit row names."""
_LONGEST: Final = 200
_SHORTEST: Final = {"applicant_id": 6, "applicant_name": 2, "contact_phone": 7}
_SESSION: Final = "person_search"
_CASES: Final = TABLES["cases"]


@dataclass(frozen=True)
class Search:
    """What is looked for: a column and the token of a value."""

    column: str
    token: str
    purpose: str

    def cases(self, rows: Rows) -> Rows:
        """The cases of that person."""
        return rows.filter(**{self.column: self.token})


@needs("personal.look")
@sensitive_post_parameters("value")
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest) -> HttpResponse:
    """The form; what was found, as any list; or a new search."""
    if request.method == "POST":
        answered = _search(request)
    elif (search := _kept(request)) is not None:
        context = {"search": search, "by": WAYS[search.column]}
        answered = answer(request, _LISTING, search.cases(_rows(request)), "cases/person.html", context)
    else:
        answered = _form(request, {}, {})
    answered["Cache-Control"] = "private, no-store"
    return answered


@needs("personal.look")
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """End the search."""
    request.session.pop(_SESSION, None)
    return redirect("case-person")


def _search(request: HttpRequest) -> HttpResponse:
    """Check, record, keep the token, and show what was found under an address that says nothing of it."""
    given = {name: storable(request.POST.get(name, "")).strip() for name in ("by", "value", "purpose")}
    given["purpose"] = " ".join(given["purpose"].split())[:300]
    if faults := _faults(given):
        return _form(request, given, faults)
    search = Search(given["by"], personal.token(given["by"], given["value"]) or "", given["purpose"])
    found = list(search.cases(_rows(request)).values_list("case_no", flat=True)[: MOST_NAMED + 1])
    with transaction.atomic():
        by(request).record(
            "personal.search", "cases", purpose=search.purpose, by=WAYS[search.column], cases=found[:MOST_NAMED],
            found=f"{MOST_NAMED}+" if len(found) > MOST_NAMED else str(len(found)),
        )  # fmt: skip
    kept = {"column": search.column, "token": search.token, "purpose": search.purpose}
    request.session[_SESSION] = {**kept, "until": (clock.now() + KEPT).timestamp()}
    return redirect("case-person")


def _faults(given: dict[str, str]) -> dict[str, str]:
    faults = {}
    if given["by"] not in WAYS:
        faults["by"] = "请选择按什么查找"
    elif not _SHORTEST[given["by"]] <= len(given["value"]) <= _LONGEST:
        faults["value"] = f"请填写完整的{WAYS[given['by']]};不支持只填一部分"
    if len(given["purpose"]) < masking.SHORTEST_PURPOSE:
        faults["purpose"] = (
            f"请写明查找的事由(至少 {masking.SHORTEST_PURPOSE} 个字),例如:核实投诉人反映的办件"
        )
    return faults


def _kept(request: HttpRequest) -> Search | None:
    """The search under way; None where there is none, or it has lasted too long."""
    held = request.session.get(_SESSION)
    if not held:
        return None
    if held["until"] < clock.now().timestamp():
        del request.session[_SESSION]
        messages.info(request, "上次的查找已过半小时,请重新填写")
        return None
    return Search(held["column"], held["token"], held["purpose"])


def _rows(request: HttpRequest) -> Rows:
    """Cases that the account may read and whose persons it may look at."""
    seen = scope(request.user, "cases.read").limit(stored("cases"))
    return request.scope.limit(seen)  # type: ignore[attr-defined, no-any-return]


def _form(request: HttpRequest, given: dict[str, str], faults: dict[str, str]) -> HttpResponse:
    context = {"ways": WAYS.items(), "given": given, "faults": faults}
    return render(request, "cases/person_form.html", context, status=422 if faults else 200)


def _prepare(rows: list[Any]) -> list[Any]:
    for row in prepare_cases(rows):
        row.applicant = _applicant(row)
    return rows


def _applicant(row: Any) -> str:
    """The applicant, masked."""
    try:
        opened = personal.open_row(row.sealed, personal.about(_CASES, {"case_no": row.case_no}))
    except SealError:
        return "(无法开启)"
    return masking.masked(_CASES.column("applicant_name"), opened.get("applicant_name")) or ""


_LISTING = replace(
    LISTING,
    name="person-cases",
    title="按个人信息查找办件",
    columns=(LISTING.columns[0], Column("applicant", "申请人", lambda c: c.applicant), *LISTING.columns[1:]),
    prepare=_prepare,
    empty="没有找到这个人的办件",
    empty_next="核对所填的内容是否完整、一字不差;只查得到您管辖范围之内、申请时写了这一项的办件。",
)
