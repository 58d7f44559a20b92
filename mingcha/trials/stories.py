"""Stories: the YAML tests beside a rule. Given these rows, at that time, expect these findings.

Rows are merged over the standing cast (rulebook/cast.yaml), so that a story says only what matters. An empty
expectation asserts silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from mingcha.facts.declare import Column, Kind
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts
from mingcha.rules.faults import Faults, RulebookError
from mingcha.rules.load import RULEBOOK
from mingcha.rules.yaml_lines import YamlError, read_yaml

_KEYS = {"name", "given", "at", "settings", "pending"}


@dataclass(frozen=True)
class Story:
    """One story: rows by table, and for each time the findings expected."""

    name: str
    given: Mapping[str, list[dict[str, Any]]]
    at: Mapping[str, list[dict[str, Any]]]
    settings: Mapping[str, Any] = field(default_factory=dict)
    pending: bool = False
    file: Path = Path()
    line: int = 1

    @property
    def facts(self) -> Facts:
        """The story's rows over the cast, in canonical form. Raises ValueError where a value is not of its column."""
        return Facts.from_rows(_with_cast(self.given))


def read_stories(file: Path, faults: Faults) -> list[Story]:
    """Stories of one ``*.test.yaml``; faults are added with their lines."""
    try:
        data, lines = read_yaml(file)
    except YamlError as error:
        faults.add(file, error.line, f"不是合法的 YAML:{error}", "检查这一行的缩进、冒号与引号")
        return []
    stories = []
    for i, entry in enumerate(data or []):
        line = lines.get((i,), 1)
        if not isinstance(entry, dict) or not {"name", "at"} <= entry.keys():
            faults.add(file, line, "故事要有 name 和 at", "写 name: 一句话,at: {时间: [期望]}")
            continue
        for key in entry.keys() - _KEYS:
            faults.add(file, lines.get((i, key), line), f"不认识的键 {key}", f"可用的键:{' '.join(sorted(_KEYS))}")
        given = entry.get("given") or {}
        for table in given.keys() - TABLES.keys():
            faults.add(file, lines.get((i, "given", table), line), f"没有事实表 {table}", "表名见 docs/facts.md")
        stories.append(
            Story(
                str(entry["name"]), given, {str(k): v or [] for k, v in entry["at"].items()},
                entry.get("settings") or {}, bool(entry.get("pending")), file, line,
            )  # fmt: skip
        )
    return stories


@lru_cache(maxsize=1)
def cast() -> dict[str, Any]:
    """The standing cast: ``standing`` tables every story has, ``defaults`` for tables a story names."""
    data, _ = read_yaml(RULEBOOK / "cast.yaml")
    return dict(data)


def _with_cast(given: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    standing, defaults = cast()["standing"], cast().get("defaults", {})
    tables: dict[str, list[dict[str, Any]]] = {name: rows for name, rows in standing.items() if name not in given}
    for name, rows in given.items():
        first = (standing.get(name) or [defaults.get(name, {})])[0]
        tables[name] = [{**first, **row} for row in rows or []]
    return {name: [_canonical(name, row) for row in rows] for name, rows in tables.items()}


def _canonical(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: value_of(TABLES[table].column(name), value) for name, value in row.items()}
    for column in TABLES[table].columns:
        if column.default is not None and values.get(column.name) is None:
            values[column.name] = column.default
    return values


def value_of(column: Column, value: Any) -> Any:
    """A YAML value in the canonical form of its column. Raises ValueError."""
    if value is None:
        return None
    if column.kind is Kind.INSTANT:
        return read_time(value)
    if column.kind is Kind.DAY:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    if column.kind is Kind.MONEY:
        return Decimal(str(value))
    if column.kind is Kind.TIME:
        hours, _, minutes = str(value).partition(":")
        return int(hours) * 60 + int(minutes)
    if column.kind in (Kind.TEXT, Kind.CODE, Kind.MONTH):
        return str(value)
    if column.kind is Kind.LIST:
        return [str(v) for v in (value if isinstance(value, list) else str(value).split(";"))]
    return value


def read_time(value: Any) -> datetime:
    """A time in a story; a date alone becomes midnight and one microsecond."""
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day) + timedelta(microseconds=1)  # noqa: DTZ001
    text = str(value).strip()
    if len(text) == 10:
        return read_time(date.fromisoformat(text))
    return datetime.fromisoformat(text).replace(microsecond=0)


def stories_beside(rule_file: Path) -> list[Story]:
    """The stories of a rule file. Raises `RulebookError`."""
    file = rule_file.with_name(rule_file.stem + ".test.yaml")
    faults = Faults()
    stories = read_stories(file, faults) if file.exists() else []
    if faults:
        raise RulebookError(faults.found)
    return stories
