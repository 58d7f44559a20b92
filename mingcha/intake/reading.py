"""Read the store: facts for the judge as of a batch, whole or cut to units, and what batches touched.

A batch counts from the moment it is applied completely. `known_at` is the number of the last batch that is to be
known; without it, the last complete one.
"""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from django.db.models import Max, Q

from mingcha.base import clock
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts
from mingcha.intake.fact_models import FACTS
from mingcha.intake.incoming import work_folder
from mingcha.intake.models import Batch
from mingcha.intake.numbering import last_complete
from mingcha.intake.provenance import Version, history, row
from mingcha.intake.store_models import Touched
from mingcha.intake.viewing import Reads, View, marks

__all__ = [
    "Version",
    "cases_of",
    "facts",
    "history",
    "known_on",
    "last_batch",
    "reported",
    "row",
    "settle_touched",
]

Units = Collection[tuple[str, str]]
CASE: Final = "case"


def last_batch() -> int:
    """Number of the last batch known: all up to it are applied completely. 0 for an empty store."""
    return last_complete()


def known_on(day: date) -> int:
    """Number of the last batch known at the end of a (local) day."""
    end = clock.aware(datetime.combine(day + timedelta(days=1), time()))
    later = Batch.objects.filter(Q(applied_at__isnull=True) | Q(applied_at__gte=end), no__isnull=False)
    first = later.order_by("no").values_list("no", flat=True).first()
    if first is not None:
        return first - 1
    return Batch.objects.aggregate(last=Max("no"))["last"] or 0


def settle_touched(numbers: Iterable[int]) -> None:
    """Forget what these batches touched, in the transaction in which it was judged."""
    Touched.objects.filter(no__in=list(numbers)).delete()


_COLUMN_OF_UNIT: Final = {
    "item": "item_code",
    "agency": "agency_code",
    "hall": "hall_code",
    "window": "window_code",
    "officer": "officer_code",
    "region": "region_code",
}


def cases_of(unit: str, keys: Collection[str]) -> set[str]:
    """The cases that name one of these items, agencies, halls, …: whom a change of the guide concerns.

    Raises KeyError for a unit that cases do not name.
    """
    open_rows = FACTS["cases"]._default_manager.filter(seen_to=None).exclude(withdrawn=True)
    return set(
        open_rows.filter(**{f"{_COLUMN_OF_UNIT[unit]}__in": list(keys)}).values_list("case_no", flat=True)
    )


def facts(known_at: int | None = None, units: Units | None = None, reads: Reads | None = None) -> Facts:
    """The facts known at a batch, as `engine.judge` takes them.

    `units` of cases alone: the rows of those cases, and what was issued about them; tables without cases come whole.
    Any other unit is judged from all rows. `reads` leaves out what is not going to be read: tables, and columns but
    for the keys. Large tables lie in files that live as long as the facts do.
    """
    known = last_batch() if known_at is None else known_at
    wanted = {name: mark for name, mark in marks(known).items() if reads is None or name in reads}
    view = View(known, reads)
    if units is not None and all(unit == CASE for unit, _ in units):
        cases = sorted({key for _, key in units})
        return Facts({name: view.of_cases(TABLES[name], mark, cases) for name, mark in wanted.items()})
    folder = tempfile.TemporaryDirectory(prefix="facts-", dir=work_folder())
    made = Facts(view.whole(wanted, Path(folder.name)))
    weakref.finalize(made, folder.cleanup)
    return made


def reported(known_at: int | None = None) -> frozenset[str]:
    """The tables that were reported by then, if without rows: those that `facts` has."""
    return frozenset(marks(last_batch() if known_at is None else known_at))
