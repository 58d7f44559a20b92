"""How fast and how lean CSV is read, beside pyarrow's own reader doing nothing with the texts.

`python bench/readers.py` prints the figures; `run()` returns them. Each reading happens in a process of its
own, so that peaks of memory are those of the reading alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from _memory import peak_mb

ROOT = Path(__file__).parent.parent
ROWS = 1_000_000
HEADER = (
    "case_no,item_code,agency_code,region_code,channel,applicant_name,applicant_id_type,applicant_id,"
    "contact_phone,received_at,accepted_at,completed_at"
)
AGENCY = "12441500196720244T"


def write_csv(path: Path, rows: int = ROWS) -> None:
    """A table of 12 columns: codes, names, numbers with check digits, three times a row."""
    from mingcha.facts.checks import id_check_character

    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER + "\n")
        for n in range(rows):
            body = f"410105{1950 + n % 60}{n % 12 + 1:02d}{n % 28 + 1:02d}{n % 1000:03d}"
            day = f"2025-{n % 12 + 1:02d}-{n % 28 + 1:02d}"
            file.write(
                f"A{n:012d},{AGENCY}34421998060{n % 100:02d},{AGENCY},41010500000{n % 10},"
                f"{('window', '政务网')[n % 2]},张{n % 1000},111,"
                f"{body}{id_check_character(body)},138{n % 10**8:08d},"
                f"{day} 09:30:{n % 60:02d},{day} 10:30:{n % 60:02d},{day}\n"
            )


def read_ours(path: Path) -> int:
    """Read the folder of the file as `mingcha check` does."""
    from mingcha.readers.folder import read_folder

    with read_folder(path.parent) as reading:
        return reading.facts["cases"].rows


def read_plainly(path: Path) -> int:
    """Stream the file through pyarrow.csv, every column as text, one thread, and drop the batches."""
    import pyarrow as pa
    import pyarrow.csv as pacsv

    names = HEADER.split(",")
    reader = pacsv.open_csv(
        path,
        pacsv.ReadOptions(use_threads=False, block_size=1 << 21),
        convert_options=pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )
    return sum(batch.num_rows for batch in reader)


READERS: dict[str, Callable[[Path], int]] = {"mingcha": read_ours, "pyarrow": read_plainly}


def measure(name: str, path: Path) -> None:
    """In the child: read once and print rows, seconds of wall and processor, and megabytes above the
    imports."""
    import mingcha.readers.folder  # noqa: F401 - imports are not what is measured

    base = peak_mb()
    wall, cpu = time.perf_counter(), time.process_time()
    rows = READERS[name](path)
    peak = peak_mb() - base
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"rows": rows, "wall_s": wall, "cpu_s": cpu, "peak_mb": peak}))


def run(rows: int = ROWS) -> dict[str, float]:
    """Rates in rows a second, peaks in MB above the imports, and the ratio of processor time to the plain
    reader."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.csv"
        write_csv(path, rows)
        found = {}
        for name in READERS:
            command = [sys.executable, __file__, name, str(path)]
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            done = subprocess.run(command, env=environment, capture_output=True, check=True)
            found[name] = json.loads(done.stdout)
    ours, plain = found["mingcha"], found["pyarrow"]
    if ours["rows"] != rows or plain["rows"] != rows:
        raise AssertionError(f"rows were lost: {found}")
    return {
        "rows": rows,
        "rows_per_s": rows / ours["wall_s"],
        "rows_per_cpu_s": rows / ours["cpu_s"],
        "peak_mb": ours["peak_mb"],
        "pyarrow_rows_per_s": rows / plain["wall_s"],
        "pyarrow_peak_mb": plain["peak_mb"],
        "ratio_to_pyarrow": ours["cpu_s"] / plain["cpu_s"],
    }


if __name__ == "__main__":
    if len(sys.argv) == 3:
        measure(sys.argv[1], Path(sys.argv[2]))
    else:
        print(json.dumps(run(), indent=2))
