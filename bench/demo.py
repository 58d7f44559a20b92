"""How long a demo city of two million cases takes, and how much memory.

`python bench/demo.py` prints the figures; `run()` returns them. The city is made by the command itself in a process
of its own, as Parquet, into a temporary folder that is deleted again.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from _city import COMMAND
from _memory import run_alone

CASES = 2_000_000


def run(cases: int = CASES) -> dict[str, Any]:
    """Seconds by the clock and of processor time, peak memory in GB, rows by table."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "city"
        start = time.perf_counter()
        cpu, peak_gb = run_alone([*COMMAND, "demo", str(folder), "--cases", str(cases)])
        seconds = time.perf_counter() - start
        rows = {path.stem: pq.read_metadata(path).num_rows for path in sorted(folder.glob("*.parquet"))}
        size = sum(path.stat().st_size for path in folder.iterdir())
    return {
        "cases": rows["cases"],
        "steps": rows["steps"],
        "materials": rows["materials"],
        "findings_in_truth": rows["truth"],
        "rows": sum(rows.values()),
        "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu, 1),
        "peak_gb": round(peak_gb, 2),
        "size_mb": round(size / 1e6),
    }


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else CASES), indent=2))
