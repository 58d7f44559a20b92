"""`mingcha import FOLDER`: what is there already, into the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mingcha.intake.models import Batch

_LABELS = {
    "received": "收到",
    "new": "新增",
    "corrected": "更正",
    "unchanged": "不变",
    "older": "较旧",
    "conflict": "冲突",
    "refused": "拒收",
    "settled": "批内重复",
    "waiting": "等待",
}


@click.command("import", short_help="把一个文件夹的事实表导入数据库")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--source", default="import", metavar="编号", help="记在哪个来源名下;没有时登记为“历史数据导入”。"
)
@click.option("--live", is_flag=True, help="不是历史数据:各行的入库时间记为现在。")
@click.option(
    "--errors",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="错误簿放在这个文件夹。",
)
def import_command(folder: Path, source: str, live: bool, errors: Path | None) -> None:
    """把 FOLDER 里的事实表(cases.csv、items.xlsx、steps.parquet 等)导入数据库。

    可以中断:再运行一次,从停下的地方接着做;已导入的同一份文件不会导入两次。有问题的行见错误簿。
    """
    from mingcha.cli.progress import Progress
    from mingcha.server.start import bring_tables_up, set_up

    set_up()
    bring_tables_up(lambda line: click.echo(line, err=True))
    from mingcha.intake.importing import import_folder

    with Progress() as progress:
        done = import_folder(
            folder, source, history=not live, errors=errors, progress=progress.counting("导入")
        )
        progress.stop()
    _tell(done.batches, done.notes, done.books)


def _tell(batches: list[Batch], notes: list[str], books: list[Path]) -> None:
    from mingcha.cli.console import console, table
    from mingcha.facts.schema import TABLES
    from mingcha.intake.models import Batch

    screen = console()
    shown = table("事实表", "状态", *_LABELS.values(), numbers=len(_LABELS))
    for batch in batches:
        for name, counts in batch.counts.items():
            numbers = (f"{counts[key]:,}" if counts.get(key) else "" for key in _LABELS)
            shown.add_row(f"{TABLES[name].label} {name}", Batch.State(batch.state).label, *numbers)
        if batch.state in (Batch.State.REFUSED, Batch.State.SET_ASIDE):
            shown.add_row(batch.name, Batch.State(batch.state).label)
            notes.append(f"{batch.name}:{batch.why}")
    screen.print(shown)
    for note in notes:
        screen.print(f"提示     {note}", markup=False)
    for book in books:
        screen.print(f"错误簿   {book}", markup=False)
