"""`mingcha demo FOLDER`: a demo city whose truth is known."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mingcha.demo.write import Format


@click.command("demo", short_help="生成一座示范城市")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--cases", default=20_000, show_default=True, type=click.IntRange(100, 20_000_000), help="办件数。"
)
@click.option(
    "--seed", default=1, show_default=True, type=int, help="种子;同一种子在任何机器上生成同一座城市。"
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["parquet", "csv", "xlsx", "jsonl"]),
    default="parquet",
    show_default=True,
)
@click.option(
    "--as-of",
    "as_of",
    type=click.DateTime(["%Y-%m-%d"]),
    default="2026-10-31",
    show_default=True,
    help="两年到这一天为止。",
)
def demo_command(folder: Path, cases: int, seed: int, form: Format, as_of: datetime) -> None:
    """在 FOLDER 里生成一座示范城市:四级区划、部门、大厅、事项和两年的办件,人名证号一望而知是编的。

    每一条规则都埋有违规,truth.parquet 写明每一条应有的判定。中断后再运行同一命令即可。
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from mingcha.demo.city import DemoError, make_city

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("生成示范城市", total=None)

        def report(step: str, done: int, total: int) -> None:
            progress.update(task, description=step, completed=done, total=total)

        try:
            summary = make_city(folder, cases, seed, as_of.date(), form, report)
        except DemoError as error:
            raise click.UsageError(str(error)) from error
    click.echo(
        f"{folder}:{summary.cases} 件办件,{summary.rows} 行,应有判定 {summary.findings} 条(见 truth.parquet)"
    )
    click.echo(f"判定:mingcha check {folder}")
