"""Numbers moved by one (数字挪一): does a rule's own test notice a limit, count or setting off by one?

A number is a level's count, a span, a setting that the rule uses, an integer or a time of day in an
expression. Each is moved up and down; what a story expects must then fail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from mingcha.rules.levels import Level
from mingcha.rules.model import Clock, Compare, Join, Measure, Rule, Rulebook
from mingcha.rules.words import used_settings
from mingcha.trials.stories import Story
from mingcha.trials.testing import Alone

_NUMBER = re.compile(r"(?<![\w.'])\d+(?![\w.'])|(?<=')\d\d:\d\d(?=')")
_TEXTS = ("when", "fires", "each_where", "moment", "subject", "rows")


@dataclass(frozen=True)
class Moved:
    """A rule with one number moved: ``where`` it stands in the file, and its text before and after."""

    rule: Rule
    where: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.rule.id} {self.where}: {self.before} → {self.after}"


def moved(rule: Rule, settings: Mapping[str, Any]) -> Iterator[Moved]:
    """Every number of a rule moved by one, up and down. ``settings``: those that the rule may use."""
    yield from _of_texts(rule, rule, _TEXTS, "")
    yield from _of_mapping(rule, "any", rule.any, lambda texts: replace(rule, any=texts))
    yield from _of_levels(rule)
    yield from _of_joins(rule)
    if rule.clock:
        yield from _of_part(rule, "clock", rule.clock)
    if rule.compare:
        yield from _of_part(rule, "compare", rule.compare)
    if rule.measure:
        yield from _of_part(rule, "measure", rule.measure)
    if rule.lasts:
        count, unit = rule.lasts
        for by in (1, -1):
            yield Moved(replace(rule, lasts=(count + by, unit)), "for", str(count), str(count + by))
    for name in used_settings(rule):
        yield from _of_setting(rule, name, {**settings, **rule.settings}[name])


def _of_setting(rule: Rule, name: str, value: Any) -> Iterator[Moved]:
    if isinstance(value, int):
        values: Sequence[Any] = (value + 1, value - 1)
    elif isinstance(value, str) and re.fullmatch(r"\d\d:\d\d", value):
        values = tuple(_shifted(value))
    else:
        return
    for other in values:
        changed = replace(rule, settings={**rule.settings, name: other})
        yield Moved(changed, f"settings.{name}", str(value), str(other))


def _shifted(number: str) -> Iterator[str]:
    """A number one more and one less; a time of day a minute later and earlier."""
    for by in (1, -1):
        if ":" in number:
            minutes = int(number[:2]) * 60 + int(number[3:]) + by
            yield f"{minutes // 60:02}:{minutes % 60:02}"
        else:
            yield str(int(number) + by)


def _variants(text: str) -> Iterator[tuple[str, str, str]]:
    """(text with one number moved, number before, number after)."""
    for match in _NUMBER.finditer(text):
        for other in _shifted(match[0]):
            shown = other if not other.startswith("-") else f"({other})"
            yield text[: match.start()] + shown + text[match.end() :], match[0], other


def _of_texts(rule: Rule, part: Any, names: Sequence[str], at: str) -> Iterator[Moved]:
    for name in names:
        for text, before, after in _variants(getattr(part, name) or ""):
            changed = replace(part, **{name: text})
            whole = changed if part is rule else replace(rule, **{at: changed})
            yield Moved(whole, f"{at}.{name}".lstrip("."), before, after)


def _of_part(rule: Rule, at: str, part: Clock | Compare | Measure) -> Iterator[Moved]:
    texts = [f.name for f in fields(part) if isinstance(getattr(part, f.name), str)]
    yield from _of_texts(rule, part, texts, at)
    if isinstance(part, Compare):
        make: Callable[[dict[str, str]], Rule] = lambda t: replace(rule, compare=replace(part, fires=t))  # noqa: E731
        yield from _of_mapping(rule, "compare.fires", part.fires, make)
        for name in ("guide", "reported"):
            selection = getattr(part, name)
            for text, before, after in _variants(selection.where):
                changed = replace(part, **{name: replace(selection, where=text)})
                yield Moved(replace(rule, compare=changed), f"compare.{name}", before, after)


def _of_mapping(
    rule: Rule, at: str, texts: Mapping[str, str], make: Callable[[dict[str, str]], Rule]
) -> Iterator[Moved]:
    for label, text in texts.items():
        for other, before, after in _variants(text):
            yield Moved(make({**texts, label: other}), f"{at}.{label}", before, after)


def _of_levels(rule: Rule) -> Iterator[Moved]:
    for i, level in enumerate(rule.levels):
        for changed, before, after in _level_variants(level):
            levels = (*rule.levels[:i], changed, *rule.levels[i + 1 :])
            yield Moved(replace(rule, levels=levels), f"levels.{level.name}", before, after)


def _level_variants(level: Level) -> Iterator[tuple[Level, str, str]]:
    if level.kind in ("left", "stopped left", "after level", "overrun") and isinstance(level.count, int):
        for by in (1, -1):
            if level.kind != "overrun" or level.count:
                yield level.with_count(level.count + by), str(level.count), str(level.count + by)
    for text, before, after in _variants(level.expression):
        yield replace(level, expression=text), before, after


def _of_joins(rule: Rule) -> Iterator[Moved]:
    for i, join in enumerate(rule.joins):
        for changed, before, after in _join_variants(join):
            joins = (*rule.joins[:i], changed, *rule.joins[i + 1 :])
            yield Moved(replace(rule, joins=joins), f"joins.{join.alias}", before, after)


def _join_variants(join: Join) -> Iterator[tuple[Join, str, str]]:
    for text, before, after in _variants(join.select):
        yield replace(join, select=text), before, after
    for column, value in join.on.items():
        for text, before, after in _variants(value):
            yield replace(join, on={**join.on, column: text}), before, after


def unnoticed(book: Rulebook, rule: Rule, stories: Sequence[Story]) -> list[Moved]:
    """The moved numbers that no story notices.

    A mutant dies at its first failing story; the one that noticed the last mutant is asked first.
    """
    moments = [(story, at) for story in stories for at in story.at]
    survivors = []
    for mutant in moved(rule, book.settings_of(book.pack(rule.pack))):
        alone = Alone(book, mutant.rule)
        noticed = next((m for m in moments if alone.judge(*m)), None)
        if noticed is None:
            survivors.append(mutant)
        else:
            moments.sort(key=lambda m: m != noticed)
    return survivors
