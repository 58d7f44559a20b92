"""办事指南: an item as people read it: how long it takes, what to bring, what it costs, how often to come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Q, QuerySet

from mingcha.facts.schema import TABLES
from mingcha.law.instants import instant
from mingcha.pages import lookups

MOST: Final = 30
"""Guides on one page of a search."""


@dataclass(frozen=True)
class Found:
    """One page of guides that fit: (item code, name, office) each."""

    guides: Sequence[tuple[str, str, str]]
    more: bool


@dataclass(frozen=True)
class Fee:
    """What is charged: its name, how much in words, by what law."""

    name: str
    amount: str
    basis: str


@dataclass(frozen=True)
class Guide:
    """A guide; limits and materials in words, lists possibly empty."""

    item_code: str
    name: str
    agency: str
    region: str
    promised: str
    statutory: str
    visits: str
    charged: str
    online: str
    must: tuple[str, ...]
    may: tuple[str, ...]
    fees: tuple[Fee, ...]
    steps: tuple[tuple[str, str], ...]
    specials: tuple[str, ...]
    given: str
    url: str


def in_force(today: date) -> QuerySet[Any]:
    """The versions of items that hold on a day."""
    at = instant(today)
    begun = Q(effective_from=None) | Q(effective_from__lte=at)
    lasting = Q(effective_to=None) | Q(effective_to__gt=at)
    return lookups.stored("items").filter(begun & lasting)


def search(today: date, text: str, page: int) -> Found:
    """Guides whose name has every word of the text, or whose code begins with it, by name."""
    rows = in_force(today)
    words = Q()
    for word in text.split():
        words &= Q(name__icontains=word)
    if text:
        rows = rows.filter(words | Q(item_code__startswith=text))
    start = (page - 1) * MOST
    found = list(
        rows.order_by("name", "item_code", "version").values_list("item_code", "name", "agency_code")[
            start : start + MOST + 1
        ]
    )
    trees = lookups.trees()
    told = dict.fromkeys((code, name, trees.agency_name(agency)) for code, name, agency in found[:MOST])
    return Found(tuple(told), len(found) > MOST)


def guide(item_code: str, today: date) -> Guide | None:
    """The guide of the version in force; None where there is none."""
    row = in_force(today).filter(item_code=item_code).order_by("-version").first()
    if row is None:
        return None
    trees = lookups.trees()
    agency = trees.agencies.get(row.agency_code)
    materials = list(_part("item_materials", row))
    return Guide(
        item_code=row.item_code,
        name=row.name,
        agency=trees.agency_name(row.agency_code),
        region=trees.region_name(agency.region) if agency else "",
        promised=_limit(row.kind, row.promised_limit, row.promised_unit),
        statutory=_limit("", row.statutory_limit, row.statutory_unit),
        visits=_visits(row.visits_promised),
        charged={True: "收费", False: "不收费"}.get(row.fee_charged, ""),
        online=_ONLINE.get(row.online_depth, ""),
        must=tuple(m.name for m in materials if m.required),
        may=tuple(m.name for m in materials if not m.required),
        fees=tuple(_fee(fee) for fee in _part("item_fees", row)),
        steps=tuple((s.name, _limit("", s.limit, s.unit)) for s in _part("item_steps", row)),
        specials=tuple(_special(s) for s in _part("item_specials", row)),
        given="证照或批文" if row.certificate_expected else "",
        url=row.guide_url if str(row.guide_url or "").startswith(("https://", "http://")) else "",
    )


_ONLINE: Final = {
    1: "网上可以查办事信息,要到窗口办",
    2: "网上可以预约、提交,还要到窗口办",
    3: "网上可以申请和预审,到窗口最多一次",
    4: "网上可以全程办,不用到窗口",
}
"""What the depth of online service means for who comes (网办深度 一级至四级)."""


_UNITS: Final = {
    "working_day": "个工作日",
    "natural_day": "天(周末和放假也算)",
    "month": "个月",
    "working_hour": "个工作小时",
    "hour": "小时",
}


def _part(table: str, item: Any) -> Iterable[Any]:
    rows = lookups.stored(table).filter(item_code=item.item_code, version=item.version)
    return rows.order_by(*TABLES[table].keys)


def _limit(kind: str | None, limit: int | None, unit: str | None) -> str:
    """20 个工作日; 当场办 for what is done at once; "" where it is not said."""
    if kind == "immediate" and not limit:
        return "当场办"
    return "" if limit is None else f"{limit} {_UNITS[unit or 'working_day']}"


def _visits(count: int | None) -> str:
    if count is None:
        return ""
    return "不用跑" if count == 0 else f"最多跑 {count} 次"


def _special(row: Any) -> str:
    codes = TABLES["item_specials"].column("kind").codes
    name = codes.values.get(row.kind, row.kind) if codes else row.kind
    limit = _limit("", row.limit, row.unit)
    return f"{name}({limit})" if limit else name


def _fee(row: Any) -> Fee:
    low, high = _yuan(row.min_amount), _yuan(row.max_amount)
    if low and high:
        amount = low if low == high else f"{low}至{high}"
    else:
        amount = f"{low}起" if low else f"不超过{high}" if high else "按规定"
    return Fee(row.name, amount + ("(可以减免)" if row.reducible else ""), row.basis or "")


def _yuan(amount: int | None) -> str:
    if amount is None:
        return ""
    return f"{amount // 100:,} 元" if amount % 100 == 0 else f"{amount // 100:,}.{amount % 100:02d} 元"
