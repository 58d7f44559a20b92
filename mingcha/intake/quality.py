"""Quality by source and day: 合规 完整 准确 及时, the four words of 郑州规则第十四条.

- 合规 compliant, of all rows that came: those in the form of the declaration, not refused for their form.
- 准确 accurate, of the rows taken: those without a value out of its code list, range or check, and not in conflict with
  another source.
- 完整 complete, of the cases taken: those with the elements of 河南规则第八条(七) that their stage asks for: applicant,
  contact, time of acceptance, outcome, and the reason where they were rejected or ended otherwise.
- 及时 timely, of the rows taken that tell of something that happened: those whose newest event came in by its own
  deadline, 17:00 of a working day (第十二条(三)).

Accuracy counts bad values, at most one for each row. A batch is measured once, soon after it was applied; rows are
gone through by their numbers, each once. History imported at one time is not measured for timeliness.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from mingcha.base import clock
from mingcha.facts.declare import Table
from mingcha.facts.schema import TABLES
from mingcha.intake import workdays
from mingcha.intake.fact_models import FACTS
from mingcha.intake.models import Batch
from mingcha.intake.sources import OWN_CODE
from mingcha.intake.way_models import BatchQuality, QualityMark
from mingcha.law.instants import DATE_ALONE, instant
from mingcha.readers.causes import Cause
from mingcha.readers.faults import Effect

MOST_BATCHES: Final = 2_000
_DAY: Final = 86_400_000_000
_INEXACT: Final = (Effect.CLEARED.value, Effect.NOTED.value)
_WANTED: Final = {
    "申请人名称": "applicant_name IS NOT NULL",
    "联系方式": "contact_phone IS NOT NULL",
    "受理时间": "completed_at IS NULL OR opinion = 'reject' OR accepted_at IS NOT NULL",
    "办理结果": "completed_at IS NULL OR outcome IS NOT NULL",
    "不受理原因": "opinion IS NULL OR opinion <> 'reject' OR reject_reason IS NOT NULL",
    "非正常办结原因": (
        "outcome IS NULL OR outcome NOT IN ('returned', 'withdrawn', 'voided') OR abnormal_reason IS NOT NULL"
    ),
}


@dataclass(frozen=True)
class Measure:
    """One of the four words over some batches: how many rows it applies to, how many satisfy it."""

    of: int
    good: int

    @property
    def share(self) -> float | None:
        """1 where all are good; None where it applies to nothing."""
        return self.good / self.of if self.of else None


@dataclass(frozen=True)
class DayQuality:
    """What a source reported on a day (local, of reception), measured."""

    source: int
    day: date
    batches: int
    rows: int
    compliant: Measure
    accurate: Measure
    complete: Measure
    timely: Measure


WORDS: Final = {"compliant": "合规", "complete": "完整", "accurate": "准确", "timely": "及时"}


def by_day(sources: Iterable[int], first: date, last: date) -> list[DayQuality]:
    """Quality of sources on the days from `first` to `last`, by source and day."""
    sums = {name: Sum(name) for name in ("rows", *_PAIRS)}
    found = (
        BatchQuality.objects.filter(batch__source__in=list(sources))
        .annotate(day=TruncDate("batch__received_at", tzinfo=clock.ZONE))
        .filter(day__gte=first, day__lte=last)
        .values("batch__source", "day")
        .annotate(batches=Count("pk"), **{f"all_{name}": total for name, total in sums.items()})
        .order_by("batch__source", "day")
    )
    return [_day(row) for row in found]


_PAIRS: Final = (
    "compliant", "accurate_of", "accurate", "complete_of", "complete", "timely_of", "timely"
)  # fmt: skip


def _day(row: Mapping[str, Any]) -> DayQuality:
    def measure(word: str, of: str) -> Measure:
        return Measure(row[f"all_{of}"], row[f"all_{word}"])

    return DayQuality(
        row["batch__source"],
        row["day"],
        row["batches"],
        row["all_rows"],
        measure("compliant", "rows"),
        measure("accurate", "accurate_of"),
        measure("complete", "complete_of"),
        measure("timely", "timely_of"),
    )


def measure() -> int:
    """Measure the batches that were applied since the last time; how many. Nothing while a large one is under way."""
    if Batch.objects.filter(state=Batch.State.APPLYING).exists():
        return 0
    with transaction.atomic():
        waiting = Batch.objects.filter(state=Batch.State.APPLIED, quality=None, no__isnull=False)
        batches = list(waiting.exclude(source__code=OWN_CODE).order_by("no")[:MOST_BATCHES])
        if not batches:
            return 0
        upto = batches[-1].no
        assert upto is not None
        BatchQuality.objects.bulk_create(_counted(batch) for batch in batches)
        for name, table in TABLES.items():
            _measure_rows(table, FACTS[name]._meta.db_table, upto)
    return len(batches)


def _counted(batch: Batch) -> BatchQuality:
    """What the counts and faults of a batch tell."""
    counts = list(batch.counts.values())
    received = sum(table["received"] for table in counts)
    refused = sum(table["refused"] for table in counts)
    conflicts = sum(table["conflict"] for table in counts)
    taken = received - refused - sum(table["settled"] for table in counts)
    inexact = sum(
        fault["count"]
        for fault in batch.faults
        if fault["effect"] in _INEXACT and fault["cause"] != Cause.CONFLICT.label
    )
    start = workdays.window_start(clock.local(batch.received_at))
    assert batch.no is not None  # it was applied
    return BatchQuality(
        batch=batch,
        no=batch.no,
        window_start=instant(start),
        rows=received,
        compliant=received - refused,
        accurate_of=taken,
        accurate=max(0, taken - conflicts - inexact),
    )


def _measure_rows(table: Table, fact: str, upto: int) -> None:
    """Go through the rows of a table that no measuring has seen yet."""
    complete = " AND ".join(f"({wanted})" for wanted in _WANTED.values()) if table.name == "cases" else ""
    newest = _newest(table)
    if not (complete or newest):
        return
    mark, _ = QualityMark.objects.get_or_create(table=table.name)
    end = _end(fact, mark.upto, upto)
    if end <= mark.upto:
        return
    sums = [
        "count(*)" if complete else "0",
        f"sum(CASE WHEN {complete} THEN 1 ELSE 0 END)" if complete else "0",
        f"sum(CASE WHEN {newest} > 0 THEN 1 ELSE 0 END)" if newest else "0",
        f"sum(CASE WHEN {newest} > q.window_start THEN 1 ELSE 0 END)" if newest else "0",
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT q.batch_id, b.history, {', '.join(sums)} FROM {fact} AS f "  # noqa: S608 - declared names
            "JOIN intake_batchquality AS q ON q.no = f.seen_from JOIN intake_batch AS b ON b.id = q.batch_id "
            "WHERE f.id > %s AND f.id <= %s GROUP BY q.batch_id, b.history",
            [mark.upto, end],
        )
        found = cursor.fetchall()
    _add(found)
    QualityMark.objects.filter(pk=mark.pk).update(upto=end)


def _end(fact: str, start: int, upto: int) -> int:
    """The last row of the batches up to a number; rows are numbered in the order of their batches."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {fact} WHERE id > %s AND seen_from <= %s", [start, upto])  # noqa: S608
        (end,) = cursor.fetchone()
    return int(end or start)


def _newest(table: Table) -> str:
    """SQL of the newest event of a row, a date alone as the end of its day; 0 where there is none."""
    events = [
        f"coalesce(f.{name} + CASE WHEN f.{name} %% {_DAY} = {DATE_ALONE} THEN {_DAY - 2_000_000} ELSE 0 END, 0)"
        for name in table.events
    ]
    if not events or table.lasting:
        return ""
    greatest = "greatest" if connection.vendor == "postgresql" else "max"
    return events[0] if len(events) == 1 else f"{greatest}({', '.join(events)})"


def _add(found: list[tuple[int, bool, int, int, int, int]]) -> None:
    measures = BatchQuality.objects.in_bulk([row[0] for row in found])
    for batch, history, complete_of, complete, timely_of, timely in found:
        one = measures[batch]
        one.complete_of += complete_of
        one.complete += complete or 0
        if not history:
            one.timely_of += timely_of or 0
            one.timely += timely or 0
    fields = ["complete_of", "complete", "timely_of", "timely"]
    BatchQuality.objects.bulk_update(measures.values(), fields, batch_size=500)
