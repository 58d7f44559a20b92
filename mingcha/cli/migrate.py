"""`mingcha migrate`: bring the tables of the database up to this version, as an upgrade does."""

from __future__ import annotations

import click

from mingcha.cli.trouble import told_plainly


@click.command("migrate", short_help="把数据库表更新到本版本(升级时)")
@told_plainly
def migrate_command() -> None:
    """更新数据库表。中断后再运行同一命令即可;已是最新则什么也不做。升级之前先运行 mingcha backup。"""
    from mingcha.server.start import bring_tables_up, set_up

    set_up()
    steps = bring_tables_up(lambda said: click.echo(said, err=True))
    click.echo(f"数据库表已是最新(本次 {steps} 步)。")
