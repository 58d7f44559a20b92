"""Archive a month: choose, write, prove, move out. An interrupted run is gone on with by running it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from mingcha.base import audit, clock
from mingcha.base.locks import Lock, one_at_a_time
from mingcha.intake.archive import files, keeping, tables
from mingcha.intake.archive.files import AT_ONCE, ArchiveError
from mingcha.intake.archive_models import ArchivedCase, ArchivePart
from mingcha.intake.fact_models import FACTS
from mingcha.intake.models import Batch

Tell = Callable[[int, int, str], None]
"""Told how far it is: done, of how many, what."""


@dataclass(frozen=True)
class Plan:
    """What archiving a month would do: the cases that go, how many stay and why."""

    month: str
    cases: list[str]
    stay: dict[str, int]


@dataclass(frozen=True)
class Moved:
    """What was moved out: `part` is None where there was nothing; `left` cases changed under the hand and stay."""

    part: ArchivePart | None
    left: int = 0


def plan(month: str) -> Plan:
    """What would go. Raises ArchiveError for a month that has not ended."""
    _check(month)
    completed = keeping.completed_in(month)
    go: list[str] = []
    stay: Counter[str] = Counter()
    for some in tables.chunks(completed, AT_ONCE):
        kept = keeping.kept(some)
        stay.update(kept.values())
        go += [case for case in some if case not in kept]
    return Plan(month, go, dict(stay))


def archive(month: str, actor: str, tell: Tell) -> Moved:
    """Move a month's cases out. Raises ArchiveError, having lost nothing; may be run again at any time."""
    _check(month)
    with one_at_a_time(Lock.ARCHIVE) as ours:
        if not ours:
            raise ArchiveError("另一个归档或移回正在进行:等它做完")
        part = ArchivePart.objects.filter(month=month, state=ArchivePart.State.MOVING).first()
        part = part or _begin(month, actor, tell)
        return Moved(None) if part is None else _move(part, tell)


def _check(month: str) -> None:
    if not keeping.is_over(month):
        raise ArchiveError(f"{month} 还没有过完;只能归档已结束的月份")


def _begin(month: str, actor: str, tell: Tell) -> ArchivePart | None:
    """Write the files of what goes; the part is on record from then on."""
    chosen = plan(month).cases
    if not chosen:
        return None
    no = ArchivePart.objects.filter(month=month).count() + 1
    part = ArchivePart(month=month, no=no, folder=f"{month}-{no}", made_at=clock.now(), made_by=actor[:150])
    tell(0, len(chosen), "写归档文件")
    folder = files.folder_of(part)
    if folder.exists():  # written, and interrupted before it was on record
        files.discard(folder)
    made = files.write(folder, month, chosen)
    part.digest, part.cases, part.rows = files.digest_of(folder), made.cases, made.rows
    part.size = sum(size for size, _ in made.files.values())
    with transaction.atomic():
        part.save(force_insert=True)
        audit.record(actor, "archive.begun", f"archive:{part.folder}", detail=_told(part))
    return part


def _told(part: ArchivePart) -> dict[str, object]:
    return {"digest": part.digest, "cases": part.cases, "rows": part.rows}


def _move(part: ArchivePart, tell: Tell) -> Moved:
    """Take out of the tables what the files hold, a few hundred cases a transaction."""
    folder = files.folder_of(part)
    files.check(folder, part.digest)
    done = left = 0
    for cases in _cases(folder):
        gone = _move_some(part, cases)
        done, left = done + len(cases), left + len(cases) - gone
        tell(done, part.cases, "移出数据库")
    with transaction.atomic():
        part.state = ArchivePart.State.MOVED
        part.cases = part.held.count()
        part.save(update_fields=["state", "cases"])
        audit.record(
            part.made_by, "archive.moved", f"archive:{part.folder}", detail=_told(part) | {"left": left}
        )
    return Moved(part, left)


def _cases(folder: Path) -> list[list[str]]:
    """The cases of a part, as many together as one transaction takes."""
    found = [
        case
        for rows in files.groups(folder, tables.CASES)
        for case in sorted(set(rows["case_no"].to_pylist()))
    ]
    return [list(some) for some in tables.chunks(found, AT_ONCE)]


def _move_some(part: ArchivePart, cases: Sequence[str]) -> int:
    """Move some cases out, of which the files hold just what the tables do; how many are out now.

    Nothing else writes facts meanwhile: appliers wait for the lock, and so does what takes a batch number.
    """
    with one_at_a_time(Lock.APPLIER, wait=True), transaction.atomic():
        _alone()
        out = set(ArchivedCase.objects.filter(part=part, case_no__in=cases).values_list("case_no", flat=True))
        kept = keeping.kept(cases)
        chosen = [case for case in cases if case not in out and case not in kept]
        if chosen and not _same(part, chosen):
            chosen = [case for case in chosen if _same(part, [case])]
        if chosen:
            _index(part, chosen)
            for table in tables.COLUMN:
                tables.delete(table, chosen)
    return len(out) + len(chosen)


def _alone() -> None:
    if connection.vendor == "postgresql":  # SQLite's transactions are IMMEDIATE: one writer at a time
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [Lock.NUMBERS])
    if Batch.objects.filter(state=Batch.State.APPLYING).exists():
        raise ArchiveError("有一批数据正在入库:等它入库后再运行同一命令,从停下的地方接着做")


def _same(part: ArchivePart, cases: Sequence[str]) -> bool:
    """Whether the tables hold of these cases just the rows that the files do."""
    folder = files.folder_of(part)
    return all(
        tables.sums(files.rows_of(folder, table, cases)) == tables.sums_held(table, cases)
        for table in tables.COLUMN
    )


def _index(part: ArchivePart, cases: Sequence[str]) -> None:
    rows = FACTS[tables.CASES]._default_manager.filter(seen_to=None, case_no__in=cases)
    ArchivedCase.objects.bulk_create(
        ArchivedCase(
            case_no=row["case_no"],
            part=part,
            item_code=row["item_code"] or "",
            agency_code=row["agency_code"] or "",
            region_code=row["region_code"] or "",
        )
        for row in rows.values("case_no", "item_code", "agency_code", "region_code")
    )
