"""The reference page docs/facts.md, made from the declarations: `python -m mingcha.facts.reference
docs/facts.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from mingcha.facts.declare import GROUPS, CodeList, Column, Table
from mingcha.facts.kinds import KIND_LABELS, meaning
from mingcha.facts.schema import COMMON, TABLES

_INTRODUCTION = """\
# 事实表参考 Fact tables

<!-- 本页由 mingcha/facts/reference.py 按声明生成。Generated from the declarations in mingcha/facts. -->

文件名为 `<表名>.csv | .xlsx | .parquet | .jsonl`,表头用英文名或中文名。
CSV 用 UTF-8(有无 BOM 都可)、GB18030 或带 BOM 的 UTF-16。值前后的空白(含全角空格)不计,空值即缺失。
**粗体**为主键,`*` 为必填;主键或必填项缺失或有误的行拒收,其他列的错误值置空,都记入错误簿。

## 写法

- **时间**一律为北京时间(东八区)。日期写 `2026-03-01`、`2026-3-1`、`2026/3/1`、`2026.3.1`、
  `2026年3月1日` 或 `20260301`,
  后面可跟时刻:`2026-03-01 09:30[:00]`、`2026-03-01T09:30:00`、`20260301093000`、`20260301T093000`。
  秒的小数舍去;`24:00` 指当日 23:59:59;带 `Z` 或 `+08:00` 的换算为北京时间。
- Excel 日期序号收五位数,1900 与 1904 两种历元。02-30 之类不存在的日子是错误。
- 只写日期的,作起点为当日 0 时,作终点为当日末,先后按日比较。
- **是否**写 `是/否`、`1/0` 或 `true/false`。**清单**用 `;` 隔开。**代码**写代码或中文名。
- **金额**为元,至多两位小数;不收二进制浮点数。
- JSON Lines 每行一个对象,数字可作整数、金额、文本;清单可用数组。
- Parquet 的 DATE 为只写日期,带时区的 TIMESTAMP 换算为北京时间。

“时间”一栏:“事件”在判定时刻之后的视为尚未发生,“计划”可以在将来。“个人”一栏的列按个人信息处理。
"""


def reference_page() -> str:
    """The whole page, in Markdown."""
    parts = [_INTRODUCTION, *_common()]
    for group, label in GROUPS.items():
        parts.append(f"## {label}\n")
        parts += [_table(table) for table in TABLES.values() if table.group == group]
    parts.append("## 代码表\n")
    parts += [_codes(codes) for codes in code_lists()]
    return "\n".join(parts)


def code_lists() -> list[CodeList]:
    """Every code list in use, in the order of first use."""
    found = [column.codes for table in TABLES.values() for column in table.columns if column.codes]
    return list({codes.name: codes for codes in found}.values())


def _common() -> Iterator[str]:
    yield "## 各表通用的列\n"
    yield _rows(COMMON)


def _table(table: Table) -> str:
    lines = [f"### {table.name} {table.label}\n"]
    notes = [table.note, f"依据:{table.source}" if table.source else ""]
    if any(notes):
        lines.append("。".join(note for note in notes if note) + "。\n")
    own = tuple(column for column in table.columns if column not in COMMON)
    return "\n".join([*lines, _rows(own)])


def _rows(columns: tuple[Column, ...]) -> str:
    lines = ["| 列 | 中文名 | 类型 | 时间 | 个人 | 说明 |", "|---|---|---|---|---|---|"]
    for column in columns:
        name = f"**{column.name}**" if column.key else f"{column.name}{'*' if column.required else ''}"
        kind = KIND_LABELS[column.kind]
        if column.codes:
            kind += f" [{column.codes.label}](#{_anchor(column.codes)})"
        planned = "计划" if column.planned else "事件" if column.event else ""
        cells = [name, column.label, kind, planned, "个人" if column.personal else "", _told(column)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _told(column: Column) -> str:
    return ";".join(part for part in (meaning(column), column.source) if part)


def _anchor(codes: CodeList) -> str:
    return f"{codes.label}-{codes.name}".lower()


def _codes(codes: CodeList) -> str:
    lines = [f"### {codes.label} {codes.name}\n"]
    if codes.source:
        lines.append(f"依据:{codes.source}。\n")
    lines += ["| 代码 | 中文名 |", "|---|---|"]
    lines += [f"| `{value}` | {label} |" for value, label in codes.values.items()]
    if codes.extension:
        lines.append(f"| `{codes.extension}` | 扩展(正则) |".replace("|2[", "\\|2["))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference_page(), encoding="utf-8")
