"""Bring archived cases back: a month at somebody's wish, single ones because something is reported of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from mingcha.base import audit
from mingcha.base.locks import Lock, one_at_a_time
from mingcha.intake.archive import files, tables
from mingcha.intake.archive.files import AT_ONCE, ArchiveError
from mingcha.intake.archive.moving import Tell
from mingcha.intake.archive_models import ArchivedCase, ArchivePart


def bring_back_month(month: str, actor: str, tell: Tell) -> int:
    """Put the rows of a month's archived cases into the tables again; how many cases. Raises ArchiveError, having lost
    nothing; may be run again. The files stay."""
    with one_at_a_time(Lock.ARCHIVE) as ours:
        if not ours:
            raise ArchiveError("另一个归档或移回正在进行:等它做完")
        moved = (ArchivePart.State.MOVED, ArchivePart.State.RETURNING)
        if ArchivePart.objects.filter(month=month, state=ArchivePart.State.MOVING).exists():
            raise ArchiveError(f"{month} 的归档没有做完:先运行 mingcha archive {month}")
        parts = list(ArchivePart.objects.filter(month=month, state__in=moved).order_by("no"))
        if not parts:
            raise ArchiveError(f"{month} 没有归档;看有哪些:mingcha archive --list")
        return sum(_bring_back(part, actor, tell) for part in parts)


def _bring_back(part: ArchivePart, actor: str, tell: Tell) -> int:
    files.check(files.folder_of(part), part.digest)
    ArchivePart.objects.filter(pk=part.pk).update(state=ArchivePart.State.RETURNING)
    total, done = part.held.count(), 0
    while cases := list(part.held.order_by("case_no").values_list("case_no", flat=True)[:AT_ONCE]):
        with one_at_a_time(Lock.APPLIER, wait=True), transaction.atomic():
            bring_back(cases)
        done += len(cases)
        tell(done, total, "移回数据库")
    with transaction.atomic():
        ArchivePart.objects.filter(pk=part.pk).update(state=ArchivePart.State.RETURNED)
        audit.record(actor, "archive.returned", f"archive:{part.folder}", detail={"cases": done})
    return done


def bring_back_staged(cursor: Any, stage: str) -> None:
    """Bring back the cases that rows about to be merged name: nothing depends on where a case lies."""
    if not ArchivedCase.objects.exists():
        return
    cursor.execute(
        f"SELECT DISTINCT s.case_no FROM {stage} AS s JOIN intake_archivedcase AS a ON a.case_no = s.case_no"
    )
    bring_back([case for (case,) in cursor.fetchall()])


def bring_back(cases: Sequence[str]) -> int:
    """Put the rows of those of these cases that are archived into the tables, in the caller's transaction; how many.

    They are the rows that went: ids, both times, sealed values. Raises ArchiveError where the files are not at hand.
    """
    by_part: dict[ArchivePart, list[str]] = defaultdict(list)
    for held in ArchivedCase.objects.filter(case_no__in=list(cases)).select_related("part"):
        by_part[held.part].append(held.case_no)
    for part, chosen in by_part.items():
        folder = files.folder_of(part)
        files.manifest(folder, part.digest)
        for table in tables.COLUMN:
            rows = files.rows_of(folder, table, chosen)
            tables.insert(table, rows)
            if tables.sums(rows) != tables.sums_held(table, chosen):
                raise ArchiveError(f"移回 {part.folder} 的 {table} 时行数不符,什么也没有改动;请报给维护人员")
        ArchivedCase.objects.filter(case_no__in=chosen).delete()
    return sum(map(len, by_part.values()))
