"""`mingcha export TO`: the store into a folder of fact files, as it is or as it was known on a day."""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

if TYPE_CHECKING:
    from mingcha.intake.exporting import Form

_SHORTEST_PURPOSE = 4


@click.command("export", short_help="把数据库导出为一个文件夹的事实表")
@click.argument("to", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--as-known", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="按这一天结束时所知的数据。"
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["parquet", "csv", "xlsx", "jsonl"]),
    default="parquet",
    help="格式。",
)
@click.option(
    "--personal", "purpose", metavar="事由", default="", help="个人信息原样导出,写明事由;不写则以代号代替。"
)
def export_command(to: Path, as_known: datetime | None, form: str, purpose: str) -> None:
    """把数据库里的事实表导出到空文件夹 TO,每张表一个文件,可用 mingcha check 判定、用 mingcha import 再导入。

    姓名、证件号码、电话以代号代替:同一个人代号相同,看不出是谁。每次导出都记入审计链。
    """
    if purpose and len(purpose.strip()) < _SHORTEST_PURPOSE:
        raise click.UsageError("--personal 要写明事由,如 --personal 案卷评查")
    from mingcha.server.start import require_tables, set_up

    set_up()
    require_tables()
    from mingcha.facts.schema import TABLES
    from mingcha.intake import reading
    from mingcha.intake.exporting import export_store

    known = reading.known_on(as_known.date()) if as_known else None
    actor = f"命令行 {getpass.getuser()}"
    written = export_store(to, cast("Form", form), actor=actor, known_at=known, purpose=purpose.strip())
    for name, rows in written.items():
        click.echo(f"{TABLES[name].label} {name}: {rows:,} 行")
    if not written:
        click.echo(
            "到那一天为止还没有报送过数据" if as_known else "数据库里还没有数据;可先运行 mingcha import"
        )
    else:
        click.echo(f"已写入 {to}")
