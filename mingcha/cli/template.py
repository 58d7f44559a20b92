"""`mingcha template FOLDER`: empty templates for the fact tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mingcha.facts.declare import Table


@click.command("template", short_help="生成空白数据模板")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--table", "names", multiple=True, metavar="T", help="只要这些表(可重复),如 cases;不写则全部。")
@click.option(
    "--format",
    "form",
    type=click.Choice(["xlsx", "csv"]),
    default="xlsx",
    show_default=True,
    help="xlsx 带下拉列表、日期格式和填写说明。",
)
def template_command(folder: Path, names: tuple[str, ...], form: str) -> None:
    """在 FOLDER 里生成空白模板,中文表头,填好后可直接交给 mingcha check。"""
    from mingcha.readers.template import write_template

    for table in _chosen(names):
        try:
            path = write_template(table, folder, "csv" if form == "csv" else "xlsx")
        except FileExistsError as error:
            raise click.UsageError(str(error)) from error
        click.echo(str(path))


def _chosen(names: tuple[str, ...]) -> list[Table]:
    """Tables by English name or Chinese label; all without any."""
    from mingcha.facts.schema import TABLES

    by_label = {table.label: table for table in TABLES.values()}
    unknown = [name for name in names if name not in TABLES and name not in by_label]
    if unknown:
        raise click.UsageError(f"没有这样的表:{'、'.join(unknown)};可用的有:{'、'.join(TABLES)}")
    return [TABLES.get(name) or by_label[name] for name in names] or list(TABLES.values())
