"""When to look at a unit again (`Watch`): one row per unit with a moment ahead, as the last judgement left it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

import pyarrow as pa
from django.db import connection
from django.db.models import QuerySet

from mingcha.alerts.models import Watch
from mingcha.alerts.units import QUICK, Lane, Unit

_UPSERT: Final = """
INSERT INTO alerts_watch (unit, "key", look_again_at) VALUES (%s, %s, %s)
ON CONFLICT (unit, "key") DO UPDATE SET look_again_at = excluded.look_again_at
WHERE alerts_watch.look_again_at <> excluded.look_again_at
"""
_AT_ONCE: Final = 500


def _of_lane(lane: Lane) -> QuerySet[Watch]:
    quick = {"unit__in": QUICK}
    return Watch.objects.filter(**quick) if lane is Lane.CASES else Watch.objects.exclude(**quick)


def keep(watch: pa.Table, units: Collection[Unit] | None) -> None:
    """Make the rows of the units (None: of all) be what a judgement says (`engine.record.WATCH`), in the caller's
    transaction; a unit with nothing ahead has no row."""
    moments = watch["look_again_at"].cast(pa.int64()).to_pylist()
    wanted = dict(
        zip(zip(watch["unit"].to_pylist(), watch["key"].to_pylist(), strict=True), moments, strict=True)
    )
    over = (_all() if units is None else set(units)) - wanted.keys()
    _forget(over)
    with connection.cursor() as cursor:
        cursor.executemany(_UPSERT, [(*unit, at) for unit, at in sorted(wanted.items())])


def _all() -> set[Unit]:
    return set(Watch.objects.values_list("unit", "key").iterator(chunk_size=10_000))


def _forget(units: Iterable[Unit]) -> None:
    by_kind: dict[str, list[str]] = {}
    for kind, key in units:
        by_kind.setdefault(kind, []).append(key)
    for kind, keys in by_kind.items():
        for start in range(0, len(keys), _AT_ONCE):
            Watch.objects.filter(unit=kind, key__in=keys[start : start + _AT_ONCE]).delete()


def soonest(lane: Lane) -> datetime | None:
    """The next moment at which some unit has to be looked at."""
    row = _of_lane(lane).order_by("look_again_at").first()
    return None if row is None else as_datetime(row.look_again_at)


def due(lane: Lane, by: datetime, most: int) -> dict[Unit, datetime]:
    """Units whose moment has come by then, the soonest first, at most so many."""
    rows = _of_lane(lane).filter(look_again_at__lte=by).order_by("look_again_at", "unit", "key")[:most]
    return {(row.unit, row.key): as_datetime(row.look_again_at) for row in rows}


def as_datetime(at: object) -> datetime:
    """A moment of the law as a local time; a date alone begins its day."""
    return at if isinstance(at, datetime) else datetime.fromisoformat(f"{at}T00:00:00")
