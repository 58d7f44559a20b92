"""Answers of a list: the page, the part that is refreshed, the file; and the views that people save."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from mingcha.accounts.address import address
from mingcha.accounts.models import Account
from mingcha.accounts.policy import may, needs, scope
from mingcha.base import audit, clock
from mingcha.pages.listing.asked import Asked, read
from mingcha.pages.listing.declare import Listing, Rows
from mingcha.pages.listing.exporting import FORMS, as_file, too_many
from mingcha.pages.listing.shown import Shown
from mingcha.pages.models import SavedView

MOST_VIEWS = 30
"""Views one person keeps of one list."""


def answer(
    request: HttpRequest, listing: Listing, rows: Rows, template: str, context: dict[str, Any] | None = None
) -> HttpResponse:
    """The list as it is asked for: page, part (`part=rows`) or file (`format=xlsx|csv`).

    `rows` are those that the account may see. `template` extends `listing/page.html`.
    """
    asked = read(listing, request.GET)
    form = request.GET.get("format", "")
    if form in FORMS:
        return _file(request, asked, rows, form)
    shown: dict[str, Any] = {**(context or {}), "refreshed_at": clock.local_now()}
    shown["list"] = Shown(asked, rows, choosing=bool(shown.get("choosing")))
    if request.GET.get("part") == "rows":
        return render(request, "listing/rows.html", shown)
    shown |= {
        "views": _views(request, listing),
        "may_export": may(request.user, "export"),
        "exports_less": _exports_less(request, listing),
    }
    return render(request, template, shown)


def _file(request: HttpRequest, asked: Asked, rows: Rows, form: str) -> HttpResponse:
    """The file, recorded; back to the list where it would be too large."""
    if not may(request.user, "export"):
        raise PermissionDenied("您的角色没有“导出”的权限")
    rows = _exportable(request, asked.listing, rows)
    if why := too_many(asked, rows):
        messages.error(request, why)
        return redirect(request.path + asked.url())
    with transaction.atomic():
        audit.record(
            request.user.get_username(),
            "export",
            f"list/{asked.listing.name}",
            detail={"query": asked.url(), "format": form},
            address=address(request),
        )
    return as_file(asked, rows, form)


def _exportable(request: HttpRequest, listing: Listing, rows: Rows) -> Rows:
    """Those of the rows that lie where the account may export, which may be less than what it reads."""
    return rows if listing.place is None else scope(request.user, "export").limit(rows, *listing.place)


def _exports_less(request: HttpRequest, listing: Listing) -> bool:
    """Whether the file may hold fewer rows than the list: read in one office, exported in another."""
    seen = getattr(request, "scope", None)
    return listing.place is not None and seen is not None and scope(request.user, "export") != seen


def _views(request: HttpRequest, listing: Listing) -> list[SavedView]:
    return list(_own(request, listing.name).order_by("name"))


def _own(request: HttpRequest, list_name: str) -> QuerySet[SavedView]:
    return SavedView.objects.filter(account=cast(Account, request.user), list=list_name)


@needs("account.own")
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep a list's conditions under a name, or forget them (`forget`)."""
    list_name = request.POST.get("list", "")[:40]
    name, query = request.POST.get("name", "").strip()[:40], request.POST.get("query", "")[:2000]
    own = _own(request, list_name)
    if request.POST.get("forget"):
        own.filter(name=name).delete()
        messages.success(request, f"已删除视图“{name}”")
    elif not name or not query.startswith("?"):
        messages.error(request, "请给视图起一个名称(不超过 40 个字)再保存")
    elif own.count() >= MOST_VIEWS and not own.filter(name=name).exists():
        messages.error(request, f"每个列表最多保存 {MOST_VIEWS} 个视图,请先删去不用的")
    else:
        SavedView.objects.update_or_create(
            account=cast(Account, request.user), list=list_name, name=name, defaults={"query": query}
        )
        messages.success(request, f"已保存视图“{name}”")
    back = request.POST.get("back", "/")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else "/")
