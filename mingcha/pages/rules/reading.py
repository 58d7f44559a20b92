"""What a page says of a rule: its words, where it holds, its settings, its file, its stories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mingcha.accounts.places import places
from mingcha.facts.schema import TABLES
from mingcha.rules.coverage import ANSWERS, Regulation, read_clauses
from mingcha.rules.load import RULEBOOK
from mingcha.rules.model import TESTED_FORMS, Pack, Rule, Rulebook, Setting
from mingcha.rules.overlay import quieting, replacing
from mingcha.rules.words import (
    CLASS_LABELS,
    FORM_LABELS,
    clock_words,
    levels_words,
    place_words,
    used_settings,
)
from mingcha.trials.stories import Story, stories_beside
from mingcha.trials.testing import Failure, run_rule

_DIGITS = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12}
Line = tuple[str, str]
"""A label and what is said under it."""


@dataclass(frozen=True)
class Row:
    """A rule in the list."""

    rule: Rule
    pack: Pack
    klass: str
    form: str
    levels: str


def list_rows(book: Rulebook, pack: str, klass: str, form: str, text: str) -> list[Row]:
    """Rules that match every filter; an empty one admits all. `text` is looked for in id, title, citation and words."""
    rows = []
    for owner in book.packs:
        settings = book.settings_of(owner)
        for rule in owner.rules:
            said = f"{rule.id} {rule.title} {rule.cites} {rule.text}"
            if (
                pack in ("", owner.id)
                and klass in ("", rule.klass)
                and form in ("", rule.form)
                and text.lower() in said.lower()
            ):
                words = levels_words(rule, {**settings, **rule.settings})
                labels = CLASS_LABELS.get(rule.klass, rule.klass), FORM_LABELS[rule.form]
                rows.append(Row(rule, owner, *labels, words))
    return rows


@dataclass(frozen=True)
class Reading:
    """A setting as it is read here: the law is silent, and this is what was chosen."""

    setting: Setting
    value: object
    pack: str


def readings(book: Rulebook, rule: Rule) -> list[Reading]:
    """The settings that the rule uses, with the pack each comes from."""
    pack = book.pack(rule.pack)
    known = {p.id: p for p in book.packs}
    owners = [pack, *(known[name] for name in pack.over if name in known)]
    found = []
    for name in used_settings(rule):
        owner = next((p for p in owners if name in p.settings), None)
        if owner is not None:
            setting = owner.settings[name]
            found.append(Reading(setting, rule.settings.get(name, setting.value), owner.id))
    return found


def says(book: Rulebook, rule: Rule) -> list[Line]:
    """What the rule judges and when, in words where there are words."""
    settings = {**book.settings_of(book.pack(rule.pack)), **rule.settings}
    sources = book.pauses_of(book.pack(rule.pack))
    lines = [
        ("类别", f"{CLASS_LABELS.get(rule.klass, rule.klass)} · {FORM_LABELS[rule.form]}"),
        ("等级", levels_words(rule, settings)),
        ("监察对象", f"{TABLES[rule.over].label}({rule.over})" if rule.over else ""),
        ("适用条件", rule.when),
        ("时钟", clock_words(rule, settings)),
        ("停钟", "、".join(sources[name].label for name in (rule.clock.pauses if rule.clock else ()))),
        ("对照", _compared(rule)),
        ("触发", rule.fires or " 或 ".join(rule.any)),
        ("理由", rule.reason),
    ]
    return [line for line in lines if line[1]]


def _compared(rule: Rule) -> str:
    if not rule.compare:
        return ""
    reported, guide = TABLES[rule.compare.reported.table], TABLES[rule.compare.guide.table]
    return f"上报的{reported.label}与目录的{guide.label}"


def region_names() -> dict[str, str]:
    """Prefix of a region's code -> its name, as packs name where they hold."""
    found = {}
    for region in places().regions.values():
        found[region.code[: _DIGITS.get(region.level, 12)]] = region.name
    return found


def holds(book: Rulebook, rule: Rule) -> list[Line]:
    """Where and since when it holds, and what stands in its place elsewhere."""
    pack = book.pack(rule.pack)
    lines = [
        ("规则包", f"{pack.title} {pack.number}".rstrip()),
        ("何处何时", place_words(pack, region_names())),
    ]
    if rule.start_date or rule.end_date:
        since, until = rule.start_date or "", rule.end_date or ""
        lines.append(("本条", f"{since} 至 {until}".strip()))
    if rule.replaces:
        lines.append(("代替", "、".join(rule.replaces)))
    for other, by in replacing(book, rule.id):
        lines.append(("被代替", f"在《{other.title}》适用之处,由 {by.id}({by.title})代替"))
    for other, by, level in quieting(book, rule.id):
        lines.append(("不另通知", f"在《{other.title}》适用之处,{level}因 {by.id} 照发照计、不再通知"))
    return lines


def shown_file(rule: Rule) -> str:
    """The rule as its author wrote it; empty where the file is no longer there."""
    return rule.file.read_text("utf-8") if rule.file.is_file() else ""


def place_of(rule: Rule) -> str:
    """The file's name as people know it: pack and file."""
    inside = rule.file.is_relative_to(RULEBOOK)
    return str(rule.file.relative_to(RULEBOOK) if inside else f"{rule.file.parent.name}/{rule.file.name}")


def stories_of(rule: Rule) -> Sequence[Story]:
    """The stories beside the rule; none for forms that are not judged."""
    return stories_beside(rule.file) if rule.form in TESTED_FORMS and rule.file.is_file() else ()


@dataclass(frozen=True)
class Told:
    """What came of one story: how often it was judged, and what did not end as expected."""

    story: Story
    times: int
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class Tested:
    """What came of all the stories of a rule."""

    told: tuple[Told, ...]

    @property
    def times(self) -> int:
        """How often it was judged."""
        return sum(one.times for one in self.told)

    @property
    def failures(self) -> int:
        """How many judgements did not end as expected."""
        return sum(len(one.failures) for one in self.told)


_kept: dict[tuple[str, str, str], Tested] = {}
"""By rule and the versions of its file and its pack: tests of the same files end the same way."""


def tested(book: Rulebook, rule: Rule) -> Tested:
    """Judge the stories of a rule now; up to some seconds. Kept until the rule or its pack is another."""
    key = (rule.id, rule.version, book.pack(rule.pack).version)
    if key not in _kept:
        told = []
        for story in stories_of(rule):
            results = list(run_rule(book, rule, [story]))
            told.append(Told(story, len(results), tuple(failure for failure in results if failure)))
        _kept[key] = Tested(tuple(told))
    return _kept[key]


@lru_cache(maxsize=1)
def regulations() -> tuple[Regulation, ...]:
    """The clauses of the regulations with our answers."""
    return read_clauses()


def answered(rule: Rule) -> Iterator[Line]:
    """The clauses that the rule answers: article and text."""
    for regulation in regulations():
        for clause in regulation.clauses:
            if clause.kind == "rule" and rule.id in clause.answer:
                yield f"{regulation.law} {clause.article}", clause.text


ANSWER_LABELS = ANSWERS
