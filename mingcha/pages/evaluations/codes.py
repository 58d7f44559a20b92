"""Printed codes of windows, one A4 sheet each or nine to a page, and the addresses of their terminals."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from mingcha.accounts.policy import needs
from mingcha.base.config import config
from mingcha.evaluations import tokens
from mingcha.pages import lookups

MOST = 200


@dataclass(frozen=True)
class Code:
    """A window with its code drawn."""

    code: str
    name: str
    hall: str
    agency: str
    svg: SafeString


@needs("evaluations.record")
@require_GET
def windows(request: HttpRequest) -> HttpResponse:
    """The windows of one's own offices, hall by hall: choose and print."""
    rows = list(_rows(request).order_by("hall_code", "code")[: MOST + 1])
    halls = _halls(rows)
    shown = [(row, halls.get(row.hall_code, row.hall_code), _kiosk(request, row.code)) for row in rows[:MOST]]
    context = {"windows": shown, "more": len(rows) > MOST, "agencies": lookups.trees().agencies}
    return render(request, "evaluations/windows.html", context)


@needs("evaluations.record")
@require_GET
def sheet(request: HttpRequest) -> HttpResponse:
    """A4: `window` says which, `size=small` nine to a page."""
    chosen = request.GET.getlist("window")[:MOST]
    rows = list(_rows(request).filter(code__in=chosen).order_by("hall_code", "code"))
    if not rows:
        messages.error(request, "请先勾选要打印的窗口")
        return redirect("evaluation-windows")
    halls, trees = _halls(rows), lookups.trees()
    made = [
        Code(
            row.code,
            row.name or row.code,
            halls.get(row.hall_code, row.hall_code),
            trees.agency_name(row.agency_code or ""),
            qr(_address(request, reverse("rate-window", args=[tokens.of_window(row.code)]))),
        )
        for row in rows
    ]
    return render(
        request, "evaluations/codes.html", {"codes": made, "small": request.GET.get("size") == "small"}
    )


def qr(address: str) -> SafeString:
    """The code as SVG, scaled by its box; error level Q, since it hangs on a wall."""
    out = io.BytesIO()
    segno.make(address, error="q", micro=False).save(
        out, kind="svg", xmldecl=False, omitsize=True, svgclass="qr"
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308  drawn by segno, only shapes


def _rows(request: HttpRequest) -> Any:
    return request.scope.limit(lookups.stored("windows"), region=None)  # type: ignore[attr-defined]


def _halls(rows: list[Any]) -> dict[str, str]:
    halls = lookups.stored("halls").filter(code__in={row.hall_code for row in rows})
    return dict(halls.values_list("code", "name"))


def _kiosk(request: HttpRequest, code: str) -> str:
    return _address(request, reverse("kiosk", args=[tokens.of_terminal(code)]))


def _address(request: HttpRequest, path: str) -> str:
    """The address as phones reach it: that of the site, where it is set."""
    site = config().site_url.rstrip("/")
    return site + path if site else request.build_absolute_uri(path)
