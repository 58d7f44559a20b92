import threading
from datetime import datetime

import pytest
from django.db import connection, connections

from mingcha.base.models import AuditRow
from mingcha.evaluations import offers, taking, tokens
from mingcha.evaluations.answers import Answer, read
from mingcha.evaluations.models import Rating
from mingcha.evaluations.refused import NotTakenError
from mingcha.evaluations.writing import write_taken
from mingcha.intake import reading
from mingcha.intake.models import Batch
from tests.server.alerts.conftest import at
from tests.server.evaluations.conftest import AGENCY, NOW

BAD = {"level": "1", "comment": "等了很久"}


def rate(case_no="BJ1", **said):
    offered = offers.offer(case_no=case_no)
    return taking.take(taking.of_offer(offered.offer), read({**BAD, **said}), channel="mobile")


def test_a_rating_that_was_taken_becomes_a_fact(town):
    no = rate().no
    assert write_taken() == 1
    row = reading.row("evaluations", no)
    assert row is not None
    told = {
        name: row.values[name] for name in ("case_no", "kind", "level", "agency_code", "real_name", "comment")
    }
    assert told == {"case_no": "BJ1", "kind": "case", "level": 1, "agency_code": AGENCY, "real_name": False,
                    "comment": "等了很久"}  # fmt: skip
    assert row.values["submitted_at"] == datetime.fromisoformat(NOW)
    assert row.batch.pk == Batch.objects.get(no=Rating.objects.get(no=no).batch_no).pk


def test_a_rating_becomes_a_fact_once(town):
    rate()
    assert (write_taken(), write_taken()) == (1, 0)
    assert len(reading.history("evaluations", Rating.objects.get().no)) == 1


def test_a_rating_that_comes_twice_changes_nothing(town):
    subject = taking.of_offer(offers.offer(case_no="BJ1").offer)
    first = taking.take(subject, read(BAD), channel="mobile")
    again = taking.take(subject, read({"level": "5"}), channel="mobile")
    assert (again.no, first.again, again.again) == (first.no, False, True)
    assert Rating.objects.get().said["level"] == 1
    assert AuditRow.objects.filter(act="rating.taken").count() == 1


def test_a_case_is_rated_once_whatever_the_way(town):
    first = offers.offer(case_no="BJ1").offer
    other = taking.Subject("PJ-other", first.once, "case", "BJ1")
    taking.take(taking.of_offer(first), read(BAD), channel="mobile")
    with pytest.raises(NotTakenError, match="已经评价过了") as refused:
        taking.take(other, read(BAD), channel="qr")
    assert refused.value.status == 409


def test_a_case_that_was_rated_is_not_offered_again(town):
    rate()
    with pytest.raises(NotTakenError, match="一事一评"):
        offers.offer(case_no="BJ1")


def test_a_rating_that_another_system_reported_counts_and_a_default_does_not(town):
    row = {"evaluation_no": "PJ1", "case_no": "BJ1", "kind": "case", "submitted_at": "2026-03-05 09:50"}
    town.report(
        NOW,
        judged=False,
        evaluations=[row, {**row, "evaluation_no": "PJ2", "case_no": "BJ2", "is_default": True}],
    )
    assert offers.offer(case_no="BJ2").new
    with pytest.raises(NotTakenError):
        offers.offer(case_no="BJ1")


def test_the_same_offer_is_made_once_and_opened_anew_when_it_has_run_out(town):
    first = offers.offer(case_no="BJ1")
    assert not offers.offer(case_no="BJ1").new
    with at("2026-03-20T10:00:00"):
        with pytest.raises(NotTakenError) as late:
            offers.opened(first.token)
        assert late.value.status == 410
        assert offers.offer(case_no="BJ1").token == first.token
        assert offers.opened(first.token).offer.pk == first.offer.pk


def test_every_visit_of_a_case_under_way_is_rated_apart(town):
    made = {offers.offer(case_no="BJ3", service_seq=n).offer.no for n in (1, 2)}
    assert len(made) == 2
    with pytest.raises(NotTakenError, match="还没有办结"):
        offers.offer(case_no="BJ3")


@pytest.mark.parametrize("token", ["", "x", "PJ1.x", "PJ20260305-AAAAAAAAAA", "评价.abc", "a" * 500])
def test_a_token_that_was_made_up_opens_nothing(db, token):
    with pytest.raises(NotTakenError) as refused:
        offers.opened(token)
    assert refused.value.status == 404


def test_a_token_of_one_purpose_is_none_of_another(db):
    now = datetime.fromisoformat(NOW)
    for open_it in (tokens.window_of, tokens.terminal_of, lambda token: tokens.visit_of(token, now)):
        with pytest.raises(NotTakenError):
            open_it(tokens.of_rating("PJ1"))
    assert tokens.window_of(tokens.of_window("窗口/1")) == "窗口/1"
    assert tokens.terminal_of(tokens.of_terminal("窗口/1")) == "窗口/1"


def test_a_visit_is_rated_within_a_quarter_of_an_hour(db):
    now = datetime.fromisoformat(NOW)
    token = tokens.of_visit("PJ1", "C1", now)
    assert tokens.visit_of(token, now.replace(minute=15)) == ("PJ1", "C1")
    with pytest.raises(NotTakenError) as late:
        tokens.visit_of(token, now.replace(minute=15, second=1))
    assert late.value.status == 410


def test_who_it_was_lies_sealed_and_not_among_the_facts(town):
    no = rate(name="王小明", phone="13800138000", comment="请打 13800138000 找我,证件 410105199001010015").no
    write_taken()
    kept = Rating.objects.get(no=no)
    row = reading.row("evaluations", no)
    told = f"{kept.said}{row.values}{bytes(kept.sealed)!r}"
    assert row.values["real_name"] is True
    assert not {"王小明", "13800138000", "410105199001010015"} & {
        w for w in ("王小明", "13800138000", "410105199001010015") if w in told
    }
    person = taking.person_of(kept)
    assert (person["name"], person["phone"]) == ("王小明", "13800138000")
    assert "13800138000" in person["words"]


def test_when_a_rating_was_asked_for_stands_with_the_case(town):
    offers.offer(case_no="BJ1")
    write_taken()
    row = reading.row("cases", "BJ1")
    assert row.values["evaluation_offered_at"] == datetime.fromisoformat(NOW)
    assert row.values["completed_at"] is not None, "what else is known of the case stays"
    assert row.source.code == "mingcha" or row.source is not None
    write_taken()
    assert len(reading.history("cases", "BJ1")) == 2


def test_a_device_has_another_mark_the_next_day(db):
    now = datetime.fromisoformat(NOW)
    mark = taking.device_mark("10.0.0.1", "Firefox", now)
    assert mark == taking.device_mark("10.0.0.1", "Firefox", now.replace(hour=23))
    assert mark != taking.device_mark("10.0.0.1", "Firefox", now.replace(day=6))
    assert "10.0.0.1" not in mark


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_all_kept_and_each_learns_what_became_of_its_own():
    results: dict[int, object] = {}
    answer = Answer({"level": 5, "real_name": False})

    def one(number: int) -> None:
        subject = taking.Subject(f"PJ{number // 2}", f"visit:{number // 2}", "visit")
        try:
            results[number] = taking.take(subject, answer, channel="tablet")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert Rating.objects.count() == 20
    assert all(results[n].no == f"PJ{n // 2}" for n in range(40))
    assert sum(result.again for result in results.values()) == 20


@pytest.mark.django_db(transaction=True)
def test_one_that_cannot_be_written_does_not_harm_the_others():
    answer = Answer({"level": 5, "real_name": False})
    broken = Rating(no="PJ" + "x" * 10, once="o1", said={}, taken_at=None)
    fine = Rating(
        no="PJ2",
        once="o2",
        said={"kind": "visit", "channel": "qr"},
        taken_at=datetime.fromisoformat(NOW + "+00:00"),
    )
    from mingcha.evaluations.grouping import Group, _Waiting

    group = Group(taking._write)
    both = [_Waiting(broken), _Waiting(fine)]
    group._settle(both)
    assert both[0].error is not None and both[1].done == taking.Taken("PJ2", False)
    assert [rating.no for rating in Rating.objects.all()] == ["PJ2"]
    assert answer.facts["level"] == 5 and not connection.in_atomic_block
