"""`mingcha restore FROM`: a backup into an empty place, and shown to be whole."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mingcha.cli import EXIT_RED


@click.command("restore", short_help="把备份恢复到空的地方并核对")
@click.argument("source", metavar="FROM", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--keys",
    "keys_from",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="密钥所在的文件夹(mingcha backup --keys 写的);数据文件夹里已有则不必给。",
)
def restore_command(source: Path, keys_from: Path | None) -> None:
    """把备份 FROM 恢复到设置里的数据文件夹与数据库,二者都须是空的;逐一核对文件、行数与审计链。

    先停掉系统。中断后再运行同一命令即可。退出码:0 完好,1 恢复了但审计链或归档文件有问题。
    """
    from mingcha.cli.progress import Progress
    from mingcha.server.start import make_home, set_up

    make_home()
    if keys_from is not None:
        from mingcha.base.backup.key_files import restore_keys

        restore_keys(keys_from)
    set_up()
    from mingcha.base.backup.restore import restore

    with Progress() as progress:
        found = restore(source, progress.counting("恢复"))
    rows = sum(found.manifest.tables.values())
    click.echo(f"已恢复 {found.manifest.made_at} 的备份:{rows} 行,行数全部相符")
    for fault in found.checked.faults:
        click.echo(f"错误:{fault}")
    missing = _archive_faults()
    for fault in missing:
        click.echo(f"错误:{fault}")
    click.echo(f"审计链{'有问题' if found.checked.faults else '完好'}:{found.checked.blocks} 块")
    sys.exit(EXIT_RED if found.checked.faults or missing else 0)


def _archive_faults() -> list[str]:
    """What of the archived months did not come with the backup."""
    from mingcha.intake.archive.finding import faults

    return list(faults())
