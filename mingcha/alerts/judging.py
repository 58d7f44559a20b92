"""Judging units of the store, or all of it, and making their alerts so (`reconcile`).

When and what is judged by itself: `catching_up`. Whoever calls has the turn (`turn`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final

import pyarrow.compute as pc
from django.db import transaction

from mingcha.alerts import store, watching
from mingcha.alerts.conflict import ConflictError
from mingcha.alerts.doubts import doubted
from mingcha.alerts.law import Law, law_in_force
from mingcha.alerts.reconcile import Judged, Known, Outcome, Why, reconcile
from mingcha.alerts.units import CASE, Lane, Unit, abouts_of
from mingcha.base.audit import SYSTEM
from mingcha.engine.judge import Judgement, judge, options_of
from mingcha.engine.plan import make_plan
from mingcha.engine.relations import columns_needed
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts
from mingcha.intake import reading
from mingcha.law.calendar import Calendar
from mingcha.rules.model import Rule, Rulebook

_ROUNDS: Final = 5
"""A chain starts where something is issued and is judged again; one that starts a chain that starts a chain …"""
_TRIES: Final = 5
_CASES: Final = frozenset({CASE})


@dataclass(frozen=True)
class Order:
    """What to judge and as what: `known(unit)` since when the system could know, `known_at` the last batch to be seen
    (None: all), `settled` batches that are judged by this in `lane` (None: altogether), `also` what else is done in the
    transaction."""

    as_of: datetime
    why: Why
    known: Known
    known_at: int | None = None
    settled: Collection[int] = ()
    lane: Lane | None = None
    actor: str = SYSTEM
    law: Law | None = None
    also: Callable[[Outcome], None] | None = None


def judge_units(units: Collection[Unit], order: Order) -> list[Outcome]:
    """Judge units together and make their alerts so; again those in which a chain has started.

    Cases first, from their own rows; other units after them, from whole tables.
    """
    cases = {unit for unit in units if unit[0] == CASE}
    others = set(units) - cases
    if not others:
        return _judged(cases, order)
    done = _judged(cases, replace(order, settled=())) if cases else []
    return done + _judged(others, replace(order, also=None) if cases else order)


def judge_everything(order: Order) -> list[Outcome]:
    """Judge the whole store; the rest as `judge_units`."""
    return _judged(None, order)


def _judged(units: set[Unit] | None, order: Order) -> list[Outcome]:
    if units is not None and not units:
        with transaction.atomic():
            store.settle(order.settled, order.lane)
        return []
    order = replace(order, law=order.law or law_in_force(fresh=True))
    outcomes = [_once(units, order)]
    again = replace(order, settled=(), also=None)
    while outcomes[-1].chained and len(outcomes) < _ROUNDS:
        outcomes.append(_once(outcomes[-1].chained, again))
    return outcomes


def _once(units: Collection[Unit] | None, order: Order) -> Outcome:
    """One judgement reconciled; once more where a person was quicker with one of the alerts."""
    assert order.law is not None
    for tried in range(_TRIES):
        judgement, facts, batch_no = judgement_of(units, order.as_of, order.known_at, order.law)
        judged = Judged(
            judgement,
            order.law[0],
            units,
            order.as_of,
            batch_no,
            order.known,
            store.present_in(facts),
            doubted(),
        )
        try:
            with transaction.atomic():
                outcome = reconcile(judged, order.why, order.actor)
                watching.keep(judgement.watch, units)
                store.settle(order.settled, order.lane)
                if order.also is not None:
                    order.also(outcome)
        except ConflictError:
            if tried == _TRIES - 1:
                raise
        else:
            return outcome
    raise AssertionError


def judgement_of(
    units: Collection[Unit] | None, as_of: datetime, known_at: int | None, law: Law
) -> tuple[Judgement, Facts, int]:
    """What `judge` says of the store, the facts it was said of, and the last batch in them. Changes nothing."""
    batch_no = reading.last_batch() if known_at is None else known_at
    book, calendar = law
    kinds = None if units is None else frozenset(kind for kind, _ in units)
    only = None if kinds is None or kinds == _CASES else unit_by_unit(book)
    facts = store.facts_for(units, batch_no, about_cases(law) if kinds == _CASES else reads(law, kinds))
    scope = None if units is None else _askable(units, book, facts, calendar, only)
    return _of_somebody(judge(facts, book, calendar, as_of, scope=scope, only=only)), facts, batch_no


def _of_somebody(found: Judgement) -> Judgement:
    """Without what names nobody, as a rating without case and agency does: no signal can be kept of it."""
    findings, watch = (table.filter(pc.is_valid(table["key"])) for table in (found.findings, found.watch))
    return replace(found, findings=findings, watch=watch)


def _askable(
    units: Collection[Unit], book: Rulebook, facts: Facts, calendar: Calendar, only: Collection[str] | None
) -> list[Unit]:
    """The units of which some rule can say something: `judge` cannot be asked where no rule is left for a kind."""
    options = options_of("sqlite", facts, calendar)

    def asked(kind: str) -> bool:
        return bool(make_plan(book, facts.keys(), options, only=only, about=abouts_of(kind)).candidates)

    kinds = {kind for kind in {kind for kind, _ in units} if asked(kind)}
    return [unit for unit in units if unit[0] in kinds]


# -- what judging reads ---------------------------------------------------------------------------------------------


def reads(law: Law, kinds: frozenset[str] | None) -> Mapping[str, Collection[str]]:
    """Columns by table that judging units of these kinds (None: all) reads."""
    book, calendar = law
    about = None if kinds is None else {table for kind in kinds for table in abouts_of(kind)}
    only = None if kinds is None else unit_by_unit(book)
    plan = make_plan(book, TABLES, options_of("duckdb", _every_table(), calendar), only=only, about=about)
    return columns_needed(plan.reads)


def about_cases(law: Law) -> Mapping[str, Collection[str]]:
    """Every column of the tables that say something of a case: the others grow with the halls, and are not read for it.

    Columns are not chosen, so that the tables which are needed again and again are kept once (`intake.viewing`).
    """
    read = reads(law, _CASES)
    return {
        name: table.by_name.keys()
        for name, table in TABLES.items()
        if name in read or table.lasting or "case_no" in table.by_name
    }


def tables_about(law: Law, kinds: frozenset[str]) -> frozenset[str]:
    """The tables whose rows rules about these kinds look at, apart from what they look up in cases and places."""
    book, calendar = law
    about = {table for kind in kinds for table in abouts_of(kind)}
    options = options_of("duckdb", _every_table(), calendar)
    plan = make_plan(book, TABLES, options, only=unit_by_unit(book), about=about)
    return frozenset(plan.reads.tables) & TABLES.keys()


@lru_cache(maxsize=1)
def _every_table() -> Facts:
    return Facts.from_rows({name: [] for name in TABLES})


def unit_by_unit(book: Rulebook) -> frozenset[str]:
    """Ids of rules that are judged unit by unit: not those over a population (bunching), on a schedule of their own."""
    return frozenset(rule.id for rule in book.rules if not over_a_population(rule))


def over_a_population(rule: Rule) -> bool:
    """Whether a rule reads the clock rows of another: what it says of one depends on all."""
    return any("clock_rows(" in text for text in (rule.rows, *(join.select for join in rule.joins)))
