"""Two million cases on Spark, a cluster of two workers on this machine, beside DuckDB: seconds, and whether they agree.

Needs the extra `spark` and a Java runtime. The cluster's start is not counted.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from _city import load_city, make_city

from mingcha.engine.backend import Backend
from mingcha.engine.duck import DuckBackend
from mingcha.engine.judge import Judgement, judge
from mingcha.engine.spark import SparkBackend, spark_session

CASES = 2_000_000
MASTER = "local-cluster[2,1,1024]"


def run() -> dict[str, Any]:
    """Seconds on both engines, their ratio, findings, and how many rows differ (must be none)."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "city"
        make_city(folder, CASES)
        return measure(folder)


def measure(folder: Path, master: str = MASTER) -> dict[str, Any]:
    """One city on both engines."""
    duck, duck_seconds = _timed(folder, DuckBackend)
    session = spark_session(master)
    try:
        spark, spark_seconds = _timed(folder, lambda: SparkBackend(session))
    finally:
        session.stop()
    same = duck.findings.equals(spark.findings)
    return {
        "master": master,
        "cases": duck.cases,
        "findings": duck.findings.num_rows,
        "same_findings": same,
        "duckdb_seconds": round(duck_seconds, 1),
        "spark_seconds": round(spark_seconds, 1),
        "spark_by_duckdb": round(spark_seconds / duck_seconds, 1),
    }


def _timed(folder: Path, backend: Callable[[], Backend]) -> tuple[Judgement, float]:
    city = load_city(folder)
    start = time.perf_counter()
    done = judge(*city, backend=backend, way="many")
    return done, time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), *sys.argv[2:]) if sys.argv[1:] else run(), indent=2))
