"""Where an archived case is, and what its files must be: for who searches, asks, or examines the installation."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from django.db.models import Count

from mingcha.base import clock
from mingcha.intake.archive import files
from mingcha.intake.archive.tables import chunks
from mingcha.intake.archive_models import ArchivedCase, ArchivePart

_AT_ONCE: Final = 500


def archived(case_no: str) -> ArchivedCase | None:
    """The case, where its rows are in files alone."""
    return ArchivedCase.objects.select_related("part").filter(case_no=case_no).first()


def archived_of(cases: Collection[str]) -> set[str]:
    """Those of some cases whose rows are in files alone."""
    if not ArchivedCase.objects.exists():
        return set()
    found: set[str] = set()
    for some in chunks(sorted(cases), _AT_ONCE):
        found.update(ArchivedCase.objects.filter(case_no__in=some).values_list("case_no", flat=True))
    return found


def told(case: ArchivedCase) -> str:
    """Where it is, and how to have it back: a sentence for a person."""
    part = case.part
    return (
        f"办件 {case.case_no} 已归档:{part.month} 办结,{clock.local(part.made_at):%Y-%m-%d} 移出,"
        f"在数据文件夹的 archive/{part.folder}。要看明细,请管理员运行 mingcha archive --restore {part.month};"
        "有关于它的新报送时自动移回。信号、消息与审计仍可查。"
    )


def summary() -> str:
    """What is archived, in a sentence; empty where nothing is."""
    months = list(
        ArchivePart.objects.annotate(count=Count("held"))
        .filter(count__gt=0)
        .order_by("month")
        .values_list("month", "count")
    )
    if not months:
        return ""
    total = sum(count for _, count in months)
    span = months[0][0] if months[0][0] == months[-1][0] else f"{months[0][0]} 至 {months[-1][0]}"
    return f"另有 {total:,} 件已归档({span} 办结),不在此列;要一并判定,先 mingcha archive --restore 月份"


def faults() -> Iterator[str]:
    """Parts whose files are not what is on record (names, sizes and manifest; not every byte)."""
    for part in ArchivePart.objects.exclude(state=ArchivePart.State.RETURNED).order_by("month", "no"):
        folder = files.folder_of(part)
        try:
            made = files.manifest(folder, part.digest)
        except files.ArchiveError as error:
            yield str(error)
            continue
        for name, (size, _) in made.files.items():
            path = folder / name
            if not path.is_file() or path.stat().st_size != size:
                yield f"归档文件 {path} 缺失或大小不符;从备份恢复 archive 文件夹"
