"""事项目录: the items of the store with what they lack, and one item with its steps, materials and fees."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mingcha.accounts.policy import may, needs
from mingcha.facts.declare import Column, Kind
from mingcha.facts.schema import TABLES
from mingcha.pages import lookups
from mingcha.pages.catalogue.gaps import gaps
from mingcha.pages.catalogue.table import LISTING
from mingcha.pages.listing.views import answer

PARTS = ("item_steps", "item_materials", "item_specials", "item_fees", "item_outcomes", "item_risks")
_KEYS = ("item_code", "version")


@needs("catalogue.read")
@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """The list."""
    rows = request.scope.limit(lookups.stored("items"), region=None)  # type: ignore[attr-defined]
    return answer(request, LISTING, rows, "catalogue/list.html")


@needs("catalogue.read")
@require_GET
def item(request: HttpRequest, item_code: str, version: int) -> HttpResponse:
    """One version of an item, and the tables that hang on it."""
    scope = request.scope  # type: ignore[attr-defined]
    row = scope.find(lookups.stored("items"), region=None, item_code=item_code, version=version)
    versions = lookups.stored("items").filter(item_code=item_code).order_by("version")
    shown = {
        "item": row,
        "agency": lookups.trees().agency_name(row.agency_code),
        "facts": [
            (column.label, said(column, getattr(row, column.name))) for column in TABLES["items"].columns
        ],
        "parts": [part for part in (_part(name, item_code, version) for name in PARTS) if part["rows"]],
        "gaps": gaps().of.get((item_code, version), ()),
        "versions": versions.values_list("version", flat=True),
        "sees_cases": may(request.user, "cases.read"),
    }
    return render(request, "catalogue/item.html", shown)


def _part(name: str, item_code: str, version: int) -> dict[str, Any]:
    """The rows of one of its tables, written out."""
    table = TABLES[name]
    rows = lookups.stored(name).filter(item_code=item_code, version=version).order_by(*table.keys)
    columns = [column for column in table.columns if column.name not in (*_KEYS, *_INNER)]
    written = [[said(column, getattr(row, column.name)) for column in columns] for row in rows]
    used = [at for at in range(len(columns)) if any(line[at] for line in written)]
    return {
        "label": table.label,
        "heads": [columns[at].label for at in used],
        "rows": [[line[at] for at in used] for line in written],
    }


_INNER = ("source_version", "withdrawn", "reported_at")


def said(column: Column, value: Any) -> str:
    """A stored value as people write it; "" where it is missing."""
    if value is None or column.name in _INNER:
        return ""
    if column.kind is Kind.BOOL:
        return "是" if value else "否"
    if column.kind is Kind.MONEY:
        return f"{value / 100:,.2f} 元"
    if column.kind is Kind.INSTANT:
        return str(lookups.local(value))
    return column.codes.values.get(str(value), str(value)) if column.codes else str(value)
