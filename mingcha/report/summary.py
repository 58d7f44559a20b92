"""Numbers of a judgement: by rule, level and agency, with what could not be read and what was not judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from mingcha.engine.holds import Unheld
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts
from mingcha.readers.faults import Faults
from mingcha.report.checking import Checked
from mingcha.report.marks import ORDER, marks_of
from mingcha.rules.model import Rulebook


@dataclass(frozen=True)
class Line:
    """One line of a table of counts: what it is about, its name, and how many of each mark."""

    key: str
    label: str
    marks: Mapping[str, int]

    @property
    def total(self) -> int:
        """Findings in all."""
        return sum(self.marks.values())


@dataclass(frozen=True)
class FaultLine:
    """Data faults of one cause in one column, and what they did to the row."""

    table: str
    column: str
    cause: str
    effect: str
    advice: str
    count: int


@dataclass(frozen=True)
class Summary:
    """What `check` says beside the findings."""

    cases: int
    marks: Mapping[str, int]
    rules: tuple[Line, ...]
    agencies: tuple[Line, ...]
    faults: tuple[FaultLine, ...]
    not_judged: Mapping[str, str]
    """Why rules were not judged -> which, most first; each is a text."""
    unheld: Unheld = Unheld()
    """The cases that no pack holds for: judged by nothing."""

    @property
    def total(self) -> int:
        """Findings in all."""
        return sum(self.marks.values())


def summarise(checked: Checked) -> Summary:
    """Count what was found."""
    findings, facts = checked.findings, checked.opened.facts
    marked = findings.append_column("mark", marks_of(findings))
    titles = {rule.id: rule.title for rule in checked.opened.book.rules}
    names = names_of(facts, "agencies")
    return Summary(
        cases=checked.judgement.cases,
        marks=dict(_sorted_marks(_counts(marked, "mark"))),
        rules=_lines(marked, "rule", titles),
        agencies=_lines(marked, "agency_code", names),
        faults=fault_lines(checked.opened.reading.faults),
        not_judged=_not_judged(checked.judgement.not_judged, checked.opened.book),
        unheld=checked.judgement.unheld,
    )


def names_of(facts: Facts, table: str) -> dict[str, str]:
    """Code -> name of a reference table."""
    if table not in facts or "name" not in facts[table].columns:
        return {}
    key = TABLES[table].keys[0]
    rows = facts[table].read([key, "name"])
    return dict(zip(rows[key].to_pylist(), rows["name"].to_pylist(), strict=True))


def _counts(table: pa.Table, *keys: str) -> dict[tuple[str, ...], int]:
    grouped = table.group_by(list(keys)).aggregate([([], "count_all")])
    return {tuple(row[key] or "" for key in keys): row["count_all"] for row in grouped.to_pylist()}


def _sorted_marks(counts: Mapping[tuple[str, ...], int]) -> list[tuple[str, int]]:
    return sorted(((key[-1], count) for key, count in counts.items()), key=lambda pair: ORDER[pair[0]])


def _lines(marked: pa.Table, column: str, labels: Mapping[str, str]) -> tuple[Line, ...]:
    """Lines by a column, the gravest first: by marks in their order."""
    by_key: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for pair in _counts(marked, column, "mark").items():
        by_key.setdefault(pair[0][0], []).append(pair)
    lines = [
        Line(key, labels.get(key, ""), dict(_sorted_marks(dict(counts)))) for key, counts in by_key.items()
    ]
    return tuple(sorted(lines, key=lambda line: (*(-line.marks.get(name, 0) for name in ORDER), line.key)))


def fault_lines(faults: Faults) -> tuple[FaultLine, ...]:
    """Faults by table, column and cause, most frequent first."""
    return tuple(
        FaultLine(kind.table, kind.column, kind.cause.label, kind.effect.value, kind.cause.advice, count)
        for kind, count in faults
    )


def _not_judged(missing: Mapping[str, tuple[str, ...]], book: Rulebook) -> dict[str, str]:
    """Rules by what they lack: tables that were not reported, or the clock of another rule."""
    by_cause: dict[tuple[str, ...], list[str]] = {}
    for rule, tables in missing.items():
        by_cause.setdefault(tables, []).append(rule)
    ordered = sorted(by_cause.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return {f"没有报送{lacking(tables)}": "、".join(sorted(rules)) for tables, rules in ordered}


def lacking(tables: tuple[str, ...]) -> str:
    """Tables by label and name: “事项(items)”."""
    return "、".join(f"{TABLES[name].label}({name})" if name in TABLES else name for name in tables)


_UNHELD = {
    "nowhere": "没有行政区划",
    "elsewhere": "不在任何规则包的地区",
    "untimely": "不在规则包的施行期间",
}
"""Why a case lies in no pack (engine.holds.Unheld), in words."""


def unheld_said(unheld: Unheld) -> str:
    """How many cases lie in no pack, why, and what to do; "" where none does."""
    counts = [f"{words} {n} 件" for why, words in _UNHELD.items() if (n := getattr(unheld, why))]
    if not counts:
        return ""
    return f"{unheld.total} 件办件没有适用的规则包({','.join(counts)});{_remedy(unheld)}"


def one_unheld_said(unheld: Unheld) -> str:
    """The same of one case."""
    why = "、".join(words for name, words in _UNHELD.items() if getattr(unheld, name))
    return f"没有适用的规则包({why});{_remedy(unheld)}" if why else ""


def _remedy(unheld: Unheld) -> str:
    mend = "补上 region_code," if unheld.nowhere else "核对 region_code," if unheld.elsewhere else ""
    return f"{mend}或用 --packs 指定规则包" if mend else "要判定,用 --packs 指定规则包"


def fault_causes(lines: tuple[FaultLine, ...]) -> Counter[str]:
    """Data faults by cause alone."""
    counts: Counter[str] = Counter()
    for line in lines:
        counts[line.cause] += line.count
    return counts
