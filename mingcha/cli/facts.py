"""`mingcha facts [TABLE]`: the fact tables (事实表), and the columns of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mingcha.facts.declare import Column, Table


@click.command("facts", short_help="事实表的参考页")
@click.argument("name", metavar="[TABLE]", required=False)
def facts_command(name: str | None) -> None:
    """列出事实表;写明 TABLE(英文名或中文名)则列出它的列。完整的参考页是 docs/facts.md。"""
    from mingcha.facts.schema import GROUPS, TABLES

    if name is None:
        for group, label in GROUPS.items():
            _print_tables(label, [table for table in TABLES.values() if table.group == group])
        return
    table = next((t for t in TABLES.values() if name in (t.name, t.label)), None)
    if table is None:
        raise click.UsageError(f"没有事实表 {name};可用的有:{'、'.join(TABLES)}")
    _print_columns(table)


def _print_tables(label: str, tables: list[Table]) -> None:
    from mingcha.cli.console import console
    from mingcha.cli.console import table as rows

    listed = rows("表", "名称", "主键", "说明", title=label)
    for table in tables:
        listed.add_row(table.name, table.label, "、".join(table.keys), table.note)
    console().print(listed)


def _print_columns(table: Table) -> None:
    from mingcha.cli.console import console
    from mingcha.cli.console import table as rows

    listed = rows("列", "名称", "类型", "", "代码或说明", title=f"{table.name} {table.label}")
    for column in table.columns:
        listed.add_row(*_column(column))
    console().print(listed)


def _column(column: Column) -> tuple[str, str, str, str, str]:
    from mingcha.facts.kinds import KIND_LABELS, meaning

    must = "主键" if column.key else "必填" if column.required else ""
    codes = (
        "、".join(f"{code} {label}" for code, label in column.codes.values.items()) if column.codes else ""
    )
    return column.name, column.label, KIND_LABELS[column.kind], must, codes or meaning(column)
