"""`mingcha keys show | rotate`: which keys have sealed what, and a new one for all that is sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mingcha.base.resealing import Holding


@click.group("keys", short_help="密封用的密钥:查看、更换")
def keys_group() -> None:
    """密封用的密钥(SM4):个人信息、原始报文、外发渠道、动态验证码。

    文件在数据文件夹的 secrets/ 里,须另行备份(mingcha backup --keys)。
    """


@keys_group.command("show", short_help="哪把密钥密封了什么")
def show_command() -> None:
    """列出密封用的密钥,哪一把在写,各密封了什么、多少块。一块也没有的旧密钥,只有旧的备份还用得着。"""
    _prepare()
    from mingcha.base import keys
    from mingcha.base.resealing import holdings

    counted: dict[int, dict[str, int]] = {}
    for holding in holdings():
        for number, blobs in holding.used().items():
            of_key = counted.setdefault(number, {})
            of_key[holding.label] = of_key.get(holding.label, 0) + blobs
    numbers = keys.seal_numbers()
    for number in sorted({*numbers, *counted}):
        word = (
            "在写" if number == numbers[-1] else "只读" if number in numbers else "文件不在!从密钥备份恢复它"
        )
        of_key = counted.get(number, {})
        click.echo(f"seal-{number}  {sum(of_key.values()):>12,} 块  {word}")
        for label, blobs in of_key.items():
            click.echo(f"        {blobs:>12,} 块  {label}")


@keys_group.command("rotate", short_help="换一把新密钥,并重新密封")
@click.option("--go-on", is_flag=True, help="不再生成新密钥,只接着做上次没有做完的。")
def rotate_command(go_on: bool) -> None:
    """生成一把新密钥,从此用它写;用旧密钥密封的逐批换成新的:个人信息、原始报文、外发渠道、回调、动态验证码。

    系统可以照常运行;中断后用 --go-on 接着做。旧密钥的文件要保留:旧的备份仍要用它打开。
    """
    import getpass

    _prepare()
    from mingcha.base import audit, keys
    from mingcha.base.locks import Lock, one_at_a_time
    from mingcha.base.resealing import holdings

    with one_at_a_time(Lock.RESEALING) as ours:
        if not ours:
            raise click.ClickException("另一个 mingcha keys rotate 正在重新密封:等它做完")
        if not go_on:
            number = keys.new_seal_key()
            keys.check()
            audit.record(getpass.getuser(), "keys.rotated", f"seal-{number}")
            click.echo(f"新密钥 seal-{number} 已生成:请再存一份密钥(mingcha backup --keys)")
        total = _reseal(holdings())
        present = f"seal-{keys.seal_numbers()[-1]}"
        audit.record(getpass.getuser(), "keys.resealed", present, detail={"blobs": total})
        click.echo(f"重新密封 {total:,} 块,现在都用 {present}。旧密钥的文件请保留:旧的备份还要用它打开。")


def _reseal(holdings: list[Holding]) -> int:
    """Reseal all that is held, telling how far it is; how many blobs."""
    from mingcha.cli.progress import Progress

    total = 0
    with Progress() as progress:
        tell = progress.counting("重新密封")
        for place, holding in enumerate(holdings):
            done = 0
            for done in holding.reseal():
                tell(place, len(holdings), f"{holding.label} {done:,} 块")
            total += done
    return total


def _prepare() -> None:
    """Django must be ready before anything with models is imported."""
    from mingcha.server.start import require_tables, set_up

    set_up()
    require_tables()
