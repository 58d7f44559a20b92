"""Judging by itself: what batches touched and what time brought, in the order in which it happened.

`catch_up` walks along time: before a batch come the moments (`Watch`) that lay before it was applied, judged by what
was known then; so an outage of a week ends in the same alerts as a week of punctual judging, only recorded later. What
is found is stamped with its lawful moment; nothing is issued before the system could know it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from mingcha.alerts import store, watching
from mingcha.alerts.conflict import ConflictError
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
    judge_units(due.keys(), by, Why("到了时点"), known=lambda unit: due.get(unit, by), known_at=known_at)


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
        judge_everything(as_of, why, known_at=last.no, settled=numbers)
        return
    known: dict[Unit, datetime] = {}
    for batch in group:
        known |= dict.fromkeys(store.units_of(batch), min(batch.applied_at, now))
    judge_units(
        known.keys(), as_of, why, known=lambda unit: known.get(unit, as_of), known_at=last.no, settled=numbers
    )


def judge_units(
    units: Collection[Unit],
    as_of: datetime,
    why: Why,
    *,
    known: Known | None = None,
    known_at: int | None = None,
    settled: Collection[int] = (),
    actor: str = SYSTEM,
    law: Law | None = None,
) -> list[Outcome]:
    """Judge units together and make their alerts so; again those in which a chain has started.

    `known(unit)`: since when the system could know (local; None: `as_of`). `settled`: batches that are judged by this.
    The caller has the turn (`turn.one_judge`).
    """
    return _judged(set(units), as_of, why, known or (lambda _: as_of), known_at, settled, actor, law)


def judge_everything(
    as_of: datetime,
    why: Why,
    *,
    known_at: int | None = None,
    settled: Collection[int] = (),
    actor: str = SYSTEM,
    law: Law | None = None,
) -> list[Outcome]:
    """Judge the whole store; the rest as `judge_units`."""
    return _judged(None, as_of, why, lambda _: as_of, known_at, settled, actor, law)


def _judged(
    units: set[Unit] | None, as_of: datetime, why: Why, known: Known, known_at: int | None,
    settled: Collection[int], actor: str, law: Law | None,
) -> list[Outcome]:  # fmt: skip
    law = law or law_in_force(fresh=True)
    outcomes: list[Outcome] = []
    for turn in range(_ROUNDS):
        if units is not None and not units and turn:
            break
        outcomes.append(_once(units, as_of, why, known, known_at, settled if not turn else (), actor, law))
        units = outcomes[-1].chained
    return outcomes


def _once(
    units: set[Unit] | None, as_of: datetime, why: Why, known: Known, known_at: int | None,
    settled: Collection[int], actor: str, law: Law,
) -> Outcome:  # fmt: skip
    """One judgement reconciled; once more where a person was quicker with one of the alerts."""
    for tried in range(_TRIES):
        judgement, facts, batch_no = judgement_of(units, as_of, known_at, law)
        judged = Judged(judgement, law[0], units, as_of, batch_no, known, store.present_in(facts))
        try:
            with transaction.atomic():
                outcome = reconcile(judged, why, actor)
                watching.keep(judgement.watch, units)
                reading.settle_touched(settled)
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
