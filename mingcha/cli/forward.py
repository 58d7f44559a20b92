"""`mingcha forward`: cases that changed go to a provincial store, by an outward mapping."""

from __future__ import annotations

import getpass
from pathlib import Path

import click


@click.command("forward")
@click.argument("to", type=click.Path(path_type=Path, file_okay=False))
@click.option("--mapping", default="up-pro", help="外报映射:随产品提供的名称,或映射文件的路径")
def forward_command(to: Path, mapping: str) -> None:
    """把上次以来变动的办件按映射写进文件夹 TO,供省级前置库取用。

    每次写一个以批号命名的子文件夹,每张外表一份 Parquet;里面有“完成.json”的才是写完的。
    可放在定时任务里;没有变动时什么也不写。
    """
    from mingcha.server.start import require_tables, set_up

    set_up()
    require_tables()
    from mingcha.intake.ways.forwarding import OutwardError, find_outward, forward, read_outward

    try:
        found = read_outward(find_outward(mapping))
    except OutwardError as error:
        raise click.ClickException("外报映射不能用:\n" + "\n".join(error.problems)) from error
    to.mkdir(parents=True, exist_ok=True)
    done = forward(found, to, getpass.getuser())
    if done is None:
        click.echo("上次以来没有变动的办件,没有写出。")
        return
    click.echo(f"已写出批次 {done.after + 1} 至 {done.upto} 的变动:{done.folder}")
    for name, rows in done.rows.items():
        click.echo(f"  {name}  {rows:,} 行")
