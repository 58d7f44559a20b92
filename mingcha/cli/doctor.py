"""`mingcha doctor`: is this installation in order; every line says what was seen and what to do."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import click

from mingcha.cli import EXIT_RED

if TYPE_CHECKING:
    from mingcha.base.doctor import Finding

_NOTICE = "通知公布后(通常 11 月)用 mingcha calendar import 录入,或在“日历”页发布"


@click.command("doctor", short_help="体检:设置、密钥、数据库、日历、字体、磁盘、后台")
def doctor_command() -> None:
    """逐项检查这套安装,每行一项:OK、注意或错误,以及该怎么办。什么也不改动。

    退出码:0 没有错误,1 有错误。
    """
    from mingcha.server.start import set_up

    set_up()
    from mingcha.base.doctor import CHECKS, Grade, examine

    wrong = 0
    for finding in examine([*CHECKS, _calendar, _batches, _archive, _fonts]):
        wrong += finding.grade is Grade.WRONG
        advice = f"  → {finding.advice}" if finding.advice else ""
        grade = finding.grade.value.ljust(4 if finding.grade is Grade.FINE else 2)  # Chinese is two wide
        click.echo(f"{grade}  {finding.what}:{finding.seen}{advice}")
    click.echo(f"有 {wrong} 项错误。" if wrong else "没有错误。")
    sys.exit(EXIT_RED if wrong else 0)


def _calendar() -> Iterator[Finding]:
    """This year and the next must be in the calendar: what is due beyond it cannot be judged."""
    from mingcha.alerts.law import law_in_force
    from mingcha.base import clock
    from mingcha.base.doctor import Finding, Grade

    _, calendar = law_in_force(fresh=True)
    today = clock.local_now().date()
    for year in (today.year, today.year + 1):
        # The middle of a year: its last days wait for the notice of the next.
        info = calendar.day(0, (date(year, 7, 1) - date(1970, 1, 1)).days)
        if not info.kind:
            grade = Grade.WRONG if year == today.year else Grade.NOTE
            yield Finding(grade, "日历", f"没有 {year} 年", _NOTICE)
        elif info.provisional:
            yield Finding(Grade.NOTE, "日历", f"{year} 年按法定节假日暂算,放假通知还没有录入", _NOTICE)
        else:
            yield Finding(Grade.FINE, "日历", f"{year} 年")


def _batches() -> Iterator[Finding]:
    """Batches that were set aside wait for a person."""
    from mingcha.base.doctor import Finding, Grade
    from mingcha.intake.models import Batch

    held = Batch.objects.filter(state=Batch.State.SET_ASIDE)
    for batch in held.order_by("id")[:3]:
        advice = "查日志,改正后在“数据报送”的批次页重新入库,或写明原因不再入库"
        yield Finding(Grade.NOTE, "批次", f"{batch.receipt} 已搁置", advice)


def _archive() -> Iterator[Finding]:
    """Every archived part is where it is said to be."""
    from mingcha.base.doctor import Finding, Grade
    from mingcha.intake.archive.finding import faults
    from mingcha.intake.archive_models import ArchivedCase

    wrong = list(faults())
    for fault in wrong[:3]:
        seen, _, advice = fault.partition(";")
        yield Finding(Grade.WRONG, "归档", seen, advice)
    if not wrong and (count := ArchivedCase.objects.count()):
        yield Finding(Grade.FINE, "归档", f"{count:,} 件,文件齐全")


def _fonts() -> Iterator[Finding]:
    """Documents (PDF) and pictures need Chinese fonts."""
    import shutil
    import subprocess

    from mingcha.base.doctor import Finding, Grade

    advice = "安装中文字体(如 apt-get install fonts-noto-cjk)"
    lister = shutil.which("fc-list")
    if lister is None:
        yield Finding(Grade.NOTE, "字体", "没有 fontconfig,查不了", advice)
        return
    asked = [lister, ":lang=zh-cn", "family"]
    listed = subprocess.run(asked, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
    families = sorted({line.split(",")[0] for line in listed.stdout.splitlines() if line.strip()})
    if families:
        yield Finding(Grade.FINE, "字体", "、".join(families[:3]))
    else:
        yield Finding(Grade.NOTE, "字体", "没有中文字体,导出的文书会缺字", advice)
