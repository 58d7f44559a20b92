"""`mingcha verify FILE...`: recompute certificates offline, and say the same or different and where."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mingcha.cli import EXIT_RED, EXIT_USAGE
from mingcha.cli.trouble import told_plainly


@click.command("verify", short_help="离线复核判定书")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--public-key", metavar="KEY", help="要求由这把公钥签名(.pub 文件或 64 位十六进制)。")
@told_plainly
def verify_command(files: tuple[Path, ...], public_key: str | None) -> None:
    """只凭判定书本身重算,说明相同还是不同、不同在哪里。FILES 可以是文件夹。

    退出码:0 全部相同,1 有不同,2 有读不了或不是判定书的。
    """
    from mingcha.certificates.seal import load_public
    from mingcha.certificates.verify import verify
    from mingcha.cli.choosing import site_calendar
    from mingcha.rules.load import shipped_rulebook

    key = load_public(public_key) if public_key else ""
    book, calendar = shipped_rulebook(), site_calendar()
    worst = 0
    for path in _listed(files):
        outcome = verify(path.read_bytes(), key, book=book, calendar=calendar)
        word = "相同" if outcome.same else ("不同" if outcome.readable else "不是判定书")
        click.echo(f"{word}  {path}")
        for line in (*outcome.different, *outcome.notes):
            click.echo(f"      {line}")
        if outcome.signer:
            click.echo(f"      签名有效,公钥 {outcome.signer}")
        worst = max(worst, 0 if outcome.same else (EXIT_RED if outcome.readable else EXIT_USAGE))
    sys.exit(worst)


def _listed(files: tuple[Path, ...]) -> list[Path]:
    """The files; of folders the certificates in them."""
    return [path for each in files for path in (sorted(each.glob("*.json")) if each.is_dir() else [each])]
