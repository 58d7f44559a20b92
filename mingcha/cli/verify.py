"""`mingcha verify FILE...`: recompute certificates offline, and say the same or different and where."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mingcha.cli import EXIT_RED, EXIT_USAGE
from mingcha.cli.trouble import stop_if_interrupted

if TYPE_CHECKING:
    from mingcha.certificates.verify import Outcome


@click.command("verify", short_help="离线复核判定书")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--public-key", metavar="KEY", help="要求由这把公钥签名(.pub 文件或 64 位十六进制)。")
def verify_command(files: tuple[Path, ...], public_key: str | None) -> None:
    """只凭判定书本身重算,说明相同还是不同、不同在哪里。FILES 可以是文件夹。

    退出码:0 全部相同,1 有不同,2 有读不了或不是判定书的。
    """
    from mingcha.certificates.seal import load_public
    from mingcha.certificates.verify import verify
    from mingcha.cli.choosing import site_calendar
    from mingcha.cli.progress import Progress
    from mingcha.rules.load import shipped_rulebook

    key = "" if public_key is None else load_public(public_key)
    book, calendar = shipped_rulebook(), site_calendar()
    listed = _listed(files)
    if not listed:
        raise click.UsageError(f"{'、'.join(str(path) for path in files)} 里没有判定书(*.json)")
    words: Counter[str] = Counter()
    with Progress() as progress:
        tell = progress.counting("复核")
        for place, path in enumerate(listed):
            tell(place, len(listed), "")
            outcome = _outcome(path, lambda data: verify(data, key, book=book, calendar=calendar))
            stop_if_interrupted()  # a verdict cut short is not a different one
            words[_show(path, outcome)] += 1
    if len(listed) > 1:
        click.echo(
            f"共 {len(listed)} 份:{'、'.join(f'{word} {count}' for word, count in words.items())}", err=True
        )
    sys.exit(EXIT_USAGE if words["不是判定书"] else EXIT_RED if words["不同"] else 0)


def _show(path: Path, outcome: Outcome) -> str:
    """Print what verifying a file showed; returns it in a word."""
    word = "相同" if outcome.same else ("不同" if outcome.readable else "不是判定书")
    click.echo(f"{word}  {path}")
    for line in (*outcome.different, *outcome.notes):
        click.echo(f"      {line}")
    if outcome.signer:
        click.echo(f"      签名有效,公钥 {outcome.signer}")
    return word


def _outcome(path: Path, verified: Callable[[bytes], Outcome]) -> Outcome:
    """What verifying one file showed; a file that cannot be read stops no other."""
    from mingcha.certificates.canonical import MOST_BYTES
    from mingcha.certificates.verify import Outcome
    from mingcha.cli.trouble import of_system

    try:
        with path.open("rb") as file:
            return verified(file.read(MOST_BYTES + 1))
    except OSError as error:
        return Outcome(readable=False, different=[of_system(error)])


def _listed(files: tuple[Path, ...]) -> list[Path]:
    """The files; of folders the certificates in them."""
    return [path for each in files for path in (sorted(each.glob("*.json")) if each.is_dir() else [each])]
