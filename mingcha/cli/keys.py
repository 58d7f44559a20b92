"""`mingcha keys show | rotate`: which keys have sealed what, and a new one for all personal data of the fact tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mingcha.cli.trouble import told_plainly

if TYPE_CHECKING:
    from mingcha.base.resealing import Sealed


@click.group("keys", short_help="密封用的密钥:查看、更换")
def keys_group() -> None:
    """个人信息密封用的密钥(SM4)。文件在数据文件夹的 secrets/ 里,须另行备份(mingcha backup --keys)。"""


@keys_group.command("show", short_help="哪把密钥密封了多少行")
@told_plainly
def show_command() -> None:
    """列出密封用的密钥,各密封了事实表的多少行,哪一把在写。"""
    _prepare()
    from mingcha.base import keys
    from mingcha.base.resealing import used

    counted: dict[int, int] = {}
    for sealed in _columns():
        for number, rows in used(sealed).items():
            counted[number] = counted.get(number, 0) + rows
    numbers = keys.seal_numbers()
    for number in sorted({*numbers, *counted}):
        word = (
            "在写" if number == numbers[-1] else "只读" if number in numbers else "文件不在!从密钥备份恢复它"
        )
        click.echo(f"seal-{number}  {counted.get(number, 0):>12,} 行  {word}")


@keys_group.command("rotate", short_help="换一把新密钥,并重新密封")
@click.option("--go-on", is_flag=True, help="不再生成新密钥,只接着做上次没有做完的。")
@told_plainly
def rotate_command(go_on: bool) -> None:
    """生成一把新密钥,从此用它写;事实表里用旧密钥密封的个人信息逐批换成新的。系统可以照常运行。

    中断后用 --go-on 接着做。旧密钥的文件要保留:原始报文、外发渠道等仍要用它打开。
    """
    import getpass

    _prepare()
    from mingcha.base import audit, keys
    from mingcha.base.resealing import reseal
    from mingcha.cli.progress import Progress

    if not go_on:
        number = keys.new_seal_key()
        keys.check()
        audit.record(getpass.getuser(), "keys.rotated", f"seal-{number}")
        click.echo(f"新密钥 seal-{number} 已生成:请再存一份密钥(mingcha backup --keys)")
    total, columns = 0, _columns()
    with Progress() as progress:
        tell = progress.counting("重新密封")
        for place, sealed in enumerate(columns):
            done = 0
            for done in reseal(sealed):
                tell(place, len(columns), f"{sealed.model._meta.verbose_name} {done:,} 行")
            total += done
    click.echo(f"重新密封 {total:,} 行,现在都用 seal-{keys.seal_numbers()[-1]}。旧密钥的文件请保留。")


def _prepare() -> None:
    """Django must be ready before anything with models is imported."""
    from mingcha.server.start import require_tables, set_up

    set_up()
    require_tables()


def _columns() -> list[Sealed]:
    """The fact tables that have personal data."""
    from functools import partial

    from mingcha.base.resealing import Sealed
    from mingcha.facts.schema import TABLES
    from mingcha.intake import personal
    from mingcha.intake.fact_models import FACTS

    return [
        Sealed(FACTS[name], "sealed", table.keys, partial(personal.about, table))
        for name, table in TABLES.items()
        if personal.personal_columns(table)
    ]
