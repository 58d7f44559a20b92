"""Findings for people at a terminal: by rule, the gravest first, two lines each (who and when; why)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from rich.cells import cell_len

from mingcha.facts.schema import TABLES
from mingcha.report.checking import Checked
from mingcha.report.marks import BY_NAME, ORDER, marks_of
from mingcha.report.spoken import spoken_time
from mingcha.report.summary import names_of
from mingcha.rules.model import Rule

_MARK_WIDTH = 11
_TAGS = {"abnormal": "异常", "lead": "线索", "manual": "人工监察", "provisional": "待日历公布"}


def text_lines(checked: Checked, limit: int | None = None) -> Iterator[str]:
    """Lines of text; with ``limit`` at most so many findings of each rule."""
    rules = {rule.id: rule for rule in checked.opened.book.rules}
    agencies = names_of(checked.opened.facts, "agencies")
    for rule_id, rows in by_rule(checked.findings):
        rule = rules[rule_id]
        yield f"{rule.id} {rule.title}  {rule.cites}  共 {rows.num_rows} 条"
        shown = rows if limit is None else rows.slice(0, limit)
        for finding in shown.to_pylist():
            yield from _lines(finding, rule, agencies)
        if shown.num_rows < rows.num_rows:
            rest = rows.num_rows - shown.num_rows
            yield f"  …… 另有 {rest} 条:加 --rule {rule_id} 或 --out 文件 查看全部"
        yield ""


def by_rule(findings: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Findings rule by rule, in the order of the record; within one, the gravest mark first, then time."""
    ordered = gravest_first(findings)
    for rule_id in pc.unique(findings["rule"]).to_pylist():
        yield rule_id, ordered.filter(pc.equal(ordered["rule"], rule_id))


def gravest_first(findings: pa.Table) -> pa.Table:
    """Sorted by mark, then by since when, then by what it is about; with the column ``mark``."""
    marks = marks_of(findings)
    places = pc.index_in(marks, pa.array(list(ORDER)))
    table = findings.append_column("mark", marks).append_column("place", places)
    keys = [("place", "ascending"), ("since", "descending"), ("key", "ascending"), ("subject", "ascending")]
    return table.take(pc.sort_indices(table, sort_keys=keys)).drop_columns(["place"])


def tags_of(finding: dict[str, Any]) -> list[str]:
    """Words for the flags of a finding that its mark does not already say."""
    return [word for flag, word in _TAGS.items() if finding[flag] and BY_NAME[finding["mark"]].name != flag]


def about_of(finding: dict[str, Any]) -> str:
    """What a finding is about, as people write it: “BJ1 补正 2”."""
    table = TABLES.get(finding["about"])
    what = "" if finding["about"] == "cases" else (table.label if table else finding["about"]) + " "
    return f"{what}{finding['key']}" + (f" / {finding['subject']}" if finding["subject"] else "")


def _lines(finding: dict[str, Any], rule: Rule, agencies: dict[str, str]) -> Iterator[str]:
    mark = BY_NAME[finding["mark"]]
    head = f"  {mark.shape} {mark.label}"
    parts = [about_of(finding), agencies.get(finding["agency_code"], finding["agency_code"] or "")]
    if finding["since"] is not None:
        parts.append(f"自 {spoken_time(finding['since'])} 起")
    if finding["due_at"] is not None:
        parts.append(f"应于 {spoken_time(finding['due_at'])} 前")
    if finding["ended_at"] is not None:
        parts.append(f"已于 {spoken_time(finding['ended_at'])} 结束")
    parts += [f"[{word}]" for word in tags_of(finding)]
    yield head + " " * max(1, _MARK_WIDTH - cell_len(head)) + "  ".join(part for part in parts if part)
    yield " " * _MARK_WIDTH + finding["reason"]
