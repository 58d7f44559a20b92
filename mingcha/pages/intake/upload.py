"""Upload of files 文件报送, with templates to fill in. Works without script; with it, progress is shown."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingcha.accounts.policy import needs
from mingcha.facts.schema import GROUPS, TABLES
from mingcha.intake.formats import FORMS, form_of_name
from mingcha.intake.incoming import MOST, taken_in, work_folder
from mingcha.intake.models import Batch, Source
from mingcha.intake.receiving import OWN_TABLES, NotReceivedError, receive, refuse
from mingcha.intake.silence import report_nil
from mingcha.intake.sources import mapping_of
from mingcha.intake.ways.folder import table_of_name
from mingcha.pages.intake.center import rights, seen
from mingcha.readers.template import write_template

MOST_FILES = 20


@needs("intake.submit")
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """The form; or the files taken, each a batch of its own."""
    sources = seen(request).filter(active=True).exclude(way=Source.Way.FORM).order_by("name")
    if request.method == "POST":
        source = sources.filter(code=request.POST.get("source", "")).first()
        files = request.FILES.getlist("files")
        if source is None:
            messages.error(request, "请选择报送来源")
        elif not 0 < len(files) <= MOST_FILES:
            messages.error(request, f"请选择要报送的文件,一次 1 至 {MOST_FILES} 份")
        else:
            taken = [_take(request, source, file, place) for place, file in enumerate(files)]
            return _done(request, [batch for batch in taken if batch])
        if _by_script(request):
            return JsonResponse({"url": reverse("intake-upload")})
    shown = {
        "sources": sources,
        "chosen": request.POST.get("source") or request.GET.get("source", ""),
        "tables": [table for table in TABLES.values() if table.name not in OWN_TABLES],
        "once": secrets.token_hex(16),
        "most": MOST,
        "forms": FORMS,
        **rights(request),
    }
    return render(request, "intake/upload.html", shown)


def _take(request: HttpRequest, source: Source, file: UploadedFile[bytes], place: int) -> Batch | None:
    """One file; why it was not taken stands in a message and in the quarantine."""
    name, who = file.name or "", request.user.get_username()
    try:
        form = form_of_name(name)
        by_itself = form == "zip" or mapping_of(source) is not None
        table = "" if by_itself else request.POST.get("table") or table_of_name(name)
        with taken_in(file.chunks()) as sent:
            batch = receive(
                source,
                sent,
                form,
                table=table,
                key=f"upload:{request.POST.get('once', '')[:64]}:{place}",
                name=name,
                sent_by=who,
                review=bool(request.POST.get("review")),
                way=Source.Way.FILE,
            )
    except NotReceivedError as error:
        refuse(source, Source.Way.FILE, name, error, sent_by=who)
        messages.error(request, f"{name}:{error}")
        return None
    waits = ",待审核后才算" if batch.state == Batch.State.WAITING else ""
    messages.success(request, f"{name} 已收下,回执号 {batch.receipt}{waits}")
    return batch


def _done(request: HttpRequest, taken: list[Batch]) -> HttpResponse:
    if not taken:
        url = reverse("intake-upload") + f"?source={request.POST.get('source', '')}"
    elif len(taken) == 1:
        url = reverse("intake-batch", args=[taken[0].receipt])
    else:
        url = reverse("intake-batches")
    return JsonResponse({"url": url}) if _by_script(request) else redirect(url)


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "upload"


@needs("intake.read")
@require_GET
def templates(request: HttpRequest) -> HttpResponse:
    """Every template, by group."""
    groups: dict[str, list[Any]] = {label: [] for label in GROUPS.values()}
    for table in TABLES.values():
        if table.name not in OWN_TABLES:
            groups[GROUPS[table.group]].append(table)
    return render(request, "intake/templates.html", {"groups": groups, **rights(request)})


@needs("intake.read")
@require_GET
def template(request: HttpRequest, table: str, form: str) -> FileResponse:
    """One empty template: Chinese headings, drop-downs, formats."""
    if table not in TABLES or table in OWN_TABLES or form not in ("xlsx", "csv"):
        raise Http404("没有这张表的模板")
    with tempfile.TemporaryDirectory(dir=work_folder()) as folder:
        made = write_template(TABLES[table], Path(folder), "xlsx" if form == "xlsx" else "csv")
        return FileResponse(
            made.open("rb"), as_attachment=True, filename=f"{table}-{TABLES[table].label}.{form}"
        )


@needs("intake.submit")
@require_POST
def nil(request: HttpRequest, code: str) -> HttpResponse:
    """零报送 by hand."""
    source = request.scope.find(seen(request).filter(active=True), code=code)  # type: ignore[attr-defined]
    report_nil(source, request.user.get_username())
    messages.success(request, "零报送已记录")
    return redirect("intake-source", code)
