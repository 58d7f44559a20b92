"""`mingcha migrate`: bring the tables of the database up to this version, as a first set-up or an upgrade does."""

from __future__ import annotations

import click


@click.command("migrate", short_help="建立数据库表,或更新到本版本")
def migrate_command() -> None:
    """建立或更新数据库表。中断后再运行同一命令即可;已是最新则什么也不做。升级之前先运行 mingcha backup。

    第一次运行时建立三个管理员账号,口令只显示这一次。
    """
    from mingcha.base.config import config
    from mingcha.server.demo_state import DemoState
    from mingcha.server.first import first_administrators
    from mingcha.server.start import bring_tables_up, set_up

    set_up()
    steps = bring_tables_up(lambda said: click.echo(said, err=True))
    click.echo(f"数据库表已是最新(本次 {steps} 步)。")
    if DemoState.read(config().home) is None:  # a demo city has accounts of its own
        first_administrators(click.echo)
