"""Judging by itself: what batches touched and what time brought, in the order in which it happened.

`catch_up` walks along time: before a batch come the moments (`Watch`) that lay before it was applied, judged by what
was known then; so an outage of a week ends in the same alerts as a week of punctual judging, only recorded later. What
is found is stamped with its lawful moment; nothing is issued before the system could know it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from mingcha.alerts import store, watching
from mingcha.alerts.conflict import ConflictError
from mingcha.alerts.differing import note
from mingcha.alerts.law import Law, law_in_force
from mingcha.alerts.reconcile import Judged, Known, Outcome, Why, reconcile
from mingcha.alerts.store import Pending
from mingcha.alerts.turn import one_judge
from mingcha.alerts.units import Unit
from mingcha.base import clock, jobs
from mingcha.base.audit import SYSTEM
from mingcha.engine.judge import Judgement, judge
from mingcha.facts.store import Facts
from mingcha.intake import reading

GRAIN: Final = timedelta(minutes=1)
"""Moments this close are judged together; each alert still bears its own."""
MANY: Final = 20_000
"""Units of one judgement; more at once are judged with everything."""
_ROUNDS: Final = 5
"""A chain starts where something is issued and is judged again; one that starts a chain that starts a chain …"""
_TRIES: Final = 5


def catch_up(now: datetime) -> bool:
    """Judge whatever waits, up to `now` (local). False where another process is at it: it will see what waits."""
    with one_judge() as ours:
        if not ours:
            return False
        while _next(now):
            pass
    return True


def _next(now: datetime) -> bool:
    """Judge what comes first: a group of moments, or of batches."""
    waiting = store.pending()
    bound = min(now, waiting[0].applied_at) if waiting else now
    soonest = watching.soonest()
    if soonest is not None and soonest <= bound:
        _moments(min(bound, soonest + GRAIN), waiting)
        return True
    if waiting:
        _batches(_group(waiting), now)
    return bool(waiting)


def _moments(by: datetime, waiting: list[Pending]) -> None:
    due = watching.due(by, MANY)
    known_at = waiting[0].no - 1 if waiting else None
    judge_units(due.keys(), Order(by, Why("到了时点"), lambda unit: due.get(unit, by), known_at))


def _group(waiting: list[Pending]) -> list[Pending]:
    """The first batches that can be judged together: close in time and not too many units, or all that touch
    everything."""
    first, units = waiting[0], 0
    taken: list[Pending] = []
    for batch in waiting:
        units += batch.units
        apart = batch.applied_at > first.applied_at + GRAIN or units > MANY
        if taken and batch.everything != first.everything or (taken and apart and not first.everything):
            break
        taken.append(batch)
    return taken


def _batches(group: list[Pending], now: datetime) -> None:
    last = group[-1]
    as_of = min(last.applied_at, now)
    numbers = [batch.no for batch in group]
    why = Why("、".join(f"批次 {no}" for no in numbers[:5]) + ("等" if len(numbers) > 5 else "") + "的数据")
    if last.everything:
        judge_everything(Order(as_of, why, lambda _: as_of, last.no, numbers))
        return
    known: dict[Unit, datetime] = {}
    for batch in group:
        known |= dict.fromkeys(store.units_of(batch), min(batch.applied_at, now))
    order = Order(as_of, why, lambda unit: known.get(unit, as_of), last.no, numbers)
    items = [batch for batch in group if batch.items]
    if not items:
        judge_units(known.keys(), order)
        return
    cases = {unit for batch in items for unit in store.cases_of_items(batch)} - known.keys()
    told = f"批次 {'、'.join(str(batch.no) for batch in items)}的事项目录"
    listed = replace(order, also=lambda outcome: note(told, outcome.made, known, as_of, last.no))
    judge_units(known.keys() | cases, listed)


@dataclass(frozen=True)
class Order:
    """What to judge and as what: `known(unit)` since when the system could know, `known_at` the last batch to be seen
    (None: all), `settled` batches that are judged by this, `also` what else is done in the transaction."""

    as_of: datetime
    why: Why
    known: Known
    known_at: int | None = None
    settled: Collection[int] = ()
    actor: str = SYSTEM
    law: Law | None = None
    also: Callable[[Outcome], None] | None = None


def judge_units(units: Collection[Unit], order: Order) -> list[Outcome]:
    """Judge units together and make their alerts so; again those in which a chain has started.

    The caller has the turn (`turn.one_judge`).
    """
    return _judged(set(units), order)


def judge_everything(order: Order) -> list[Outcome]:
    """Judge the whole store; the rest as `judge_units`."""
    return _judged(None, order)


def _judged(units: set[Unit] | None, order: Order) -> list[Outcome]:
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
            judgement, order.law[0], units, order.as_of, batch_no, order.known, store.present_in(facts)
        )
        try:
            with transaction.atomic():
                outcome = reconcile(judged, order.why, order.actor)
                watching.keep(judgement.watch, units)
                reading.settle_touched(order.settled)
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
    facts = store.facts_for(units, known_at)
    book, calendar = law
    return judge(facts, book, calendar, as_of, scope=units), facts, batch_no


# -- jobs ---------------------------------------------------------------------------------------------------------


@jobs.handles("judge", steps=True)
def _judge_job(claim: jobs.Claim) -> None:
    """A batch was applied."""
    catch_up(clock.local_now())
    with claim.last_step():
        pass
