"""YAML read together with the line of every key, so that a fault can say where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

Lines = dict[tuple[str | int, ...], int]

try:
    from yaml import CSafeLoader as _Loader
except (
    ImportError
):  # pragma: no cover - libyaml is in every wheel; pure Python only where it was built without
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]


class YamlError(Exception):
    """The file is not YAML; ``line`` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


def read_yaml(path: Path) -> tuple[Any, Lines]:
    """Read one document; returns the plain value and the line of each key path."""
    return parse_yaml(path.read_text(encoding="utf-8"))


def parse_yaml(text: str) -> tuple[Any, Lines]:
    """As `read_yaml`, from text. Duplicate keys are an error: the second would silently win."""
    lines: Lines = {}
    try:
        node = yaml.compose(text, Loader=_Loader)
        if node is None:
            return None, lines
        return _build(node, (), lines), lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(mark.line + 1 if mark else 1, str(error.problem or error)) from error
    except yaml.YAMLError as error:  # a character that YAML does not allow: no mark
        raise YamlError(1, " ".join(str(error).split())) from error


def _build(node: yaml.Node, path: tuple[str | int, ...], lines: Lines) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in result:
                raise YamlError(key_node.start_mark.line + 1, f"键“{key}”出现了两次")
            result[key] = _build(value_node, (*path, key), lines)
            lines[(*path, key)] = key_node.start_mark.line + 1
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*path, i), lines) for i, item in enumerate(node.value)]
    return _scalar(node)


class _Constructor(yaml.SafeLoader):
    """Only used for its scalar rules (numbers, booleans, dates)."""


def _scalar(node: yaml.Node) -> Any:
    """A value; of booleans only true and false (`on`, `no` and the like are words, as in YAML 1.2)."""
    if node.tag == "tag:yaml.org,2002:bool" and node.value.lower() not in ("true", "false"):
        return node.value
    if node.tag == "tag:yaml.org,2002:str":
        return node.value
    constructor = _Constructor("")
    value = constructor.construct_object(node, deep=True)
    constructor.dispose()
    return value


def nearest(lines: Mapping[tuple[str | int, ...], int], path: tuple[str | int, ...]) -> int:
    """The line of ``path``, or of what stands nearest above it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def as_date(value: Any) -> date | None:
    """A YAML date or timestamp as a date; None where it is neither."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None
