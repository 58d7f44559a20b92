"""`mingcha audit`: verify the audit chain, export anchors, and the root of a month for disclosure."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mingcha.cli import EXIT_RED


@click.group("audit", short_help="审计链:校验、导出锚点、月度公示值")
def audit_group() -> None:
    """审计链:每次办理、登录、导出、查看个人信息都在其中,谁也不能悄悄改掉。"""


def _prepare() -> None:
    """Django must be ready before anything with models is imported."""
    from mingcha.server.start import require_tables, set_up

    set_up()
    require_tables()


@audit_group.command("verify", short_help="从头校验审计链")
@click.option(
    "--anchor",
    "anchored",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="同以前导出的锚点比对(文件或文件夹,可给几个);末尾被截去只有这样才看得出。",
)
def verify_command(anchored: tuple[Path, ...]) -> None:
    """从第一块起逐行校验,指出第一处被改动、删去、加入或换位的记录,并说明有多少行还没有封块;各月的公示值也逐一核对。

    退出码:0 完好,1 有问题。
    """
    _prepare()
    from mingcha.base import anchors, clock
    from mingcha.base.audit_check import verify

    found = verify([anchor for path in anchored for anchor in anchors.read(path)])
    for fault in found.faults:
        click.echo(f"错误:{fault}")
    for note in found.notes:
        click.echo(f"注意:{note}")
    if found.unsealed_since:
        since = clock.local(found.unsealed_since)
        click.echo(f"未封块:{found.unsealed} 行,最早的写于 {since:%Y-%m-%d %H:%M:%S}(后台运行时约一秒封一次)")
    word = "有问题" if found.faults else "完好"
    click.echo(f"审计链{word}:{found.blocks} 块,{found.rows} 行,末块 {found.head}")
    if not anchored:
        click.echo("没有比对锚点:末尾若被整块截去,看不出来。用 --anchor 给出存在别处的锚点。", err=True)
    sys.exit(EXIT_RED if found.faults + _disclosed() else 0)


def _disclosed() -> list[str]:
    """Faults of the months that were published, told month by month."""
    from mingcha.disclosure.checking import check

    faults: list[str] = []
    for month in check():
        for fault in month.faults:
            click.echo(f"错误:{fault}")
        if not month.faults:
            click.echo(f"{month.month} 的公示值与审计链相符:{month.root}")
        faults += month.faults
    return faults


@audit_group.command("anchor", short_help="导出现在的锚点")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
def anchor_command(target: Path) -> None:
    """把审计链现在的末块写进文件 TARGET,存到另一台机器上。后台每天也自动导出一份。"""
    _prepare()
    from mingcha.base import anchors

    made = anchors.export(target)
    if made is None:
        raise click.ClickException("审计链里还没有一块:有人登录或办理之后再导出")
    click.echo(f"块 {made.block} 的锚点已写入 {target}")


@audit_group.command("month", short_help="一个月的公示值")
@click.argument("month", metavar="YYYY-MM")
def month_command(month: str) -> None:
    """一个月所有块的根:公示出去,以后任何人都能凭判定书里的路径核对。月份过完才有。"""
    import re

    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise click.UsageError(f"{month} 不是月份,应写作 2026-11")
    _prepare()
    from mingcha.base.audit_proofs import NotSealedError, month_root

    try:
        click.echo(month_root(month))
    except NotSealedError as error:
        raise click.ClickException(str(error)) from error
