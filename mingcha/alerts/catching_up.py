"""Judging by itself: what batches touched and what time brought, in the order in which it happened.

`catch_up` walks along time: before a batch come the moments (`Watch`) that lay before it was applied, judged by what
was known then; so an outage of a week ends in the same alerts as a week of punctual judging, only recorded later. What
is found is stamped with its lawful moment; nothing is issued before the system could know it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from mingcha.alerts import store, watching
from mingcha.alerts.differing import note
from mingcha.alerts.judging import Order, judge_everything, judge_units, tables_about
from mingcha.alerts.law import law_in_force
from mingcha.alerts.reconcile import Outcome, Why
from mingcha.alerts.store import Pending
from mingcha.alerts.turn import every_judge, one_judge
from mingcha.alerts.units import CASE, Lane, Unit
from mingcha.base import clock, jobs

GRAIN: Final = timedelta(minutes=1)
"""Moments this close are judged together; each alert still bears its own."""
MANY: Final = 20_000
"""Units of one judgement."""
_REST: Final = 4.0
"""So many times as long as it took, the slow lane rests."""
_NIGHTLY: Final = 24 * 3600.0


def catch_up(now: datetime, lane: Lane = Lane.CASES) -> bool:
    """Judge whatever waits in a lane, up to `now` (local). False where another process is at it: it sees what waits."""
    while True:
        with one_judge(lane) as ours:
            if not ours:
                return False
            step = _walk(now, lane)
        if step is _Step.DONE:
            return True
        with every_judge():
            _everything(now)


@contextmanager
def caught_up() -> Iterator[datetime]:
    """Both turns, with nothing left that waits up to now (yielded, local): for whoever judges as of now.

    What waits is judged at its own moments, so that nothing is issued later than it was due; and after a judgement of
    now it would take back what has begun with it.
    """
    with every_judge():
        now = clock.local_now()
        while _everything(now):
            pass
        yield now


def _walk(now: datetime, lane: Lane) -> str:
    """Step by step, until nothing waits or everything does."""
    while (step := _next(now, lane)) is _Step.GO_ON:
        pass
    return step


class _Step:
    """What is to be done after a step."""

    GO_ON, DONE, ALL = "go on", "done", "all"


def _next(now: datetime, lane: Lane) -> str:
    """Judge what comes first: a group of moments, or of batches."""
    waiting = store.pending(lane)
    bound = min(now, waiting[0].applied_at) if waiting else now
    soonest = watching.soonest(lane)
    if soonest is not None and soonest <= bound:
        _moments(min(bound, soonest + GRAIN), waiting, lane)
        return _Step.GO_ON
    if not waiting:
        return _Step.DONE
    if waiting[0].everything:
        return _Step.ALL
    _batches(_group(waiting), now, lane)
    return _Step.GO_ON


def _moments(by: datetime, waiting: list[Pending], lane: Lane) -> None:
    due = watching.due(lane, by, MANY)
    known_at = waiting[0].no - 1 if waiting else None
    judge_units(due.keys(), Order(by, Why("到了时点"), lambda unit: due.get(unit, by), known_at))


def _group(waiting: list[Pending]) -> list[Pending]:
    """The first batches that can be judged together: close in time and not too many units."""
    first, taken, units = waiting[0], list[Pending](), 0
    for batch in waiting:
        units += batch.units
        apart = batch.everything or batch.applied_at > first.applied_at + GRAIN or units > MANY
        if taken and apart:
            break
        taken.append(batch)
    return taken


def _batches(group: list[Pending], now: datetime, lane: Lane) -> None:
    last, as_of = group[-1], min(group[-1].applied_at, now)
    known: dict[Unit, datetime] = {}
    for batch in group:
        known |= dict.fromkeys(_concerned(batch, lane), min(batch.applied_at, now))
    numbers = [batch.no for batch in group]
    order = Order(as_of, _because(numbers), lambda unit: known.get(unit, as_of), last.no, numbers, lane)
    items = [batch for batch in group if batch.items] if lane is Lane.CASES else []
    cases = {unit for batch in items for unit in store.cases_of_items(batch)}
    judge_units(known.keys() | cases, replace(order, also=_listing(items, known.keys(), order)))


def _listing(items: list[Pending], named: Collection[Unit], order: Order) -> Callable[[Outcome], None] | None:
    """Leaves a difference list of what new items change, but for the units that their batches name themselves."""
    if not items:
        return None
    told = f"批次 {'、'.join(str(batch.no) for batch in items)}的事项目录"
    return lambda outcome: note(told, outcome.made, named, order.as_of, order.known_at)


def _concerned(batch: Pending, lane: Lane) -> set[Unit]:
    """The units that a batch names and whose rules look at a table it changed: a case names its hall, but nothing that
    is asked of halls follows from it."""
    units = store.units_of(batch, lane)
    if lane is Lane.CASES:
        return units if batch.items else {unit for unit in units if unit[0] == CASE}
    law = law_in_force(fresh=True)
    kinds = {kind for kind, _ in units}
    asked = {kind for kind in kinds if tables_about(law, frozenset({kind})) & batch.tables}
    return {unit for unit in units if unit[0] in asked}


def _because(numbers: list[int]) -> Why:
    named = "、".join(f"批次 {no}" for no in numbers[:5])
    return Why(f"{named}等的数据" if len(numbers) > 5 else f"{named}的数据")


def _everything(now: datetime) -> bool:
    """Judge everything at the first batch that touched it, after all that comes before it in either lane. False where
    there is none: no large batch, moved places or first report of a table. Whoever calls has both turns."""
    if _Step.ALL not in [_walk(now, lane) for lane in Lane]:
        return False
    waiting = {batch.no: batch for lane in Lane for batch in store.pending(lane)}
    whole = [waiting[no] for no in sorted(waiting) if waiting[no].everything]
    group = [batch for batch in whole if batch.applied_at <= whole[0].applied_at + GRAIN]
    last, as_of = group[-1], min(group[-1].applied_at, now)
    numbers = [no for no in waiting if no <= last.no]
    order = Order(as_of, _because([batch.no for batch in group]), lambda _: as_of, last.no, numbers)
    named = {unit for batch in group for lane in Lane for unit in store.units_of(batch, lane)}
    items = [batch for batch in group if batch.items and named]
    judge_everything(replace(order, also=_listing(items, named, order)))
    return True


# -- jobs ---------------------------------------------------------------------------------------------------------


@jobs.handles("judge", steps=True)
def _judge_job(claim: jobs.Claim) -> None:
    """A batch was applied."""
    catch_up(clock.local_now())
    with claim.last_step():
        pass


@dataclass
class _Slow:
    """When the slow lane of this process may go again (monotonic seconds)."""

    again: float = 0.0


_slow = _Slow()


@jobs.every(2.0, "alerts.others", steps=True)
def _others_job(claim: jobs.Claim) -> None:
    """What is about halls, agencies, items and so on: from whole tables, so not too often."""
    began = time.monotonic()
    if began >= _slow.again:
        catch_up(clock.local_now(), Lane.OTHERS)
        took = time.monotonic() - began
        _slow.again = time.monotonic() + _REST * took
    with claim.last_step():
        pass


@jobs.every(_NIGHTLY, "alerts.everything", steps=True)
def _everything_job(claim: jobs.Claim) -> None:
    """Once a day everything, with the rules over a population; it finds anything that was missed, and says so."""
    with caught_up() as as_of:
        judge_everything(Order(as_of, Why("每日全部判定"), lambda _: as_of))
        with claim.last_step():
            pass
