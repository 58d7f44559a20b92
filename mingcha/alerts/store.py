"""What judging reads: the facts of units with the signals that were issued, and what was touched since.

The table `issued` is read from the alerts: the same rows, written in the same transaction, but known at once, even
while a large batch with a lower number is still being applied.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pyarrow as pa
from django.db.models import Count, Q, QuerySet

from mingcha.alerts.models import Alert
from mingcha.alerts.units import CASE, QUICK, Lane, Unit, abouts_of
from mingcha.base import clock
from mingcha.facts.arrow import arrow_schema
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts, Source
from mingcha.intake import reading
from mingcha.intake.models import Batch
from mingcha.intake.store_models import Reported, Touched
from mingcha.intake.touching import EVERYTHING
from mingcha.law.instants import MISSING, instant

_COLUMNS: Final = ("rule", "about", "key", "subject", "episode", "level", "moment", "issued_at", "ended_at")
_AT_ONCE: Final = 500
_PLACES: Final = frozenset({"regions", "agencies", "halls", "hall_hours", "windows"})
"""Tables by which cases come to their region and hours: when they move, everything is judged."""
_ITEMS: Final = frozenset(name for name, table in TABLES.items() if table.unit == "item")
"""Tables of the catalogue: when they move, the cases of their items are judged."""


def facts_for(
    units: Collection[Unit] | None,
    known_at: int | None = None,
    reads: Mapping[str, Collection[str]] | None = None,
) -> Facts:
    """Everything that judging these units (None: all) needs, as known at a batch (None: now). `reads`: only that."""
    held = reading.facts(known_at=known_at, units=units, reads=reads)
    return StoreFacts(held, issued(units))


class StoreFacts(Facts):
    """Facts of the store with what was issued; holds on to the files that they lie in."""

    def __init__(self, held: Facts, signals: Source) -> None:
        super().__init__({**held, "issued": signals})
        self.held = held


def issued(units: Collection[Unit] | None) -> Source:
    """The fact table `issued` as it is now."""
    ours = Alert.objects.exclude(issued_at=None).filter(
        state__in=[Alert.State.OPEN, Alert.State.CURED], origin=Alert.Origin.RULE
    )
    rows = [row for part in _parts(ours, units) for row in part.values_list(*_COLUMNS, "state")]
    columns: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(10)]
    told = dict(zip((*_COLUMNS, "state"), columns, strict=True))
    cured = told.pop("state")
    told["ended_at"] = [
        at if state == Alert.State.CURED else None for at, state in zip(told["ended_at"], cured, strict=True)
    ]
    schema = arrow_schema(TABLES["issued"], list(_COLUMNS))
    arrays = [_array(told[field.name], field.type) for field in schema]
    return Source.of_arrow(TABLES["issued"], pa.table(arrays, schema=schema))


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if not pa.types.is_timestamp(kind):
        return pa.array(values, kind)
    numbers = [instant(value) for value in values]
    return pa.array([None if n == MISSING else n for n in numbers], pa.int64()).cast(kind)


def _parts(alerts: QuerySet[Alert], units: Collection[Unit] | None) -> Iterator[QuerySet[Alert]]:
    if units is None:
        yield alerts
        return
    by_kind: dict[str, list[str]] = {}
    for kind, key in sorted(units):
        by_kind.setdefault(kind, []).append(key)
    for kind, keys in by_kind.items():
        for start in range(0, len(keys), _AT_ONCE):
            yield alerts.filter(about__in=abouts_of(kind), key__in=keys[start : start + _AT_ONCE])


def present_in(facts: Facts) -> Callable[[str, Collection[str]], Collection[str]]:
    """Which of some keys of a table the facts hold; of what has no table of its own (offices, applicants), all."""

    def present(about: str, keys: Collection[str]) -> Collection[str]:
        if about not in TABLES or len(TABLES[about].keys) > 2 or about not in facts:
            return keys
        column = TABLES[about].keys[0]
        return set(facts[about].having(column, keys)[column].to_pylist())

    return present


@dataclass(frozen=True)
class Pending:
    """A batch that has not been judged in a lane: when it was applied (local), the tables it changed, how many units of
    the lane it names; `everything`: it touched more than can be named, or changed what decides about all."""

    no: int
    applied_at: datetime
    tables: frozenset[str]
    units: int
    everything: bool

    @property
    def items(self) -> bool:
        """Whether it changed items, which decide about their cases."""
        return bool(_ITEMS & self.tables)


def pending(lane: Lane) -> list[Pending]:
    """Batches with units to be judged in a lane, in order, as far as all are applied completely; those that touched
    everything wait in both."""
    waiting = Touched.objects.filter(no__lte=reading.last_batch()).order_by().values_list("no")
    ours, whole = Count("id", filter=_of(lane)), Count("id", filter=Q(unit=EVERYTHING[0]))
    counted = {no: told for no, *told in waiting.annotate(ours=ours, whole=whole)}
    if not counted:
        return []
    changed: dict[int, set[str]] = {no: set() for no in counted}
    for no, table in Reported.objects.filter(no__in=list(counted), changed__gt=0).values_list("no", "table"):
        changed[no].add(table)
    batches = Batch.objects.filter(no__in=list(counted)).order_by("no").values_list("no", "applied_at")
    told = [
        Pending(
            no,
            clock.local(at),
            frozenset(changed[no]),
            counted[no][0],
            bool(counted[no][1] or _PLACES & changed[no]),
        )
        for no, at in batches
        if no is not None and at is not None
    ]
    return [batch for batch in told if batch.units or batch.everything]


def _of(lane: Lane) -> Q:
    """What names units of a lane."""
    return Q(unit__in=QUICK) if lane is Lane.CASES else ~Q(unit__in=[*QUICK, EVERYTHING[0]])


def settle(numbers: Collection[int], lane: Lane | None) -> None:
    """These batches are judged, in a lane or (None) altogether; in the transaction of the judgement."""
    if lane is None:
        reading.settle_touched(numbers)
    else:
        Touched.objects.filter(_of(lane), no__in=list(numbers)).delete()


def units_of(batch: Pending, lane: Lane) -> set[Unit]:
    """The units of a lane that a batch names."""
    named = Touched.objects.filter(_of(lane), no=batch.no).values_list("unit", "key")
    return {(kind, key) for kind, key in named.iterator(chunk_size=10_000) if lane.holds(kind)}


def cases_of_items(batch: Pending) -> set[Unit]:
    """The cases of the items that a batch names: a new version of an item decides about them."""
    codes = Touched.objects.filter(no=batch.no, unit="item").values_list("key", flat=True)
    return {(CASE, number) for number in reading.cases_of("item", list(codes))}
