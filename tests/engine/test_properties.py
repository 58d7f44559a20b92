"""What holds of `judge` on any facts: repeatable, blind to the order of rows, the same by parts (R5, R9)."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from oracle.judge import ALL
from oracle.worlds import Drawn, draw_world

from mingcha.engine.judge import Judgement

Judged = Callable[..., Judgement]


@pytest.fixture(scope="module", params=[4, 9])
def world(request: pytest.FixtureRequest) -> Drawn:
    return draw_world(request.param, count=30)


@pytest.fixture(scope="module")
def whole(world: Drawn, judged: Judged) -> Judgement:
    return judged(world.tables, world.as_of, ALL, pending=True)


def to_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return sink.getvalue().to_pybytes()


def test_judging_twice_gives_the_same_bytes(world: Drawn, whole: Judgement, judged: Judged) -> None:
    again = judged(world.tables, world.as_of, ALL, pending=True)
    assert to_bytes(again.findings) == to_bytes(whole.findings)
    assert to_bytes(again.watch) == to_bytes(whole.watch)


@pytest.mark.parametrize("seed", [3, 51, 52, 53])
def test_few_rows_and_many_rows_are_judged_alike(seed: int, judged: Judged) -> None:
    """SQLite for few rows and DuckDB for many give the same, byte for byte."""
    world = draw_world(seed, count=30)
    few = judged(world.tables, world.as_of, ALL, pending=True, way="few")
    many = judged(world.tables, world.as_of, ALL, pending=True, way="many")
    assert many.findings.to_pylist() == few.findings.to_pylist()
    assert many.watch.to_pylist() == few.watch.to_pylist()
    assert (many.cases, many.judged, many.not_judged) == (few.cases, few.judged, few.not_judged)


def test_the_order_in_which_rows_arrive_changes_nothing(
    world: Drawn, whole: Judgement, judged: Judged
) -> None:
    shuffle = random.Random(world.seed)
    tables = {name: shuffle.sample(rows, len(rows)) for name, rows in world.tables.items()}
    names = shuffle.sample(list(tables), len(tables))
    again = judged({name: tables[name] for name in names}, world.as_of, ALL, pending=True)
    assert to_bytes(again.findings) == to_bytes(whole.findings)
    assert to_bytes(again.watch) == to_bytes(whole.watch)


ABOUT = {
    "case": "cases",
    "hall": "halls",
    "agency": "agencies",
    "item": "items",
    "window": "windows",
    "officer": "officers",
    "applicant": "applicants",
    "device": "devices",
    "source": "sources",
}


@pytest.mark.parametrize("unit", ABOUT)
def test_judging_some_units_gives_the_rows_that_judging_everything_gives_for_them(
    unit: str, world: Drawn, whole: Judgement, judged: Judged
) -> None:
    about = whole.findings.filter(pc.equal(whole.findings["about"], ABOUT[unit]))
    keys = sorted(set(about["key"].to_pylist()))
    chosen = random.Random(unit).sample(keys, min(len(keys), max(1, len(keys) // 3)))
    scope = {(unit, key) for key in [*chosen, "unknown"]}
    part = judged(world.tables, world.as_of, ALL, pending=True, scope=scope)
    expected = about.filter(pc.is_in(about["key"], pa.array(chosen, pa.string())))
    assert expected.num_rows or not keys
    assert to_bytes(part.findings) == to_bytes(expected)
    watch = whole.watch
    mine = pc.and_(pc.equal(watch["unit"], unit), pc.is_in(watch["key"], pa.array(chosen, pa.string())))
    assert part.watch.to_pylist() == watch.filter(mine).to_pylist()


@pytest.mark.parametrize("way", ["few", "many"])
def test_a_rating_is_judged_beside_the_one_it_follows_whosever_that_is(way: str, judged: Judged) -> None:
    place = {"agency_code": "A1", "region_code": "410105000000"}
    bad = {"agency_code": "A1", "channel": "qr", "level": 1, "comment": "差"}
    tables = {
        "items": [{"item_code": "I1", "version": 1, "name": "事项", "agency_code": "A1"}],
        "cases": [{"case_no": "C1", "item_code": "I1", **place, "received_at": datetime(2026, 5, 1, 9)}],
        "evaluations": [
            {"evaluation_no": "E1", **bad, "submitted_at": datetime(2026, 5, 11, 9)},
            {
                "evaluation_no": "E2",
                **bad,
                "case_no": "C1",
                "submitted_at": datetime(2026, 5, 12, 9),
                "follows": "E1",
            },
            {"evaluation_no": "E3", **bad, "case_no": "C1", "submitted_at": datetime(2026, 5, 13, 9)},
        ],
    }
    part = judged(tables, datetime(2026, 6, 1), ALL, only=["zhengzhou-7.1"], scope={("case", "C1")}, way=way)
    assert [row["subject"] for row in part.findings.to_pylist()] == ["E3"]


def test_units_of_several_kinds_are_judged_together(world: Drawn, whole: Judgement, judged: Judged) -> None:
    scope = {("case", "C03"), ("case", "C07"), ("hall", "H1"), ("agency", "A2")}
    part = judged(world.tables, world.as_of, ALL, pending=True, scope=scope)
    rows = [f for f in whole.findings.to_pylist() if (_unit(f), f["key"]) in scope]
    assert rows and part.findings.to_pylist() == rows


def _unit(finding: dict[str, Any]) -> str:
    return next((unit for unit, about in ABOUT.items() if about == finding["about"]), "")


def test_only_the_rules_named_are_judged_and_as_they_are_among_all(
    world: Drawn, whole: Judgement, judged: Judged
) -> None:
    named = ["henan-8.1", "henan-8.6", "sc-integrity-pause", "zhengzhou-5.5a"]
    part = judged(world.tables, world.as_of, ALL, pending=True, only=named)
    assert part.findings.to_pylist() == [f for f in whole.findings.to_pylist() if f["rule"] in named]


def test_no_two_findings_are_of_one_matter(whole: Judgement) -> None:
    keys = whole.findings.select(["rule", "about", "key", "subject"]).to_pylist()
    assert len({tuple(key.values()) for key in keys}) == len(keys)
    assert None not in {value for key in keys for value in key.values()}
