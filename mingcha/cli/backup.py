"""`mingcha backup TO`: a consistent copy of everything, while the system runs; the keys apart."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("backup", short_help="备份数据库与文件,密钥另存")
@click.argument("target", metavar="TO", type=click.Path(path_type=Path))
@click.option(
    "--keys", "keys_to", type=click.Path(path_type=Path), help="把密钥另存到这个文件夹;与备份分开保管。"
)
def backup_command(target: Path, keys_to: Path | None) -> None:
    """把整套数据备份到文件夹 TO(不能已存在)。系统照常运行;备份是开始那一刻的数据。中断后再运行即可。

    没有密钥,备份里的个人信息谁也打不开:密钥至少用 --keys 另存一次,换密钥后再存。
    """
    from mingcha.cli.progress import Progress
    from mingcha.server.start import require_tables, set_up

    set_up()
    require_tables()
    from mingcha.base.backup.make import backup

    with Progress() as progress:
        made = backup(target, keys_to, progress.counting("备份"))
    size = sum(size for size, _ in made.files.values())
    rows = sum(made.tables.values())
    click.echo(
        f"已备份到 {target}:{rows} 行,{len(made.files)} 个文件,{size >> 20} MB,审计链到块 {made.block}"
    )
    if keys_to is None:
        click.echo("密钥不在其中。还没有另存过的,用 --keys 存一份,与备份分开保管。", err=True)
    else:
        click.echo(f"密钥另存在 {keys_to}:与备份分开保管")
