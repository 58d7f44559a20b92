"""Rows counted by sorting hashed keys are counted as by grouping, whatever the keys have in common."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle.compare import differences
from oracle.judge import ALL
from oracle.judge import judge as by_hand
from oracle.worlds import draw_world

from mingcha.engine import duck
from mingcha.engine import tally as tally_module
from mingcha.engine.duck import KEY, DuckBackend
from mingcha.engine.frame import Counted
from mingcha.engine.judge import Judgement
from mingcha.engine.tally import beside, spread, told_apart

ALIKE_ABOVE = [5 << 40, (5 << 40) + 1, (5 << 40) + 2, 5 << 41, 0, 2**64 - 1]
"""The first three differ in their lowest bits alone, which carry the row along while keys are sorted."""

keys = st.lists(st.sampled_from(ALIKE_ABOVE) | st.integers(0, 2**64 - 1), max_size=60)


def tally(table: pa.Table) -> pa.Table:
    return tally_module.tally(table.to_reader(), table.num_rows)


def rows(key: Sequence[int], prints: Sequence[float] | None = None) -> pa.Table:
    columns = {"key": pa.array(key, pa.uint64())}
    return pa.table(columns if prints is None else {**columns, "print": pa.array(prints, pa.float64())})


@given(keys)
def test_a_tally_is_what_grouping_gives(key: list[int]) -> None:
    prints = [float(1 << i % 40) for i in range(len(key))]
    expected = {k: (key.count(k), sum(p for x, p in zip(key, prints, strict=True) if x == k)) for k in key}
    found = tally(rows(key, prints)).to_pydict()
    assert found["key"] == sorted(expected)
    assert list(zip(found["n"], found["print"], strict=True)) == [expected[k] for k in sorted(expected)]
    plain = tally(rows(key)).to_pydict()
    assert (plain["key"], plain["n"]) == (found["key"], found["n"])


@given(keys, st.integers(1, 9))
def test_part_by_part_a_tally_is_the_same(key: list[int], size: int) -> None:
    held = pa.concat_tables([rows(key[:7], [1.0] * len(key[:7])), rows(key[7:], [2.0] * len(key[7:]))])
    whole = tally(held)
    plain = tally(held.select(["key"]))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tally_module, "A_PART", size)
        assert tally(held).equals(whole)
        assert tally(held.select(["key"])).equals(plain)


def test_many_keys_alike_in_their_high_bits_are_told_apart() -> None:
    pick = random.Random(3)
    key = [pick.choice([(1 << 50) + i for i in range(300)]) for _ in range(20_000)]
    found = tally(rows(key, [1.0] * len(key)))
    assert found["key"].to_pylist() == sorted(set(key))
    assert found["n"].to_pylist() == [key.count(k) for k in sorted(set(key))]


def test_one_row_out_of_the_ordinary_makes_its_case_so() -> None:
    found = tally(rows([7, 8, 7], [1.0, 2.0, float("nan")]))["print"].to_numpy()
    assert np.isnan(found).tolist() == [True, False]


def test_tallies_stand_side_by_side_with_nothing_where_a_case_has_no_rows() -> None:
    steps = tally(rows([3, 3, 5], [1.0, 2.0, 4.0])).rename_columns(["key", "n_steps", "print_steps"])
    fees = tally(rows([9, 5])).rename_columns(["key", "n_fees"])
    none = tally(rows([])).rename_columns(["key", "n_none"])
    keys = told_apart(rows([9, 3, 4]))
    assert keys is not None
    assert beside(keys, [spread(tallied, keys) for tallied in (steps, fees, none)]).to_pydict() == {
        "key": [3, 4, 9],
        "n_steps": [2, None, None],
        "print_steps": [3.0, None, None],
        "n_fees": [None, None, 1],
        "n_none": [None, None, None],
    }
    nobody = told_apart(rows([]))
    assert nobody is not None
    assert beside(nobody, [spread(steps, nobody)]).to_pydict() == {
        "key": [],
        "n_steps": [],
        "print_steps": [],
    }


def test_keys_that_two_rows_have_are_not_told_apart() -> None:
    assert told_apart(rows([2**63, 1])).tolist() == [1, 2**63]  # type: ignore[union-attr]
    assert told_apart(rows([1, 2, 1])) is None


def test_case_numbers_that_differ_in_digits_alone_have_keys_of_their_own() -> None:
    backend = DuckBackend(threads=1, memory="500MB")
    numbers = "SELECT 'ZZ' || CAST(24110100000000 + i * 97 AS VARCHAR) AS case_no FROM range(2000000) AS n(i)"
    try:
        found = backend.fetch(f"SELECT count(DISTINCT {KEY.format('case_no')}) AS n FROM ({numbers})")
        assert found["n"].to_pylist() == [2_000_000]
    finally:
        backend.close()


def test_counting_waits_for_the_cases_without_keeping_them_waiting() -> None:
    """Views come in any order; counts that took every cursor to wait for the cases would wait for ever."""
    backend, gate = DuckBackend(threads=1, memory="500MB"), threading.Event()

    def late(cursor: duckdb.DuckDBPyConnection) -> None:
        gate.wait(10)
        cursor.execute("CREATE VIEW v_cases AS SELECT 'C1' AS case_no")

    tables = [Counted(f"table{n}") for n in range(4)]
    try:
        for counted in tables:
            backend._rows_in[f"raw_{counted.table}"] = 1
            backend.view(f"v_{counted.table}", "SELECT 'C1' AS case_no")
        backend._underway.make("v_cases", late)
        threading.Timer(0.3, gate.set).start()
        joins = backend.count(tables)
        backend.table("f", f"SELECT n_table0 + n_table3 AS n FROM v_cases AS c {' '.join(joins)}")
        assert backend.fetch("SELECT n FROM f")["n"].to_pylist() == [2]
    finally:
        backend.close()


@pytest.mark.parametrize("key", [KEY, "CAST(length({0}) AS UBIGINT)"])
def test_cases_with_the_same_key_are_counted_by_their_numbers(
    judged: Callable[..., Judgement], monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    grouped: list[str] = []
    plain = Counted.grouped

    def noted(counted: Counted) -> str:
        grouped.append(counted.table)
        return plain(counted)

    monkeypatch.setattr(duck, "KEY", key)
    monkeypatch.setattr(Counted, "grouped", noted)
    world = draw_world(12, count=30)
    found = judged(world.tables, world.as_of, ALL, pending=True, way="many").findings.to_pylist()
    assert not differences(by_hand(world.tables, world.as_of), found)
    assert bool(grouped) == (key != KEY)
