"""`make bench`: every measurement beside this file, in one run, into bench/results.json and docs/bench.md.

Each is a module with `run() -> dict`. Results stand under the module's name, or, where it gives several named
groups of them, under theirs. `python -m bench clock readers` runs only those and keeps the other results.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
PAGE = HERE.parent / "docs" / "bench.md"


def names() -> list[str]:
    """The measurements there are."""
    return sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def machine() -> dict[str, Any]:
    """What was measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "memory_gb": round(memory / 1e9, 1),
        "ten_million_additions_s": round(_loop_seconds(), 2),
    }


def _loop_seconds() -> float:
    """What the same machine can do differs from day to day; seconds are read beside this."""
    begun, total = time.perf_counter(), 0
    for number in range(10_000_000):
        total += number
    return time.perf_counter() - begun


def page(results: dict[str, Any]) -> str:
    """The results as a page of docs."""
    from _goals import lines

    parts = ["# Measurements 性能\n", "<!-- Written by make bench from bench/results.json. -->\n"]
    parts.append("## What must be, and what is\n\n" + "\n".join(lines(results)) + "\n")
    for name, found in results.items():
        rows = [f"| {key} | {value} |" for key, value in _flat(found)]
        parts.append("\n".join([f"## {name}\n", "| what | value |", "|---|---|", *rows]) + "\n")
    return "\n".join(parts)


def _flat(found: dict[str, Any], before: str = "") -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for key, value in found.items():
        path = f"{before}{key}"
        rows += _flat(value, f"{path}.") if isinstance(value, dict) else [(path, value)]
    return rows


def main(wanted: list[str]) -> None:
    """Run the measurements, one after another."""
    unknown = [name for name in wanted if name not in names()]
    if unknown:
        sys.exit(f"没有这样的测量:{' '.join(unknown)};可用的有:{' '.join(names())}")
    sys.path.append(str(HERE))  # as for a script: they share _city
    kept = wanted and RESULTS.exists()
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if kept else {}
    results["machine"] = machine()
    with tempfile.TemporaryDirectory() as shared:
        os.environ.setdefault(
            "MINGCHA_BENCH_HOME", shared
        )  # stores are filled once for all that ask for them
        _measure(wanted or names(), results)


def _measure(wanted: list[str], results: dict[str, Any]) -> None:
    for name in wanted:
        print(f"{time.strftime('%H:%M:%S')} {name} …", flush=True)
        found = importlib.import_module(f"bench.{name}").run()
        grouped = all(isinstance(value, dict) for value in found.values())
        results.update(found if grouped else {name: found})
        RESULTS.write_text(
            json.dumps(results, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8"
        )
        PAGE.write_text(page(results), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
