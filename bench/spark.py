"""Two million cases on Spark, a cluster of two workers on this machine, beside DuckDB: seconds, and whether they agree.

Needs the extra `spark` and a Java runtime. The cluster's start is not counted.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from mingcha.engine.backend import Backend
from mingcha.engine.duck import DuckBackend
from mingcha.engine.judge import Judgement, judge
from mingcha.engine.spark import spark_backend
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts
from mingcha.law.load import load_calendar
from mingcha.rules.load import load_rulebook
from mingcha.rules.model import Rulebook

MAKE = "import sys; from mingcha.cli import main; sys.argv[0] = 'mingcha'; main()"
CASES = 2_000_000
MASTER = "local-cluster[2,1,1024]"


def run() -> dict[str, Any]:
    """Seconds on both engines, their ratio, findings, and how many rows differ (must be none)."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "city"
        command = [sys.executable, "-c", MAKE, "demo", str(folder), "--cases", str(CASES)]
        subprocess.run(command, check=True, capture_output=True)
        return measure(folder)


def measure(folder: Path, master: str = MASTER) -> dict[str, Any]:
    """One city on both engines."""
    duck, duck_seconds = _timed(folder, DuckBackend)
    spark, spark_seconds = _timed(folder, spark_backend(master))
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
    settings = yaml.safe_load((folder / "mingcha.yaml").read_text(encoding="utf-8"))
    facts = Facts.from_parquet({p.stem: p for p in folder.glob("*.parquet") if p.stem in TABLES})
    book, calendar = load_rulebook(), load_calendar()
    book = Rulebook(book.packs, tuple(settings["packs"]))
    start = time.perf_counter()
    as_of = date.fromisoformat(str(settings["as_of"]))
    done = judge(facts, book, calendar, as_of, backend=backend, way="many")
    return done, time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), *sys.argv[2:]) if sys.argv[1:] else run(), indent=2))
