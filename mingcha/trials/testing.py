"""Running stories: each rule is judged alone on each story, at each of its times."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from mingcha.engine.duck import DuckBackend
from mingcha.engine.judge import judge
from mingcha.engine.record import MOMENTS
from mingcha.law.calendar import Calendar
from mingcha.law.load import load_calendar
from mingcha.rules.model import Pack, Rule, Rulebook
from mingcha.trials.stories import Story, read_time, stories_beside


@dataclass(frozen=True)
class Failure:
    """A story that did not end as expected; ``message`` is Chinese and shows both sides."""

    rule: str
    story: Story
    at: str
    message: str

    def __str__(self) -> str:
        return f"{self.story.file}:{self.story.line} [{self.rule}] {self.story.name} @ {self.at}\n    {self.message}"


@lru_cache(maxsize=1)
def calendar() -> Calendar:
    """The calendar that ships with the product, read once a process."""
    return load_calendar()


def run_rule(book: Rulebook, rule: Rule, stories: Sequence[Story] | None = None) -> Iterator[Failure | None]:
    """One result per story and time: None where it ended as expected."""
    for story in stories_beside(rule.file) if stories is None else stories:
        alone = _alone(book, rule, story.settings)
        facts = story.facts
        for at, expected in story.at.items():
            moment = read_time(at)
            as_of: date | datetime = moment.date() if moment.microsecond else moment
            found = judge(
                facts, alone, calendar(), as_of, only=[rule.id], pending=story.pending, backend=_backend
            ).findings.to_pylist()
            message = difference(expected, found)
            yield Failure(rule.id, story, at, message) if message else None


def _backend() -> DuckBackend:
    return DuckBackend(threads=1, memory="500MB")


def _alone(book: Rulebook, rule: Rule, settings: Mapping[str, Any]) -> Rulebook:
    """The rulebook with the rule's pack adopted where it would not hold for the cast, and settings of the story."""
    changed = replace(rule, settings={**rule.settings, **settings}) if settings else rule
    packs = tuple(_swap(pack, changed) if pack.id == rule.pack else pack for pack in book.packs)
    return Rulebook(packs, adopted=(rule.pack,))


def _swap(pack: Pack, rule: Rule) -> Pack:
    return replace(pack, rules=tuple(rule if r.id == rule.id else r for r in pack.rules))


def difference(expected: Sequence[Mapping[str, Any]], found: Iterable[Mapping[str, Any]]) -> str:
    """What is wrong, in Chinese; "" where every expected finding is there and no other."""
    found = list(found)
    if len(expected) != len(found):
        return f"期望 {len(expected)} 条,得到 {len(found)} 条:{[_short(f) for f in found]}"
    wrong = []
    for i, (want, have) in enumerate(zip(expected, found, strict=True)):
        for name, value in want.items():
            if not _same(name, value, have.get(name)):
                wrong.append(f"第 {i + 1} 条 {name} 期望 {value},得到 {_shown(name, have.get(name))}")
    return ";".join(wrong)


def _same(name: str, want: Any, have: Any) -> bool:
    if name == "evidence":
        told = json.loads(have or "{}")
        return _subset(want, {**told.get("facts", {}), **told})
    if name in MOMENTS or name == "as_of":
        return (None if want is None else _moment(want)) == (None if have is None else have)
    return bool(want == have) or (isinstance(have, str) and str(want) == have)


def _moment(value: Any) -> datetime:
    return read_time(value)


def _subset(want: Any, have: Any) -> bool:
    if isinstance(want, dict):
        return isinstance(have, dict) and all(k in have and _subset(v, have[k]) for k, v in want.items())
    if isinstance(want, (datetime, date)):
        return str(want).replace(" ", "T") == have
    return bool(want == have or str(want) == str(have))


def _shown(name: str, value: Any) -> Any:
    return json.loads(value) if name == "evidence" and isinstance(value, str) else value


def _short(finding: Mapping[str, Any]) -> dict[str, Any]:
    names = ("key", "subject", "level", "cause", "since", "warn_at", "red_at", "due_at", "ended_at")
    return {name: str(finding[name]) for name in names if finding.get(name) not in (None, "")}
