"""Test-plan T1: a clock that ran a day ahead is set right while work waits; the work does not wait for the day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
import time_machine

from mingcha.base import clock, jobs, outbox
from mingcha.base.models import Job, Outgoing

pytestmark = pytest.mark.django_db

TRUE = datetime(2026, 11, 20, 2, tzinfo=UTC)
AHEAD = TRUE + timedelta(days=1)


class Idle(Event):
    """Told to stop after some rests; at the first of them the machine's clock is set to another moment."""

    def __init__(self, hands: time_machine.Traveller, to: datetime) -> None:
        super().__init__()
        self.hands, self.to, self.rests = hands, to, 0

    def wait(self, timeout: float | None = None) -> bool:
        self.rests += 1
        if self.rests == 1:
            self.hands.move_to(self.to)
        else:
            self.hands.shift(timeout or 0.1)
        if self.rests > 40:
            self.set()
        return self.is_set()


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loops run in the test's own thread and transaction."""
    for module in (jobs, outbox):
        monkeypatch.setattr(module, "close_old_connections", lambda: None)


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The moments at which recurring work was done, of one kind that is known for the test only."""
    monkeypatch.setattr(jobs, "_handlers", {})
    done: list[datetime] = []
    jobs.every(5.0, "tick")(lambda: done.append(clock.now()))
    return done


def test_recurring_work_goes_on_when_the_clock_is_set_back_a_day(ticks: list[datetime]) -> None:
    with time_machine.travel(AHEAD, tick=False) as hands:
        jobs.work(Idle(hands, TRUE))
    assert [moment >= AHEAD for moment in ticks[:2]] == [True, False]
    assert len(ticks) >= 2


def test_work_that_recurs_once_a_day_is_not_hurried_by_it(ticks: list[datetime]) -> None:
    jobs.every(86_400.0, "tick")(lambda: ticks.append(clock.now()))
    with time_machine.travel(AHEAD, tick=False) as hands:
        jobs.work(Idle(hands, TRUE))
        assert ticks == [AHEAD]
        assert Job.objects.get().run_at <= TRUE + timedelta(days=1, seconds=10)


def test_recurring_work_is_not_done_twice_when_the_clock_is_slewed_back_by_seconds(
    ticks: list[datetime],
) -> None:
    with time_machine.travel(AHEAD, tick=False) as hands:
        jobs.work(Idle(hands, AHEAD - timedelta(seconds=30)))
    assert len(ticks) == 1


def test_the_job_of_a_worker_that_died_before_the_clock_was_set_back_is_taken_over_after_one_lease(
    ticks: list[datetime],
) -> None:
    jobs.handles("apply")(lambda payload: ticks.append(clock.now()))
    with time_machine.travel(AHEAD, tick=False) as hands:
        jobs.put("apply", "a")
        assert jobs._claim() is not None  # and never heard of again
        hands.move_to(TRUE)
        assert not jobs.work_once()
        jobs.plan_anew(clock.now())
        hands.shift(jobs.LEASE.total_seconds() - 1)
        assert not jobs.work_once()
        hands.shift(2)
        assert jobs.work_once()
    assert Job.objects.get(kind="apply").state == Job.State.DONE


def test_a_message_that_waits_is_sent_when_the_clock_is_set_back_a_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []
    monkeypatch.setitem(outbox._senders, "test", lambda address, body, key: sent.append(key))
    with time_machine.travel(AHEAD, tick=False) as hands:
        outbox.put("test", "a", {}, "k", at=clock.now() + timedelta(seconds=30))
        stop = Idle(hands, TRUE)
        monkeypatch.setattr(outbox, "_IDLE_SECONDS", 10.0)
        outbox.send(stop)
    assert sent == ["k"] and Outgoing.objects.get().state == Outgoing.State.SENT
