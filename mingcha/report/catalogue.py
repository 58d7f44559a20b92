"""A look over the catalogue of items 事项目录: which limits are missing, and which do not fit each other.

Nothing here is a verdict. Rules need these limits; what is missing makes cases undetermined, so it is named
before any case is judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

import pyarrow as pa
import pyarrow.compute as pc

from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts
from mingcha.readers.errors import UnusableError

_LIMITS = ("statutory_limit", "statutory_unit", "promised_limit", "promised_unit")
_SHOWN = ("item_code", "version", "name", "agency_code", *_LIMITS)


class Gap(Enum):
    """What may be wrong with an item: the value is its name in files, `label` says it."""

    NO_LIMIT = ("no_limit", "法定、承诺时限都没有")
    NO_PROMISE = ("no_promise", "有法定时限而没有承诺时限")
    NO_STATUTORY = ("no_statutory", "有承诺时限而没有法定时限")
    OTHER_UNIT = ("other_unit", "承诺与法定时限的单位不同")
    LONGER = ("longer", "承诺时限超过法定时限(同一单位)")
    NO_MATERIALS = ("no_materials", "没有材料目录")

    def __init__(self, key: str, label: str) -> None:
        self.key = key
        self.label = label


@dataclass(frozen=True)
class Catalogue:
    """The items and their gaps; an item may have several.

    `gaps` has the columns gap, item_code, version, name, agency_code and the four of the limits, one row for
    each gap of each item, in the order of `Gap`.
    """

    items: int
    gaps: pa.Table

    @property
    def counts(self) -> Mapping[Gap, int]:
        """Items with each gap, those that occur."""
        found = Counter(self.gaps["gap"].to_pylist())
        return {gap: found[gap.key] for gap in Gap if found[gap.key]}


def look_over(facts: Facts) -> Catalogue:
    """The catalogue of these facts. Raises UnusableError where there are no items."""
    if "items" not in facts:
        raise UnusableError(["没有报送事项(items),无从检查;补上 items 一表"])
    items = _items(facts)
    with_materials = _with_materials(facts)
    tests: dict[Gap, Callable[[], pa.ChunkedArray]] = {
        Gap.NO_LIMIT: lambda: pc.and_(
            pc.is_null(items["statutory_limit"]), pc.is_null(items["promised_limit"])
        ),
        Gap.NO_PROMISE: lambda: pc.and_(
            pc.is_valid(items["statutory_limit"]), pc.is_null(items["promised_limit"])
        ),
        Gap.NO_STATUTORY: lambda: pc.and_(
            pc.is_null(items["statutory_limit"]), pc.is_valid(items["promised_limit"])
        ),
        Gap.OTHER_UNIT: lambda: pc.and_(_both(items), pc.invert(_one_unit(items))),
        Gap.LONGER: lambda: pc.and_(
            _one_unit(items), pc.greater(items["promised_limit"], items["statutory_limit"])
        ),
    }
    if with_materials is not None:
        tests[Gap.NO_MATERIALS] = lambda: pc.invert(pc.is_in(items["item_code"], with_materials))
    found = []
    for gap, test in tests.items():
        rows = items.filter(pc.fill_null(test(), False)).sort_by(
            [("agency_code", "ascending"), ("item_code", "ascending")]
        )
        found.append(rows.add_column(0, "gap", pa.repeat(gap.key, rows.num_rows).cast(pa.string())))
    return Catalogue(items.num_rows, pa.concat_tables(found))


def _items(facts: Facts) -> pa.Table:
    """The columns looked at; those not reported are missing in every row."""
    items = facts["items"].read([name for name in _SHOWN if name in facts["items"].columns])
    for name in (name for name in _SHOWN if name not in items.column_names):
        integer = name.endswith("limit")
        items = items.append_column(name, pa.nulls(items.num_rows, pa.int64() if integer else pa.string()))
    return items.select(_SHOWN)


def _with_materials(facts: Facts) -> pa.Array | None:
    """Items that have materials; None where no materials were reported at all."""
    if "item_materials" not in facts:
        return None
    return pc.unique(facts["item_materials"].read(["item_code"])["item_code"])


def _both(items: pa.Table) -> pa.ChunkedArray:
    return pc.and_(pc.is_valid(items["statutory_limit"]), pc.is_valid(items["promised_limit"]))


def _one_unit(items: pa.Table) -> pa.ChunkedArray:
    return pc.and_(_both(items), pc.equal(items["statutory_unit"], items["promised_unit"]))


def limit_text(limit: int | None, unit: str | None) -> str:
    """A limit as people write it; "无" where there is none."""
    codes = TABLES["items"].column("promised_unit").codes
    label = codes.values.get(unit or "", "") if codes else ""
    return "无" if limit is None else f"{limit} {label}"
