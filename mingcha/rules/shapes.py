"""Shapes of YAML documents: which keys there may be and what their values look like, at every depth.

A check takes a value and the path to it, tells what is wrong, and returns what can still be used (`LEFT_OUT`
where nothing can). So one walk names every fault of a document, and what is built afterwards meets only
well-formed values.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mingcha.rules.yaml_lines import as_date

Path = tuple[str | int, ...]
Tell = Callable[[Path, str, str], None]
"""Called with (path of the value, what is wrong, what to do)."""

Check = Callable[[Any, Path, Tell], Any]
LEFT_OUT: Final = object()


@dataclass(frozen=True)
class Key:
    """One key of a record: its check, what it says (Chinese; docs/rules.md), whether it must be there."""

    check: Check
    label: str
    must: bool = False


Record = Mapping[str, Key]


def scalar(value: Any, path: Path, tell: Tell) -> Any:
    """A word, a number, a date or true/false."""
    if isinstance(value, (dict, list)) or value is None:
        return _not(value, "一个值", path, tell)
    return value


def text(value: Any, path: Path, tell: Tell) -> Any:
    """Words; white space of folded lines becomes single spaces."""
    found = scalar(value, path, tell)
    return found if found is LEFT_OUT else " ".join(str(found).split())


def lines(value: Any, path: Path, tell: Tell) -> Any:
    """Text kept as it is (a SELECT, whose comments end with their line)."""
    found = scalar(value, path, tell)
    return found if found is LEFT_OUT else str(found)


def expression(value: Any, path: Path, tell: Tell) -> Any:
    """An expression of the rule language; a YAML boolean or number is one too."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return text(value, path, tell)


def boolean(value: Any, path: Path, tell: Tell) -> Any:
    """true or false."""
    return value if isinstance(value, bool) else _not(value, "true 或 false", path, tell)


def day(value: Any, path: Path, tell: Tell) -> Any:
    """A date."""
    found = as_date(value)
    return found if found else _not(value, "日期,如 2019-03-21", path, tell)


def choice(*allowed: str) -> Check:
    """One of these words."""

    def check(value: Any, path: Path, tell: Tell) -> Any:
        word = str(value).lower() if isinstance(value, bool) else value
        if word in allowed:
            return word
        tell(path, f"{path[-1]} 不能是“{value}”", f"取 {' '.join(allowed)} 之一")
        return LEFT_OUT

    return check


def many(check: Check) -> Check:
    """One value or a list of them; gives a tuple."""

    def check_all(value: Any, path: Path, tell: Tell) -> Any:
        if not isinstance(value, list):
            return () if value in (None, "") else _kept([check(value, path, tell)])
        return _kept([check(entry, (*path, i), tell) for i, entry in enumerate(value)])

    return check_all


def _kept(values: list[Any]) -> tuple[Any, ...]:
    return tuple(value for value in values if value is not LEFT_OUT)


def named(check: Check) -> Check:
    """A mapping with names of the writer's choice."""

    def check_all(value: Any, path: Path, tell: Tell) -> Any:
        if value is None:
            return {}
        if not isinstance(value, dict):
            return _not(value, "“名称: 值”", path, tell)
        found = {name: check(entry, (*path, name), tell) for name, entry in value.items()}
        return {name: entry for name, entry in found.items() if entry is not LEFT_OUT}

    return check_all


def record(keys: Record) -> Check:
    """A mapping with just these keys."""

    def check(value: Any, path: Path, tell: Tell) -> Any:
        if not isinstance(value, dict):
            return _not(value, f"带有 {' '.join(keys)} 的“键: 值”", path, tell)
        found = {}
        for name, entry in value.items():
            if name not in keys:
                _unknown(name, keys, (*path, name), tell)
            elif (kept := keys[name].check(entry, (*path, name), tell)) is not LEFT_OUT:
                found[name] = kept
        for name in (name for name, key in keys.items() if key.must and name not in value):
            tell(path, f"缺少 {name}", f"补上 {name}:{keys[name].label}")
        return found

    return check


def short_or_record(short: str, keys: Record) -> Check:
    """A record that may be written as the value of its key ``short`` alone."""
    whole = record(keys)

    def check(value: Any, path: Path, tell: Tell) -> Any:
        if isinstance(value, dict):
            return whole(value, path, tell)
        kept = keys[short].check(value, path, tell)
        return LEFT_OUT if kept is LEFT_OUT else {short: kept}

    return check


def _unknown(name: str, keys: Record, path: Path, tell: Tell) -> None:
    near = difflib.get_close_matches(str(name), keys, n=1)
    advice = f"是不是想写 {near[0]}?" if near else f"可用的键:{' '.join(keys)}"
    tell(path, f"不认识的键 {name}", advice)


def _not(value: Any, wanted: str, path: Path, tell: Tell) -> Any:
    where = path[-1] if path else "文件"
    tell(path, f"{where} {_described(value)}", f"应写{wanted}")
    return LEFT_OUT


def _described(value: Any) -> str:
    if value is None:
        return "空着"
    if isinstance(value, dict):
        return "写成了“键: 值”"
    return "写成了清单" if isinstance(value, list) else f"写成了“{value}”"
