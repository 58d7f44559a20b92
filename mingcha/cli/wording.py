"""What the command line library itself says, in Chinese: usage, missing arguments, wrong values.

click fetches its texts from gettext, which speaks Chinese only where the environment asks for it and a catalogue is
installed; here they always are Chinese, as everything else the commands say.
"""

from __future__ import annotations

import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.types

_TEXTS = {
    "Usage:": "用法:",
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
    "required": "必填",
    "default: {default}": "默认:{default}",
    "env var: {var}": "环境变量:{var}",
    "Show this message and exit.": "显示本说明。",
    "Show the version and exit.": "显示版本。",
    "Error: {message}": "错误:{message}",
    "Try '{command} {option}' for help.": "详见 {command} {option}",
    "Invalid value: {message}": "{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint}:{message}",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少参数",
    "Missing command.": "缺少命令。",
    "Choose from:\n\t{choices}": "可用的值:\n\t{choices}",
    "No such option {name!r}.": "没有选项 {name}。",
    "No such command {name!r}.": "没有命令 {name}。",
    "Did you mean {possibility}?": "是不是 {possibility}?",
    "(Did you mean one of: {possibilities}?)": "(是不是其中之一:{possibilities}?)",
    "Could not open file {filename!r}: {message}": "不能打开文件 {filename}:{message}",
    "unknown error": "原因不明",
    "file": "文件",
    "directory": "文件夹",
    "path": "路径",
    "{name} {filename!r} does not exist.": "{name} {filename} 不存在。",
    "{name} {filename!r} is a file.": "{filename} 是文件,应为文件夹。",
    "{name} {filename!r} is a directory.": "{filename} 是文件夹,应为文件。",
    "{name} {filename!r} is not readable.": "{name} {filename} 没有读的权限。",
    "{name} {filename!r} is not writable.": "{name} {filename} 没有写的权限。",
    "{value!r} is not a valid {number_type}.": "“{value}”不是数字。",
    "{value} is not in the range {range}.": "{value} 不在 {range} 之内。",
    "{value!r} is not {choice}.": "没有“{value}”;可用的是 {choice}。",
    "{value!r} is not one of {choices}.": "没有“{value}”;可用的是 {choices}。",
    "{value!r} does not match the format {format}.": "“{value}”不合写法 {format}。",
    "{value!r} does not match the formats {formats}.": "“{value}”不合写法 {formats}。",
    "Option {name!r} requires an argument.": "选项 {name} 后面要有值。",
    "Option {name!r} requires {nargs} arguments.": "选项 {name} 后面要有 {nargs} 个值。",
    "Option {name!r} does not take a value.": "选项 {name} 后面没有值。",
    "Argument {name!r} takes {nargs} values.": "参数 {name} 要有 {nargs} 个值。",
    "Got unexpected extra argument ({args})": "多出的参数:{args}",
    "Got unexpected extra arguments ({args})": "多出的参数:{args}",
}


def _chinese(text: str) -> str:
    return _TEXTS.get(text, text)


def _chinese_number(one: str, many: str, count: int) -> str:
    return _chinese(one if count == 1 else many)


def speak_chinese() -> None:
    """From now on click speaks Chinese."""
    for module in (
        click.core,
        click.decorators,
        click.exceptions,
        click.formatting,
        click.parser,
        click.types,
    ):
        for name, replacement in (("_", _chinese), ("ngettext", _chinese_number)):
            if hasattr(module, name):
                setattr(module, name, replacement)
