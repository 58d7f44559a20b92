"""`mingcha catalogue FOLDER`: what the catalogue of items lacks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mingcha.report.catalogue import Catalogue

_SAMPLES = 3


@click.command("catalogue", short_help="事项目录缺什么:时限、承诺、单位、材料")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="F", help="逐项写入 CSV 文件。"
)
def catalogue_command(folder: Path, out: Path | None) -> None:
    """检查 FOLDER 里的事项目录:哪些事项没有时限,有法定时限而没有承诺,承诺的单位与法定的不同。"""
    from mingcha.readers.export import export
    from mingcha.readers.folder import read_folder
    from mingcha.report.catalogue import look_over

    with read_folder(folder, tables=("items", "item_materials")) as reading:
        found = look_over(reading.facts)
    if out is not None:
        export(found.gaps, out, "csv")
    tell_catalogue(found, samples=_SAMPLES)
    if out is not None:
        click.echo(f"逐项已写入 {out}", err=True)


def tell_catalogue(found: Catalogue, *, samples: int = 0) -> None:
    """Counts by gap, each with a few items."""
    from mingcha.cli.console import console, table
    from mingcha.report.catalogue import limit_text

    screen = console()
    made = table(f"事项目录 {found.items} 项", "件数", numbers=1)
    for gap, count in found.counts.items():
        made.add_row(gap.label, str(count))
    screen.print(made)
    if not found.counts:
        screen.print("没有发现缺漏")
    rows = found.gaps.to_pylist() if samples else []
    for gap in found.counts:
        for row in [row for row in rows if row["gap"] == gap.key][:samples]:
            legal = limit_text(row["statutory_limit"], row["statutory_unit"])
            promise = limit_text(row["promised_limit"], row["promised_unit"])
            item = f"{row['item_code']} {row['name']}(法定 {legal},承诺 {promise})"
            screen.print(f"例  {gap.label}:{item}", markup=False)
