"""Verdicts that could not be reached 不可判定: kept, chased, and closed when they can."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from django.db.models import Q

from mingcha.alerts.found import Row
from mingcha.alerts.models import Undetermined
from mingcha.base import clock, rows
from mingcha.engine.candidates import UNIT_OF_ABOUT

Unit = tuple[str, str]
Place = tuple[str, str, str, str]

_COLUMNS: Final = (
    "cause", "case_no", "item_code", "agency_code", "region_code", "article", "reason", "evidence",
)  # fmt: skip
_TELLING: Final = ("cause", "item_code", "agency_code", "region_code", "reason")
"""Columns in which another value is news; evidence names the hour of judging."""
_AT_ONCE: Final = 500


def keep(
    found: Iterable[Row], not_asked: Collection[str], units: Collection[Unit] | None, batch_no: int | None
) -> None:
    """Make the open rows of the units be those found, in the caller's transaction. Nothing is deleted.

    `not_asked`: rules that the judgement says nothing of; their rows stay as they are.
    """
    now = clock.now()
    wanted: dict[Place, Row] = {_place(row): row for row in found}
    held = {(r.rule, r.about, r.key, r.subject): r for r in _held(not_asked, units)}
    new = [
        Undetermined(
            rule=row["rule"], about=row["about"], key=row["key"], subject=row["subject"], known_at=batch_no,
            noticed_at=now, changed_at=now, **{name: row[name] for name in _COLUMNS},
        )
        for place, row in wanted.items()
        if place not in held
    ]  # fmt: skip
    rows.insert(new)
    changed = []
    for place, old in held.items():
        again = wanted.get(place)
        if again is None:
            if old.settled_at is None:
                old.settled_at = old.changed_at = now
                changed.append(old)
        elif old.settled_at is not None or any(getattr(old, name) != again[name] for name in _TELLING):
            for name in _COLUMNS:
                setattr(old, name, again[name])
            old.settled_at, old.changed_at, old.known_at = None, now, batch_no
            changed.append(old)
    Undetermined.objects.bulk_update(
        changed, [*_COLUMNS, "settled_at", "changed_at", "known_at"], batch_size=_AT_ONCE
    )


def _place(row: Row) -> Place:
    return row["rule"], row["about"], row["key"], row["subject"]


def _held(not_asked: Collection[str], units: Collection[Unit] | None) -> Iterable[Undetermined]:
    """Rows of the units, of rules that were judged or are no more."""
    ours = Undetermined.objects.exclude(rule__in=list(not_asked))
    if units is None:
        yield from ours.iterator(chunk_size=5_000)
        return
    keys = sorted({key for _, key in units})
    wanted = set(units)
    for start in range(0, len(keys), _AT_ONCE):
        for row in ours.filter(Q(key__in=keys[start : start + _AT_ONCE])):
            if (UNIT_OF_ABOUT.get(row.about, row.about), row.key) in wanted:
                yield row
