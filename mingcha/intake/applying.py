"""Apply 入库: from received batches to rows in two times, batch after batch, by one applier.

A batch of up to `PIECE` rows is one transaction. A larger one takes several under one number and is invisible until
the last (`numbering.last_complete`); how far it has come is kept with its rows, so that it goes on there after a
crash. Counts reconcile, for each table:

    received = new + corrected + unchanged + older + conflict + refused + settled
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pyarrow as pa
from django.db import connection, transaction

from mingcha.accounts.scopes import EVERYTHING
from mingcha.base import audit, clock, jobs
from mingcha.base.claims import Claim
from mingcha.base.sealed_files import DamagedError
from mingcha.facts.arrow import arrow_type
from mingcha.facts.declare import Table
from mingcha.facts.schema import TABLES
from mingcha.intake import claiming, setting_aside, touching
from mingcha.intake.archive.returning import bring_back_staged
from mingcha.intake.incoming import work_folder
from mingcha.intake.merging import ARRIVAL, Incoming, Merged, merge
from mingcha.intake.models import Batch, Source
from mingcha.intake.numbering import next_no, one_applier
from mingcha.intake.opening import Opened, TableRows, faults_told, opened
from mingcha.intake.receiving import APPLY, NotReceivedError, payload
from mingcha.intake.sorting import PIECE, ROW, Piece
from mingcha.intake.sources import OWN_CODE, office_of
from mingcha.intake.staging import Fate, Stored, stage, stored_rows
from mingcha.intake.statement import Statement
from mingcha.intake.store_models import Conflict, Reported, Touched
from mingcha.readers.errors import UnusableError

__all__ = ["JUDGE", "apply_next", "unapplied", "write"]

JUDGE: Final = "judge"
"""Kind of the job that judges what a batch touched; payload `{"no": batch number}` (`alerts.judging`)."""
COUNTED: Final = (
    "received",
    "new",
    "corrected",
    "unchanged",
    "older",
    "conflict",
    "refused",
    "settled",
    "waiting",
)
"""What is counted of each table."""
_AGAIN: Final = timedelta(seconds=2)
_UNREADABLE: Final = (UnusableError, NotReceivedError, DamagedError)

Progress = Callable[[int, int, str], None]
"""Called with (rows done, rows in all, table) after every transaction."""


def no_progress(done: int, of: int, what: str) -> None:
    """Say nothing."""


def unapplied() -> Batch | None:
    """The batch to be applied next: one under way first, else the oldest received."""
    under_way = Batch.objects.filter(state=Batch.State.APPLYING)
    received = Batch.objects.filter(state=Batch.State.RECEIVED)
    return under_way.order_by("id").first() or received.order_by("id").first()


def apply_next(progress: Progress = no_progress, *, again: bool = False) -> Batch | None:
    """Apply one batch; refuse it where it cannot be read, set it aside where it fails again and again. None where
    there is none, or another process applies. `again`: the process before this one may have died of it."""
    with one_applier() as ours:
        batch = unapplied() if ours else None
        if batch is None:
            return None
        if again and not setting_aside.count_try(batch):
            return batch
        try:
            with payload(batch) as files, _opened(batch, files) as what:
                _Applying(batch, what, progress).run()
        except Exception as error:  # whatever it is, those behind it must not wait for ever
            if isinstance(error, _UNREADABLE) and batch.no is None:
                _refuse(batch, getattr(error, "problems", None) or [str(error)])
            elif not setting_aside.after_failure(batch, error, counted=again):
                raise
        return batch


@jobs.handles(APPLY, steps=True)
def apply_all(claim: Claim) -> None:
    """The job: apply until nothing is left. Where another process applies at the moment, look again soon."""
    again = claim.attempts > 1
    while apply_next(again=again) is not None:
        again = False
    with claim.last_step():
        if unapplied() is not None:
            jobs.put(APPLY, APPLY, run_at=clock.now() + _AGAIN)


@contextmanager
def _opened(batch: Batch, files: list[Any]) -> Iterator[Opened]:
    with opened(batch.source, files, work_folder(), trusted=batch.history) as what:
        yield what


def _refuse(batch: Batch, problems: Iterable[str]) -> None:
    with transaction.atomic():
        batch.state, batch.why = Batch.State.REFUSED, "\n".join(problems)
        batch.save(update_fields=["state", "why"])
        audit.record(audit.SYSTEM, "batch.unusable", f"batch:{batch.receipt}")


@dataclass
class _Applying:
    """One batch on its way into the store."""

    batch: Batch
    what: Opened
    progress: Progress
    taken: int = 0

    def run(self) -> None:
        """In one transaction where it is small and nothing of it is there yet."""
        if self.what.rows <= PIECE and self.batch.no is None:
            with transaction.atomic():
                self._begin()
                for part in self.what.tables:
                    self._take_all(part)
                self._finish()
            return
        with transaction.atomic():
            self._begin()
        for part in self.what.tables:
            self._take_all(part)
        with transaction.atomic():
            self._finish()

    def _begin(self) -> None:
        if self.batch.no is not None:
            return  # it was begun before a crash
        self.batch.no, self.batch.state = next_no(), Batch.State.APPLYING
        self.batch.counts = {part.table.name: dict.fromkeys(COUNTED, 0) for part in self.what.tables}
        for name, totals in self.what.faults.totals.items():
            counts = self.batch.counts.setdefault(name, dict.fromkeys(COUNTED, 0))
            counts["received"], counts["refused"] = totals.read, totals.refused
            counts["settled"] = totals.superseded + totals.withdrawn
            counts["conflict"] = totals.conflicting
        self.batch.faults = faults_told(self.what.faults)
        self.batch.save()
        for part in self.what.tables:
            _report(self.batch.no, part.table, self._sent(part))
        if self.what.rows > touching.MOST:
            touching.note_everything(self.batch.no)

    def _sent(self, part: TableRows) -> frozenset[str]:
        return part.sent if self.batch.history else part.sent | {ARRIVAL}

    def _take_all(self, part: TableRows) -> None:
        assert self.batch.no is not None
        by_hand = self.batch.way == Source.Way.FORM  # not the source's: what it sends by a file is its own
        incoming = Incoming(
            part.table,
            self.batch.no,
            self.batch.source,
            self._sent(part),
            by_hand,
            self.batch.overtaken_at,
            office_of(self.batch.source) if by_hand else EVERYTHING,
        )
        done = Reported.objects.get(no=self.batch.no, table=part.table.name)
        arrived = None if self.batch.history else clock.local(self.batch.received_at)
        for piece, rows in _prepared(part, done.staged, arrived):
            with transaction.atomic():
                merged = take(incoming, rows, named=self.what.rows <= touching.MOST)
                _keep_claims(self.batch, part.table, piece.conflicts)
                self._count(part.table, piece, merged)
                done.staged += piece.taken
                done.changed += merged.changed
                done.save(update_fields=["staged", "changed"])
                self.batch.tries = 0
                self.batch.save(update_fields=["counts", "tries"])
            self.taken += piece.taken
            self.progress(self.taken, self.what.rows, part.table.label)

    def _count(self, table: Table, piece: Piece, merged: Merged) -> None:
        counts = self.batch.counts[table.name]
        for name, number in asdict(merged).items():
            if name in counts:
                counts[name] += number
        counts["settled"] += piece.settled
        counts["conflict"] += piece.conflicts.num_rows

    def _finish(self) -> None:
        assert self.batch.no is not None
        self.batch.state, self.batch.applied_at = Batch.State.APPLIED, clock.now()
        self.batch.save(update_fields=["state", "applied_at", "counts"])
        changed = sum(counts["new"] + counts["corrected"] for counts in self.batch.counts.values())
        detail = {"no": self.batch.no, "changed": changed, "digest": self.batch.digest}
        audit.record(audit.SYSTEM, "batch.applied", f"batch:{self.batch.receipt}", detail=detail)
        if Touched.objects.filter(no=self.batch.no).exists():
            jobs.put(JUDGE, str(self.batch.no), {"no": self.batch.no})


def _report(no: int, table: Table, sent: frozenset[str]) -> Reported:
    if table.name != "issued" and not Reported.objects.filter(table=table.name).exists():
        touching.note_everything(no)  # rules that need the table can be asked of everything now
    columns = [column.name for column in table.columns if column.name in sent]
    return Reported.objects.create(no=no, table=table.name, columns=columns)


def _prepared(part: TableRows, start: int, arrived: datetime | None) -> Iterator[tuple[Piece, Stored]]:
    """The pieces in the form they are stored in; the next one is prepared while one is merged."""
    pieces = part.rows.pieces(start)

    def prepare() -> tuple[Piece, Stored] | None:
        piece = next(pieces, None)
        return (
            None
            if piece is None
            else (piece, stored_rows(part.table, _arrived(part.table, piece.rows, arrived)))
        )

    if part.rows.rows <= PIECE:
        while (made := prepare()) is not None:
            yield made
        return
    with ThreadPoolExecutor(1, thread_name_prefix="prepare") as aside:
        ahead = aside.submit(prepare)
        while (made := ahead.result()) is not None:
            ahead = aside.submit(prepare)
            yield made


def _arrived(table: Table, rows: pa.Table, arrived: datetime | None) -> pa.Table:
    """The rows with the time of their arrival, whatever the sender says of it; history keeps what it says."""
    if arrived is None:
        return rows
    times = pa.repeat(pa.scalar(arrived, arrow_type(table.column(ARRIVAL))), rows.num_rows)
    if ARRIVAL in rows.column_names:
        return rows.set_column(rows.schema.get_field_index(ARRIVAL), ARRIVAL, times)
    return rows.append_column(ARRIVAL, times)


def take(incoming: Incoming, stored: Stored, *, named: bool = True) -> Merged:
    """Merge rows in stored form, one a key, in the caller's transaction; `named` notes the units they touch."""
    rows = stored.rows
    if not rows.num_rows:
        return Merged()
    with connection.cursor() as cursor:
        stage(cursor, incoming.table, stored)
        if "case_no" in incoming.table.by_name:
            bring_back_staged(cursor, incoming.stage)
        merged = merge(cursor, incoming, rows.column_names, rows.num_rows)
        if merged.conflict:
            _keep_conflicts(cursor, incoming)
        claiming.settle(cursor, incoming, merged)
        if named and merged.changed:
            touching.note_touched(cursor, incoming, merged.corrected)
    return merged


def _keep_conflicts(cursor: Any, incoming: Incoming) -> None:
    key = " || '/' || ".join(f'CAST("{name}" AS text)' for name in incoming.table.keys)
    holder = f"coalesce(_holder, (SELECT f.origin_id FROM {incoming.fact} AS f WHERE f.id = _known))"
    cursor.execute(
        f'INSERT INTO intake_conflict (batch_id, "table", "row", key, holder_id) '
        f"SELECT b.id, '{incoming.table.name}', {ROW}, substr({key}, 1, 300), {holder} "
        f"FROM {incoming.stage} CROSS JOIN intake_batch AS b "
        f"WHERE b.no = {incoming.no} AND _fate = {Fate.CONFLICT}"
    )


def _keep_claims(batch: Batch, table: Table, rows: pa.Table) -> None:
    """Rows of one batch that claim a case for another system than the one that came first in it."""
    Conflict.objects.bulk_create(
        Conflict(
            batch=batch, table=table.name, row=row[ROW], key="/".join(str(row[k]) for k in table.keys)[:300]
        )
        for row in rows.select([*table.keys, ROW]).to_pylist()
    )


# -- what the system itself writes --------------------------------------------------------------------------------


def write(tables: Mapping[str, list[dict[str, Any]]], actor: str) -> int:
    """Write rows that the system itself states, as a batch of the source `mingcha`, in the caller's transaction.

    Rows are dictionaries of canonical values (`facts.arrow`; an instant is a naive datetime, a date alone or its
    number); a column that no row of the table names is left as it is, one that only some name is cleared in the others.
    Rows keep the source they are from. What they touch is judged again, except for `issued`: whoever issues signals has
    just judged. Returns the batch's number. Raises FactsError, KeyError for tables and columns that are not ours.
    """
    parts = [Statement(TABLES[name], rows) for name, rows in tables.items() if rows]
    with transaction.atomic():
        no, now = next_no(), clock.now()
        batch = _own_batch(no, actor, parts, now)
        for part in parts:
            sent = part.sent | {ARRIVAL}
            rows = _arrived(part.table, part.sorted(), clock.local(now))
            merged = take(Incoming(part.table, no, batch.source, sent, True), stored_rows(part.table, rows))
            reported = _report(no, part.table, sent)
            Reported.objects.filter(pk=reported.pk).update(staged=len(part.rows), changed=merged.changed)
            counts = {**asdict(merged), "received": len(part.rows), "refused": 0}
            counts["settled"] = len(part.rows) - counts.pop("staged")
            batch.counts[part.table.name] = counts
        batch.save(update_fields=["counts"])
        if any(name != "issued" for name in tables):
            jobs.put(JUDGE, str(no), {"no": no})
    return no


def _own_batch(no: int, actor: str, parts: list[Statement], now: datetime) -> Batch:
    source, _ = Source.objects.get_or_create(
        code=OWN_CODE, defaults={"name": "本系统", "way": Source.Way.FORM, "best_rating": 5}
    )
    content = json.dumps([[part.table.name, part.rows] for part in parts], default=str, sort_keys=True)
    return Batch.objects.create(
        no=no,
        receipt=f"own-{no}",
        source=source,
        key=f"own-{no}",
        way=Source.Way.FORM,
        form="rows",
        digest=hashlib.sha256(content.encode()).hexdigest(),
        size=0,
        state=Batch.State.APPLIED,
        received_at=now,
        applied_at=now,
        sent_by=actor[:150],
        counts={},
    )
