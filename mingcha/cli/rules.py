"""`mingcha rules`: the rule catalogue (规则目录): read it, check it, test it, try a draft on past cases, adopt."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mingcha.cli.choosing import AS_OF, NAMES

if TYPE_CHECKING:
    from mingcha.rules.model import Rule, Rulebook

EXIT_FAULTS = 1
"""Something is wrong with the rules: faults, stories that end otherwise, clauses without an answer."""

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_PACKS = "规则包(名称或文件夹),逗号分开。不写则按地区与日期。"
_with_packs = click.option(
    "--packs-in", "folder", type=_FOLDER, help="另有规则包的文件夹,与随附的规则包一起用;同名的以它为准。"
)


@click.group("rules")
def rules_group() -> None:
    """规则目录:查看、检查、测试、试行、采用。"""


@rules_group.command("list")
@click.argument("names", nargs=-1)
@_with_packs
def list_command(names: tuple[str, ...], folder: Path | None) -> None:
    """列出规则。NAMES 为规则号的开头或规则包名,不写则全部列出。"""
    from mingcha.cli.rules_views import print_list

    book = _book(folder)
    print_list(book, _chosen(book, names))


@rules_group.command("show")
@click.argument("rule_id", metavar="ID")
@_with_packs
def show_command(rule_id: str, folder: Path | None) -> None:
    """一条规则的全部:条文、出处、等级、设置与取法、测试、版本、何处适用、谁代替它。"""
    from mingcha.cli.rules_show import print_rule

    book = _book(folder)
    if all(rule.id != rule_id for rule in book.rules):
        import difflib

        near = difflib.get_close_matches(rule_id, [rule.id for rule in book.rules], n=3)
        advice = f"是不是 {'、'.join(near)}?" if near else "规则号见 mingcha rules list"
        raise click.UsageError(f"没有规则 {rule_id}。{advice}")
    print_rule(book, book.rule(rule_id))


@rules_group.command("lint")
@click.argument("folder", type=_FOLDER, required=False)
def lint_command(folder: Path | None) -> None:
    """检查规则包,一次说出全部问题。FOLDER 为一个规则包或放有几个规则包的文件夹,不写则检查随附的。"""
    from mingcha.trials.lint import lint

    faults = lint(folder)
    for fault in faults:
        click.echo(str(fault))
    click.echo(f"{len(faults)} 处问题" if faults else "没有问题", err=True)
    if faults:
        sys.exit(EXIT_FAULTS)


@rules_group.command("test")
@click.argument("names", nargs=-1)
@click.option("--jobs", type=click.IntRange(1, 64), help="同时运行几个进程,默认与处理器核数相同。")
@_with_packs
def test_command(names: tuple[str, ...], jobs: int | None, folder: Path | None) -> None:
    """运行规则旁边的测试。NAMES 为规则号的开头或规则包名,不写则全部运行。"""
    from mingcha.cli.rules_views import print_ran
    from mingcha.rules.load import folders_over_shipped
    from mingcha.trials.testing import run_rules

    book = _book(folder)
    chosen = [rule.id for rule in _chosen(book, names)]
    ran = []
    for result in run_rules(folders_over_shipped(folder), chosen, jobs):
        for failure in result.failures:
            click.echo(str(failure))
        ran.append(result)
    print_ran(book, ran)
    if any(result.failures for result in ran):
        sys.exit(EXIT_FAULTS)


@rules_group.command("coverage")
@click.option("--only", "kind", metavar="KIND", help="只列这一种答复:rule feature human next none。")
def coverage_command(kind: str | None) -> None:
    """五部规定逐条的答复:规则、功能、人工、待建或不涉及。有条款没有答复时以 1 结束。"""
    from mingcha.cli.rules_views import print_coverage
    from mingcha.rules.coverage import ANSWERS, coverage_faults, read_clauses
    from mingcha.rules.faults import RulebookError

    if kind and kind not in ANSWERS:
        raise click.UsageError(f"没有“{kind}”这种答复;取 {' '.join(ANSWERS)} 之一")
    try:
        regulations = read_clauses()
        faults = sorted(coverage_faults(regulations, _book(None)))
    except RulebookError as error:
        regulations, faults = (), error.faults
    print_coverage(regulations, kind)
    for fault in faults:
        click.echo(str(fault))
    if faults:
        sys.exit(EXIT_FAULTS)


@rules_group.command("try")
@click.argument("draft", type=click.Path(exists=True, path_type=Path))
@click.option("--on", "cases", type=_FOLDER, required=True, help="放有办件数据的文件夹。")
@click.option("--as-of", type=AS_OF, metavar="T", help="判定时点;只写日期即当日最后一秒。不写则为现在。")
@click.option("--packs", type=NAMES, default=(), metavar="A,B", help=_PACKS)
@click.option("--samples", type=click.IntRange(0, 100), default=3, show_default=True, help="每条规则举几例。")
def try_command(
    draft: Path, cases: Path, as_of: datetime | None, packs: tuple[str, ...], samples: int
) -> None:
    """用往日办件试行 DRAFT(一个规则文件或规则包文件夹,改过的或新写的),看谁多出、谁少了信号。"""
    from mingcha.cli.choosing import now, site_calendar
    from mingcha.cli.progress import Progress
    from mingcha.cli.rules_try import print_trial
    from mingcha.report.checking import open_folder
    from mingcha.report.choices import choose
    from mingcha.trials.what_if import names_of, read_draft, try_draft

    choices = choose(cases, packs, as_of)
    with Progress() as bars:
        with open_folder(cases, choices, site_calendar(), now(), progress=bars.reading) as opened:
            drafted = read_draft(draft, opened.book)
            trial = try_draft(drafted, opened.book, opened.facts, opened.calendar, opened.as_of, bars.judging)
            names = (names_of(opened.facts, "agencies", "code"), names_of(opened.facts, "items", "item_code"))
        bars.stop()
        print_trial(trial, samples, *names)


@rules_group.command("adopt")
@click.argument("packs", nargs=-1, required=True, metavar="PACK...")
@click.option("--why", required=True, metavar="缘由", help="依据哪个决定;记入审计。")
def adopt_command(packs: tuple[str, ...], why: str) -> None:
    """采用规则包:选中的对全部地区、全部日期施行,没有选中的都不施行。

    还没有判定过任何数据时立即施行(第一次装好以后、报送以前);判定过的只提交,由另一人在网页“发布”审定并执行差异单。
    """
    from mingcha.server.start import require_tables, set_up

    set_up()
    require_tables()
    from mingcha.accounts.acts import THE_HOST
    from mingcha.alerts.adopting import adopt
    from mingcha.alerts.models import Publication
    from mingcha.alerts.publishing import PublishingError

    if not why.strip():
        raise click.UsageError("请用 --why 写明缘由")
    try:
        made = adopt(packs, THE_HOST.actor, why.strip()[:1000])
    except PublishingError as error:
        raise click.ClickException(str(error)) from error
    if made.state == Publication.State.IN_FORCE:
        click.echo(f"已采用 {'、'.join(made.files['packs'])},立即施行。")
    else:
        click.echo(
            f"这里已判定过数据,没有立即施行:已提交 {made.title},请由监察员在网页“发布”(/publishing/{made.pk}/)审定。"
        )


def _book(folder: Path | None) -> Rulebook:
    """The shipped packs, and over them those of a folder."""
    from mingcha.rules.load import folders_over_shipped, load_rulebook

    return load_rulebook(folders_over_shipped(folder))


def _chosen(book: Rulebook, names: tuple[str, ...]) -> list[Rule]:
    """Rules whose id begins with one of the names, or whose pack is one of them; all without names."""
    found = [
        rule
        for rule in book.rules
        if not names or any(rule.id.startswith(name) or rule.pack == name for name in names)
    ]
    if not found:
        raise click.UsageError(f"没有规则叫 {' '.join(names)};规则号见 mingcha rules list")
    return found
