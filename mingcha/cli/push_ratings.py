"""`mingcha push-ratings`: ratings and what became of them go to the provincial system, by an outward mapping."""

from __future__ import annotations

import getpass
from pathlib import Path

import click


@click.command("push-ratings")
@click.argument("to", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--mapping", type=click.Path(path_type=Path, dir_okay=False), help="推送映射文件;不写的用随产品提供的"
)
def push_command(to: Path, mapping: Path | None) -> None:
    """把还没有推送、或推送后又有处理结果的评价写进文件夹 TO,供省“好差评”系统取用。

    每次写 JSON Lines 文件,有名字的就是写完的;写完即记入推送时间(评价推送率)。可放在定时任务里。
    """
    from mingcha.server.start import require_tables, set_up

    set_up()
    require_tables()
    from mingcha.evaluations import pushing

    count = 0
    try:
        fields = pushing.read_mapping(mapping or pushing.SHIPPED)
        while (done := pushing.push(fields, to, getpass.getuser())) is not None:
            click.echo(f"已推送 {done.count:,} 条:{done.file}")
            count += done.count
    except pushing.PushError as error:
        raise click.ClickException(str(error)) from error
    if not count:
        click.echo("没有要推送的评价。")
