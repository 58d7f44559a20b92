"""Test-plan R9: judging bit by bit says, to the byte, what judging everything at once says.

Over generated logs of a demo city: arrivals late and at once, corrections, withdrawals, repetitions, versions that
come after higher ones, items with another limit, another calendar; judged now and then, or not before the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mingcha.alerts.judging import Order, judge_everything
from mingcha.alerts.models import Alert, Change
from mingcha.alerts.reconcile import Why
from mingcha.alerts.turn import every_judge
from mingcha.base import clock
from mingcha.intake import reading
from tests.server.alerts.conftest import at
from tests.server.hard import incremental as store
from tests.server.hard.demo_log import Arrival, logs

pytestmark = pytest.mark.django_db

HOW_MANY = pytest.mark.parametrize("count", [8, pytest.param(100, marks=pytest.mark.nightly)])
"""Logs of the short and of the long form."""
_SHRINKING = [Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink]


def examples(count: int) -> settings:
    """The short form plays the same logs each time, the long one new ones."""
    return settings(
        max_examples=count, deadline=None, phases=_SHRINKING, derandomize=count < 100,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


@st.composite
def played(draw: st.DrawFn, *, law: bool) -> tuple[list[Arrival], list[str], datetime]:
    """A log, what is done at each arrival, and the end."""
    log = draw(logs(law=law))
    schedule = [draw(st.sampled_from((store.LEAVE, store.JUDGE, store.SWEEP))) for _ in log]
    last = log[-1].at if log else datetime(2026, 6, 1)
    return log, schedule, last + timedelta(days=draw(st.sampled_from((0, 1, 9, 45))), minutes=3)


@pytest.fixture
def opened(db: None) -> None:
    store.open_store()


def _bit_by_bit_is_everything(log: Sequence[Arrival], schedule: Sequence[str], end: datetime) -> None:
    store.play(log, schedule, end)
    with at(end.isoformat()):
        whole = store.everything(end)
        assert store.kept(but=store.unjudged(whole)) == store.said(whole)
        assert store.unjudged() == store.unjudged(whole)
        assert store.watched() == store.watched(whole)
        _each_unit_alone_says_the_same(end, None)
        if middle := reading.last_batch() // 2:
            _each_unit_alone_says_the_same(end - timedelta(days=3), middle)
        _judging_everything_again_changes_nothing()


def _each_unit_alone_says_the_same(as_of: datetime, known_at: int | None) -> None:
    whole = store.everything(as_of, known_at)
    for unit in sorted(store.units_in(whole)):
        cut = store.alone(unit, as_of, known_at)
        assert store.of_unit(cut.findings, unit) == store.of_unit(whole.findings, unit)
        assert store.of_unit(cut.watch, unit) == store.of_unit(whole.watch, unit)


def _judging_everything_again_changes_nothing() -> None:
    before, now = Change.objects.count(), clock.local_now()
    with every_judge():
        judge_everything(Order(now, Why("再判"), lambda _: now))
    changed = Change.objects.order_by("id")[before:]
    assert [(row.alert.rule, row.kind, row.why) for row in changed] == []


def _told_of_something(seen: Counter[str], examples: int) -> None:
    """The logs were worth judging: alerts rose, ended and were taken back in them, and verdicts were missing."""
    assert seen["alerts"] > 2 * examples, seen
    assert {"raised", "risen", "cured", "withdrawn", "undetermined"} <= seen.keys(), seen


def _count(seen: Counter[str]) -> None:
    seen["alerts"] += Alert.objects.count()
    seen["undetermined"] += len(store.unjudged())
    seen.update(Change.objects.values_list("kind", flat=True))


@HOW_MANY
def test_judging_bit_by_bit_says_to_the_byte_what_judging_everything_says(opened: None, count: int) -> None:
    seen: Counter[str] = Counter()

    @examples(count)
    @given(told=played(law=True))
    def holds(told: tuple[list[Arrival], list[str], datetime]) -> None:
        with transaction.atomic():
            _bit_by_bit_is_everything(*told)
            _count(seen)
            transaction.set_rollback(True)

    holds()
    _told_of_something(seen, count)


@HOW_MANY
def test_an_outage_ends_in_the_same_alerts_and_the_same_past_as_punctual_judging(
    opened: None, count: int
) -> None:
    seen: Counter[str] = Counter()

    @examples(count)
    @given(told=played(law=False))
    def holds(told: tuple[list[Arrival], list[str], datetime]) -> None:
        log, schedule, end = told
        found = []
        for plan in ([store.LEAVE] * len(log), [store.SWEEP] * len(log), schedule):
            with transaction.atomic():
                store.play(log, plan, end)
                found.append((store.kept(), store.past()))
                _count(seen)
                transaction.set_rollback(True)
        lazy, punctual, mixed = found
        assert lazy == punctual
        assert mixed == punctual

    holds()
    _told_of_something(seen, count)
