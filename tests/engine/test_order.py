"""Findings come in the order rule, about, key, subject, however their batches came."""

from __future__ import annotations

import random

import pyarrow as pa

from mingcha.engine.record import FINDING, ORDER, in_order, together


def findings(*told: tuple[str, str]) -> pa.Table:
    rows = [{"rule": rule, "about": "cases", "key": key, "subject": ""} for rule, key in told]
    return pa.Table.from_pylist(rows, schema=FINDING)


def test_batches_of_a_rule_each_are_laid_one_after_another() -> None:
    batches = [findings(("b", "1"), ("b", "2")), FINDING.empty_table(), findings(("a", "3"))]
    assert together(batches)["key"].to_pylist() == ["3", "1", "2"]
    assert together([]).schema == FINDING


def test_two_batches_of_one_rule_are_put_in_order() -> None:
    batches = [findings(("a", "2")), findings(("a", "1"), ("a", "3"))]
    assert together(batches)["key"].to_pylist() == ["1", "2", "3"]


def test_order_is_by_every_column_in_turn() -> None:
    told = [(rule, key) for rule in "ba" for key in ("汉", "9", "10")]
    random.Random(1).shuffle(told)
    found = in_order(findings(*told)).select(list(ORDER)).to_pylist()
    assert found == sorted(found, key=lambda row: tuple(row[name] for name in ORDER))
