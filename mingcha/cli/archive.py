"""`mingcha archive MONTH`: closed months out of the live tables into files, and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mingcha.intake.archive.moving import Plan


@click.command("archive", short_help="把已结束月份的办件移出数据库,存为 Parquet;可移回")
@click.argument("month", metavar="月份", required=False)
@click.option("--restore", "back", is_flag=True, help="把这个月的归档移回数据库。")
@click.option("--dry-run", is_flag=True, help="只列出会移出多少、留下多少及其原因,什么也不改动。")
@click.option("--list", "listed", is_flag=True, help="列出已有的归档。")
@click.option("--yes", is_flag=True, help="不再询问。")
def archive_command(month: str | None, back: bool, dry_run: bool, listed: bool, yes: bool) -> None:
    """把 MONTH(如 2024-01)办结的办件连同各表的行移到数据文件夹的 archive/ 之下,个人信息仍是密封的。

    有未了结的信号、时限还在走、还不可判定的留在库里。系统可以照常运行;中断后再运行同一命令,从停下的地方接着做。
    归档的办件有新的报送时自动移回。
    """
    if not listed and not (month and re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month)):
        raise click.UsageError("请写月份,如 mingcha archive 2024-01;或用 --list 列出已有的归档")
    _prepare()
    if listed:
        _list()
    elif back:
        _restore(month or "")
    else:
        _archive(month or "", dry_run, yes)


def _archive(month: str, dry_run: bool, yes: bool) -> None:
    import getpass

    from mingcha.cli.progress import Progress
    from mingcha.intake.archive.moving import archive, plan

    found = plan(month)
    _tell(found)
    if dry_run or not (found.cases or _under_way(month)):
        return
    if not yes:
        click.confirm("移出数据库?先做一次 mingcha backup 更稳妥", abort=True)
    with Progress() as progress:
        moved = archive(month, getpass.getuser(), progress.counting("归档"))
    if moved.part is None:
        click.echo("没有可移出的办件")
        return
    click.echo(
        f"已移出 {moved.part.cases:,} 件、{moved.part.rows:,} 行,文件 {moved.part.size / 2**20:.1f} MB:"
        f"archive/{moved.part.folder}(清单 {moved.part.digest[:16]})"
    )
    if moved.left:
        click.echo(f"{moved.left:,} 件在此期间有变动,留在库里;以后再运行同一命令")


def _tell(found: Plan) -> None:
    click.echo(
        f"{found.month} 办结的办件:可移出 {len(found.cases):,} 件,留下 {sum(found.stay.values()):,} 件"
    )
    for why, count in sorted(found.stay.items()):
        click.echo(f"  {why} {count:,} 件")


def _under_way(month: str) -> bool:
    from mingcha.intake.archive_models import ArchivePart

    return ArchivePart.objects.filter(month=month, state=ArchivePart.State.MOVING).exists()


def _restore(month: str) -> None:
    import getpass

    from mingcha.cli.progress import Progress
    from mingcha.intake.archive.returning import bring_back_month

    with Progress() as progress:
        done = bring_back_month(month, getpass.getuser(), progress.counting("移回"))
    click.echo(f"已移回 {done:,} 件,行数逐表相符;文件仍留在 archive/ 之下")


def _list() -> None:
    from mingcha.intake.archive_models import ArchivePart

    parts = list(ArchivePart.objects.order_by("month", "no"))
    for part in parts:
        click.echo(
            f"{part.month}  {part.get_state_display():<4}  {part.held.count():>10,} 件  {part.rows:>12,} 行  "
            f"{part.size / 2**20:>10.1f} MB  archive/{part.folder}"
        )
    if not parts:
        click.echo("还没有归档")


def _prepare() -> None:
    """Django must be ready before anything with models is imported."""
    from mingcha.server.start import require_tables, set_up

    set_up()
    require_tables()
