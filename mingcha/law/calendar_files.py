"""Calendar files: reading `<year>.yaml`, `statutory.yaml` and `local/<layer>.yaml`, all faults at once.

A year file holds one notice of the State Council (国务院办公厅放假通知) and its days; a day that a second
notice changed names that notice. A local file holds what a province, a city or one hall changes, each day
with its document. The shape of each is shown by the files of mingcha/rulebook/calendars.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from mingcha.law.calendar import Notice
from mingcha.law.instants import day_number

STATUTORY = "statutory.yaml"
LOCAL = "local"
SAMPLES = "mingcha/rulebook/calendars"
"""Where whoever writes a calendar file sees how one looks."""


@dataclass(frozen=True)
class Fault:
    """One fault of a calendar file, or of a folder of them (line 0): where it is, what it is and what to do."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{where}: {self.message}"


class CalendarError(ValueError):
    """Calendar files that cannot be used; `faults` names every fault found."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("日历文件有误:\n" + "\n".join(str(fault) for fault in faults))


@dataclass(frozen=True)
class Entry:
    """One listed day: a day off (`off`) or a day worked."""

    day: int
    name: str
    off: bool
    notice: str
    line: int = 0


@dataclass(frozen=True)
class YearFile:
    """One notice and its days."""

    year: int
    notices: tuple[Notice, ...]
    entries: tuple[Entry, ...]
    path: Path


@dataclass(frozen=True)
class LocalFile:
    """One local layer: what it changes of the layer it lies over (`over`, empty: the nearest above it)."""

    code: str
    name: str
    over: str
    entries: tuple[Entry, ...]
    path: Path


@dataclass
class _Reader:
    """Walks one YAML document and gathers faults with their lines."""

    path: Path
    faults: list[Fault] = field(default_factory=list)

    def fault(self, node: yaml.Node | None, message: str) -> None:
        self.faults.append(Fault(self.path, node.start_mark.line + 1 if node else 1, message))

    def document(self) -> dict[str, yaml.Node]:
        try:
            root = yaml.compose(self.path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        except UnicodeDecodeError:
            self.fault(None, "不是 UTF-8 编码,请另存为 UTF-8")
            return {}
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or " ".join(str(error).split())
            message = f"不是合法的 YAML:{problem};检查这一行的缩进、冒号与引号,样子见 {SAMPLES}"
            self.faults.append(Fault(self.path, mark.line + 1 if mark else 1, message))
            return {}
        return self.mapping(root, "文件")

    def mapping(self, node: yaml.Node | None, what: str) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, f"{what}应为“键: 值”的对照,请改写")
            return {}
        held: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if key.value in held:
                self.fault(key, f"{what}里“{key.value}”写了两次,请删去一处")
            held[key.value] = value
        return held

    def items(self, node: yaml.Node | None, what: str) -> Iterator[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            self.fault(node, f"{what}应为列表(每行以“- ”起头),请改写")
            return
        yield from node.value

    def known_only(self, held: dict[str, yaml.Node], names: tuple[str, ...], what: str) -> None:
        for name, node in held.items():
            if name not in names:
                self.fault(node, f"{what}没有“{name}”这一项;可用:{'、'.join(names)}")

    def text(
        self, held: dict[str, yaml.Node], name: str, parent: yaml.Node | None, default: str | None = None
    ) -> str:
        node = held.get(name)
        if isinstance(node, yaml.ScalarNode) and node.value.strip():
            return str(node.value)
        if node is not None or default is None:
            self.fault(node or parent, f"缺“{name}”,请补上")
        return default or ""

    def date(self, held: dict[str, yaml.Node], name: str, parent: yaml.Node | None) -> date | None:
        text = self.text(held, name, parent)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.fault(held[name], f"“{text}”不是日期,请写成 2026-10-01 的样子")
            return None

    def flag(self, held: dict[str, yaml.Node], name: str, parent: yaml.Node | None) -> bool:
        text = self.text(held, name, parent)
        if text and text not in ("true", "false"):
            self.fault(held[name], f"“{name}”应为 true 或 false,不是“{text}”")
        return text == "true"


def read_year(path: Path) -> tuple[YearFile | None, list[Fault]]:
    """One year file, or the faults that stand against it."""
    reader = _Reader(path)
    held = reader.document()
    if reader.faults:
        return None, reader.faults
    reader.known_only(held, ("year", "name", "notice", "amended_by", "days"), "年历")
    year = reader.text(held, "year", None)
    if year != path.stem:
        reader.fault(held.get("year"), f"文件名是 {path.name},年份却写成“{year}”,请改为一致")
    notices = [_notice(reader, held.get("notice"))]
    if "amended_by" in held:
        notices += [_notice(reader, node) for node in reader.items(held["amended_by"], "amended_by")]
    numbers = [notice.number for notice in notices]
    entries = tuple(_entries(reader, held.get("days"), numbers))
    for entry in entries:
        if date_year(entry.day) not in (int(year), int(year) - 1) if year.isdigit() else False:
            fault = f"{day_text(entry.day)} 不在 {year} 年及其上一年末,请移到它那一年的文件"
            reader.faults.append(Fault(path, entry.line, fault))
    if reader.faults:
        return None, reader.faults
    return YearFile(int(year), tuple(notices), entries, path), []


def read_local(path: Path) -> tuple[LocalFile | None, list[Fault]]:
    """One local layer, or the faults that stand against it."""
    reader = _Reader(path)
    held = reader.document()
    if reader.faults:
        return None, reader.faults
    reader.known_only(held, ("layer", "name", "over", "days"), "地方日历")
    code = reader.text(held, "layer", None)
    if code != path.stem:
        reader.fault(held.get("layer"), f"文件名是 {path.name},日历层却写成“{code}”,请改为一致")
    name = reader.text(held, "name", None, default=code)
    over = reader.text(held, "over", None, default="")
    entries = tuple(_entries(reader, held.get("days"), None))
    if reader.faults:
        return None, reader.faults
    return LocalFile(code, name, over, entries, path), []


def read_statutory(path: Path) -> tuple[YearFile | None, list[Fault]]:
    """The statutory days of years without a notice; `year` is that of the last day."""
    reader = _Reader(path)
    held = reader.document()
    if reader.faults:
        return None, reader.faults
    reader.known_only(held, ("notice", "days"), "法定节日表")
    notice = _notice(reader, held.get("notice"))
    entries = tuple(_entries(reader, held.get("days"), [notice.number], all_off=True))
    if reader.faults:
        return None, reader.faults
    return YearFile(date_year(entries[-1].day), (notice,), entries, path), []


def date_year(day: int) -> int:
    """Calendar year of a day number."""
    return date.fromordinal(day + date(1970, 1, 1).toordinal()).year


def day_text(day: int) -> str:
    """A day number as 2026-10-01."""
    return date.fromordinal(day + date(1970, 1, 1).toordinal()).isoformat()


def _notice(reader: _Reader, node: yaml.Node | None) -> Notice:
    """The notice of a file; an incomplete one is a fault."""
    held = reader.mapping(node, "notice(放假通知)")
    reader.known_only(held, ("number", "title", "issued", "url", "verified"), "notice(放假通知)")
    fields: dict[str, Any] = {
        "number": reader.text(held, "number", node),
        "title": reader.text(held, "title", node),
        "issued": reader.date(held, "issued", node) if "issued" in held else None,
        "url": reader.text(held, "url", node, default=""),
    }
    if "verified" in held:
        fields["verified"] = reader.flag(held, "verified", node)
    return Notice(**fields)


def _entries(
    reader: _Reader, node: yaml.Node | None, numbers: list[str] | None, all_off: bool = False
) -> Iterator[Entry]:
    """The listed days. `numbers` are the notices of the file; None: every day names its own `source`."""
    seen: dict[int, int] = {}
    for item in reader.items(node, "days(日期表)"):
        held = reader.mapping(item, "days 的一项")
        source = "source" if numbers is None else "notice"
        reader.known_only(held, ("date", "name", "off", source), "days 的一项")
        day = reader.date(held, "date", item)
        name = reader.text(held, "name", item)
        off = all_off or reader.flag(held, "off", item)
        number = reader.text(held, source, item, default=numbers[0] if numbers else None)
        if numbers and number not in numbers:
            reader.fault(held[source], f"本文件没有文号“{number}”的通知,请在 notice 或 amended_by 里补上")
        if day is None:
            continue
        line = item.start_mark.line + 1
        if day_number(day) in seen:
            reader.fault(item, f"{day} 写了两次(另见第 {seen[day_number(day)]} 行),请删去一处")
        seen[day_number(day)] = line
        yield Entry(day_number(day), name, off, number, line)
