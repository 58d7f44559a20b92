"""Rows that come before their case: the store is as if the case had come first, and the other source is told."""

from __future__ import annotations

import pytest

from mingcha.intake.fact_models import FACTS
from mingcha.intake.models import Source
from mingcha.intake.store_models import Awaited, Conflict
from tests.server.intake.store.sending import case, present, send, source

pytestmark = pytest.mark.django_db
STEP = {"case_no": "BJ1", "seq": 1, "name": "受理"}


def held() -> list:
    rows = FACTS["steps"].objects.filter(seen_to=None)
    return sorted(rows.values_list("case_no", "seq", "name", "origin__code"))


def test_rows_of_another_source_that_came_before_the_case_are_a_conflict_as_they_would_have_been_after_it():
    ours, theirs = source("甲"), source("乙")
    early = send({"steps": [STEP, {**STEP, "seq": 2}]}, theirs)
    assert early.counts["steps"]["waiting"] == 2
    send({"cases": [case()]}, ours)
    assert present("steps", "case_no") == []
    told = Conflict.objects.order_by("row").values_list("batch", "table", "key", "holder__code")
    assert list(told) == [(early.pk, "steps", "BJ1/1", "甲"), (early.pk, "steps", "BJ1/2", "甲")]
    send({"steps": [STEP]}, ours)
    assert held() == [("BJ1", 1, "受理", "甲")]
    late = send({"steps": [{**STEP, "name": "审查"}]}, theirs)
    assert late.counts["steps"]["conflict"] == 1
    assert not Awaited.objects.exists()


def test_rows_of_the_same_source_that_came_before_the_case_stay():
    ours = source("甲")
    send({"steps": [STEP]}, ours)
    send({"cases": [case()]}, ours)
    assert held() == [("BJ1", 1, "受理", "甲")]
    assert not Conflict.objects.exists() and not Awaited.objects.exists()


def test_rows_entered_by_a_form_before_the_case_go_over_to_its_source():
    send({"steps": [STEP]}, source("手工", way=Source.Way.FORM))
    send({"cases": [case()]}, source("甲"))
    assert held() == [("BJ1", 1, "受理", "甲")]
    assert not Conflict.objects.exists()
    send({"steps": [{**STEP, "name": "审查"}]}, source("甲"))
    assert held() == [("BJ1", 1, "审查", "甲")], "its own source corrects them"


def test_the_past_says_what_was_known_before_the_case_came():
    before = send({"steps": [STEP]}, source("乙")).no
    after = send({"cases": [case()]}, source("甲")).no
    (row,) = FACTS["steps"].objects.values_list("seen_from", "seen_to")
    assert row == (before, after)


def test_other_cases_are_left_alone():
    send({"steps": [STEP, {**STEP, "case_no": "BJ2"}]}, source("乙"))
    send({"cases": [case("BJ1"), case("BJ3")]}, source("甲"))
    assert held() == [("BJ2", 1, "受理", "乙")]
    assert [row.case_no for row in Awaited.objects.all()] == ["BJ2"]
    send({"cases": [case("BJ2")]}, source("乙"))
    assert held() == [("BJ2", 1, "受理", "乙")]
