"""What if (试行): judge past cases with and without a draft, and see who gains or loses signals.

A draft is a rule file or the folder of a pack, changed or new. It takes the place of the rule or pack of the
same id; only the rules that it touches are judged, twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from mingcha.engine.judge import judge
from mingcha.facts.store import Facts
from mingcha.law.calendar import Calendar
from mingcha.rules.documents import RULE
from mingcha.rules.faults import Fault, Faults, RulebookError
from mingcha.rules.load import read_document, read_pack, read_rule
from mingcha.rules.model import JUDGED_FORMS, Pack, Rule, Rulebook
from mingcha.rules.overlay import conflicts
from mingcha.trials.compare_runs import Difference, compare_runs
from mingcha.trials.lint import PASSES
from mingcha.trials.lint.untested import untested

EVERYWHERE = ("",)
"""Every region code begins with the empty prefix."""


@dataclass(frozen=True)
class Draft:
    """A rulebook with a draft in it, and the rules that it touches.

    ``everywhere``: the draft's pack holds nowhere by itself and is tried in every region.
    """

    book: Rulebook
    pack: Pack
    touched: tuple[str, ...]
    everywhere: bool = False


@dataclass(frozen=True)
class Trial:
    """What a draft would do: the difference, the rules judged, how many cases and findings there are."""

    draft: Draft
    as_of: datetime
    cases: int
    before: int
    after: int
    difference: Difference
    not_judged: dict[str, tuple[str, ...]]


def try_draft(
    draft: Draft,
    book: Rulebook,
    facts: Facts,
    calendar: Calendar,
    as_of: datetime,
    progress: Callable[[int, int, str], None] | None = None,
) -> Trial:
    """Judge ``facts`` by ``book`` and by the draft over it. Raises `RulebookError`."""
    was = judge(facts, book, calendar, as_of, only=draft.touched, progress=progress)
    now = judge(facts, draft.book, calendar, as_of, only=draft.touched, progress=progress)
    return Trial(
        draft=draft,
        as_of=as_of,
        cases=now.cases,
        before=was.findings.num_rows,
        after=now.findings.num_rows,
        difference=compare_runs(was.findings, now.findings),
        not_judged=dict(now.not_judged),
    )


def read_draft(path: Path, book: Rulebook) -> Draft:
    """Put a draft into a rulebook. Raises `RulebookError` with every fault; tests it may lack."""
    faults = Faults()
    pack = _pack_with_rule(path, book, faults) if path.is_file() else read_pack(path, faults)
    if pack is None:
        raise RulebookError(faults.found)
    everywhere = not pack.regions and pack.id not in book.adopted
    tried = replace(pack, regions=EVERYWHERE) if everywhere else pack
    _check(_put(book, pack), pack, path, faults)
    changed = _put(book, tried)
    return Draft(changed, tried, tuple(_touched(book, changed, tried)), everywhere)


def _pack_with_rule(file: Path, book: Rulebook, faults: Faults) -> Pack | None:
    """The pack that a rule file belongs to (by the rule's id, else by its law), with the rule in it."""
    document = read_document(file, RULE, Faults())
    cites = document.data.get("cites", {}) if document else {}
    rule_id = document.data.get("id", "") if document else ""
    pack = next((p for p in book.packs if any(r.id == rule_id for r in p.rules)), None)
    pack = pack or next((p for p in book.packs if p.law == cites.get("law")), None)
    rule = read_rule(file, pack.id if pack else "", pack.law if pack else "", faults)
    if pack is None and document is not None:
        faults.add(
            file, 1, "看不出这条规则属于哪个规则包", "cites.law 写规则包的规定名称,或给出整个规则包的文件夹"
        )
    if pack is None or rule is None:
        return None
    others = tuple(r for r in pack.rules if r.id != rule.id)
    return replace(pack, rules=(*others, rule))


def _put(book: Rulebook, pack: Pack) -> Rulebook:
    others = tuple(p for p in book.packs if p.id != pack.id)
    adopted = (*book.adopted, pack.id) if book.adopted and pack.id not in book.adopted else book.adopted
    return Rulebook((*others, pack), adopted)


def _check(book: Rulebook, pack: Pack, path: Path, faults: Faults) -> None:
    """Every fault of the draft's own files; a draft need not have tests yet."""
    found: list[Fault] = [*faults.found, *conflicts(book)]
    found += (fault for check in PASSES if check is not untested for fault in check(book, [pack]))
    root = str(path) if path.is_file() else f"{path}/"
    if own := [fault for fault in found if fault.file.startswith(root)]:
        raise RulebookError(sorted(set(own)))


def _touched(old: Rulebook, new: Rulebook, pack: Pack) -> Iterator[str]:
    """The judged rules on which the draft can make a difference, in order, each once."""
    before = next((p for p in old.packs if p.id == pack.id), None)
    ids = set(_changed(before, pack))
    if before is None or _frame(before) != _frame(pack):
        ids |= {rule.id for p in new.packs if pack.id in (p.id, *p.over) for rule in p.rules}
    both = [*old.rules, *new.rules]
    ids |= {other for rule in both if rule.id in ids for other in rule.replaces}
    ids |= {rule.id for rule in both if any(f"clock_rows('{name}')" in _selects(rule) for name in ids)}
    yield from dict.fromkeys(rule.id for rule in both if rule.id in ids and rule.form in JUDGED_FORMS)


def _changed(before: Pack | None, after: Pack) -> Iterator[str]:
    """Ids of rules that are new, gone, or whose file has changed."""
    was = {rule.id: rule.version for rule in before.rules} if before else {}
    now = {rule.id: rule.version for rule in after.rules}
    yield from (name for name in {**was, **now} if was.get(name) != now.get(name))


def _frame(pack: Pack) -> tuple[object, ...]:
    """What a pack says besides its rules."""
    values = {name: setting.value for name, setting in pack.settings.items()}
    return (pack.regions, pack.start_date, pack.end_date, pack.over, values, dict(pack.pauses))


def _selects(rule: Rule) -> str:
    return " ".join([rule.rows, *(join.select for join in rule.joins)])


def names_of(facts: Facts, table: str, key: str) -> dict[str, str]:
    """Code -> name of agencies or items, for people to read."""
    if table not in facts or not {key, "name"} <= facts[table].columns:
        return {}
    rows: Sequence[dict[str, str]] = facts[table].read([key, "name"]).to_pylist()
    return {row[key]: row["name"] for row in rows}
