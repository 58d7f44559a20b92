"""Stories: the YAML tests beside a rule. Given these rows, at that time, expect these findings.

Rows are merged over the standing cast (rulebook/cast.yaml), so that a story says only what matters. An empty
expectation asserts silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from mingcha.engine.measure import MEASURE
from mingcha.engine.record import CAUSES, FINDING, MOMENTS
from mingcha.facts.declare import Column, Kind
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts
from mingcha.rules.faults import Faults, RulebookError
from mingcha.rules.levels import LABELS
from mingcha.rules.load import RULEBOOK
from mingcha.rules.shapes import LEFT_OUT, Key, Tell, boolean, named, record, scalar, text
from mingcha.rules.shapes import Path as Place
from mingcha.rules.yaml_lines import YamlError, nearest, read_yaml


@dataclass(frozen=True)
class Story:
    """One story: rows by table, and for each time the findings expected.

    ``settings`` override those of the rule's pack; ``pending`` lists findings of level none as well.
    """

    name: str
    at: Mapping[str, list[dict[str, Any]]]
    given: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    pending: bool = False
    file: Path = Path()
    line: int = 1

    @cached_property
    def facts(self) -> Facts:
        """The story's rows over the cast, in canonical form; tables it does not name are those of every story."""
        own = Facts.from_rows(
            {name: rows for name, rows in with_cast(self.given).items() if name in self.given}
        )
        return Facts({**_standing(), **own})


def story_file(rule_file: Path) -> Path:
    """Where the stories of a rule stand: 8.1.yaml -> 8.1.test.yaml."""
    return rule_file.with_name(rule_file.stem + ".test.yaml")


def stories_beside(rule_file: Path) -> list[Story]:
    """The stories of a rule file; none where it has no test. Raises `RulebookError`."""
    file, faults = story_file(rule_file), Faults()
    stories = read_stories(file, faults) if file.exists() else []
    if faults:
        raise RulebookError(faults.found)
    return stories


def read_stories(file: Path, faults: Faults, settings: Mapping[str, Any] | None = None) -> list[Story]:
    """Stories of one ``*.test.yaml``; faults are added with their lines.

    ``settings`` are those of the rule's pack, where a story's own are to be held against them.
    """
    try:
        data, lines = read_yaml(file)
    except YamlError as error:
        faults.add(file, error.line, f"不是合法的 YAML:{error}", "检查这一行的缩进、冒号与引号")
        return []

    def tell(place: Place, message: str, advice: str) -> None:
        faults.add(file, nearest(lines, place), message, advice)

    if not isinstance(data, list) or not data:
        tell((), "测试文件应是一串故事", "每个故事以“- name: 一句话”开头")
        return []
    stories = []
    for i, entry in enumerate(data):
        found = record(_STORY)(entry, (i,), tell)
        if found is LEFT_OUT or not {"name", "at"} <= found.keys():
            continue
        for name in found.get("settings", {}).keys() - (settings or found.get("settings", {})).keys():
            tell((i, "settings", name), f"规则包没有设置 {name}", "设置见 pack.yaml")
        stories.append(Story(**found, file=file, line=lines[(i,)]))
    return stories


def _rows(value: Any, place: Place, tell: Tell) -> Any:
    """Rows of the table that ``place`` ends with."""
    table = TABLES.get(str(place[-1]))
    if table is None:
        tell(place, f"没有事实表 {place[-1]}", "表名见 docs/facts.md")
        return LEFT_OUT
    if value is not None and not isinstance(value, list):
        tell(place, f"{table.name} 应是一串行", f"写成 {table.name}: [{{列: 值}}];没有行写 []")
        return LEFT_OUT
    columns = {column.name: Key(_cell(column), column.label) for column in table.columns}
    kept = [record(columns)(row, (*place, i), tell) for i, row in enumerate(value or [])]
    return [row for row in kept if row is not LEFT_OUT]


def _cell(column: Column) -> Any:
    def check(value: Any, place: Place, tell: Tell) -> Any:
        try:
            value_of(column, value)
        except (ValueError, ArithmeticError, TypeError):
            tell(place, f"{column.name}({column.label})不能是“{value}”", "写法见 docs/facts.md")
            return LEFT_OUT
        return value

    return check


def _expectations(value: Any, place: Place, tell: Tell) -> Any:
    """The findings expected at one time."""
    try:
        read_time(place[-1])
    except ValueError:
        tell(place, f"看不懂时间“{place[-1]}”", "写成 2026-02-24 23:59,或只写日期(即那天最后一秒)")
        return LEFT_OUT
    if value is not None and not isinstance(value, list):
        tell(place, "期望应是一串", "写成 [{level: warning}];期望没有写 []")
        return LEFT_OUT
    kept = [record(_EXPECTED)(entry, (*place, i), tell) for i, entry in enumerate(value or [])]
    return LEFT_OUT if LEFT_OUT in kept else kept


def _field(name: str) -> Any:
    """The check of one field of an expected finding; ~ expects it empty."""

    def check(value: Any, place: Place, tell: Tell) -> Any:
        allowed = {"level": tuple(LABELS), "cause": CAUSES}.get(name)
        if allowed and value is not None and value not in allowed:
            tell(place, f"{name} 不能是“{value}”", f"取 {' '.join(allowed)} 之一")
        if name in MOMENTS and value is not None:
            try:
                read_time(value)
            except ValueError:
                tell(place, f"看不懂时间“{value}”", "写成 2026-02-24 23:59 或 2026-02-24")
        return value

    return check


_EXPECTED = {name: Key(_field(name), name) for name in dict.fromkeys([*FINDING.names, *MEASURE.names])}
"""Fields of an expected finding, or of a count of an indicator."""

_STORY = {
    "name": Key(text, "一句话说这个故事", must=True),
    "given": Key(named(_rows), "表 → 行"),
    "at": Key(named(_expectations), "时间 → 期望的发现", must=True),
    "settings": Key(named(scalar), "另取的设置值"),
    "pending": Key(boolean, "连同尚未到任何等级的"),
}
STORY_KEYS = {name: key.label for name, key in _STORY.items()}
"""Keys of a story with what they say, for docs/rules.md."""


@lru_cache(maxsize=1)
def cast() -> dict[str, Any]:
    """The standing cast: ``standing`` tables every story has, ``defaults`` for tables a story names."""
    data, _ = read_yaml(RULEBOOK / "cast.yaml")
    return dict(data)


@lru_cache(maxsize=1)
def _standing() -> Facts:
    """The standing tables, made once: an engine that holds them need not take them in again."""
    return Facts.from_rows(with_cast({}))


def with_cast(given: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Rows over the cast, every value in the canonical form of its column. Raises ValueError."""
    standing, defaults = cast()["standing"], cast().get("defaults", {})
    tables: dict[str, list[dict[str, Any]]] = {
        name: rows for name, rows in standing.items() if name not in given
    }
    for name, rows in given.items():
        first = (standing.get(name) or [defaults.get(name, {})])[0]
        tables[name] = [{**first, **row} for row in rows]
    return {name: [_canonical(name, row) for row in rows] for name, rows in tables.items()}


def _canonical(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Every column of the table: all stories have one layout, and the engine stays warm between them."""
    values = {column.name: value_of(column, row.get(column.name)) for column in TABLES[table].columns}
    for column in TABLES[table].columns:
        if column.default is not None and values[column.name] is None:
            values[column.name] = column.default
    return values


def value_of(column: Column, value: Any) -> Any:
    """A YAML value in the canonical form of its column. Raises ValueError or ArithmeticError."""
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
    if isinstance(value, bool) != (column.kind is Kind.BOOL) or not isinstance(value, int):
        raise ValueError(f"{value!r}")
    return value


def read_time(value: Any) -> datetime:
    """A time in a story; a date alone becomes midnight and one microsecond. Raises ValueError."""
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day) + timedelta(microseconds=1)
    text = str(value).strip()
    if len(text) == 10:
        return read_time(date.fromisoformat(text))
    return datetime.fromisoformat(text).replace(microsecond=0)
