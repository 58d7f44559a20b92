"""Batches over HTTP while the worker applies and judges: how many rows a second are taken for good, and kept up with.

`senders` post one batch after another; each answer means that its rows are on the disk. Some minutes of it, then how
long it takes until everything that came is in the store and judged. Rows are cases of the demo city with their steps,
materials and deliveries under new numbers, as a system reports them.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
from _served import Served, Store, machine_load, served, stores, until_done
from _users import Client, local_now

SENDERS = 4
SECONDS = float(os.environ.get("MINGCHA_BENCH_SECONDS", "60"))
CASES = 100
"""Of one batch; with their rows about 1,200 rows."""
TABLES = ("cases", "steps", "materials", "deliveries", "certificates", "corrections", "specials", "fees")
SUBMIT = "/api/v1/submit/batches"


def run() -> dict[str, dict[str, Any]]:
    """Figures of each database; raises AssertionError where a batch was not taken or its rows were not applied."""
    found = {}
    with stores() as filled:
        for store in filled:
            with served(store) as running:
                found[f"rest_{store.name}"] = {"load_before": machine_load(), **_measured(running)}
    return found


def _measured(running: Served) -> dict[str, Any]:
    key = running.store.ask("source", "bench-rest")["key"]
    bodies = batches(running.store, f"{local_now():%H%M%S}")
    begun = time.perf_counter()
    sent = _send(running, key, bodies, begun + SECONDS)
    taken = time.perf_counter() - begun
    backlog = running.store.ask("left")
    caught_up = until_done(running.store)
    rows = sum(each[1] for each in sent)
    client = Client(running.address, key)
    counts = json.loads(client.get(f"{SUBMIT}/{sent[-1][2]}"))["counts"]
    assert sum(each["new"] for each in counts.values()) == sent[-1][1], counts
    return {
        "rows": rows,
        "batches": len(sent),
        "taken_rows_per_s": round(rows / taken),
        "applied_and_judged_rows_per_s": round(rows / (caught_up - begun)),
        "waiting_batches_at_end": backlog["not_applied"],
        "caught_up_after_s": round(caught_up - begun - taken, 1),
        "receipt_p95_ms": round(sorted(each[0] for each in sent)[int(len(sent) * 0.95)] * 1000),
    }


def _send(
    running: Served, key: str, bodies: Iterator[tuple[bytes, int]], until: float
) -> list[tuple[float, int, str]]:
    """(seconds to the receipt, rows, receipt) of every batch."""
    sent: list[tuple[float, int, str]] = []
    faults: list[BaseException] = []
    lock = threading.Lock()

    def go_on() -> None:
        client = Client(running.address, key)
        try:
            while time.perf_counter() < until:
                with lock:
                    body, rows = next(bodies)
                begun = time.perf_counter()
                told = client.send(SUBMIT, body, {"Content-Type": "application/json"})
                sent.append((time.perf_counter() - begun, rows, json.loads(told)["receipt"]))
        except BaseException as error:  # told by the thread that waits
            faults.append(error)
            raise

    threads = [threading.Thread(target=go_on) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, faults[0]
    return sent


def batches(store: Store, mark: str) -> Iterator[tuple[bytes, int]]:
    """Bodies without end, with the number of their rows: every batch has case numbers of its own."""
    told = _rows(store.city, CASES)
    rows = sum(len(each) for each in told.values())
    text = json.dumps(told, ensure_ascii=False)
    numbers = [each["case_no"] for each in told["cases"]]
    for number in count():
        body = text
        for case_no in numbers:
            body = body.replace(f'"{case_no}"', f'"{case_no}-{mark}-{number}"')
        yield body.encode(), rows


def _rows(city: Path, cases: int) -> dict[str, list[dict[str, Any]]]:
    """Rows of some cases by table, as JSON takes them; other numbers of theirs are made to hang on the case's."""
    picked = pq.read_table(city / "cases.parquet").slice(1000, cases)
    told: dict[str, list[dict[str, Any]]] = {}
    for name in TABLES:
        file = city / f"{name}.parquet"
        rows = picked if name == "cases" else pq.read_table(file)
        rows = rows.filter(pc.is_in(rows["case_no"], picked["case_no"].combine_chunks()))
        told[name] = [
            {key: _said(value) for key, value in row.items() if value is not None} for row in rows.to_pylist()
        ]
    return {name: rows for name, rows in told.items() if rows}


def _said(value: Any) -> Any:
    if isinstance(value, datetime):  # a microsecond marks a date alone (`law.instants`)
        return str(value.date() if value.microsecond else value)
    if isinstance(value, list):
        return ";".join(value)
    return value if isinstance(value, str | int | float | bool) else str(value)


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
