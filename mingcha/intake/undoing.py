"""Undo what a batch has written that never came to its end: as if it had not begun.

Nobody has seen it: a batch counts from its last transaction, and what is read stops before it
(`numbering.last_complete`). So its rows are taken out and those it had closed are open again; where the system itself
wrote over one of its rows meanwhile, the row before it ends where that one begins.

Columns whose value it confirmed at a higher version keep that version (`column_versions`): the value is the same.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from mingcha.facts.declare import Table
from mingcha.facts.schema import TABLES
from mingcha.intake import claiming
from mingcha.intake.fact_models import FACTS
from mingcha.intake.models import Batch
from mingcha.intake.store_models import Conflict, Reported, Touched
from mingcha.intake.touching import note_everything


def undo(batch: Batch) -> None:
    """Take everything out that a batch under way has written, in the caller's transaction; its number is free."""
    if batch.no is None:
        return
    written = set(Reported.objects.filter(no=batch.no).values_list("table", flat=True))
    if "cases" in written:
        with connection.cursor() as cursor:
            claiming.await_again(cursor, batch.no)
        written |= set(claiming.CHILDREN)
    for name in sorted(written):
        _undo_rows(TABLES[name], batch.no)
    Reported.objects.filter(no=batch.no).delete()
    _pass_on_the_first(written, batch.no)
    Touched.objects.filter(no=batch.no).delete()
    Conflict.objects.filter(batch=batch).delete()
    batch.no, batch.counts, batch.faults = None, {}, []
    batch.save(update_fields=["no", "counts", "faults"])


def _pass_on_the_first(tables: Collection[str], no: int) -> None:
    """Where the batch had been the first to report a table, the next that did is the first now."""
    for name in tables:
        first = Reported.objects.filter(table=name).order_by("no").values_list("no", flat=True).first()
        if first is not None and first > no:
            note_everything(first)


def _undo_rows(table: Table, no: int) -> None:
    fact = FACTS[table.name]._meta.db_table
    same = " AND ".join(f'mine."{name}" = {fact}."{name}"' for name in table.keys)
    ended = (
        f"SELECT mine.seen_to FROM {fact} AS mine "
        f"WHERE {same} AND mine.seen_from = {no:d} AND mine.seen_to > {no:d}"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {fact} SET seen_to = ({ended}) "
            f"WHERE seen_to = {no:d} AND seen_from < {no:d} AND EXISTS ({ended})"
        )
        cursor.execute(f"DELETE FROM {fact} WHERE seen_from = {no:d}")
        cursor.execute(f"UPDATE {fact} SET seen_to = NULL WHERE seen_to = {no:d}")
