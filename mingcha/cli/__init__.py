"""The command `mingcha`. Commands are imported only when they are called: `mingcha --help` answers at once."""

from __future__ import annotations

import importlib
import sys
from contextlib import suppress
from typing import Any, NoReturn

EXIT_RED, EXIT_USAGE, EXIT_OUR_FAULT = 1, 2, 3
EXIT_INTERRUPTED = 130
"""As shells count what a signal ended: 128 and its number."""

_INTERRUPTED = "已中断。再次运行同一命令即可继续。"

try:
    import click

    from mingcha.cli.trouble import tell, told_plainly, written_out
    from mingcha.cli.wording import speak_chinese
except KeyboardInterrupt:  # Ctrl-C before there is a command that could be told of it
    print(f"\n{_INTERRUPTED}", file=sys.stderr)
    raise SystemExit(EXIT_INTERRUPTED) from None

speak_chinese()

COMMANDS = {
    "judge": ("mingcha.cli.judge:judge_command", "判定数据库里的办件,重做过去的判定"),
    "serve": ("mingcha.cli.serve:serve_command", "运行整个系统:网页、接口与后台"),
    "web": ("mingcha.cli.web:web_command", "只运行网页与接口"),
    "worker": ("mingcha.cli.worker:worker_command", "只运行后台:入库、判定、巡查、外发、审计封块"),
    "migrate": ("mingcha.cli.migrate:migrate_command", "建立数据库表,或更新到本版本"),
    "import": ("mingcha.cli.import_:import_command", "把一个文件夹的事实表导入数据库"),
    "export": ("mingcha.cli.export:export_command", "把数据库导出为一个文件夹的事实表"),
    "forward": ("mingcha.cli.forward:forward_command", "把变动的办件按映射上报省级库"),
    "push-ratings": ("mingcha.cli.push_ratings:push_command", "把评价与处理结果推送省“好差评”系统"),
    "backup": ("mingcha.cli.backup:backup_command", "备份数据库与文件,密钥另存"),
    "restore": ("mingcha.cli.restore:restore_command", "把备份恢复到空的地方并核对"),
    "archive": ("mingcha.cli.archive:archive_command", "把已结束月份的办件移出数据库,存为 Parquet;可移回"),
    "keys": ("mingcha.cli.keys:keys_group", "密封用的密钥:查看、更换"),
    "doctor": ("mingcha.cli.doctor:doctor_command", "体检:设置、密钥、数据库、日历、字体、磁盘、后台"),
    "accounts": ("mingcha.cli.accounts:accounts_group", "账号:重置口令、解除锁定(管理员都进不去时)"),
    "audit": ("mingcha.cli.audit:audit_group", "审计链:校验、导出锚点、月度公示值"),
    "check": ("mingcha.cli.check:check_command", "判定一个文件夹的办件"),
    "explain": ("mingcha.cli.explain:explain_command", "一件办件的来龙去脉与每条判定的依据"),
    "clock": ("mingcha.cli.clock:clock_command", "算一个时限,逐日列出"),
    "calendar": ("mingcha.cli.calendar:calendar_group", "工作日历:查看、导入放假通知"),
    "rules": ("mingcha.cli.rules:rules_group", "规则目录:查看、检查、测试、试行、采用"),
    "template": ("mingcha.cli.template:template_command", "报送数据的空白模板"),
    "convert": ("mingcha.cli.convert:convert_command", "按映射文件把外来数据转成事实表"),
    "catalogue": ("mingcha.cli.catalogue:catalogue_command", "事项目录缺什么:时限、承诺、单位、材料"),
    "certify": ("mingcha.cli.certify:certify_command", "为每条判定出具判定书"),
    "verify": ("mingcha.cli.verify:verify_command", "离线复核判定书"),
    "demo": ("mingcha.cli.demo:demo_command", "生成一座示范城市"),
    "facts": ("mingcha.cli.facts:facts_command", "事实表的参考页"),
}
"""Name -> (where the command is, what it does)."""


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one only to run it."""

    @told_plainly
    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run what was typed, until its last word is written. Whatever goes wrong in whichever command is told here."""
        with written_out():
            return super().main(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table above."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any."""
        with formatter.section("命令"):
            formatter.write_dl([(name, label) for name, (_, label) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mingcha", message="mingcha %(version)s")
def cli() -> None:
    """明察:政务服务电子监察。哪些办件违反了哪一条,自何时起,为什么。"""


def main() -> NoReturn:
    """Entry point: what goes wrong is said in one sentence, never as a traceback."""
    try:
        code = cli(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.Abort:  # click has ended the line of the ^C
        tell(_INTERRUPTED)
        sys.exit(EXIT_INTERRUPTED)
    except KeyboardInterrupt:
        tell("", _INTERRUPTED)
        sys.exit(EXIT_INTERRUPTED)
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
        sys.exit(EXIT_USAGE)
