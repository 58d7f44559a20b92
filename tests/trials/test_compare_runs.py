"""Two judgements held against each other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa

from mingcha.engine.record import FINDING
from mingcha.trials.compare_runs import compare_runs

EMPTY = FINDING.empty_table()


def finding(key: str, **more: Any) -> dict[str, Any]:
    """A warning of a case."""
    told = {
        "rule": "henan-8.1",
        "about": "cases",
        "key": key,
        "subject": "",
        "episode": 1,
        "level": "warning",
    }
    return {name: None for name in FINDING.names} | told | more


def table(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=FINDING)


def test_equal_runs_have_no_difference() -> None:
    both = table(finding("BJ1"), finding("BJ2", due_at=datetime(2026, 1, 5)))
    difference = compare_runs(both, both)
    assert not difference
    assert difference.counts == {"added": 0, "withdrawn": 0, "changed": 0}


def test_a_finding_only_afterwards_is_added() -> None:
    difference = compare_runs(table(finding("BJ1")), table(finding("BJ1"), finding("BJ2")))
    assert difference.added["key"].to_pylist() == ["BJ2"]
    assert difference.counts == {"added": 1, "withdrawn": 0, "changed": 0}


def test_a_finding_only_before_is_withdrawn() -> None:
    difference = compare_runs(table(finding("BJ1"), finding("BJ2")), table(finding("BJ2")))
    assert difference.withdrawn["key"].to_pylist() == ["BJ1"]


def test_everything_is_added_to_nothing_and_withdrawn_from_all() -> None:
    assert compare_runs(EMPTY, table(finding("BJ1"))).counts["added"] == 1
    assert compare_runs(table(finding("BJ1")), EMPTY).counts["withdrawn"] == 1


def test_another_episode_is_another_finding() -> None:
    difference = compare_runs(table(finding("BJ1")), table(finding("BJ1", episode=2)))
    assert difference.counts == {"added": 1, "withdrawn": 1, "changed": 0}


def test_a_change_names_the_fields_that_changed_and_both_sides() -> None:
    before = finding("BJ1", due_at=datetime(2026, 1, 5), manual=False)
    after = finding("BJ1", due_at=datetime(2026, 1, 6), level="red", manual=False)
    (change,) = compare_runs(table(before), table(after)).changes()
    assert change.kind == "changed"
    assert change.fields == ("level", "due_at")
    assert change.before is not None
    assert (change.before["level"], change.finding["level"]) == ("warning", "red")


def test_a_value_that_appears_or_vanishes_is_a_change() -> None:
    for before, after in ((None, datetime(2026, 1, 5)), (datetime(2026, 1, 5), None)):
        difference = compare_runs(
            table(finding("BJ1", ended_at=before)), table(finding("BJ1", ended_at=after))
        )
        assert difference.counts["changed"] == 1


def test_wording_and_versions_are_no_change() -> None:
    before = finding("BJ1", reason="旧", rule_version="1", next_at=datetime(2026, 1, 5))
    after = finding("BJ1", reason="新", rule_version="2", next_at=datetime(2026, 1, 6))
    assert not compare_runs(table(before), table(after))


def test_lines_stand_in_the_order_of_their_identity() -> None:
    many = table(*(finding(f"BJ{i:03}") for i in reversed(range(200))))
    assert compare_runs(EMPTY, many).added["key"].to_pylist() == [f"BJ{i:03}" for i in range(200)]
