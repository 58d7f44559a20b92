"""What goes out 导出与上报: tables one may see, and the alerts as GB/T 39046 table 11."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final, cast

import pyarrow as pa
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from mingcha.accounts.acts import by
from mingcha.accounts.policy import POLICIES, may, needs, scope
from mingcha.alerts.models import Alert
from mingcha.evaluations.protecting import OVERSEES, without_authors
from mingcha.facts.schema import GROUPS, TABLES
from mingcha.intake.incoming import work_folder
from mingcha.intake.outgoing import MOST_ROWS, as_arrow, seen_rows
from mingcha.pages.intake.center import rights
from mingcha.pages.intake.table11 import issued_alerts, table11
from mingcha.readers.export import MAX_XLSX_ROWS, Format, export

TABLE11 = "table11"
FORMS = ("xlsx", "csv", "parquet")
CASES: Final = "cases.read"
READ_BY: Final = {
    "evaluations": "evaluations.read", "review_handling": "evaluations.read", "complaints": "complaints.read",
}  # fmt: skip
"""The policy of the pages that show a table, which its file needs too; the others are read with the cases."""


@needs("intake.export")
@require_GET
def out(request: HttpRequest) -> HttpResponse:
    """What may be taken, with how many rows there are."""
    groups: dict[str, list[dict[str, Any]]] = {label: [] for label in GROUPS.values()}
    for name, table in TABLES.items():
        if may(request.user, READ_BY.get(name, CASES)) and (
            count := _seen(request, name)[: MOST_ROWS + 1].count()
        ):
            groups[GROUPS[table.group]].append({"table": table, "count": count, "many": count > MOST_ROWS})
    shown = {
        "groups": {label: rows for label, rows in groups.items() if rows},
        "alerts": issued_alerts(request.scope.limit(Alert.objects.all())).count(),  # type: ignore[attr-defined]
        "most": MOST_ROWS,
        **rights(request),
    }
    return render(request, "intake/out.html", shown)


@needs("intake.export")
@require_GET
def take(request: HttpRequest, what: str) -> HttpResponseBase:
    """One table as a file; recorded."""
    form = request.GET.get("format", "xlsx")
    if form not in FORMS or (what != TABLE11 and what not in TABLES):
        raise Http404("没有这张表,或没有这种格式")
    if what == TABLE11:
        found: Any = issued_alerts(request.scope.limit(Alert.objects.all()))  # type: ignore[attr-defined]
        label, labels = "电子监察(GB/T 39046 表 11)", {}
    else:
        found = _seen(request, what)
        label = TABLES[what].label
        labels = {column.name: column.label for column in TABLES[what].columns}
    most = min(MOST_ROWS, MAX_XLSX_ROWS - 1) if form == "xlsx" else MOST_ROWS
    if found[: most + 1].count() > most:
        messages.error(request, f"{label}超过 {most} 行,不经网页导出;请在服务器上用 mingcha export 导出")
        return redirect("intake-out")
    with transaction.atomic():
        by(request).record("export", f"table/{what}", format=form)
    rows = table11(found.iterator()) if what == TABLE11 else as_arrow(what, found)
    if what == "evaluations":
        rows = without_authors(rows, scope(request.user, OVERSEES))
    return _file(rows, what, label, cast(Format, form), {} if form == "parquet" else labels)


def _seen(request: HttpRequest, table: str) -> QuerySet[Any]:
    """The rows that may both be taken out and be read."""
    policy = READ_BY.get(table, CASES)
    if not may(request.user, policy):
        raise PermissionDenied(f"您的角色没有“{POLICIES[policy].label}”的权限")
    taken = seen_rows(table, request.scope)  # type: ignore[attr-defined]
    read = scope(request.user, policy)
    return taken if read == request.scope else taken & seen_rows(table, read)  # type: ignore[attr-defined]


def _file(rows: pa.Table, what: str, label: str, form: Format, labels: dict[str, str]) -> FileResponse:
    with tempfile.TemporaryDirectory(prefix="out-", dir=work_folder()) as folder:
        path = Path(folder) / f"{what}.{form}"
        export(rows, path, form, labels)
        return FileResponse(path.open("rb"), as_attachment=True, filename=f"{what}-{label}.{form}")
