"""Stories: rows over the cast, and what counts as ending as expected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from mingcha.facts.schema import TABLES
from mingcha.rules.load import folders_over_shipped, load_rulebook
from mingcha.trials.stories import cast, read_time, stories_beside, value_of, with_cast
from mingcha.trials.testing import calendar, difference, run_rule, run_rules

FOUND = {
    "key": "BJ1",
    "subject": "",
    "level": "red",
    "manual": False,
    "due_at": datetime(2026, 1, 8, microsecond=1),
    "red_at": datetime(2026, 1, 9),
    "evidence": '{"facts": {"渠道": "web"}, "items": ["申请表"]}',
}


def test_a_story_has_the_standing_cast() -> None:
    tables = with_cast({})
    assert tables.keys() == cast()["standing"].keys()
    assert tables["cases"][0]["case_no"] == "BJ1"


def test_a_row_of_a_story_is_laid_over_the_first_row_of_the_cast() -> None:
    (case,) = with_cast({"cases": [{"visits": 3}]})["cases"]
    assert (case["case_no"], case["visits"]) == ("BJ1", 3)


def test_a_tilde_makes_a_value_missing() -> None:
    (case,) = with_cast({"cases": [{"channel": None}]})["cases"]
    assert case["channel"] is None


def test_a_table_that_is_given_empty_is_there_and_empty() -> None:
    assert with_cast({"corrections": []})["corrections"] == []


def test_a_table_named_has_the_defaults_of_the_cast() -> None:
    (row,) = with_cast({"corrections": [{"needed_at": "2026-01-06 09:00"}]})["corrections"]
    assert (row["case_no"], row["notice_no"]) == ("BJ1", "BZ1")


@pytest.mark.parametrize(
    ("table", "column", "value", "canonical"),
    [
        ("cases", "received_at", "2026-01-05 09:30", datetime(2026, 1, 5, 9, 30)),
        ("cases", "received_at", "2026-01-05", datetime(2026, 1, 5) + timedelta(microseconds=1)),
        ("fees", "amount", "12.50", Decimal("12.50")),
        ("hall_hours", "opens", "09:30", 570),
        ("corrections", "material_codes", "CL1;CL2", ["CL1", "CL2"]),
        ("cases", "visits", 2, 2),
        ("cases", "case_no", 5, "5"),
    ],
)
def test_values_take_the_form_of_their_column(
    table: str, column: str, value: object, canonical: object
) -> None:
    assert value_of(TABLES[table].column(column), value) == canonical


@pytest.mark.parametrize(
    ("column", "value"), [("visits", "two"), ("visits", True), ("visits", 1.5), ("received_at", "soon")]
)
def test_values_of_another_kind_are_refused(column: str, value: object) -> None:
    with pytest.raises(ValueError, match=str(value)):
        value_of(TABLES["cases"].column(column), value)


def test_a_date_alone_is_told_from_midnight() -> None:
    assert read_time("2026-01-05") != read_time("2026-01-05 00:00")


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"level": "red"},
        {"due_at": "2026-01-08", "red_at": "2026-01-09 00:00"},
        {"evidence": {"渠道": "web"}},
        {"evidence": {"items": ["申请表"]}},
        {"manual": False},
    ],
)
def test_a_finding_that_has_all_that_is_expected_is_as_expected(expected: dict[str, object]) -> None:
    assert difference([expected], [FOUND]) == ""


@pytest.mark.parametrize(
    "expected",
    [
        {"level": "warning"},
        {"due_at": "2026-01-08 00:00"},
        {"red_at": "2026-01-09"},
        {"red_at": None},
        {"cause": "missing_item"},
        {"evidence": {"渠道": "window"}},
        {"evidence": {"窗口": "C1"}},
        {"manual": True},
    ],
)
def test_a_finding_that_differs_is_told_with_both_sides(expected: dict[str, object]) -> None:
    assert difference([expected], [FOUND]).startswith(f"第 1 条 {next(iter(expected))} 期望")


def test_one_finding_more_or_less_is_told() -> None:
    assert difference([], [FOUND]).startswith("期望 0 条,得到 1 条")
    assert difference([{}, {}], [FOUND]).startswith("期望 2 条,得到 1 条")


def test_the_whole_cast_is_plain_to_every_rule() -> None:
    from mingcha.engine.judge import judge
    from mingcha.facts.store import Facts
    from mingcha.rules.load import shipped_rulebook
    from mingcha.rules.model import Rulebook

    shipped = shipped_rulebook()
    everything = Rulebook(shipped.packs, adopted=tuple(pack.id for pack in shipped.packs))
    facts = Facts.from_rows(with_cast(cast()["plain"]))
    found = judge(facts, everything, calendar(), read_time(cast()["plain_at"])).findings
    assert found.to_pylist() == []


def test_rules_run_in_several_processes_end_as_in_one(sample: Callable[..., Path]) -> None:
    folders = folders_over_shipped(sample())
    names = ["sample-1", "sample-2", "sample-3"]
    several, one = (list(run_rules(folders, names, workers)) for workers in (2, 1))
    assert several == one
    assert [ran.times for ran in one] == [2, 1, 1]


def test_each_time_of_a_story_is_one_result(sample: Callable[..., Path]) -> None:
    book = load_rulebook(folders_over_shipped(sample()))
    rule = book.rule("sample-1")
    assert list(run_rule(book, rule, stories_beside(rule.file))) == [None, None]
