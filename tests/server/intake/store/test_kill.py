"""`mingcha import` is killed on its way (kill -9 of a real process), run again, and ends as if nothing had been."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from django.db import connection

from mingcha.facts.schema import TABLES
from mingcha.facts.store import write_canonical
from mingcha.intake.sorting import PIECE
from tests.server.base.conftest import Installation

ROWS = 4 * PIECE
TWICE = "SELECT count(*) FROM (SELECT 1 FROM fact_steps GROUP BY case_no, seq HAVING count(*) > 1) AS t"
KNOWN = """
from mingcha.intake import reading
facts = reading.facts()
print(reading.last_batch(), facts["steps"].rows if "steps" in facts else 0)
"""


def _folder(place: Path) -> Path:
    numbers = range(ROWS)
    rows = pa.table(
        {
            "case_no": [f"BJ{n // 4:06d}" for n in numbers],
            "seq": pa.array([n % 4 for n in numbers], pa.int64()),
            "name": ["审查"] * ROWS,
        }
    )
    write_canonical(TABLES["steps"], rows, place / "steps.parquet")
    return place


def _ask(installation: Installation, sql: str) -> Any:
    """The one value of a query, asked beside the running process."""
    if connection.vendor == "postgresql":
        with psycopg.connect(installation.environment["MINGCHA_DATABASE"]) as con:
            row = con.execute(sql).fetchone()
    else:
        con = sqlite3.connect(installation.home / "mingcha.sqlite3", timeout=20)
        row = con.execute(sql).fetchone()
        con.close()
    return row[0] if row else None


@pytest.mark.django_db
def test_an_import_that_was_killed_is_invisible_and_goes_on_where_it_stopped(tmp_path):
    installation = Installation(tmp_path / "home")
    installation.run("migrate")
    folder = _folder(tmp_path)
    running = installation.start("import", str(folder))
    try:
        deadline = time.monotonic() + 120
        while not (staged := _ask(installation, "SELECT max(staged) FROM intake_reported")):
            assert running.poll() is None and time.monotonic() < deadline, running.stdout.read()
            time.sleep(0.01)
    finally:
        running.kill()
        running.wait()
    staged = _ask(installation, "SELECT max(staged) FROM intake_reported")
    assert 0 < staged < ROWS, "killed between two transactions"
    assert _ask(installation, "SELECT count(*) FROM fact_steps") == staged
    assert installation.program(KNOWN) == "0 0", "half a batch is not known"

    assert "已入库" in installation.run("import", str(folder))
    assert installation.program(KNOWN) == f"1 {ROWS}"
    assert _ask(installation, TWICE) == 0
    assert _ask(installation, "SELECT count(*) FROM fact_steps") == ROWS
    assert _ask(installation, "SELECT count(*) FROM intake_batch") == 1
    assert _ask(installation, "SELECT count(*) FROM base_job WHERE kind = 'judge'") == 1

    assert "已入库" in installation.run("import", str(folder)), "once more: the file is known"
    assert _ask(installation, "SELECT count(*) FROM intake_batch") == 1
