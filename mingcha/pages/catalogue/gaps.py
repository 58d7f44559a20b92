"""What the items in the store lack (`report.catalogue`), kept until the register of items changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.db.models import Count, Max

from mingcha.facts.arrow import arrow_schema
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts
from mingcha.pages import lookups
from mingcha.report.catalogue import Gap, look_over

Version = tuple[str, int]
"""item_code and version."""
_ITEMS = (
    "item_code",
    "version",
    "name",
    "agency_code",
    "statutory_limit",
    "statutory_unit",
    "promised_limit",
    "promised_unit",
)
_MATERIALS = ("item_code",)


@dataclass(frozen=True)
class Gaps:
    """The gaps of each item version, and the rows that have each gap."""

    of: Mapping[Version, tuple[Gap, ...]]
    keys: Mapping[str, tuple[int, ...]]
    """Gap's key -> primary keys of the rows."""


@dataclass
class _Kept:
    """The last look, and the marks of the tables it was taken at."""

    mark: Any = None
    gaps: Gaps | None = None


_kept = _Kept()


def gaps() -> Gaps:
    """Of all items as known now."""
    mark = [_mark(name) for name in ("items", "item_materials")]
    if _kept.gaps is None or _kept.mark != mark:
        _kept.gaps, _kept.mark = _look(), mark
    return _kept.gaps


def _mark(table: str) -> dict[str, Any]:
    """Moves with every change: versions are only added and closed."""
    found: dict[str, Any] = lookups.stored(table).aggregate(Count("pk"), Max("seen_from"))
    return found


def _look() -> Gaps:
    rows = list(lookups.stored("items").values_list("pk", *_ITEMS))
    if not rows:
        return Gaps({}, {})
    place = {(row[1], row[2]): row[0] for row in rows}
    materials = list(lookups.stored("item_materials").values_list(*_MATERIALS).distinct())
    facts = {"items": _table("items", _ITEMS, [row[1:] for row in rows])}
    if materials:
        facts["item_materials"] = _table("item_materials", _MATERIALS, materials)
    found = look_over(Facts.from_arrow(facts)).gaps.select(["gap", "item_code", "version"]).to_pylist()
    by_name = {gap.key: gap for gap in Gap}
    of: dict[Version, list[Gap]] = defaultdict(list)
    keys: dict[str, list[int]] = defaultdict(list)
    for row in found:
        version = (row["item_code"], row["version"])
        of[version].append(by_name[row["gap"]])
        keys[row["gap"]].append(place[version])
    return Gaps({v: tuple(g) for v, g in of.items()}, {name: tuple(pks) for name, pks in keys.items()})


def _table(name: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> pa.Table:
    """Rows of the store in canonical form; texts and integers lie there as they are."""
    schema = arrow_schema(TABLES[name], columns)
    ordered = [columns.index(field.name) for field in schema]
    return pa.Table.from_arrays(
        [pa.array([row[at] for row in rows], field.type) for at, field in zip(ordered, schema, strict=True)],
        schema=schema,
    )
