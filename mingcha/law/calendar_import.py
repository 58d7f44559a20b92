"""Next year's notice (放假通知): read it, check it, write its year file, and say what it changes.

Read are CSV with the columns date, name, off (休 or 班), and the JSON shape of holiday-cn:
`{"year": 2027, "days": [{"date": "2027-01-01", "name": "元旦", "isOffDay": true}]}`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from mingcha.law.calendar import Calendar, DayInfo, Notice
from mingcha.law.calendar_files import CalendarError, Entry, Fault, date_year, day_text
from mingcha.law.instants import date_of, day_number

FESTIVALS: Final = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")
SINCE: Final = 2008
"""Since then these are days off of the whole people (国务院令第513号)."""
NO_NUMBER: Final = "文号待补"
_OFF: Final = {
    "休": True,
    "班": False,
    "放假": True,
    "上班": False,
    "true": True,
    "false": False,
    "1": True,
    "0": False,
}
_HEADS: Final = {
    **dict.fromkeys(("date", "日期"), "date"),
    **dict.fromkeys(("name", "名称", "节日"), "name"),
    **dict.fromkeys(("off", "班休", "休班", "类型"), "off"),
}


@dataclass(frozen=True)
class Draft:
    """A notice as read: its year, its days, and where they stand in the file."""

    year: int
    entries: tuple[Entry, ...]
    url: str = ""


def read_notice(path: Path) -> Draft:
    """Read and check a notice. Raises CalendarError naming every fault at once."""
    faults: list[Fault] = []
    text = _decoded(path, faults)
    rows = list(_json_rows(path, text, faults) if text.lstrip()[:1] == "{" else _csv_rows(path, text, faults))
    entries = [entry for row in rows if (entry := _entry(path, row, faults)) is not None]
    if not faults and not entries:
        faults.append(Fault(path, 1, "一天也没有,请核对文件"))
    if faults:
        raise CalendarError(faults)
    year = max(date_year(entry.day) for entry in entries)
    faults += _checked(path, year, entries)
    if faults:
        raise CalendarError(faults)
    return Draft(year, tuple(sorted(entries, key=lambda entry: entry.day)), _paper(text))


def year_file(draft: Draft, notice: Notice) -> str:
    """The year file of a notice, as text."""
    lines = [
        f"year: {draft.year}",
        f"name: {draft.year}年部分节假日安排",
        "notice:",
        f"  number: {json.dumps(notice.number, ensure_ascii=False)}",
        f"  title: {json.dumps(notice.title, ensure_ascii=False)}",
    ]
    if notice.issued:
        lines.append(f"  issued: {notice.issued}")
    if notice.url:
        lines.append(f"  url: {json.dumps(notice.url)}")
    if not notice.verified:
        lines.append("  verified: false")
    lines.append("days:")
    for entry in draft.entries:
        name = json.dumps(entry.name, ensure_ascii=False)
        lines.append(f"  - {{date: {day_text(entry.day)}, name: {name}, off: {str(entry.off).lower()}}}")
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Change:
    """A day that is something else than it was."""

    before: DayInfo
    after: DayInfo


def changes(before: Calendar, after: Calendar, year: int) -> tuple[list[Change], int]:
    """Days of the national layer, from December of the year before on, that become days off or days worked.

    Also how many days were provisional and no longer are.
    """
    changed, confirmed = [], 0
    for day in range(day_number(date(year - 1, 12, 1)), day_number(date(year + 1, 1, 1))):
        was, now = before.day(0, day), after.day(0, day)
        if was.kind.works != now.kind.works:
            changed.append(Change(was, now))
        confirmed += was.provisional and not now.provisional
    return changed, confirmed


def _decoded(path: Path, faults: list[Fault]) -> str:
    """UTF-8 with or without BOM, else GB18030."""
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    faults.append(Fault(path, 1, "既不是 UTF-8 也不是 GB18030,请另存为 UTF-8"))
    return ""


@dataclass(frozen=True)
class _Row:
    date: str
    name: str
    off: str
    line: int


def _csv_rows(path: Path, text: str, faults: list[Fault]) -> Iterator[_Row]:
    """Rows of a CSV; its header may be left out."""
    reader = csv.reader(io.StringIO(text))
    places = {"date": 0, "name": 1, "off": 2}
    for cells in reader:
        row = [cell.strip() for cell in cells]
        if not any(row):
            continue
        if reader.line_num == 1 and row[0].lower() in _HEADS:
            heads = {_HEADS.get(head.lower(), head): n for n, head in enumerate(row)}
            missing = [name for name in places if name not in heads]
            if missing:
                faults.append(
                    Fault(path, 1, f"表头缺 {'、'.join(missing)};应为 date,name,off(日期,名称,班休)")
                )
                return
            places = heads
            continue
        if len(row) <= max(places[name] for name in ("date", "name", "off")):
            faults.append(Fault(path, reader.line_num, "这一行不足三列;应为 日期,名称,休或班"))
            continue
        yield _Row(row[places["date"]], row[places["name"]], row[places["off"]], reader.line_num)


def _json_rows(path: Path, text: str, faults: list[Fault]) -> Iterator[_Row]:
    """Rows of the holiday-cn shape; a row's line is that of its date in the text."""
    try:
        held: Any = json.loads(text)
        days = held["days"]
        rows = [(str(day["date"]), str(day["name"]), day["isOffDay"]) for day in days]
    except (ValueError, KeyError, TypeError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        faults.append(Fault(path, line, f"不是 holiday-cn 的样子(year, days: date, name, isOffDay):{error}"))
        return
    at = 0
    for day, name, off in rows:
        at = max(text.find(f'"{day}"', at), at)
        yield _Row(day, name, str(off).lower(), text.count("\n", 0, at) + 1)


def _entry(path: Path, row: _Row, faults: list[Fault]) -> Entry | None:
    """One day, or its faults."""
    try:
        day = date.fromisoformat(row.date)
    except ValueError:
        faults.append(Fault(path, row.line, f"“{row.date}”不是日期,请写成 2027-01-01 的样子"))
        return None
    off = _OFF.get(row.off.lower())
    if off is None:
        faults.append(Fault(path, row.line, f"“{row.off}”看不懂,请写 休 或 班"))
        return None
    if not row.name:
        faults.append(Fault(path, row.line, f"{day} 没有写是什么节日,请补上"))
        return None
    return Entry(day_number(day), row.name, off, "", row.line)


def _checked(path: Path, year: int, entries: list[Entry]) -> Iterator[Fault]:
    """What a whole notice must be. A weekday worked may be told where work resumes (2020-02-03)."""
    seen: dict[int, int] = {}
    for entry in entries:
        day = date_of(entry.day)
        if entry.day in seen:
            yield Fault(path, entry.line, f"{day} 写了两次(另见第 {seen[entry.day]} 行),请删去一处")
        seen.setdefault(entry.day, entry.line)
        resumes = any(other.off and other.day == entry.day - 1 for other in entries)
        if not entry.off and day.weekday() < 5 and not resumes:
            weekday = "一二三四五"[day.weekday()]
            yield Fault(path, entry.line, f"{day} 是周{weekday},本来就上班;调休上班日只能是周末,请核对")
        if day.year != year and day < date(year - 1, 12, 1):
            yield Fault(path, entry.line, f"{day} 不在 {year} 年(可含上一年12月),请分开导入")
    absent = [name for name in FESTIVALS if not any(name in entry.name and entry.off for entry in entries)]
    if absent and year >= SINCE:
        yield Fault(path, 1, f"没有 {'、'.join(absent)} 的放假日,通知似乎不完整,请核对")


def _paper(text: str) -> str:
    """The address of the notice, where the JSON names one."""
    if text.lstrip()[:1] != "{":
        return ""
    papers = json.loads(text).get("papers") or [""]
    return str(papers[0])
