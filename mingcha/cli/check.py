"""`mingcha check FOLDER`: which cases break which article, since when, and why."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mingcha.cli import EXIT_RED
from mingcha.cli.choosing import AS_OF, ENGINES, NAMES

if TYPE_CHECKING:
    from mingcha.report.checking import Filters

_PACKS = "规则包(名称或文件夹),逗号分开。不写则按地区与日期。"
_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
FORMATS = ("table", "jsonl", "csv", "parquet", "html")


@click.command("check", short_help="判定一个文件夹的办件")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--as-of", type=AS_OF, metavar="T", help="判定时点;只写日期即当日最后一秒。不写则为现在。")
@click.option("--packs", type=NAMES, default=(), metavar="A,B", help=_PACKS)
@click.option("--engine", type=click.Choice(ENGINES), default="duckdb", show_default=True, help="判定引擎。")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="结果的格式。"
)
@click.option("--out", type=_FILE, metavar="F", help="结果写入文件;不写则输出到屏幕。")
@click.option("--rule", "rules", multiple=True, metavar="ID", help="只判这条规则(可重复)。")
@click.option("--case", "cases", multiple=True, metavar="NO", help="只判这件办件(可重复)。")
@click.option("--pending", is_flag=True, help="也列出还在计时、尚未到预警的。")
@click.option("--errors", type=_FOLDER, metavar="F", help="错误簿写到这个文件夹。")
def check_command(
    folder: Path,
    as_of: datetime | None,
    packs: tuple[str, ...],
    engine: str,
    form: str,
    out: Path | None,
    rules: tuple[str, ...],
    cases: tuple[str, ...],
    pending: bool,
    errors: Path | None,
) -> None:
    """判定 FOLDER 里的办件:哪件违反哪一条,自何时起,为什么。

    结果写到 --out 或标准输出,其余都写到标准错误。退出码:0 没有红牌,1 有红牌,2 用法或数据不能用,3 程序出错。
    """
    from mingcha.report.checking import Filters

    _check_out(form, out)
    red = _run(folder, as_of, packs, engine, form, out, Filters(rules, cases, pending), errors)
    if red:
        sys.exit(EXIT_RED)


def _check_out(form: str, out: Path | None) -> None:
    if out is None and form == "parquet" and sys.stdout.isatty():
        raise click.UsageError("Parquet 不能显示在屏幕上;请加 --out 文件名")
    if out is not None and not out.absolute().parent.is_dir():
        raise click.UsageError(f"--out 所在的文件夹 {out.absolute().parent} 不存在;请先建立")


def _run(
    folder: Path,
    as_of: datetime | None,
    packs: tuple[str, ...],
    engine: str,
    form: str,
    out: Path | None,
    filters: Filters,
    errors: Path | None,
) -> bool:
    """Judge and tell; is anything red?"""
    from mingcha.cli.check_views import tell_head, tell_summary
    from mingcha.cli.choosing import backend_of, now, site_calendar
    from mingcha.cli.progress import Progress
    from mingcha.report.checking import check, open_folder
    from mingcha.report.choices import choose
    from mingcha.report.output import write_findings
    from mingcha.report.summary import summarise

    choices = choose(folder, packs, as_of)
    backend = backend_of(engine)
    with Progress() as progress:
        opened = open_folder(
            folder, choices, site_calendar(), now(), errors=errors, progress=progress.reading
        )
        with opened:
            tell_head(opened, given=choices.as_of is not None)
            checked = check(opened, filters, backend=backend, progress=progress.judging)
            progress.stop()
            write_findings(checked, form, out)
            tell_summary(checked, summarise(checked), out)
            return checked.red
