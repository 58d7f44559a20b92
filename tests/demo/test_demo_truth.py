"""Judging a demo city gives exactly its truth: the engine checks the city, and the city the engine."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

if TYPE_CHECKING:
    from tests.demo.conftest import Made

LAST_DAY = date(2026, 10, 31)
KEY = ("rule", "about", "key", "subject")
REPLACED = {"henan-9.1"}
"""zhengzhou-7.1 replaces it wherever both are adopted."""


def by_key(rows: pa.Table) -> dict[tuple[str, ...], dict[str, Any]]:
    return {tuple(row[name] for name in KEY): row for row in rows.to_pylist()}


def assert_exactly(findings: pa.Table, truth: pa.Table) -> None:
    found, expected = by_key(findings), by_key(truth)
    missing = sorted(expected.keys() - found.keys())
    extra = sorted(found.keys() - expected.keys())
    assert (missing[:5], extra[:5]) == ([], [])
    levels = {
        key: (found[key]["level"], row["level"])
        for key, row in expected.items()
        if found[key]["level"] != row["level"]
    }
    assert levels == {}
    moments = {
        key: (found[key]["since"], row["since"])
        for key, row in expected.items()
        if row["since"] is not None and found[key]["since"] != row["since"]
    }
    assert moments == {}


def test_judging_20000_cases_gives_exactly_the_truth(large: Made) -> None:
    assert_exactly(large.findings(LAST_DAY), large.truth(LAST_DAY))


def test_another_seed_gives_another_city_that_is_judged_exactly_too(large: Made, other: Made) -> None:
    assert other.truth(LAST_DAY) != large.truth(LAST_DAY)
    assert_exactly(other.findings(LAST_DAY), other.truth(LAST_DAY))


@pytest.mark.parametrize(
    "as_of",
    [
        date(2025, 7, 1),  # the day on which items were reformed
        date(2025, 10, 8),  # the last day of the long holiday
        date(2026, 2, 14),  # a make-up Saturday before the Spring Festival
    ],
)
def test_judging_an_earlier_day_gives_the_truth_of_that_day(small: Made, as_of: date) -> None:
    assert_exactly(small.findings(as_of), small.truth(as_of))


def test_judging_a_day_in_the_middle_of_the_large_city_gives_its_truth(large: Made) -> None:
    as_of = date(2026, 2, 28)
    assert_exactly(large.findings(as_of), large.truth(as_of))


def test_the_truth_on_disk_is_the_truth_of_the_last_day(large: Made) -> None:
    written = pq.read_table(large.folder / "truth.parquet")
    assert written.equals(large.truth(LAST_DAY))
    assert len((large.folder / "truth.jsonl").read_text("utf-8").splitlines()) == written.num_rows


def test_every_rule_that_judges_is_planted(large: Made) -> None:
    judged = {
        rule.id for rule in large.rulebook.rules if rule.form in ("clock", "compare", "find", "guard", "list")
    }
    planted = {row["rule"] for row in large.truth(LAST_DAY).to_pylist() if row["kind"] == "planted"}
    assert planted == judged - REPLACED


def test_about_two_per_cent_of_the_cases_are_planted(large: Made) -> None:
    planted = large.city.world.cases - len(large.city.planted.lawful)
    assert 0.015 <= planted / large.city.world.cases <= 0.025


def test_lawful_warnings_stay_below_three_per_cent(large: Made) -> None:
    kinds = large.truth(LAST_DAY)["kind"].to_pylist()
    assert 0 < kinds.count("lawful_warning") < 0.03 * large.city.world.cases


def test_bad_departments_break_more_rules_than_good_ones(large: Made) -> None:
    lives = large.city.planted.lives
    badness = [a.badness for a in large.city.world.agencies]
    lawful = set(large.city.planted.lawful.tolist())
    agency = large.city.world.guide.agency[lives.version]
    bad = [no for no in lives.no.tolist() if badness[agency[no]] == 8]
    good = [no for no in lives.no.tolist() if badness[agency[no]] == 1]
    share = [sum(no not in lawful for no in group) / len(group) for group in (bad, good)]
    assert share[0] > 2 * share[1]
