"""Spark and DuckDB find the same, to the byte of every reason and every piece of evidence (R8)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from oracle.judge import ALL
from oracle.worlds import Drawn, draw_world

from mingcha.engine.java import NoJavaError, find_java
from mingcha.engine.judge import Judgement
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts, write_canonical


def has_java() -> bool:
    try:
        find_java()
    except NoJavaError:
        return False
    return True


pytestmark = [pytest.mark.spark, pytest.mark.skipif(not has_java(), reason="no Java runtime for Spark")]


def on_disk(world: Drawn, folder: Path) -> Facts:
    """The world as Parquet, as every worker of a cluster could read it."""
    for name, source in Facts.from_rows(world.tables).items():
        write_canonical(TABLES[name], source.read(), folder / f"{name}.parquet")
    return Facts.from_parquet({name: folder / f"{name}.parquet" for name in world.tables})


FORMS = (
    "henan-8.5a",  # a clock with pauses, one row per child row, and a chain
    "henan-8.6",  # compares: missing and foreign
    "ezhou-repeat",  # a SELECT with a window
    "zhengzhou-5.5a",  # minutes, and hall hours
    "sc-content-promise",  # an announced day against the due day
)
"""Rules of the kinds that are written differently for Spark; every rule is judged at night."""

FEW_ROWS = {"spark.sql.shuffle.partitions": "1", "spark.default.parallelism": "1"}


def loops_over_cases(plans: list[str]) -> list[str]:
    """Where a plan compares every case with every row of another table: two million cases never come to an end.

    A nested loop of months and offices (Inner, Cross) is nothing.
    """
    assert plans
    loops = r"NestedLoopJoin \w+, (Existence|Left|Right|Full)"
    return [line for plan in plans for line in plan.splitlines() if re.search(loops, line)]


def alike(
    seed: int, judged: Callable[..., Judgement], folder: Path, only: tuple[str, ...] | None = None
) -> None:
    spark = pytest.importorskip("mingcha.engine.spark")
    pytest.importorskip("pyspark")
    world = draw_world(seed, count=30)
    facts = on_disk(world, folder)
    options = {"pending": True, "way": "many", "only": only}
    duck = judged(facts, world.as_of, ALL, **options)
    session = spark.spark_session("local[2]", **FEW_ROWS)
    plans: list[str] = []

    class Looking(spark.SparkBackend):  # type: ignore[name-defined,misc]
        def judge(self, sql: str, *others: object) -> None:
            plans.append(self._session.sql(sql)._jdf.queryExecution().executedPlan().toString())
            super().judge(sql, *others)

    cluster = judged(facts, world.as_of, ALL, **options, backend=lambda: Looking(session))
    assert loops_over_cases(plans) == []
    assert cluster.findings.num_rows > 20
    assert cluster.findings.to_pylist() == duck.findings.to_pylist()
    assert cluster.watch.to_pylist() == duck.watch.to_pylist()
    assert (cluster.cases, cluster.judged, cluster.not_judged) == (duck.cases, duck.judged, duck.not_judged)


def test_rules_of_each_kind_are_judged_alike(judged: Callable[..., Judgement], tmp_path: Path) -> None:
    alike(61, judged, tmp_path, FORMS)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(62, 66))
def test_every_rule_is_judged_alike(seed: int, judged: Callable[..., Judgement], tmp_path: Path) -> None:
    alike(seed, judged, tmp_path)
