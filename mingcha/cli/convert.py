"""`mingcha convert MAPPING SOURCE... --to FOLDER`: foreign data into fact tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mingcha.readers.mapping.convert import Conversion
    from mingcha.readers.mapping.model import Mapping

_FAULTS = 12


@click.command("convert", short_help="按映射文件把外来数据转成事实表")
@click.argument("mapping", required=False)
@click.argument("sources", nargs=-1, metavar="SOURCE...", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--to", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER", help="结果放在这个空文件夹。"
)
@click.option("--list", "listing", is_flag=True, help="列出随产品提供的映射。")
def convert_command(mapping: str | None, sources: tuple[Path, ...], to: Path | None, listing: bool) -> None:
    """按映射 MAPPING 把 SOURCE(文件或文件夹)转成事实表,放进 --to 的文件夹,再用 mingcha check 判定。

    MAPPING 是映射文件,或随产品提供的名称(--list 列出)。有问题的行写进结果文件夹下的 errors。
    """
    from mingcha.readers.mapping.load import find_mapping, read_mapping

    if listing:
        _list()
        return
    if mapping is None or not sources or to is None:
        raise click.UsageError(
            "要写明映射、来源和去处:mingcha convert 映射 来源… --to 文件夹;--list 列出现成的映射"
        )
    read = read_mapping(find_mapping(mapping))
    _convert(read, list(sources), to)


def _list() -> None:
    from mingcha.cli.console import console, table
    from mingcha.readers.mapping.load import read_mapping, shipped

    made = table("名称", "标题", "事实表")
    for name, path in shipped().items():
        found = read_mapping(path)
        made.add_row(name, found.title, " ".join(found.tables))
    console().print(made)


def _convert(mapping: Mapping, sources: list[Path], to: Path) -> None:
    from mingcha.cli.progress import Progress
    from mingcha.readers.mapping.convert import convert

    with Progress() as progress:
        done = convert(mapping, sources, to, progress=progress.reading)
        progress.stop()
        _tell(mapping, done, to)


def _tell(mapping: Mapping, done: Conversion, to: Path) -> None:
    """Rows of sources and tables, faults by cause, books, what comes next."""
    from mingcha.cli.catalogue import tell_catalogue
    from mingcha.cli.console import console, table
    from mingcha.report.catalogue import look_over

    screen = console()
    made = table(f"{mapping.title}", "读", "拒收", "被取代", "撤回", "冲突", "采用", numbers=6)
    for name, totals in done.faults.totals.items():
        counts = (
            totals.read,
            totals.refused,
            totals.superseded,
            totals.withdrawn,
            totals.conflicting,
            totals.kept,
        )
        made.add_row(f"{'来源' if name in mapping.sources else '事实表'} {name}", *map(str, counts))
    screen.print(made)
    if done.faults:
        faults = table("表", "列", "问题", "处理", "怎么办", "处", numbers=1)
        for kind, count in list(done.faults)[:_FAULTS]:
            cause = kind.cause
            faults.add_row(kind.table, kind.column, cause.label, kind.effect.value, cause.advice, str(count))
        screen.print(faults)
    for note in done.notes:
        screen.print(f"提示     {note}", markup=False)
    for book in done.books.values():
        screen.print(f"错误簿   {book}", markup=False)
    if "items" in done.facts:
        tell_catalogue(look_over(done.facts))
    screen.print(f"已写入   {to};接着可运行:{_next(mapping, done, to)}", markup=False)


def _next(mapping: Mapping, done: Conversion, to: Path) -> str:
    """The command that makes something of what was converted."""
    if "cases" not in done.facts and "items" in done.facts:
        return f"mingcha catalogue {to}"
    return f"mingcha check {to}" + ("" if mapping.packs else "(按地区选规则包,或加 --packs)")
