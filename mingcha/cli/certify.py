"""`mingcha certify FOLDER --out DIR`: a certificate for every finding; `--new-key FILE` makes a key."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from mingcha.cli import EXIT_RED
from mingcha.cli.choosing import AS_OF, NAMES

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("certify", short_help="为每条判定出具判定书")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="判定书写到这个文件夹。"
)
@click.option("--rule", "rules", multiple=True, metavar="ID", help="只为这条规则(可重复)。")
@click.option("--case", "cases", multiple=True, metavar="NO", help="只为这件办件(可重复)。")
@click.option("--as-of", type=AS_OF, metavar="T", help="判定时点;只写日期即当日最后一秒。不写则为现在。")
@click.option("--packs", type=NAMES, default=(), metavar="A,B", help="规则包,逗号分开。不写则按地区与日期。")
@click.option("--key", type=_FILE, metavar="FILE", help="用这把私钥签名。")
@click.option("--new-key", type=_FILE, metavar="FILE", help="生成一把私钥(仅本人可读)和它的公钥,不出判定书。")
def certify_command(
    folder: Path | None,
    out: Path | None,
    rules: tuple[str, ...],
    cases: tuple[str, ...],
    as_of: datetime | None,
    packs: tuple[str, ...],
    key: Path | None,
    new_key: Path | None,
) -> None:
    """为 FOLDER 里的每条判定出具一份判定书,写明规则、事实、日历与时限表,可以离线复核(mingcha verify)。"""
    if new_key is not None:
        from mingcha.certificates.seal import new_key as make_key
        from mingcha.certificates.seal import public_path

        public = make_key(new_key)
        click.echo(f"私钥 {new_key}(请妥善保管)\n公钥 {public_path(new_key)}\n{public}")
        return
    if folder is None or out is None:
        raise click.UsageError("请写明数据文件夹和 --out 判定书文件夹;或用 --new-key 生成密钥")
    _certify(folder, out, rules, cases, as_of, packs, key)


def _certify(
    folder: Path,
    out: Path,
    rules: tuple[str, ...],
    cases: tuple[str, ...],
    as_of: datetime | None,
    packs: tuple[str, ...],
    key: Path | None,
) -> None:
    from mingcha.certificates.issue import issue
    from mingcha.certificates.seal import load_key
    from mingcha.cli.choosing import now, site_calendar
    from mingcha.cli.progress import Progress
    from mingcha.report.checking import Filters, check, open_folder
    from mingcha.report.choices import choose

    signer = load_key(key) if key else None
    choices = choose(folder, packs, as_of)
    out.mkdir(parents=True, exist_ok=True)
    with Progress() as progress:
        opened = open_folder(folder, choices, site_calendar(), now(), progress=progress.reading)
        with opened:
            checked = check(opened, Filters(rules, cases), progress=progress.judging)
            made = list(issue(checked, out, signer, progress.counting("出具")))
    failed = [each for each in made if each.path is None]
    for each in failed:
        click.echo(f"没有出具:{each.rule} {each.key}:{each.trouble}", err=True)
    signed = "已签名" if signer else "未签名(加 --key 签名)"
    click.echo(f"截至 {opened.as_of},出具判定书 {len(made) - len(failed)} 份,{signed},在 {out}", err=True)
    if failed:
        sys.exit(EXIT_RED)
