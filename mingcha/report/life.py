"""The life of one case: what happened when, its clocks day by day, every verdict, and why other rules are
silent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mingcha.engine.judge import Judgement, judge
from mingcha.facts.declare import Column, Kind, Table
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts
from mingcha.law.sheet import Moment
from mingcha.readers.errors import UnusableError
from mingcha.report.checking import Opened, cases_in
from mingcha.report.marks import BY_NAME, ORDER, Mark, marks_of
from mingcha.report.probe import APPLIES, CLOCK, judges_cases, probing, rule_of
from mingcha.report.sheets import Finding, Sheets, Titled
from mingcha.report.silence import Silence, silence_of
from mingcha.report.summary import names_of, one_unheld_said
from mingcha.rules.model import Rule

_ABOUT = {
    "item_code": ("事项", "items"),
    "agency_code": ("部门", "agencies"),
    "region_code": ("区划", "regions"),
    "channel": ("渠道", ""),
    "opinion": ("意见", ""),
    "outcome": ("结果", ""),
    "source_system": ("来源", ""),
}
"""Columns of the case that the head of its story shows: their word, and the table with their names."""

_NOT_EVENTS = ("reported_at",)


@dataclass(frozen=True)
class Event:
    """Something that happened to the case, or is planned; ``row`` names the row it stands in."""

    at: Moment
    what: str
    row: str
    planned: bool


@dataclass(frozen=True)
class Verdict:
    """A finding with its rule, its facts by label, and its sheets."""

    finding: Finding
    rule: Rule
    mark: Mark
    facts: tuple[tuple[str, str], ...]
    sheets: tuple[Titled, ...]


@dataclass(frozen=True)
class ClockTold:
    """One clock of the case. ``main``: worth its days; the others are told by their sentence alone."""

    rule: Rule
    titled: Titled
    main: bool


@dataclass(frozen=True)
class Life:
    """Everything that is known and said of one case."""

    case_no: str
    as_of: datetime
    about: tuple[tuple[str, str, str], ...]
    """What it is about: the word, the name or value, the code where there is a name."""
    events: tuple[Event, ...]
    clocks: tuple[ClockTold, ...]
    verdicts: tuple[Verdict, ...]
    silent: tuple[Silence, ...]
    unheld: str = ""
    """Why no pack holds for it, so that nothing judged it; empty where one does."""


def tell_life(opened: Opened, case_no: str) -> Life:
    """The life of one case. Raises `UnusableError` where there is no such case."""
    if case_no not in cases_in(opened.facts, [case_no]):
        raise UnusableError([f"{opened.folder} 里没有办件 {case_no};核对办件编号"])
    lives = tell_lives(opened, [case_no])
    if case_no not in lives:
        raise UnusableError([f"办件 {case_no} 在 {opened.as_of} 还没有收件;换一个晚些的 --as-of"])
    return lives[case_no]


def tell_lives(opened: Opened, numbers: Sequence[str], *, every_clock: bool = True) -> dict[str, Life]:
    """The lives of cases, judged with their probes in one run; cases not received by then are left out.

    Without ``every_clock`` only the main clocks are drawn.
    """
    facts = opened.facts.of_cases(numbers)
    book = probing(opened.book)
    scope = [("case", number) for number in numbers]
    judgement = judge(facts, book, opened.calendar, opened.as_of, scope=scope, pending=True)
    found = judgement.findings
    rows = found.append_column("mark", marks_of(found)).to_pylist()
    sheets = Sheets(book, opened.calendar)
    lives = {}
    for number in numbers:
        own = facts.of_cases([number])
        if _received(own, opened.as_of):
            said = [row for row in rows if row["case_no"] == number]
            lives[number] = _life(number, own, said, judgement, sheets, opened, every_clock)
    return lives


def _life(
    number: str,
    facts: Facts,
    rows: list[dict[str, Any]],
    judgement: Judgement,
    sheets: Sheets,
    opened: Opened,
    every_clock: bool,
) -> Life:
    return Life(
        case_no=number,
        as_of=opened.as_of,
        about=tuple(_about(facts, opened.facts)),
        events=tuple(sorted(_events(facts, opened.as_of), key=_when)),
        clocks=tuple(_clocks(rows, sheets, opened, every_clock)),
        verdicts=tuple(_verdicts(rows, sheets, opened)),
        silent=tuple(_silent(rows, judgement, opened)),
        unheld=_unheld(number, facts, judgement, opened),
    )


def _unheld(number: str, facts: Facts, judgement: Judgement, opened: Opened) -> str:
    """Asked of the one case anew where some case of the run lies in no pack: the run only counts them."""
    if not judgement.unheld.total:
        return ""
    scope = [("case", number)]
    return one_unheld_said(judge(facts, opened.book, opened.calendar, opened.as_of, scope=scope).unheld)


def _received(facts: Facts, as_of: datetime) -> bool:
    """Has the one case of these facts been received by then? (Before that it is absent; facts.md, As of.)"""
    rows = facts["cases"].read(["received_at"])["received_at"].to_pylist()
    return bool(rows) and rows[0] <= as_of.replace(microsecond=1)


# -- the case itself ----------------------------------------------------------------------------------------


def _about(facts: Facts, all_facts: Facts) -> Iterator[tuple[str, str, str]]:
    """Item, agency, channel and so on: word, name or value, code; personal columns are left out."""
    case = facts["cases"].read().to_pylist()[0]
    for name, (word, table) in _ABOUT.items():
        value = case.get(name)
        if value is not None:
            label = names_of(all_facts, table).get(value) if table else None
            yield word, label or said(TABLES["cases"].column(name), value), value if label else ""


def _events(facts: Facts, as_of: datetime) -> Iterator[Event]:
    """Every instant of every row of the case, up to as_of; planned ones too."""
    for name, source in facts.items():
        table = TABLES[name]
        if "case_no" not in table.by_name:
            continue
        for row in source.read().to_pylist():
            for column in table.columns:
                value = row.get(column.name)
                if column.kind is not Kind.INSTANT or value is None or column.name in _NOT_EVENTS:
                    continue
                if column.planned or value <= as_of.replace(microsecond=1):
                    yield Event(alone(value), column.label, _row_name(table, row), column.planned)


def _row_name(table: Table, row: Mapping[str, Any]) -> str:
    rest = [str(row[key]) for key in table.keys if key != "case_no" and row.get(key) is not None]
    name = row.get("name") or row.get("kind_name")
    words = [*rest, *([str(name)] if name else [])]
    return table.label if table.name == "cases" else f"{table.label} {'/'.join(dict.fromkeys(words))}".strip()


def _when(event: Event) -> tuple[date, bool, str]:
    day = _day(event.at)
    clock = event.at.strftime("%H:%M:%S") if isinstance(event.at, datetime) else ""
    return day, event.planned, clock


def _day(value: Moment) -> date:
    return value.date() if isinstance(value, datetime) else value


def alone(value: Moment) -> Moment:
    """A date alone (microsecond 1) as a date."""
    return value.date() if isinstance(value, datetime) and value.microsecond == 1 else value


def said(column: Column, value: Any) -> str:
    """A value of a column as people say it: codes by label, yes and no, lists with 、."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(str(each) for each in value)
    if isinstance(value, datetime):
        return str(alone(value))
    if column.codes is not None:
        return dict(column.codes.values).get(str(value), str(value))
    return str(value)


# -- what is said of it -------------------------------------------------------------------------------------


def _clocks(
    rows: list[dict[str, Any]], sheets: Sheets, opened: Opened, every_clock: bool
) -> Iterator[ClockTold]:
    """The sheet of every clock of the case, whatever its state; the settings are those of the rule itself.

    Main are the first clock that can be paused (the handling of the case itself) and those with a finding.
    """
    told = {(row["rule"], row["subject"]) for row in rows if "?" not in row["rule"]}
    handling = ""
    for row in rows:
        if not row["rule"].endswith(CLOCK):
            continue
        rule = opened.book.rule(rule_of(row["rule"]))
        if rule.over == "cases" and rule.clock and rule.clock.pauses:
            handling = handling or rule.id
        main = rule.id == handling or (rule.id, row["subject"]) in told
        sheet = sheets.clock({**row, "rule": rule.id}) if main or every_clock else None
        if sheet is not None:
            subject = f" {row['subject']}" if row["subject"] else ""
            yield ClockTold(rule, Titled(rule.title + subject, sheet), main)


def _verdicts(rows: list[dict[str, Any]], sheets: Sheets, opened: Opened) -> Iterator[Verdict]:
    own = [row for row in rows if "?" not in row["rule"]]
    for row in sorted(own, key=lambda r: (ORDER[r["mark"]], r["rule"], r["subject"])):
        rule = opened.book.rule(row["rule"])
        yield Verdict(row, rule, BY_NAME[row["mark"]], tuple(facts_of(row, rule)), tuple(sheets.of(row)))


def facts_of(finding: Finding, rule: Rule) -> Iterator[tuple[str, str]]:
    """The facts of a finding's evidence by label; a bare column by the label of the column."""
    evidence = json.loads(finding["evidence"] or "{}")
    if evidence.get("items"):
        yield "所涉", "、".join(str(name) for name in evidence["items"])
    for label, value in evidence.get("facts", {}).items():
        column = _column(rule, rule.evidence.get(label, label))
        yield (column.label if column and column.name == label else label), spoken_value(value, column)
    row = evidence.get("row")
    if row:
        table = TABLES[row["table"]].label if row["table"] in TABLES else row["table"]
        yield "所据", f"{table} {row['key']}" + (f" / {row['subject']}" if row["subject"] else "")


def _column(rule: Rule, expression: str) -> Column | None:
    """The column that an expression names, of the table judged before any other; None where it names none."""
    alias, _, name = expression.rpartition(".")
    tables = ["items" if alias == "item" else rule.over, rule.each, "cases", *TABLES]
    declared = (TABLES[table].by_name.get(name) for table in tables if table in TABLES)
    return next((column for column in declared if column is not None), None)


def spoken_value(value: Any, column: Column | None = None) -> str:
    """A value of evidence: a code by its label, an amount (分) in yuan."""
    if value is None:
        return "(空)"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(spoken_value(each, column) for each in value)
    if column is not None and column.kind is Kind.MONEY and isinstance(value, int):
        return f"{value // 100}.{value % 100:02d} 元"
    if column is not None and column.codes is not None:
        return dict(column.codes.values).get(str(value), str(value))
    return str(value).replace("T", " ")


def _silent(rows: list[dict[str, Any]], judgement: Judgement, opened: Opened) -> Iterator[Silence]:
    """Every rule about cases that has no finding here, and why."""
    told = {row["rule"] for row in rows}
    probes: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["rule"].endswith(APPLIES):
            probes.setdefault(rule_of(row["rule"]), []).append(row)
    for rule in opened.book.rules:
        if judges_cases(rule) and rule.id not in told and _in_use(rule, opened):
            lacking = judgement.not_judged.get(rule.id, ())
            region = next((row["region_code"] for row in rows if row["region_code"]), "")
            yield silence_of(rule, opened.book, probes.get(rule.id, []), lacking, region)


def _in_use(rule: Rule, opened: Opened) -> bool:
    return any(use.pack.id == rule.pack for use in opened.packs)
