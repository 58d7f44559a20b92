"""Lists of millions: which index a page is read from, what is counted once, what is not read at all (P1)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import QueryDict

from mingcha.accounts.policy import EVERYTHING, Scope
from mingcha.alerts.judging import about_cases
from mingcha.alerts.law import law_in_force
from mingcha.alerts.models import Alert, Change
from mingcha.base import clock
from mingcha.pages.cases.table import LISTING as CASES
from mingcha.pages.listing.asked import read
from mingcha.pages.listing.declare import Listing, Rows
from mingcha.pages.live.table import LISTING as ALERTS
from mingcha.pages.live.table import by_mark
from mingcha.pages.lookups import stored
from mingcha.pages.overview import numbers
from tests.server.pages.conftest import HERE, OURS

COUNTY = Scope(frozenset({HERE}), frozenset({OURS}))


def plan(listing: Listing, rows: Rows, query: str) -> str:
    """How the database reads a page of a list."""
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL plans by what tables hold; measured over a large store by bench/pages.py")
    asked = read(listing, QueryDict(query))
    return asked.sorted(asked.narrowed(rows))[:51].explain()


def sorts_everything(told: str) -> bool:
    """Not only what is equal in the order of the index."""
    return any(line.endswith("USE TEMP B-TREE FOR ORDER BY") for line in told.splitlines())


def test_cases_are_read_in_the_order_of_their_receipt(city):
    for scope in (EVERYTHING, COUNTY):
        told = plan(CASES, scope.limit(stored("cases")), "")
        assert "cases_by_received" in told and not sorts_everything(told), told


def test_open_cases_are_read_from_the_index_of_completion(city):
    told = plan(CASES, stored("cases"), "standing=open")
    assert not sorts_everything(told), told


def test_cases_of_an_agency_and_of_an_item_are_read_from_theirs(city):
    assert "cases_by_agency" in plan(CASES, stored("cases"), f"agency={OURS}")
    assert "cases_by_item" in plan(CASES, stored("cases"), "item=SX1")


def test_every_order_that_cases_offer_has_an_index(city):
    for column in CASES.columns:
        if column.order:
            for sort in (column.name, f"-{column.name}"):
                told = plan(CASES, stored("cases"), f"sort={sort}")
                assert not sorts_everything(told), (sort, told)


def test_open_alerts_are_read_in_the_order_of_an_index(city):
    for sort in ("-lawful_at", "due_at"):
        told = plan(ALERTS, Alert.objects.all(), f"sort={sort}")
        assert not sorts_everything(told), told


def test_open_alerts_are_counted_without_being_read(city):
    told = plan(ALERTS, numbers.open_alerts(COUNTY).values("level"), "")
    assert "COVERING INDEX alert_open" in told, told


def test_alerts_are_counted_once_until_one_changes(city, django_assert_num_queries):
    rows = numbers.open_alerts(EVERYTHING)
    first = by_mark(rows)
    with django_assert_num_queries(1):  # only whether anything has changed
        assert by_mark(rows) == first
    alert = rows.filter(level="red").first()
    assert alert is not None
    Alert.objects.filter(pk=alert.pk).update(state="cured")
    Change.objects.create(
        alert=alert, no=99, kind="cured", level="red", state="cured", recorded_at=clock.now(), actor="测试"
    )
    assert by_mark(rows).get("red", 0) == first["red"] - 1


def test_what_is_counted_for_one_is_not_told_another(city):
    assert by_mark(numbers.open_alerts(EVERYTHING))
    nothing = Scope(frozenset({"999999999999"}), frozenset())
    assert not by_mark(numbers.open_alerts(nothing))
    assert by_mark(numbers.open_alerts(COUNTY)) != by_mark(numbers.open_alerts(EVERYTHING))


def test_what_halls_report_is_not_read_for_a_case(city):
    tables = about_cases(law_in_force())
    assert {"cases", "steps", "items", "agencies", "issued"} <= tables.keys()
    assert not {"posts", "device_states", "reservations", "headcounts", "consultations"} & tables.keys()
