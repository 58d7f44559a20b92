"""docs/commands.md: every command with its arguments and options, from the commands themselves.

`python -m mingcha.cli.commands_page docs/commands.md`
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

import click

from mingcha.cli import cli
from mingcha.trials.pages.markdown import inline, rows

_HEAD = """\
# 命令 Commands

<!-- 本页由 make docs 按命令自身生成。Generated from the commands by make docs. -->

退出码:0 成功(`check`:没有红牌),1 查出了问题(`check`:有红牌),2 用法或数据不能用,3 程序出错。
"""


def commands_page() -> str:
    """The whole page."""
    context = click.Context(cli, info_name="mingcha")
    return "\n".join([_HEAD, *_commands(cli, context)])


def _commands(command: click.Command, context: click.Context) -> Iterator[str]:
    """A command, and those below it."""
    if not isinstance(command, click.Group):
        yield _page(command, context)
        return
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        yield from _commands(below, click.Context(below, info_name=name, parent=context))


def _page(command: click.Command, context: click.Context) -> str:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    parts = [f"## {context.command_path}\n", f"```\n{usage}\n```\n", f"{cleandoc(command.help or '')}\n"]
    options = [_option(p, context) for p in command.params if isinstance(p, click.Option) and not p.hidden]
    if options:
        parts.append(rows(("选项", "说什么"), options))
    return "\n".join(parts)


def _option(option: click.Option, context: click.Context) -> tuple[str, str]:
    names, told = option.get_help_record(context) or ("", "")
    return inline(names), told


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(commands_page(), encoding="utf-8")
