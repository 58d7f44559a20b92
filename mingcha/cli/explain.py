"""`mingcha explain CASE_NO --in FOLDER`: one case told in full."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from mingcha.cli.choosing import AS_OF, NAMES


@click.command("explain", short_help="一件办件的来龙去脉与每条判定的依据")
@click.argument("case_no")
@click.option(
    "--in", "folder", type=click.Path(path_type=Path), required=True, metavar="FOLDER", help="数据文件夹。"
)
@click.option("--as-of", type=AS_OF, metavar="T", help="判定时点;只写日期即当日最后一秒。不写则为现在。")
@click.option("--packs", type=NAMES, default=(), metavar="A,B", help="规则包,逗号分开。不写则按地区与日期。")
def explain_command(case_no: str, folder: Path, as_of: datetime | None, packs: tuple[str, ...]) -> None:
    """讲清一件办件:逐日的工作日、放假、暂停、预警、应办结与超期,违反哪一条、依据什么,其余规则为什么没有问题。"""
    from mingcha.cli.choosing import now, site_calendar
    from mingcha.cli.console import console
    from mingcha.cli.explain_views import show_life
    from mingcha.cli.progress import Progress
    from mingcha.report.checking import open_folder
    from mingcha.report.choices import choose
    from mingcha.report.life import tell_life

    choices = choose(folder, packs, as_of)
    with Progress() as progress:
        opened = open_folder(folder, choices, site_calendar(), now(), progress=progress.reading)
        with opened:
            life = tell_life(opened, case_no.strip())
    show_life(console(), life, opened)
