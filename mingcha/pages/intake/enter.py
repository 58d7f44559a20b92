"""手工填报 pages: choose what to enter, enter or correct one row. Personal values are masked unless looked at."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from mingcha.accounts import masking
from mingcha.accounts.acts import RefusedError, by
from mingcha.accounts.policy import may, needs
from mingcha.accounts.policy import scope as scope_of
from mingcha.facts.declare import Column, Kind
from mingcha.facts.kinds import explanation
from mingcha.facts.schema import TABLES
from mingcha.intake.models import Source
from mingcha.intake.provenance import Version, row
from mingcha.intake.receiving import NotReceivedError
from mingcha.intake.ways import forms
from mingcha.pages import lookups
from mingcha.pages.intake.center import rights

_MOST_CHOICES = 300


@needs("cases.edit")
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """Which table; and for a correction, which case."""
    case_no = request.GET.get("case_no", "").strip()[:200]
    found = _case(request, case_no) if case_no else None
    shown = {
        "tables": [TABLES[name] for name in forms.ENTERED],
        "case_no": case_no,
        "missing": bool(case_no) and found is None,
        "rows": _rows_of(case_no) if found else [],
        **rights(request),
    }
    return render(request, "intake/choose.html", shown)


@needs("cases.edit")
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, table: str) -> HttpResponse:
    """One row: a new one, or the one that the key in the address names."""
    if table not in forms.ENTERED:
        raise Http404("这张表不由人填报")
    present = _present(request, table)
    opened = _looked_at(request, table, present)
    sent_in = request.method == "POST" and "look" not in request.POST
    given = request.POST.dict() if sent_in else _given(table, present, opened)
    agencies = _agencies(request)
    if present is None and not sent_in and len(agencies) == 1:
        given["agency_code"] = next(iter(agencies))
    checked = forms.Checked()
    if sent_in:
        sent = forms.changes(table, given, present)
        checked = forms.check(table, sent)
        where = _where(request, table, given, present, checked)
        if not checked.faults and where is not None:
            if not forms.is_changed(table, sent, present):
                messages.info(request, "没有改动,没有提交")
            else:
                return _submit(request, table, sent, present, where)
    shown = {
        "table": TABLES[table],
        "present": present,
        "fields": [_field(c, given, checked, present, opened, agencies) for c in forms.columns_of(table)],
        "count": len(checked.faults),
        "faults": checked.faults,
        "once": secrets.token_hex(16),
        "may_look": present is not None and not opened and may(request.user, "personal.look")
        and bool(masking.personal_columns(table)),
        **rights(request),
    }  # fmt: skip
    answer = render(request, "intake/enter.html", shown, status=422 if checked.faults else 200)
    if opened:
        answer["Cache-Control"] = "no-store"
    return answer


def _submit(
    request: HttpRequest, table: str, sent: dict[str, str], present: Version | None, source: Source
) -> HttpResponse:
    who, once = request.user.get_username(), request.POST.get("once", "")[:64]
    try:
        batch = forms.submit(table, sent, present, source, who, once)
    except NotReceivedError as error:
        messages.error(request, str(error))
        return redirect(request.get_full_path())
    said = "更正已提交,原来的内容留存" if present else "已提交"
    messages.success(request, f"{said};回执号 {batch.receipt}")
    return redirect("intake-batch", batch.receipt)


def _where(
    request: HttpRequest, table: str, given: dict[str, str], present: Version | None, checked: forms.Checked
) -> Source | None:
    """The source that the row is entered for; a fault where its case lies elsewhere or the agency is not one's own.

    A row that is there is corrected for the agency it has until then."""
    scope, trees = request.scope, lookups.trees()  # type: ignore[attr-defined]
    if table == "cases":
        agency = given.get("agency_code", "").strip()
        region = given.get("region_code", "").strip() or getattr(trees.agencies.get(agency), "region", "")
        if not scope.holds(region, agency):
            checked.faults.setdefault("agency_code", "请填您所在的部门;别的部门的办件由它自己填报")
            return None
        if present is None and _is_elsewhere(request, given.get("case_no", "").strip()):
            checked.faults.setdefault(
                "case_no", "这个编号已有别的部门的办件;请核对编号,别的部门的办件由它自己更正"
            )
            return None
        if present is not None:
            agency, region = present.values["agency_code"] or "", present.values["region_code"] or ""
        return forms.source_of(agency, trees.agency_name(agency), region)
    case = _case(request, present.values["case_no"] if present else given.get("case_no", "").strip())
    if case is None:
        checked.faults.setdefault("case_no", "没有这件办件,或不在您的权限范围内;先填报办件,再填它的明细")
        return None
    agency = case.agency_code or ""
    return forms.source_of(agency, trees.agency_name(agency), case.region_code or "")


def _is_elsewhere(request: HttpRequest, case_no: str) -> bool:
    """Whether there is a case of that number, taken back or not, outside the scope."""
    found = row("cases", case_no) if case_no and "\0" not in case_no else None
    if found is None:
        return False
    place = found.values["region_code"], found.values["agency_code"]
    return not request.scope.holds(*place)  # type: ignore[attr-defined]


def _case(request: HttpRequest, case_no: str) -> Any:
    rows = request.scope.limit(lookups.stored("cases"))  # type: ignore[attr-defined]
    return rows.filter(case_no=case_no).first() if case_no and "\0" not in case_no else None


def _present(request: HttpRequest, table: str) -> Version | None:
    """The row that the address names; 404 where there is none in the scope."""
    keys = TABLES[table].keys
    if keys[0] not in request.GET or "new" in request.GET:
        return None
    if _case(request, request.GET["case_no"]) is None:
        raise Http404("没有这件办件,或不在您的权限范围内")
    parts = []
    for name in keys:
        text = request.GET.get(name, "")
        whole = TABLES[table].column(name).kind is Kind.INTEGER
        if whole and not text.lstrip("-").isdigit():
            raise Http404("没有这一行")
        parts.append(int(text) if whole else text)
    found = row(table, tuple(parts))
    if found is None:
        raise Http404("没有这一行")
    return found


def _looked_at(request: HttpRequest, table: str, present: Version | None) -> dict[str, str]:
    """The personal values of the row in the clear, where they were asked for with a purpose; the look is recorded."""
    if present is None or "look" not in request.POST:
        return {}
    if not may(request.user, "personal.look") or not scope_of(request.user, "personal.look"):
        messages.error(request, "您的角色不能看个人信息")
        return {}
    key = "/".join(str(present.values[name]) for name in TABLES[table].keys)
    try:
        with transaction.atomic():
            masking.look(table, key, request.POST.get("purpose", ""), by(request))
    except RefusedError as error:
        messages.error(request, str(error))
        return {}
    return present.open_personal()


def _given(table: str, present: Version | None, opened: dict[str, str]) -> dict[str, str]:
    if present is None:
        return {}
    texts = {
        c.name: forms.spelled(c, present.values[c.name]) for c in forms.columns_of(table) if not c.personal
    }
    return texts | opened


def _agencies(request: HttpRequest) -> dict[str, str]:
    """The agencies that one may enter for, by code, where they are few enough to choose from."""
    scope = request.scope  # type: ignore[attr-defined]
    own = {code: a.name for code, a in lookups.trees().agencies.items() if scope.holds(a.region, code)}
    return own if len(own) <= _MOST_CHOICES else {}


def _options(column: Column, agencies: dict[str, str]) -> dict[str, str]:
    """What may be chosen in a field; empty where a text is typed."""
    if column.name == "agency_code":
        return agencies
    if column.codes:
        return column.codes.values
    return {"是": "是", "否": "否"} if column.kind is Kind.BOOL else {}


def _field(
    column: Column,
    given: dict[str, str],
    checked: forms.Checked,
    present: Version | None,
    opened: dict[str, str],
    agencies: dict[str, str],
) -> dict[str, Any]:
    """One field as the template draws it."""
    values = _options(column, agencies)
    kept = ""
    if column.personal and present is not None and not opened and present.values[column.name] is not None:
        kept = masking.masked(column, present.open_personal().get(column.name)) or ""
    return {
        "column": column,
        "value": given.get(column.name, ""),
        "options": list(values.items()),
        "open_list": bool(column.codes and column.codes.extension),
        "hint": checked.hints.get(column.name) or explanation(column),
        "fault": checked.faults.get(column.name, ""),
        "fixed": present is not None and column.key,
        "masked": kept,
        "required": column.must and column.default is None,
    }


def _rows_of(case_no: str) -> list[dict[str, Any]]:
    """The rows of a case that may be corrected, table by table."""
    found = []
    for name in forms.ENTERED:
        keys = TABLES[name].keys
        for values in lookups.stored(name).filter(case_no=case_no).order_by(*keys).values(*keys)[:50]:
            found.append(
                {"table": TABLES[name], "key": values, "said": " / ".join(str(v) for v in values.values())}
            )
    return found
