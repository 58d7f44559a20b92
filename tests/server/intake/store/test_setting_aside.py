"""A batch that fails in a way nobody foresaw is set aside after a few tries; those behind it go on; nothing is lost."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from django.db import OperationalError

from mingcha.accounts.models import Account, Grant, Role
from mingcha.base import clock, jobs, metrics
from mingcha.base.models import AuditRow, Job
from mingcha.intake import applying, setting_aside, sorting
from mingcha.intake.applying import APPLY, apply_next
from mingcha.intake.fact_models import FACTS
from mingcha.intake.incoming import taken_in
from mingcha.intake.models import Batch
from mingcha.intake.numbering import last_complete
from mingcha.intake.receiving import receive
from mingcha.intake.setting_aside import MOST_DEATHS, MOST_TRIES, NotSetAsideError
from mingcha.intake.store_models import Conflict, Reported, Touched
from mingcha.notify.models import Message
from tests.server.intake.store.sending import ITEM, case, present, send, source

pytestmark = pytest.mark.django_db


def receive_rows(*rows: dict, by=None) -> Batch:
    """Receive, and do not apply."""
    content = json.dumps({"cases": list(rows)}, ensure_ascii=False).encode()
    with taken_in([content]) as sent:
        return receive(by or source(), sent, "json")


def state(batch: Batch) -> str:
    return Batch.objects.values_list("state", flat=True).get(pk=batch.pk)


@pytest.fixture
def poison(monkeypatch):
    """While this stands, rows of the case POISON break whoever writes them."""
    broken = {"by": ZeroDivisionError}
    take = applying.take

    def taken(incoming, stored, **named):
        rows = stored.rows
        if "case_no" in rows.column_names and "POISON" in rows["case_no"].to_pylist() and broken["by"]:
            raise broken["by"]("in the middle")
        return take(incoming, stored, **named)

    monkeypatch.setattr(applying, "take", taken)
    return broken


def work() -> None:
    """Do the job of applying as workers do, however long it has to wait between tries."""
    for _ in range(2 * MOST_TRIES):
        Job.objects.filter(kind=APPLY, state=Job.State.READY).update(run_at="2026-01-01T00:00Z")
        while jobs.work_once():
            pass


def test_poison_between_good_batches_is_set_aside_and_those_behind_it_go_on_in_their_order(poison):
    before, bad = receive_rows(case("A")), receive_rows(case("POISON"), case("B", receipt_no="毒"))
    after = [receive_rows(case("C")), receive_rows(case("C", receipt_no="后来")), receive_rows(case("D"))]
    work()
    assert state(bad) == Batch.State.SET_ASIDE
    assert [state(batch) for batch in (before, *after)] == [Batch.State.APPLIED] * 4
    numbers = list(Batch.objects.exclude(no=None).order_by("id").values_list("no", flat=True))
    assert numbers == sorted(numbers) and len(numbers) == 4
    assert present("cases", "case_no", "receipt_no") == [("A", None), ("C", "后来"), ("D", None)]
    assert Batch.objects.get(pk=bad.pk).no is None


def test_it_is_tried_a_few_times_before_and_in_between_nothing_is_in_the_store(poison):
    bad = receive_rows(case("POISON"))
    for tried in range(1, MOST_TRIES):
        with pytest.raises(ZeroDivisionError):
            apply_next()
        assert (state(bad), Batch.objects.get(pk=bad.pk).tries) == (Batch.State.RECEIVED, tried)
    assert apply_next().pk == bad.pk
    assert state(bad) == Batch.State.SET_ASIDE
    assert not FACTS["cases"].objects.exists()


def test_the_administrators_and_who_answers_for_the_source_are_told_and_the_reason_names_no_values(poison):
    bad = receive_rows(case("POISON", applicant_name="张三"))
    bad.source.keepers.create(name="李负责", since="2026-01-01T00:00Z")
    work()
    message = Message.objects.get(kind="batch.set_aside")
    assert "李负责" in message.text and "ZeroDivisionError" in message.text
    assert "in the middle" not in message.text + Batch.objects.get(pk=bad.pk).why
    for role in (Role.SYSTEM_ADMIN, Role.SUPERVISOR, Role.LIAISON, Role.REPORTING):
        assert f";{role};" in message.roles
    assert AuditRow.objects.filter(act="batch.set_aside", about=f"batch:{bad.receipt}").count() == 1
    assert b"mingcha_batches_set_aside 1.0" in metrics.generate_latest(metrics._PRESENT)


def test_taken_up_again_it_is_applied_and_counts_as_it_would_have(poison):
    bad = receive_rows(case("POISON", receipt_no="毒"), case("B"))
    receive_rows(case("C"))
    work()
    poison["by"] = None
    setting_aside.take_up(bad, "管理员")
    work()
    bad.refresh_from_db()
    assert (bad.state, bad.why) == (Batch.State.APPLIED, "")
    assert bad.counts["cases"]["new"] == 2
    assert present("cases", "case_no", "receipt_no") == [("B", None), ("C", None), ("POISON", "毒")]


def test_what_came_later_stays_the_newer_when_it_is_taken_up_again(poison):
    send({"cases": [case("B", receipt_no="一")]})
    bad = receive_rows(case("POISON"), case("B", receipt_no="二"), case("E", receipt_no="二"))
    receive_rows(case("B", receipt_no="三"))
    work()
    poison["by"] = None
    setting_aside.take_up(bad, "管理员")
    work()
    assert present("cases", "case_no", "receipt_no") == [("B", "三"), ("E", "二"), ("POISON", None)]
    assert Batch.objects.get(pk=bad.pk).counts["cases"]["older"] == 1


def test_versions_decide_where_rows_have_them_whenever_the_batch_is_taken_up(poison):
    bad = receive_rows(case("POISON"), case("B", receipt_no="七", source_version=7))
    receive_rows(case("B", receipt_no="六", source_version=6), by=bad.source)
    work()
    poison["by"] = None
    setting_aside.take_up(bad, "管理员")
    work()
    assert ("B", "七") in present("cases", "case_no", "receipt_no")


def test_refused_by_hand_it_stays_out_and_its_sender_reads_why(poison):
    bad = receive_rows(case("POISON"))
    work()
    with pytest.raises(NotSetAsideError):
        setting_aside.refuse(bad, "管理员", "  ")
    setting_aside.refuse(bad, "管理员", "重复报送")
    work()
    bad.refresh_from_db()
    assert (bad.state, bad.why) == (Batch.State.REFUSED, "搁置后不再入库:重复报送")
    with pytest.raises(NotSetAsideError, match="已拒绝"):
        setting_aside.take_up(bad, "管理员")


def whole(table: str) -> list:
    """Every row of a table, but for its id."""
    columns = [field.attname for field in FACTS[table]._meta.fields if field.attname not in ("id", "sealed")]
    return sorted(FACTS[table].objects.values_list(*columns), key=repr)


def test_a_large_batch_that_fails_half_way_leaves_no_trace_and_starts_anew(poison, monkeypatch):
    monkeypatch.setattr(applying, "PIECE", 2)
    monkeypatch.setattr(sorting, "PIECE", 2)
    send({"cases": [case("A", receipt_no="旧"), case("B", receipt_no="旧")]})
    before, known = whole("cases"), last_complete()
    bad = receive_rows(*(case(name, receipt_no="新") for name in ("A", "B", "C", "D", "POISON", "Z")))
    with pytest.raises(ZeroDivisionError):
        apply_next()
    assert whole("cases") != before and last_complete() == known, "half of it is there, and not seen"
    work()
    assert state(bad) == Batch.State.SET_ASIDE
    assert whole("cases") == before
    for kept in (Reported, Touched):
        assert not kept.objects.filter(no=known + 1).exists()
    assert not Conflict.objects.filter(batch=bad).exists()
    later = send({"cases": [case("F")]})
    assert later.no == last_complete() == known + 1
    poison["by"] = None
    setting_aside.take_up(bad, "管理员")
    work()
    assert {name for (name,) in present("cases", "case_no")} == {"A", "B", "C", "D", "F", "POISON", "Z"}
    assert [row for row in present("cases", "case_no", "receipt_no") if row[1] == "旧"] == []


def test_rows_that_waited_for_a_case_wait_again_when_the_batch_that_brought_it_is_undone(poison, monkeypatch):
    early = send({"steps": [{"case_no": "A", "seq": 1, "name": "受理"}]}, source("乙"))
    monkeypatch.setattr(applying, "PIECE", 1)
    monkeypatch.setattr(sorting, "PIECE", 1)
    bad = receive_rows(case("A"), case("POISON"))
    with pytest.raises(ZeroDivisionError):
        apply_next()
    assert present("steps", "case_no") == [], "claimed"
    work()
    assert (state(bad), present("steps", "case_no")) == (Batch.State.SET_ASIDE, [("A",)])
    poison["by"] = None
    setting_aside.take_up(bad, "管理员")
    work()
    assert present("steps", "case_no") == []
    assert Conflict.objects.filter(batch=early).count() == 1


def test_what_the_system_wrote_over_a_row_meanwhile_ends_the_row_before_it(poison, monkeypatch):
    monkeypatch.setattr(applying, "PIECE", 1)
    monkeypatch.setattr(sorting, "PIECE", 1)
    send({"cases": [case("A", receipt_no="旧")]})
    first = last_complete()
    receive_rows(case("A", receipt_no="新"), case("POISON"))
    with pytest.raises(ZeroDivisionError):
        apply_next()
    row = {"case_no": "A", "item_code": ITEM, "received_at": datetime(2026, 3, 2, 9), "receipt_no": "系统"}
    no = applying.write({"cases": [row]}, "系统")
    work()
    rows = FACTS["cases"].objects.filter(case_no="A").order_by("seen_from")
    assert list(rows.values_list("receipt_no", "seen_from", "seen_to")) == [
        ("旧", first, no),
        ("系统", no, None),
    ]


def test_whoever_reports_a_table_next_is_the_first_where_the_batch_that_was_is_undone(poison, monkeypatch):
    """Everything is judged when a table is there for the first time (`applying._report`)."""
    monkeypatch.setattr(applying, "PIECE", 1)
    monkeypatch.setattr(sorting, "PIECE", 1)
    receive_rows(case("A"), case("POISON"))
    with pytest.raises(ZeroDivisionError):
        apply_next()
    row = {"case_no": "B", "item_code": ITEM, "received_at": datetime(2026, 3, 2, 9)}
    no = applying.write({"cases": [row]}, "系统")
    assert not Touched.objects.filter(unit="*", no=no).exists()
    work()
    assert Touched.objects.get(unit="*").no == no


@pytest.mark.parametrize("error", [OperationalError, OSError, MemoryError])
def test_what_the_environment_is_to_blame_for_is_not_counted(poison, error):
    poison["by"] = error
    bad = receive_rows(case("POISON"))
    for again in (False, True, False, True, True):
        with pytest.raises(error):
            apply_next(again=again)
    bad.refresh_from_db()
    assert (bad.state, bad.tries) == (Batch.State.RECEIVED, 0)
    poison["by"] = None
    apply_next()
    assert state(bad) == Batch.State.APPLIED


def test_a_batch_that_kills_the_process_every_time_is_set_aside_too(poison):
    class Killed(BaseException):
        """The process is gone: nothing of it runs any more."""

    poison["by"] = Killed
    bad, good = receive_rows(case("POISON")), receive_rows(case("A"))
    for _ in range(MOST_DEATHS):
        with pytest.raises(Killed):
            apply_next(again=True)
    apply_next(again=True)
    apply_next()
    assert (state(bad), state(good)) == (Batch.State.SET_ASIDE, Batch.State.APPLIED)
    assert "进程" in Batch.objects.get(pk=bad.pk).why


def test_batches_wait_for_nobody_after_the_job_itself_gave_up(db):
    from mingcha.intake import chores

    good = receive_rows(case("A"))
    Job.objects.filter(kind=APPLY).update(state=Job.State.FAILED)
    chores.apply_what_waits()
    work()
    assert state(good) == Batch.State.APPLIED


@pytest.fixture
def supervisor(db):
    account = Account.objects.create(username="jian", name="监察员", password_changed_at=clock.now())
    Grant.objects.create(account=account, role=Role.SUPERVISOR, granted_by="test")
    return account


def test_the_page_of_the_batch_takes_it_up_again_or_refuses_it(poison, supervisor, client):
    bad = receive_rows(case("POISON"))
    work()
    client.force_login(supervisor, "django.contrib.auth.backends.ModelBackend")
    page = f"/intake/batches/{bad.receipt}/"
    shown = client.get(page).content.decode()
    assert "已搁置" in shown and "重新入库" in shown
    poison["by"] = None
    client.post(f"{page}held/", {"decision": "again"})
    work()
    assert state(bad) == Batch.State.APPLIED
    told = client.post(f"{page}held/", {"decision": "refuse", "why": "x"}, follow=True).content.decode()
    assert "已不在搁置之列" in told
