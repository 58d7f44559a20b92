"""How long a city's two years take to judge, as a multiple of the least any judge must do: read every row.

`python bench/catalogue.py FOLDER [articles]` prints one measurement; `run()` returns them all. The unit is the time
DuckDB needs, with the same two threads, to hash every row of the columns the rules read. Unit and judgement alternate
in one process, so that a noisy machine slows both; a ratio is the least time of the one by the least time of the other.
The more rounds, the less either is the machine's doing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
from _city import load_city, make_city
from _memory import peak_mb

from mingcha.engine.judge import judge, options_of
from mingcha.engine.plan import make_plan
from mingcha.engine.relations import columns_needed
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts
from mingcha.law.calendar import Calendar
from mingcha.rules.model import Rulebook

CASES = 2_000_000
GROWTH = (200_000, 2_000_000, 10_000_000)
ROUNDS, ROUNDS_OF_MANY = 5, 2
"""Of a city of up to `CASES` and of one of more."""


def run() -> dict[str, Any]:
    """Groups `catalogue_articles_8_9` and `catalogue_<size>`: seconds, ratio, peak memory in GB, cases a second."""
    with tempfile.TemporaryDirectory() as place:
        found: dict[str, Any] = {}
        for cases in GROWTH:
            folder = Path(place) / str(cases)
            make_city(folder, cases)
            found[f"catalogue_{_short(cases)}"] = _apart(folder, "all")
            if cases == CASES:
                found["catalogue_articles_8_9"] = _apart(folder, "articles")
    return found


def _short(cases: int) -> str:
    return f"{cases // 1_000_000}m" if cases >= 1_000_000 else f"{cases // 1000}k"


def _apart(folder: Path, what: str) -> dict[str, Any]:
    """In a process of its own, so that its memory is its own."""
    ran = subprocess.run(
        [sys.executable, __file__, str(folder), what], check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def measure(folder: Path, what: str) -> dict[str, Any]:
    """Measure one city; ``what`` is all or articles (henan-2019, articles 8 and 9)."""
    facts, book, calendar, as_of = load_city(folder)
    only = None
    if what == "articles":
        book = Rulebook(book.packs, ("henan-2019",))
        pack = next(pack for pack in book.packs if pack.id == "henan-2019")
        only = {rule.id for rule in pack.rules if rule.id.split("-")[1].startswith(("8.", "9."))}
    units, judged, findings = [], [], 0
    for _ in range(ROUNDS if facts["cases"].rows <= CASES else ROUNDS_OF_MANY):
        units.append(_hash_seconds(folder, facts, book, calendar, only))
        start = time.perf_counter()
        done = judge(facts, book, calendar, as_of, only=only, way="many")
        with tempfile.NamedTemporaryFile(suffix=".parquet") as out:
            pq.write_table(done.findings, out.name)
        judged.append(time.perf_counter() - start)
        findings = done.findings.num_rows
    units.append(_hash_seconds(folder, facts, book, calendar, only))
    return {
        "cases": facts["cases"].rows,
        "rows": sum(source.rows for _, source in facts.items()),
        "rules": len(done.judged),
        "findings": findings,
        "hash_seconds": round(min(units), 2),
        "judge_seconds": round(min(judged), 2),
        "ratio": round(min(judged) / min(units), 1),
        "cases_a_second": round(facts["cases"].rows / min(judged)),
        "peak_gb": round(peak_mb() * 1024 / 1e6, 2),
    }


def _hash_seconds(
    folder: Path, facts: Facts, book: Rulebook, calendar: Calendar, only: Collection[str] | None
) -> float:
    """The unit: hash every row of the columns that these rules read."""
    plan = make_plan(book, facts.keys(), options_of("duckdb", facts, calendar), only=only)
    start = time.perf_counter()
    with duckdb.connect(config={"threads": 2}) as connection:
        for name, wanted in columns_needed(plan.reads).items():
            if name not in facts:
                continue
            columns = (wanted | set(TABLES[name].keys)) & facts[name].columns
            listed = ", ".join(f'"{column}"' for column in sorted(columns))
            path = str(folder / f"{name}.parquet")
            connection.execute(f"SELECT sum(hash({listed})) FROM read_parquet('{path}')").fetchall()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "all")))
