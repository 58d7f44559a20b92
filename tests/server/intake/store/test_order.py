"""Test-plan R5: whatever the order of arrival, and however often a row comes, the final state is that of the log in the
order of its versions. Versions may report different columns."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingcha.intake.fact_models import FACTS
from tests.server.intake.store.sending import case, present, send

pytestmark = pytest.mark.django_db

COLUMNS = ("visits", "receipt_no", "applicant_name", "contact_phone", "withdrawn")
VALUES: dict[str, Any] = {
    "visits": [None, 1, 2, 3],
    "receipt_no": [None, "SJ1", "SJ2"],
    "applicant_name": [None, "张三", "李四"],
    "contact_phone": [None, "13800000001", "13800000002"],
    "withdrawn": [None, False, True],
}

Event = dict[str, Any]


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    """Versions of two cases, each with some of the columns."""
    log = []
    for case_no in ("BJ1", "BJ2"):
        for version in range(1, draw(st.integers(1, 5)) + 1):
            sent = draw(st.sets(st.sampled_from(COLUMNS)))
            values = {column: draw(st.sampled_from(VALUES[column])) for column in sorted(sent)}
            log.append(case(case_no, source_version=version, **values))
    return log


def _expected(log: list[Event]) -> list[tuple[Any, ...]]:
    """The value of every column from the highest version that reported it."""
    rows: dict[str, Event] = {}
    for event in sorted(log, key=lambda event: event["source_version"]):
        rows.setdefault(event["case_no"], {}).update(event)
    kept = [row for row in rows.values() if not row.get("withdrawn")]
    return sorted(
        (tuple(row.get(c) for c in ("case_no", "source_version", "visits", "receipt_no")) for row in kept),
        key=repr,
    )


def _people() -> list[tuple[str, dict[str, str]]]:
    from mingcha.intake import reading

    return [(no, reading.row("cases", no).open_personal()) for (no,) in present("cases", "case_no")]


def _expected_people(log: list[Event]) -> list[tuple[str, dict[str, str]]]:
    rows: dict[str, Event] = {}
    for event in sorted(log, key=lambda event: event["source_version"]):
        rows.setdefault(event["case_no"], {}).update(event)
    return [
        (no, {c: row[c] for c in ("applicant_name", "contact_phone") if row.get(c) is not None})
        for no, row in sorted(rows.items())
        if not row.get("withdrawn")
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), log=logs())
def test_any_order_and_any_repetition_ends_in_the_same_state(data: st.DataObject, log: list[Event]) -> None:
    arrived = data.draw(st.permutations(log + data.draw(st.lists(st.sampled_from(log), max_size=4))))
    with transaction.atomic():
        for event in arrived:
            send({"cases": [event]})
        columns = ("case_no", "source_version", "visits", "receipt_no")
        assert present("cases", *columns) == _expected(log)
        assert _people() == _expected_people(log)
        _check_times()
        transaction.set_rollback(True)


def _check_times() -> None:
    """The versions of a key follow each other without a gap, and one is open."""
    for case_no in ("BJ1", "BJ2"):
        rows = list(
            FACTS["cases"].objects.filter(case_no=case_no).order_by("id").values_list("seen_from", "seen_to")
        )
        for (_, ended), (begun, _) in zip(rows, rows[1:], strict=False):
            assert ended == begun
        assert rows[-1][1] is None


def test_a_late_lower_version_fills_only_what_no_higher_one_has_spoken_of():
    send({"cases": [case(source_version=3, visits=None)]})
    send({"cases": [case(source_version=1, visits=1, receipt_no="SJ1", applicant_name="张三")]})
    send({"cases": [case(source_version=2, visits=2, receipt_no="SJ2")]})
    assert present("cases", "source_version", "visits", "receipt_no") == [(3, None, "SJ2")]
    assert _people() == [("BJ1", {"applicant_name": "张三"})]


def test_a_higher_version_with_the_same_values_still_rules_out_those_between():
    send({"cases": [case(source_version=1, visits=1)]})
    send({"cases": [case(source_version=3, visits=1)]})
    send({"cases": [case(source_version=2, visits=2)]})
    assert present("cases", "source_version", "visits") == [(3, 1)]
