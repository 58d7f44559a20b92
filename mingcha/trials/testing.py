"""Running stories: each rule is judged alone on each story, at each of its times."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from mingcha.engine.judge import judge
from mingcha.engine.measure import measure
from mingcha.engine.record import MOMENTS
from mingcha.law.calendar import Calendar
from mingcha.law.load import load_calendar
from mingcha.rules.load import load_rulebook
from mingcha.rules.model import Pack, Rule, Rulebook
from mingcha.trials.stories import Story, read_time, stories_beside


@dataclass(frozen=True)
class Failure:
    """A story that did not end as expected; ``message`` is Chinese and shows both sides."""

    rule: str
    file: Path
    line: int
    story: str
    at: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} [{self.rule}] {self.story} @ {self.at}\n    {self.message}"


@dataclass(frozen=True)
class Ran:
    """What came of a rule's stories: how many there are, how often they were judged, what went wrong."""

    rule: str
    pack: str
    stories: int
    times: int
    failures: tuple[Failure, ...]


@lru_cache(maxsize=1)
def calendar() -> Calendar:
    """The calendar that ships with the product, read once a process."""
    return load_calendar()


def run_rules(folders: Sequence[Path], rules: Sequence[str], workers: int | None = None) -> Iterator[Ran]:
    """Run the stories of rules of the packs in ``folders``, in that order, by several processes."""
    workers = min(workers or os.cpu_count() or 1, len(rules))
    if workers <= 1:
        yield from (_run_one(tuple(folders), rule) for rule in rules)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_run_one, [tuple(folders)] * len(rules), rules)


def _run_one(folders: tuple[Path, ...], rule_id: str) -> Ran:
    book = _book(folders)
    rule = book.rule(rule_id)
    stories = stories_beside(rule.file)
    results = list(run_rule(book, rule, stories))
    failures = tuple(failure for failure in results if failure)
    return Ran(rule.id, rule.pack, len(stories), len(results), failures)


@lru_cache(maxsize=1)
def _book(folders: tuple[Path, ...]) -> Rulebook:
    return load_rulebook(folders)


def run_rule(book: Rulebook, rule: Rule, stories: Sequence[Story]) -> Iterator[Failure | None]:
    """One result per story and time: None where it ended as expected."""
    alone = Alone(book, rule)
    for story in stories:
        yield from (alone.judge(story, at) for at in story.at)


@dataclass
class Alone:
    """One rule judged alone; its pack is adopted, so that it holds for the cast.

    A rulebook is made once for each set of settings, for the engine keeps what it compiled by rulebook.
    """

    book: Rulebook
    rule: Rule
    _books: dict[str, Rulebook] = field(default_factory=dict)

    def judge(self, story: Story, at: str) -> Failure | None:
        """What is wrong with what is found in a story at one time; None where all is as expected."""
        moment = read_time(at)
        as_of: date | datetime = moment.date() if moment.microsecond else moment
        book = self._with(story.settings)
        message = difference(story.at[at], self._found(story, book, as_of))
        return Failure(self.rule.id, story.file, story.line, story.name, at, message) if message else None

    def _found(self, story: Story, book: Rulebook, as_of: date | datetime) -> list[dict[str, Any]]:
        """Findings, or of an indicator its counts by unit and key."""
        if self.rule.measure:
            found = measure(story.facts, book, calendar(), as_of, only=[self.rule.id])
        else:
            judged = judge(story.facts, book, calendar(), as_of, only=[self.rule.id], pending=story.pending)
            found = judged.findings
        return list(found.to_pylist())

    def _with(self, settings: Mapping[str, Any]) -> Rulebook:
        key = repr(sorted(settings.items()))
        if key not in self._books:
            rule = replace(self.rule, settings={**self.rule.settings, **settings})
            packs = (with_rule(pack, rule) if pack.id == rule.pack else pack for pack in self.book.packs)
            self._books[key] = Rulebook(tuple(packs), adopted=(rule.pack,))
        return self._books[key]


def with_rule(pack: Pack, rule: Rule) -> Pack:
    """A pack with one of its rules changed."""
    return replace(pack, rules=tuple(rule if r.id == rule.id else r for r in pack.rules))


def difference(expected: Sequence[Mapping[str, Any]], found: Iterable[Mapping[str, Any]]) -> str:
    """What is wrong, in Chinese; "" where every expected finding is there and no other."""
    found = list(found)
    if len(expected) != len(found):
        told = ";".join(f"第 {i} 条 {_short(each)}" for i, each in enumerate(found, 1))
        return f"期望 {len(expected)} 条,得到 {len(found)} 条" + (f":{told}" if told else "")
    wrong = []
    for i, (want, have) in enumerate(zip(expected, found, strict=True)):
        for name, value in want.items():
            if not _same(name, value, have.get(name)):
                got = _spelled(_shown(name, have.get(name)))
                wrong.append(f"第 {i + 1} 条 {name} 期望 {_spelled(value)},得到 {got}")
    return ";".join(wrong)


def _same(name: str, want: Any, have: Any) -> bool:
    if name == "evidence":
        told = json.loads(have or "{}")
        return _subset(want, {**told.get("facts", {}), **told})
    if name in MOMENTS or name == "as_of":
        return bool((None if want is None else read_time(want)) == have)
    return bool(want == have or (isinstance(have, str) and str(want) == have))


def _subset(want: Any, have: Any) -> bool:
    if isinstance(want, dict):
        return isinstance(have, dict) and all(k in have and _subset(v, have[k]) for k, v in want.items())
    if isinstance(want, (datetime, date)):
        return bool(str(want).replace(" ", "T") == have)
    return bool(want == have or str(want) == str(have))


def _shown(name: str, value: Any) -> Any:
    return json.loads(value) if name == "evidence" and isinstance(value, str) else value


_SAID: Final = {
    "unit": "单位", "key": "对象", "numerator": "分子", "denominator": "分母", "subject": "其中", "level": "级别",
    "cause": "原因", "since": "自", "warn_at": "预警时点", "red_at": "红牌时点", "due_at": "应办结", "ended_at": "终了",
}  # fmt: skip
"""What tells one finding from another, and how it is called."""


def _short(finding: Mapping[str, Any]) -> str:
    return "、".join(
        f"{label} {_spelled(finding[name])}"
        for name, label in _SAID.items()
        if finding.get(name) not in (None, "")
    )


def _spelled(value: Any) -> str:
    """A value as a sentence holds it."""
    if value is None or value == "":
        return "(无)"
    if isinstance(value, Mapping):
        return "、".join(f"{name} 为 {_spelled(each)}" for name, each in value.items()) or "(无)"
    if isinstance(value, list | tuple):
        return "、".join(_spelled(each) for each in value) or "(无)"
    if isinstance(value, bool):
        return "是" if value else "否"
    return _day(value) if isinstance(value, datetime) else str(value)


def _day(value: datetime) -> str:
    return f"{value:%Y-%m-%d}" if value.microsecond else f"{value:%Y-%m-%d %H:%M:%S}".removesuffix(":00")
