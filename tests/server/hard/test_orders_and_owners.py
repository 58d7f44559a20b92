"""Test-plan R5, R6, R7 in their general form: any order and repetition, two systems with one case, two who decide."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha.accounts.models import Role
from mingcha.alerts.models import Alert
from mingcha.facts.schema import TABLES
from mingcha.intake.models import Batch
from mingcha.intake.store_models import Conflict
from tests.server.alerts.conftest import Town, at, town  # noqa: F401  a fixture
from tests.server.hard import incremental as store
from tests.server.hard.demo_log import Arrival, logs
from tests.server.intake.store.sending import case, present, send, source
from tests.server.pages.conftest import enter, quick_hashes  # noqa: F401  fixtures

HOW_MANY = pytest.mark.parametrize("count", [6, pytest.param(150, marks=pytest.mark.nightly)])


def examples(count: int) -> settings:
    return settings(
        max_examples=count, deadline=None, derandomize=count < 100, suppress_health_check=list(HealthCheck)
    )


# -- R5: any order, any repetition ----------------------------------------------------------------------------------

ARRIVED = datetime(2026, 12, 1, 9)


@HOW_MANY
@pytest.mark.django_db
def test_whatever_the_order_of_arrival_and_however_often_the_alerts_are_those_of_the_sorted_log(
    count: int,
) -> None:
    store.open_store()

    @examples(count)
    @given(data=st.data(), log=logs())
    def holds(data: st.DataObject, log: list[Arrival]) -> None:
        versioned = _versioned(log)
        again = data.draw(st.lists(st.sampled_from(versioned), max_size=4)) if versioned else []
        shuffled = data.draw(st.permutations(versioned + again))
        told = [_judged_at_once(batches) for batches in (_sorted(versioned), shuffled)]
        assert told[0] == told[1]

    holds()


def _versioned(log: list[Arrival]) -> list[Any]:
    """The batches whose rows all have versions, no version of a row with two contents."""
    known: dict[tuple[Any, ...], Any] = {}
    kept = []
    for one in log:
        named = {
            (table, row.get("source_version"), *(row.get(key) for key in TABLES[table].keys)): row
            for table, rows in one.rows.items()
            for row in rows
        }
        if all(name[1] is not None and known.get(name, row) == row for name, row in named.items()):
            known |= named
            if one.rows:
                kept.append(one.rows)
    return kept


def _sorted(batches: list[Any]) -> list[Any]:
    """In the order of their versions."""
    return sorted(
        batches, key=lambda rows: min(row["source_version"] for part in rows.values() for row in part)
    )


def _judged_at_once(batches: list[Any]) -> Any:
    with transaction.atomic():
        with at(ARRIVED.isoformat()):
            for rows in batches:
                send({name: list(part) for name, part in rows.items()})
            store.look()
        found = store.kept(), store.unjudged()
        transaction.set_rollback(True)
    return found


# -- R6: two systems, one case number -------------------------------------------------------------------------------

SENDERS = ("platform", "bureau")


@HOW_MANY
@pytest.mark.django_db
def test_of_two_systems_that_send_one_case_the_first_keeps_it_and_the_other_is_told(count: int) -> None:
    one = st.tuples(st.sampled_from(SENDERS), st.sampled_from(("BJ1", "BJ2")), st.integers(1, 4))

    @examples(count * 4)
    @given(log=st.lists(one, min_size=1, max_size=8))
    def holds(log: list[tuple[str, str, int]]) -> None:
        with transaction.atomic():
            owner, visits, refused = dict[str, str](), dict[str, int](), 0
            for sender, number, value in log:
                batch = send({"cases": [case(number, visits=value)]}, source(sender))
                if owner.setdefault(number, sender) == sender:
                    visits[number] = value
                else:
                    refused += 1
                    assert batch.counts["cases"]["conflict"] == 1
            assert present("cases", "case_no", "visits") == sorted(visits.items())
            assert Conflict.objects.count() == refused
            assert set(Conflict.objects.values_list("table", flat=True)) <= {"cases"}
            assert Batch.objects.filter(state=Batch.State.APPLIED).count() == len(log)
            transaction.set_rollback(True)

    holds()


# -- R7: two who decide at the same moment --------------------------------------------------------------------------


@pytest.mark.parametrize("rounds", [2, pytest.param(30, marks=pytest.mark.nightly)])
def test_of_two_supervisors_who_withdraw_one_card_at_once_one_does_and_the_other_is_told(
    town: Town,  # noqa: F811
    enter: Callable[..., Client],  # noqa: F811
    rounds: int,
) -> None:
    cases = [{"case_no": f"BJ{n}", "received_at": "2026-02-12 10:00"} for n in range(rounds)]
    town.report("2026-02-12T11:00:00", cases=cases)
    town.sweep("2026-02-15T00:00:05")
    browsers = [enter(Role.SUPERVISOR, name=name) for name in ("孙", "刘")]
    for alert in Alert.objects.filter(rule="henan-8.10"):
        told = _at_once(browsers, alert)
        assert sorted("已撤回,理由已记入变动" in text for text in told) == [False, True]
        assert sorted("刚才已" in text or "在您打开之后有了变动" in text for text in told) == [False, True]
        alert.refresh_from_db()
        assert alert.state == "withdrawn"
        assert list(alert.changes.values_list("kind", flat=True)).count("withdrawn") == 1


def _at_once(browsers: list[Client], alert: Alert) -> list[str]:
    """What each is shown."""
    ready, told = threading.Barrier(len(browsers)), list[str]()

    def decide(browser: Client) -> None:
        try:
            ready.wait()
            given = {"act": "withdraw", "version": alert.version, "why": "系统停机,无法出具意见"}
            told.append(browser.post(f"/alerts/{alert.pk}/act/", given, follow=True).content.decode())
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told
