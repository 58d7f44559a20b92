"""Item versions (事项版本): which version of its item governs each case.

rule-catalogue: "the one the case names, else the one in force when the case was accepted (or received), else the
only one". Versions are half open by day: from <= day < to.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

import pyarrow as pa

from mingcha.law.instants import DAY

MISSING_ITEM, MISSING_VERSION, SEVERAL_VERSIONS = -1, -2, -3
"""Values of ``item_key`` where no version can be told."""

_FIRST_DAY, _LAST_DAY = -1_000_000, 1_000_000


class Version(NamedTuple):
    """One item version: days are numbers since 1970, half open."""

    item_code: str
    version: int
    from_day: int
    to_day: int


def read_versions(rows: pa.Table) -> list[Version]:
    """Versions from columns item_code, version, effective_from, effective_to (microseconds), in key order."""
    columns = [
        rows.column(name).to_pylist() for name in ("item_code", "version", "effective_from", "effective_to")
    ]
    found = [
        Version(code, version, _day(start, _FIRST_DAY), _day(end, _LAST_DAY))
        for code, version, start, end in zip(*columns, strict=True)
    ]
    return sorted(found)


def _day(instant: int | None, otherwise: int) -> int:
    return otherwise if instant is None else instant // DAY


def version_table(versions: list[Version]) -> pa.Table:
    """item_code, version -> item_key (the place in ``versions``)."""
    return pa.table(
        {
            "item_code": pa.array([v.item_code for v in versions], pa.string()),
            "version": pa.array([v.version for v in versions], pa.int64()),
            "item_key": pa.array(range(len(versions)), pa.int64()),
        }
    )


def period_table(versions: list[Version]) -> pa.Table:
    """Disjoint periods that cover all time for every known item, each with the key that governs it.

    A time with no version or with several has a negative key (MISSING_VERSION, SEVERAL_VERSIONS).
    """
    rows = [
        row
        for _, group in groupby(enumerate(versions), lambda x: x[1].item_code)
        for row in _periods(list(group))
    ]
    codes, starts, ends, keys = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pa.table(
        {
            "item_code": pa.array(codes, pa.string()),
            "from_day": pa.array(starts, pa.int64()),
            "to_day": pa.array(ends, pa.int64()),
            "item_key": pa.array(keys, pa.int64()),
        }
    )


def _periods(versions: list[tuple[int, Version]]) -> Iterable[tuple[str, int, int, int]]:
    code = versions[0][1].item_code
    if len(versions) == 1:
        return [(code, _FIRST_DAY, _LAST_DAY, versions[0][0])]
    edges = sorted({_FIRST_DAY, _LAST_DAY, *(d for _, v in versions for d in (v.from_day, v.to_day))})
    return [
        (code, start, end, _governing([key for key, v in versions if v.from_day <= start < v.to_day]))
        for start, end in zip(edges, edges[1:], strict=False)
    ]


def _governing(keys: list[int]) -> int:
    if not keys:
        return MISSING_VERSION
    return keys[0] if len(keys) == 1 else SEVERAL_VERSIONS
