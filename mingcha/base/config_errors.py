"""What is wrong with the settings, in Chinese: which, where it may be written, what is expected."""

from __future__ import annotations

import re

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_EXPECTED = {
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "greater_than_equal": "不得小于 {ge}",
    "less_than_equal": "不得大于 {le}",
    "literal_error": "应为 {expected} 之一",
    "extra_forbidden": "没有这一项设置,核对名称(docs/settings.md)",
    "list_type": "应为列表,环境变量里写成 JSON",
    "dict_type": "应为表,环境变量里写成 JSON",
    "string_type": "应为文本,加引号",
}


class ConfigError(ValueError):
    """Settings that cannot be used. `problems`: one Chinese sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(";".join(problems))
        self.problems = problems


def of_validation(error: ValidationError) -> ConfigError:
    """All faults of all settings. Values are not repeated: one may be a password."""
    return ConfigError([_told(fault) for fault in error.errors(include_url=False)])


def of_source(error: Exception) -> ConfigError:
    """A source that cannot be read: JSON in the environment, or the TOML file."""
    found = re.search(r'field "(\w+)"', str(error))
    if found:
        name = found[1]
        return ConfigError([f"设置 {name}(MINGCHA_{name.upper()}):列表与表要写成 JSON,如 '[\"a\"]'"])
    return ConfigError([f"设置文件 mingcha.toml(或 MINGCHA_CONFIG 所指的)读不了:{error}"])


def _told(fault: ErrorDetails) -> str:
    name = str(fault["loc"][0]) if fault["loc"] else ""
    expected = _EXPECTED.get(fault["type"], "不能用:{error}").format(
        **{"error": fault["msg"], **fault.get("ctx", {})}
    )
    return f"设置 {name}(MINGCHA_{name.upper()} 或 mingcha.toml):{expected}"
