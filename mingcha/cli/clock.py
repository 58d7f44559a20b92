"""`mingcha clock START LIMIT`: one clock as a sheet, each day counted or why not."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.table import Table

    from mingcha.law.sheet import Mark, Moment, Pause, Sheet, SheetDay
    from mingcha.law.sheet_view import Fold


@click.command("clock", short_help="算一个时限,逐日列出")
@click.argument("start")
@click.argument("limit", type=int)
@click.option(
    "--unit", default="working_day", show_default=True, help="时限单位,如 natural_day、month、hour。"
)
@click.option(
    "--pause", "pauses", multiple=True, metavar="起:止[:名称]", help="一段暂停(可重复);止留空表示尚未结束。"
)
@click.option("--stop", help="办结等结束时间;不写则还在计时。")
@click.option("--as-of", "as_of", help="看到哪一刻为止;不写为现在。")
@click.option("--region", default="", help="行政区划代码,取其地方日历。")
@click.option("--hall", default="", help="大厅代码,取其自己的日历。")
@click.option("--left", default=2, show_default=True, help="所剩不超过几个工作日时预警。")
@click.option("--due-day-off", type=click.Choice(["moves", "stays"]), default="moves", show_default=True)
@click.option("--overrun", type=click.Choice(["date", "working_days"]), default="date", show_default=True)
@click.option(
    "--calendars",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="MINGCHA_CALENDARS",
    help="自己的日历文件夹(也可设 MINGCHA_CALENDARS)。",
)
def clock_command(
    start: str,
    limit: int,
    unit: str,
    pauses: tuple[str, ...],
    stop: str | None,
    as_of: str | None,
    region: str,
    hall: str,
    left: int,
    due_day_off: str,
    overrun: str,
    calendars: Path | None,
) -> None:
    """从 START 起算 LIMIT 个单位的时限,逐日列出:算第几日,为什么不算,何时预警、应办结、超期。

    例:mingcha clock 2026-09-18 10 --pause 2026-09-22:2026-09-29
    """
    from rich.console import Console

    from mingcha.cli.choosing import now
    from mingcha.law.clock import ClockSettings
    from mingcha.law.load import load_calendar
    from mingcha.law.sheet import clock
    from mingcha.law.sheet_view import sentence

    calendar = load_calendar(calendars)
    try:
        begins, ends = _moment(start), _moment(stop) if stop else None
        if ends is not None and _before(ends, begins):
            raise ValueError(f"--stop {stop} 早于起算时间 {start};请核对 --stop 与 START")
        settings = ClockSettings(left=(left,), due_day_off=due_day_off, overrun=overrun)  # type: ignore[arg-type]
        sheet = clock(
            begins,
            limit,
            unit,
            as_of=_last_second(_moment(as_of)) if as_of else now(),
            calendar=calendar,
            stop=ends,
            pauses=[_pause(text) for text in pauses],
            layer=calendar.layer_for(hall, region),
            settings=settings,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    except OverflowError as error:
        raise click.UsageError("算到了万年之后;请核对 START、LIMIT 与各选项里的年份") from error
    console = Console(highlight=False)
    console.print(_table(sheet))
    console.print(f"{sentence(sheet)}。", soft_wrap=True)
    console.print(f"日历 {calendar.version} · 层 {calendar.layers[sheet.question.layer].name}", style="dim")


_UNNAMED = "暂停"
"""The name of a pause without one."""


def _moment(text: str) -> Moment:
    """A date, or a date and time. Raises ValueError."""
    try:
        return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"看不懂时间“{text}”;请写成 2026-09-18 或 2026-09-18T09:30") from None


def _last_second(value: Moment) -> datetime:
    """A bare date is its last second."""
    return value if isinstance(value, datetime) else datetime.combine(value, time(23, 59, 59))


def _pause(text: str) -> Pause:
    """`start:end:name`, the last two optional; both may have times, 2026-09-22T10:00. Raises ValueError."""
    import re

    from mingcha.law.sheet import Pause

    moment = r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?)?"
    found = re.fullmatch(rf"({moment}):({moment})?(?::(.+))?", text)
    if not found:
        raise ValueError(f"看不懂暂停“{text}”;请写成 2026-09-22:2026-09-29,尚未结束的写 2026-09-22:")
    begin, end, name = found.groups()
    pause = Pause(_moment(begin), _moment(end) if end else None, name or _UNNAMED)
    if pause.end is not None and _before(pause.end, pause.start):
        raise ValueError(f"--pause {text} 的止早于起;请写成 起:止,如 {end}:{begin},尚未结束的把止留空")
    return pause


def _before(one: Moment, other: Moment) -> bool:
    """Does it lie before the other, by day where either is a day alone? Raises ValueError for a time with an offset."""
    import numpy as np

    from mingcha.law.instants import before, instant

    return bool(before(np.array([instant(one)]), np.array([instant(other)]))[0])


def _table(sheet: Sheet) -> Table:
    """The sheet, quiet weeks folded."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from mingcha.law.sheet_view import Fold, folded

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for head in ("日期", "日历", "计时", "事件"):
        table.add_column(head, overflow="fold")
    for line in folded(sheet):
        if isinstance(line, Fold):
            table.add_row(*_fold_row(sheet, line), style="dim")
        else:
            table.add_row(*_row(sheet, line), style=_style(line))
    return table


def _row(sheet: Sheet, line: SheetDay) -> tuple[str, str, str, str]:
    from mingcha.law.sheet_view import happenings, kind_of, when, why

    counted = "暂停,不计入" if line.state == "paused" and line.pause == _UNNAMED else why(sheet, line)
    events = "  ".join(f"{_SIGNS[mark]}{words}" for mark, words in happenings(sheet, line.day, line.marks))
    return when(line.day), kind_of(line), counted, events


def _fold_row(sheet: Sheet, fold: Fold) -> tuple[str, str, str, str]:
    from mingcha.law.sheet_view import amount

    pause = fold.days[0].pause
    told = pause if pause == _UNNAMED else f"暂停:{pause}"
    counted = told if pause else f"共计{amount(fold.used, sheet.question.unit)}"
    return f"{fold.days[0].day} 至 {fold.days[-1].day}", f"{len(fold.days) // 7}周", counted, ""


_SIGNS: dict[Mark, str] = {"warn": "▲", "due": "┃", "overrun": "■", "stop": "●", "today": "◆"}  # type: ignore[dict-item]
_STYLES = {"overrun": "bold red", "due": "bold", "warn": "yellow", "stop": "bold", "today": "cyan"}


def _style(line: SheetDay) -> str:
    """Colour of a line; the words and signs say the same."""
    for mark, style in _STYLES.items():
        if mark in line.marks:
            return style
    return "" if line.state in ("counted", "start") else "dim"
