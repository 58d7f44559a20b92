"""Jobs are done once, in the transaction of their effect, and tried again when they fail."""

from __future__ import annotations

from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from mingcha.base import clock, jobs
from mingcha.base.claims import Claim, LostLeaseError
from mingcha.base.models import Job, Outgoing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def handlers(monkeypatch):
    """Handlers registered by a test are its own."""
    monkeypatch.setattr(jobs, "_handlers", {})


def effect(name: str) -> None:
    Outgoing.objects.create(key=name, channel="test", address="", body={}, next_at=clock.now())


def effects() -> list[str]:
    return list(Outgoing.objects.order_by("id").values_list("key", flat=True))


def run_all() -> int:
    done = 0
    while jobs.work_once():
        done += 1
    return done


def make_due() -> None:
    Job.objects.filter(state=Job.State.READY).update(run_at=clock.now())


def test_a_job_is_done_once_with_its_payload():
    jobs.handles("greet")(lambda payload: effect(payload["name"]))
    jobs.put("greet", "a", {"name": "张三"})
    assert run_all() == 1
    assert effects() == ["张三"]
    assert Job.objects.get().state == Job.State.DONE


def test_work_that_waits_is_not_put_in_twice_and_takes_the_earlier_moment():
    later = clock.now() + timedelta(hours=1)
    jobs.put("greet", "a", run_at=later)
    jobs.put("greet", "a")
    jobs.put("greet", "a", run_at=later)
    assert Job.objects.get().run_at < later


def test_the_same_key_of_another_kind_is_other_work():
    jobs.put("apply", "7")
    jobs.put("judge", "7")
    assert Job.objects.count() == 2


def test_work_put_in_while_it_is_under_way_is_done_again_after_it():
    seen = []

    @jobs.handles("judge")
    def judge(payload):
        seen.append(Job.objects.filter(state=Job.State.LEASED).count())
        if len(seen) == 1:
            jobs.put("judge", "k")
            assert jobs._claim() is None  # not beside the one under way

    jobs.put("judge", "k")
    assert run_all() == 2
    assert seen == [1, 1]


def test_done_work_can_be_put_in_again():
    jobs.handles("greet")(lambda payload: None)
    for _ in range(2):
        jobs.put("greet", "a")
        assert run_all() == 1
    assert Job.objects.filter(state=Job.State.DONE).count() == 2


def test_a_job_is_not_done_before_its_moment():
    jobs.handles("greet")(lambda payload: effect("x"))
    jobs.put("greet", "a", run_at=clock.now() + timedelta(minutes=1))
    assert not jobs.work_once()


def test_a_kind_nobody_here_knows_is_left_to_others():
    jobs.put("unknown", "a")
    assert not jobs.work_once()
    assert Job.objects.get().attempts == 0


def test_the_effect_of_a_job_that_fails_is_undone_and_it_is_tried_again_later():
    @jobs.handles("fail")
    def fail(payload):
        effect("half")
        raise ValueError("数据不对")

    jobs.put("fail", "a")
    assert run_all() == 1
    job = Job.objects.get()
    assert effects() == []
    assert job.state == Job.State.READY
    assert job.run_at > clock.now()
    assert job.last_error == "ValueError: 数据不对"


def test_a_job_fails_for_good_after_the_last_attempt_and_can_be_retried():
    @jobs.handles("fail")
    def fail(payload):
        raise ValueError

    jobs.put("fail", "a")
    for _ in range(jobs.MOST_ATTEMPTS):
        make_due()
        assert jobs.work_once()
    job = Job.objects.get()
    assert (job.state, job.attempts) == (Job.State.FAILED, jobs.MOST_ATTEMPTS)
    assert not jobs.work_once()
    assert jobs.retry(job.id)
    assert Job.objects.get().state == Job.State.READY


def test_a_failed_job_is_not_retried_beside_the_same_work_waiting():
    jobs.put("fail", "a")
    Job.objects.update(state=Job.State.FAILED)
    jobs.put("fail", "a")
    assert not jobs.retry(Job.objects.get(state=Job.State.FAILED).id)


def test_a_job_whose_workers_die_is_given_up_after_the_last_attempt():
    jobs.handles("kill")(lambda payload: None)
    jobs.put("kill", "a")
    for _ in range(jobs.MOST_ATTEMPTS):
        assert jobs._claim() is not None  # and never heard of again
        Job.objects.update(lease_until=clock.now())
    assert not jobs.work_once()
    job = Job.objects.get()
    assert job.state == Job.State.FAILED
    assert "进程" in job.last_error


def test_a_job_is_taken_over_when_its_lease_has_run_out_and_not_before():
    jobs.handles("greet")(lambda payload: effect("x"))
    jobs.put("greet", "a")
    assert jobs._claim() is not None
    assert not jobs.work_once()
    Job.objects.update(lease_until=clock.now())
    assert jobs.work_once()
    assert effects() == ["x"]


def test_a_worker_that_lost_its_lease_cannot_leave_an_effect():
    @jobs.handles("slow", steps=True)
    def slow(claim: Claim):
        with claim.step():
            effect("before")
        Job.objects.update(attempts=claim.attempts + 1)  # another worker took it over
        with claim.last_step():
            effect("after")

    jobs.put("slow", "a")
    assert jobs.work_once()
    assert effects() == ["before"]
    assert Job.objects.get().state == Job.State.LEASED


def test_long_work_ends_with_its_last_step_or_when_it_returns():
    jobs.handles("returns", steps=True)(lambda claim: None)

    @jobs.handles("steps", steps=True)
    def steps(claim: Claim):
        with claim.step():
            effect("one")
        with claim.last_step():
            effect("two")

    jobs.put("returns", "a")
    jobs.put("steps", "a")
    assert run_all() == 2
    assert effects() == ["one", "two"]
    assert set(Job.objects.values_list("state", flat=True)) == {Job.State.DONE}


def test_work_that_fails_while_it_waits_again_leaves_the_one_that_waits():
    @jobs.handles("judge", steps=True)
    def judge(claim: Claim):
        jobs.put("judge", "k")
        raise ValueError("x")

    jobs.put("judge", "k")
    assert jobs.work_once()
    assert sorted(Job.objects.values_list("state", flat=True)) == [Job.State.DONE, Job.State.READY]


def test_recurring_work_is_one_row_due_again_after_its_end():
    ran = []
    jobs.every(60, "tick")(lambda: ran.append(1))
    jobs.put_recurring()
    jobs.put_recurring()
    assert run_all() == 1
    job = Job.objects.get()
    assert job.state == Job.State.READY
    assert timedelta(seconds=50) < job.run_at - clock.now() <= timedelta(seconds=60)
    make_due()
    assert run_all() == 1
    assert len(ran) == 2


def test_recurring_work_goes_on_however_often_it_fails():
    def fail():
        raise ValueError("坏了")

    jobs.every(60, "tick")(fail)
    jobs.put_recurring()
    for _ in range(jobs.MOST_ATTEMPTS + 2):
        make_due()
        assert jobs.work_once()
    job = Job.objects.get()
    assert (job.state, job.last_error) == (Job.State.READY, "ValueError: 坏了")


def test_the_wait_grows_to_an_hour():
    assert [jobs.back_off(n).total_seconds() for n in (1, 2, 3, 20)] == [2, 4, 8, 3600]


@pytest.mark.django_db(transaction=True)
def test_a_waiting_job_does_not_start_before_a_transaction_that_put_it_in_again_commits():
    """Else it could miss what that transaction wrote."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite 的写事务本来就一个接一个")
    jobs.handles("judge")(lambda payload: None)
    jobs.put("judge", "k")
    claimed = []

    def other_worker():
        try:
            claimed.append(jobs.work_once())
        finally:
            connection.close()

    with transaction.atomic():
        jobs.put("judge", "k")
        thread = Thread(target=other_worker)
        thread.start()
        thread.join()
    assert claimed == [False]
    assert jobs.work_once()


@pytest.mark.django_db(transaction=True)
def test_many_workers_do_every_job_once():
    jobs.handles("greet")(lambda payload: effect(payload["n"]))
    for n in range(60):
        jobs.put("greet", str(n), {"n": str(n)})
    stop = Event()

    def worker():
        try:
            jobs.work(stop)
        finally:
            connection.close()

    threads = [Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(200):
        if not Job.objects.exclude(state=Job.State.DONE).exists():
            break
        stop.wait(0.1)
    stop.set()
    for thread in threads:
        thread.join()
    assert sorted(effects(), key=int) == [str(n) for n in range(60)]
    assert set(Job.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.django_db(transaction=True)
def test_a_long_job_keeps_its_lease_by_signs_of_life(monkeypatch):
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=0.6))
    seen = []

    @jobs.handles("slow", steps=True)
    def slow(claim: Claim):
        Event().wait(1.5)
        seen.append(Job.objects.get().lease_until > clock.now())

    jobs.put("slow", "a")
    assert jobs.work_once()
    assert seen == [True]


def test_the_fence_names_the_job():
    with pytest.raises(LostLeaseError, match="job 9, attempt 1"), Claim(9, 1, "x", "x", {}).step():
        pass
