"""The plan of a run: which rules are judged, with what SQL, and which columns that reads."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TypeVar

from mingcha.engine.candidates import Candidates, Options, find_candidates, pause_relation
from mingcha.engine.clock_candidates import clock_candidates
from mingcha.engine.compare import compare_candidates
from mingcha.engine.holds import in_force
from mingcha.engine.names import Reads
from mingcha.engine.pauses import pauses_sql
from mingcha.rules.expression import ExpressionError
from mingcha.rules.faults import Fault, RulebookError
from mingcha.rules.model import JUDGED_FORMS, Pack, Rule, Rulebook
from mingcha.rules.select import clock_rows_name

MOST_KEPT = 1000


@dataclass
class Plan:
    """Everything that is the same for every case."""

    candidates: list[Candidates]
    reads: Reads
    pauses: dict[str, str] = field(default_factory=dict)
    not_judged: dict[str, tuple[str, ...]] = field(default_factory=dict)
    clock_rows: frozenset[str] = frozenset()


def compile_rule(book: Rulebook, pack: Pack, rule: Rule, options: Options) -> Candidates:
    """Candidates of one rule. Raises `ExpressionError`."""
    if rule.clock is not None:
        return clock_candidates(book, pack, rule, options)
    if rule.compare is not None:
        return compare_candidates(book, pack, rule, options)
    return find_candidates(book, pack, rule, options)


def make_plan(
    book: Rulebook,
    present: Collection[str],
    options: Options,
    *,
    only: Collection[str] | None = None,
    about: Collection[str] | None = None,
) -> Plan:
    """Plan a run over the fact tables ``present``.

    ``only``: rule ids; ``about``: judge only rules whose findings may be about these tables (a scope).
    Raises `RulebookError` where a rule cannot be compiled.
    """
    asked = (None if x is None else frozenset(x) for x in (present, only, about))
    key = (id(book), options.key, *asked)
    return _kept(_PLANS, key, book, lambda: _planned(book, present, options, only, about))


def _planned(
    book: Rulebook,
    present: Collection[str],
    options: Options,
    only: Collection[str] | None,
    about: Collection[str] | None,
) -> Plan:
    faults: list[Fault] = []
    plan = Plan([], Reads())
    for pack in in_force(book):
        for rule in pack.rules:
            if rule.form not in JUDGED_FORMS or (only is not None and rule.id not in only):
                continue
            try:
                found = _compiled(book, pack, rule, options)
            except ExpressionError as error:
                faults.append(Fault(str(rule.file), rule.line(), str(error), "改正后再运行", rule.id))
                continue
            missing = tuple(sorted(found.needs - set(present)))
            if missing:
                plan.not_judged[rule.id] = missing
            elif about is None or set(found.about) & set(about):
                plan.candidates.append(found)
    if faults:
        raise RulebookError(faults)
    _complete(book, options, plan, set(present))
    return plan


def _compiled(book: Rulebook, pack: Pack, rule: Rule, options: Options) -> Candidates:
    key = (id(book), pack.id, rule.id, rule.version, options.key)
    return _kept(_RULES, key, book, lambda: compile_rule(book, pack, rule, options))


T = TypeVar("T")
_RULES: dict[object, tuple[Rulebook, Candidates]] = {}
_PLANS: dict[object, tuple[Rulebook, Plan]] = {}
"""What this process has compiled; the rulebook is kept beside it so that its id stays its own."""


def _kept(held: dict[object, tuple[Rulebook, T]], key: object, book: Rulebook, make: Callable[[], T]) -> T:
    if key not in held:
        held[key] = (book, make())
        while len(held) > MOST_KEPT:
            held.pop(next(iter(held)))
    return held[key][1]


def _complete(book: Rulebook, options: Options, plan: Plan, present: set[str]) -> None:
    """Add the clocks whose rows other rules read, the sources of pauses, and put providers first."""
    wanted = {table for c in plan.candidates for table in c.borrowed}
    have = {clock_rows_name(c.rule.id) for c in plan.candidates}
    for pack in book.packs:
        for rule in pack.rules:
            name = clock_rows_name(rule.id)
            if name in wanted and name not in have and rule.clock is not None:
                found = _compiled(book, pack, rule, options)
                if not found.needs - present:
                    plan.candidates.append(Candidates(**{**found.__dict__, "silent": True}))
                    have.add(name)
    for candidate in [c for c in plan.candidates if c.borrowed]:
        lacking = sorted(candidate.borrowed - have)
        if lacking:
            plan.candidates.remove(candidate)
            plan.not_judged[candidate.rule.id] = tuple(lacking)
    plan.clock_rows = frozenset(wanted & have)
    plan.candidates.sort(key=lambda c: (bool(c.borrowed), clock_rows_name(c.rule.id) not in wanted))
    for candidate in plan.candidates:
        plan.reads.merge(candidate.reads)
        if candidate.pauses:
            name = pause_relation(candidate.pack, candidate.rule)
            if name not in plan.pauses:
                sql, reads = pauses_sql(book, candidate.pack, candidate.pauses, options.dialect, present)
                plan.pauses[name] = sql
                plan.reads.merge(reads)
