"""`mingcha rules`: the rule catalogue at hand."""

from __future__ import annotations

import click


@click.group("rules")
def rules_group() -> None:
    """规则目录:查看、检查、测试、试行。"""


@rules_group.command("test")
@click.argument("names", nargs=-1)
def test_command(names: tuple[str, ...]) -> None:
    """运行规则旁边的测试。NAMES 为规则号或规则包名的开头,不写则全部运行。"""
    from mingcha.rules.load import shipped_rulebook
    from mingcha.trials.testing import run_rule

    book = shipped_rulebook()
    ran = failed = 0
    for rule in book.rules:
        if names and not any(rule.id.startswith(name) or rule.pack == name for name in names):
            continue
        for failure in run_rule(book, rule):
            ran += 1
            if failure is not None:
                failed += 1
                click.echo(str(failure))
    click.echo(f"{ran} 项测试,{failed} 项不符")
    if failed:
        raise click.exceptions.Exit(1)
