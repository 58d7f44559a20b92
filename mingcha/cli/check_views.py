"""What `check` says beside the findings, all of it on standard error."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mingcha.cli.console import console, table
from mingcha.report.checking import Checked, Opened
from mingcha.report.marks import BY_NAME, MARKS
from mingcha.report.spoken import spoken_day
from mingcha.report.summary import FaultLine, Line, Summary, fault_causes, unheld_said

_AGENCIES = 15
_FAULTS = 12


def tell_head(opened: Opened, *, given: bool) -> None:
    """As of when, by which packs and calendar."""
    screen = console(stderr=True)
    now = "" if given else "(现在)"
    moment = f"{spoken_day(opened.as_of)} {opened.as_of:%H:%M:%S}"
    screen.print(f"判定时点 {moment}{now} 日历 {opened.calendar.version}")
    for use in opened.packs:
        about = f"{use.why};版本 {use.pack.version}"
        screen.print(f"规则包   {use.pack.id} {use.pack.title}({about})", markup=False)


def tell_summary(checked: Checked, summary: Summary, out: Path | None) -> None:
    """Counts by rule, level and agency; data faults; what was not judged."""
    screen = console(stderr=True)
    screen.print()
    if summary.rules:
        screen.print(_counts("按规则", summary.rules, summary))
        screen.print()
        screen.print(_counts("按部门", summary.agencies[:_AGENCIES], summary, more=len(summary.agencies)))
        screen.print()
    _tell_data(screen, checked, summary)
    for why, rules in summary.not_judged.items():
        screen.print(f"未判定   {why}:{rules}", style="bright_black", markup=False)
    if said := unheld_said(summary.unheld):
        screen.print(f"未判定:{said}", style="bold", markup=False)
    screen.print(_total(summary))
    if out is not None:
        screen.print(f"结果已写入 {out}", markup=False)


def _counts(title: str, lines: Sequence[Line], summary: Summary, more: int = 0) -> Table:
    """A table of counts, a column for each mark that occurs."""
    marks = [mark for mark in MARKS if summary.marks.get(mark.name)]
    made = table(title, "", *(f"{mark.shape}{mark.label}" for mark in marks), "合计", numbers=len(marks) + 1)
    for line in lines:
        counts = [Text(str(line.marks.get(mark.name, "")), mark.style) for mark in marks]
        made.add_row(Text(line.key or "(空)"), Text(line.label), *counts, str(line.total))
    if more > len(lines):
        made.add_row(Text(f"…… 另有 {more - len(lines)} 个"))
    return made


def _tell_data(screen: Console, checked: Checked, summary: Summary) -> None:
    """Rows read and refused, faults by cause, files left out, error books."""
    reading = checked.opened.reading
    rows = [(name, totals) for name, totals in reading.faults.totals.items() if totals.read > totals.kept]
    for name, totals in rows:
        screen.print(
            f"数据     {name}:读 {totals.read} 行,拒收 {totals.refused},被新版本取代 {totals.superseded},"
            f"撤回 {totals.withdrawn},来源冲突 {totals.conflicting},采用 {totals.kept}"
        )
    if summary.faults:
        causes = "、".join(f"{cause} {count}" for cause, count in fault_causes(summary.faults).most_common())
        screen.print(f"数据问题 {reading.faults.total} 处:{causes}", style="dark_orange3")
        screen.print(_fault_table(summary.faults))
        if not reading.books:
            screen.print("加 --errors 文件夹,可把有问题的行连同原因写成错误簿", style="bright_black")
    for book in reading.books.values():
        screen.print(f"错误簿   {book}", markup=False)
    for note in checked.opened.notes:
        screen.print(f"提示     {note}", style="bright_black", markup=False)


def _fault_table(faults: Sequence[FaultLine]) -> Table:
    made = table("表", "列", "问题", "处理", "怎么办", "处", numbers=1)
    for line in faults[:_FAULTS]:
        cells = (line.table, line.column, line.cause, line.effect, line.advice, str(line.count))
        made.add_row(*(Text(cell) for cell in cells))
    if len(faults) > _FAULTS:
        made.add_row(Text(f"…… 另有 {len(faults) - _FAULTS} 种"))
    return made


def _total(summary: Summary) -> Text:
    said = Text(f"办件 {summary.cases} 件,判定 {summary.total} 条")
    if summary.unheld.total:
        said.append(f",未判定 {summary.unheld.total} 件", "bold")
    for name, count in summary.marks.items():
        mark = BY_NAME[name]
        said.append("  ").append(f"{mark.shape} {mark.label} {count}", mark.style)
    if not summary.marks and not summary.unheld.total:
        said.append(":没有发现问题")
    return said
