"""`mingcha calendar show YEAR | import FILE`: look at the calendar, load next year's notice."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from mingcha.law.calendar import Calendar, DayInfo

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group("calendar", short_help="工作日历:查看、导入放假通知")
def calendar_group() -> None:
    """工作日历:哪天上班、哪天放假、依据哪个文号。"""


@calendar_group.command("show", short_help="一年的放假、调休和工作日")
@click.argument("year", type=click.IntRange(1970, 2099))
@click.option("--region", default="", help="行政区划代码,取其地方日历。")
@click.option("--hall", default="", help="大厅代码,取其自己的日历。")
@click.option(
    "--calendars",
    type=FOLDER,
    envvar="MINGCHA_CALENDARS",
    help="自己的日历文件夹(也可设 MINGCHA_CALENDARS)。",
)
def show_command(year: int, region: str, hall: str, calendars: Path | None) -> None:
    """列出 YEAR 年的放假日、调休上班日及其文号,和每月工作日数。"""
    from rich.console import Console

    calendar = _load(calendars)
    layer = calendar.layer_for(hall, region)
    console = Console(highlight=False)
    days = _year(calendar, layer, year)
    _print_days(console, calendar, days)
    months = [sum(info.kind.works for info in days if info.day.month == month) for month in range(1, 13)]
    console.print("每月工作日 " + " ".join(f"{month}月{count}" for month, count in enumerate(months, 1)))
    unknown = sum(info.kind == 0 for info in days)
    if unknown:
        console.print(f"有 {unknown} 天没有数据:用到这些日子的时限不可判定。", style="bold")
    provisional = sum(info.provisional for info in days)
    if provisional:
        console.print(f"有 {provisional} 天是暂定的:放假通知尚未导入,据此不发红牌。", style="bold")
    console.print(f"{calendar.layers[layer].name} {year} 年工作日 {sum(months)} 天 · 日历 {calendar.version}")


@calendar_group.command("import", short_help="导入下一年的放假通知")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--to",
    "folder",
    type=FOLDER,
    envvar="MINGCHA_CALENDARS",
    help="存到哪个文件夹(也可设 MINGCHA_CALENDARS)。",
)
@click.option("--number", default="", help="文号,如 国办发明电〔2025〕7号。")
@click.option("--title", default="", help="通知标题。")
@click.option("--issued", type=click.DateTime(["%Y-%m-%d"]), help="发文日期。")
@click.option("--replace", is_flag=True, help="已有这一年的文件时替换它。")
def import_command(
    file: Path, folder: Path | None, number: str, title: str, issued: datetime | None, replace: bool
) -> None:
    """读入 FILE(CSV:日期,名称,休或班;或 holiday-cn 的 JSON),核对后写成年历文件,并逐日列出与原日历的差别。"""
    from mingcha.law.calendar import Notice
    from mingcha.law.calendar_files import CalendarError
    from mingcha.law.calendar_import import NO_NUMBER, read_notice, year_file

    if folder is None:
        raise click.UsageError("要存到哪里?请用 --to 文件夹 指明,或设环境变量 MINGCHA_CALENDARS")
    try:
        draft = read_notice(file)
    except CalendarError as error:
        raise click.UsageError(str(error)) from error
    before = _load(folder if folder.is_dir() else None)
    target = folder / f"{draft.year}.yaml"
    if target.exists() and not replace:
        raise click.UsageError(f"{target} 已经在了;要替换请加 --replace")
    notice = Notice(
        number=number or NO_NUMBER,
        title=title or f"国务院办公厅关于{draft.year}年部分节假日安排的通知",
        issued=issued.date() if issued else None,
        url=draft.url,
        verified=bool(number),
    )
    folder.mkdir(parents=True, exist_ok=True)
    target.write_text(year_file(draft, notice), encoding="utf-8")
    _print_changes(before, _load(folder), draft.year, target)


def _load(folder: Path | None) -> Calendar:
    """The calendar, its faults said in one message."""
    from mingcha.law.calendar_files import CalendarError
    from mingcha.law.load import load_calendar

    try:
        return load_calendar(folder)
    except CalendarError as error:
        raise click.UsageError(str(error)) from error


def _year(calendar: Calendar, layer: int, year: int) -> list[DayInfo]:
    """The days of one year."""
    from mingcha.law.instants import day_number

    first, after = day_number(date(year, 1, 1)), day_number(date(year + 1, 1, 1))
    return [calendar.day(layer, day) for day in range(first, after)]


def _print_days(console: Console, calendar: Calendar, days: list[DayInfo]) -> None:
    """Days off and make-up days, and the notices they rest on."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for head in ("日期", "", "名称", "依据"):
        table.add_column(head, overflow="fold")
    for info in days:
        if info.name:
            table.add_row(_when(info.day), _KINDS[info.kind.name], info.name, info.notice)
    console.print(table)
    for notice in calendar.notices:
        if notice.number in {info.notice for info in days}:
            doubt = "" if notice.verified else "(文号未核实)"
            console.print(
                f"{notice.number}{doubt}《{notice.title}》{notice.issued or ''} {notice.url}", soft_wrap=True
            )


def _print_changes(before: Calendar, after: Calendar, year: int, target: Path) -> None:
    """What the notice changes, day by day."""
    from mingcha.law.calendar_import import changes

    changed, confirmed = changes(before, after, year)
    click.echo(f"已写入 {target};日历 {before.version} → {after.version}")
    for change in changed:
        click.echo(f"  {_when(change.before.day)}  {_describe(change.before)} → {_describe(change.after)}")
    click.echo(f"与原日历相比,{len(changed)} 天改变,{confirmed} 天由暂定转为确定。")
    if changed or confirmed:
        click.echo("用到这些日子的时限要重新判定:对原来的数据再运行一次 mingcha check 即可。")


_KINDS = {"WORKING": "上班", "MAKEUP": "调休上班", "OFF": "放假", "WEEKEND": "周末", "UNKNOWN": "无数据"}


def _when(day: date) -> str:
    return f"{day} 周{'一二三四五六日'[day.weekday()]}"


def _describe(info: DayInfo) -> str:
    name = f"({info.name})" if info.name else ""
    return f"{_KINDS[info.kind.name]}{name}" + ("[暂定]" if info.provisional else "")
