"""The HTML report: one file, readable offline, printable; nothing in it asks for anything outside.

Every number leads to its findings, every finding to its case and its article, every verdict to its
arithmetic. All texts pass through the template's escaping; the page allows no script but its own (by digest).
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
import pyarrow as pa
import pyarrow.compute as pc
from markupsafe import Markup

import mingcha
from mingcha.facts.schema import TABLES
from mingcha.report import charts
from mingcha.report.checking import Checked, Opened
from mingcha.report.choices import BY_COMMAND
from mingcha.report.life import Life, alone, facts_of, tell_lives
from mingcha.report.marks import BY_NAME, MARKS, Mark, sprite
from mingcha.report.sheet_svg import sheet_svg
from mingcha.report.sheets import Titled
from mingcha.report.spoken import spoken_day, spoken_time
from mingcha.report.summary import Summary, names_of, summarise, unheld_said
from mingcha.report.text import about_of, gravest_first, tags_of
from mingcha.rules.model import Rule
from mingcha.rules.words import levels_words

MOST_ROWS = 5_000
"""Findings in the table; the gravest come first, the rest is counted and said."""

MOST_CASES = 36
"""Cases told in full."""

PER_RULE = 2
"""Of them at most so many for one rule, so that every rule has its example."""

SHOWN_LINES = 20
"""Lines of a table of counts before the rest is folded."""

SHEET_WIDTH = 940

MOMENTS = {
    "since": "自",
    "warn_at": "预警",
    "yellow_at": "黄牌",
    "red_at": "红牌",
    "due_at": "应办结",
    "ended_at": "结束",
}
"""Moments of a finding that the page tells, and their words."""


@dataclass(frozen=True)
class Row:
    """A line of the table of findings."""

    finding: Mapping[str, Any]
    mark: Mark
    about: str
    agency: str
    tags: tuple[str, ...]
    told: bool
    """Is its case told in full on this page?"""
    rule: Rule
    facts: tuple[tuple[str, str], ...]
    command: str
    """What shows the rest of it."""


@dataclass(frozen=True)
class Article:
    """A rule with findings, as the page cites it."""

    rule: Rule
    levels: str
    total: int


def page(checked: Checked) -> str:
    """The report as HTML."""
    opened, summary = checked.opened, summarise(checked)
    ordered = gravest_first(checked.findings)
    lives = tell_lives(opened, chosen_cases(ordered, checked.filters.cases), every_clock=False)
    css, script = _file("page.css"), _file("page.js")
    return _template().render(
        checked=checked,
        opened=opened,
        summary=summary,
        unheld=unheld_said(summary.unheld),
        version=mingcha.__version__,
        css=Markup(css),  # noqa: S704 a file of ours
        script=Markup(script),  # noqa: S704 a file of ours
        policy=_policy(script),
        marks=[mark for mark in MARKS if summary.marks.get(mark.name)],
        all_marks=MARKS,
        colours=charts.COLOURS,
        tables=TABLES,
        shown_lines=SHOWN_LINES,
        rows=_rows(ordered, checked, lives),
        cut=max(0, ordered.num_rows - MOST_ROWS),
        lives=list(lives.values()),
        articles=_articles(checked, summary),
        course=charts.course(ordered),
        sheet=_sheets(),
        moments=MOMENTS.items(),
    )


def chosen_cases(ordered: pa.Table, asked: tuple[str, ...] = ()) -> list[str]:
    """The cases to tell in full: those asked for, else the gravest, each rule with its examples, in turn."""
    if asked:
        return list(dict.fromkeys(asked))[:MOST_CASES]
    kept = ordered.filter(pc.is_valid(ordered["case_no"]))
    taken: dict[str, int] = {}
    chosen: dict[str, None] = {}
    for rule, number in zip(kept["rule"].to_pylist(), kept["case_no"].to_pylist(), strict=True):
        if len(chosen) >= MOST_CASES:
            break
        if number and taken.get(rule, 0) < PER_RULE:
            taken[rule] = taken.get(rule, 0) + 1
            chosen[number] = None
    return list(chosen)


def _rows(ordered: pa.Table, checked: Checked, lives: Mapping[str, Life]) -> list[Row]:
    rules = {rule.id: rule for rule in checked.opened.book.rules}
    agencies = names_of(checked.opened.facts, "agencies")
    return [
        Row(
            finding,
            BY_NAME[finding["mark"]],
            about_of(finding),
            agencies.get(finding["agency_code"], finding["agency_code"] or ""),
            tuple(tags_of(finding)),
            finding["case_no"] in lives,
            rules[finding["rule"]],
            tuple(facts_of(finding, rules[finding["rule"]])),
            _command(checked.opened, finding),
        )
        for finding in ordered.slice(0, MOST_ROWS).to_pylist()
    ]


def _command(opened: Opened, finding: Mapping[str, Any]) -> str:
    """What to run to see the rest of a finding, as it was judged here: its case, or else its whole record."""
    folder, rule = str(opened.folder), finding["rule"]
    said = ["explain", finding["case_no"], "--in", folder]
    if not finding["case_no"]:
        said = ["check", folder, "--rule", rule, "--format", "jsonl"]
    said += ["--as-of", opened.as_of.isoformat().removesuffix("T23:59:59")]
    if opened.choices.packs_by == BY_COMMAND:
        said += ["--packs", ",".join(opened.choices.packs)]
    return shlex.join(["mingcha", *said])


def _articles(checked: Checked, summary: Summary) -> list[Article]:
    book = checked.opened.book
    found = []
    for line in summary.rules:
        rule = book.rule(line.key)
        settings = {**book.settings_of(book.pack(rule.pack)), **rule.settings}
        found.append(Article(rule, levels_words(rule, settings), line.total))
    return found


def _sheets() -> Callable[[Titled], Markup]:
    """Draws the sheets of one page: two rules may ask the same clock, and no id stands twice."""
    count = itertools.count(1)

    def drawn(titled: Titled) -> Markup:
        svg = sheet_svg(
            titled.sheet, width=SHEET_WIDTH, caption=titled.caption, due=titled.due, key=f"s{next(count)}"
        )
        return Markup(svg)  # noqa: S704 it escapes every text itself

    return drawn


def _bar(marks: Mapping[str, int], most: int) -> Markup:
    return Markup(charts.bar(marks, most))  # noqa: S704 it escapes every text itself


def _when(value: Any) -> str:
    """A moment of a finding with its weekday; a date alone as a date."""
    return "" if value is None else f"{spoken_day(value)} {_clock(value)}".strip()


def _clock(value: Any) -> str:
    """The time of day of a moment; empty where it is a date."""
    return spoken_time(alone(value))[11:]


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    env = jinja2.Environment(
        loader=jinja2.PackageLoader("mingcha.report", ""),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    env.globals.update(sprite=sprite, bar=_bar, patterns=lambda: Markup(charts.patterns()))  # noqa: S704
    env.globals.update(time_chart=lambda course: Markup(charts.time_chart(course)))  # noqa: S704
    env.filters.update(when=_when, day=spoken_day, clock=_clock)
    return env.get_template("page.html")


def _file(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def _policy(script: str) -> str:
    """Content security policy: nothing from outside, no script but ours."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'"
