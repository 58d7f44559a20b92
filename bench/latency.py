"""From accepted to alert visible: 300 cases a second over HTTP, applied and judged by the worker's jobs.

A batch every half second, one case in ten overdue as it arrives. Accepted is when the receipt came; visible is when the
web service first tells the alert of the case, asked every tenth of a second.
"""

from __future__ import annotations

import json
import os
import statistics
import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pyarrow.parquet as pq
from _served import Served, machine_load, served, stores
from _users import Client, local_now
from rest import SUBMIT

A_SECOND = int(os.environ.get("MINGCHA_BENCH_RATE", "300"))
SECONDS = int(float(os.environ.get("MINGCHA_BENCH_SECONDS", "60")))
OVERDUE = 10
EVERY = 0.5
LOOK = 0.1
PATIENCE = 60.0


def run() -> dict[str, dict[str, Any]]:
    """Figures of each database; raises AssertionError where an alert did not come."""
    found = {}
    with stores() as filled:
        for store in filled:
            with served(store) as running:
                found[f"latency_{store.name}"] = {"load_before": machine_load(), **_measured(running)}
    return found


def _measured(running: Served) -> dict[str, Any]:
    key = running.store.ask("source", "bench-latency")["key"]
    reader = Client(running.address, running.store.ask("people", "1")["keys"][0])
    mark = f"L{local_now():%H%M%S}"
    accepted: dict[str, float] = {}
    late = Watcher(reader, f"{mark}-")
    late.start()
    behind = _report(Client(running.address, key), running, mark, accepted)
    wanted = {number for number in accepted if _overdue(number)}
    late.wait_for(wanted)
    waits = [late.seen[number] - accepted[number] for number in wanted]
    ranked = statistics.quantiles(waits, n=100)
    return {
        "cases_a_second": A_SECOND,
        "alerts": len(wanted),
        "visible_p50_s": round(ranked[49], 2),
        "visible_p95_s": round(ranked[94], 2),
        "visible_p99_s": round(ranked[98], 2),
        "sender_behind_s": round(behind, 1),
    }


def _report(client: Client, running: Served, mark: str, accepted: dict[str, float]) -> float:
    """Report at a steady rate; how many seconds the sender was late at the end."""
    pattern = _pattern(running)
    begun = time.perf_counter()
    for batch in range(int(SECONDS / EVERY)):
        due = begun + batch * EVERY
        time.sleep(max(0.0, due - time.perf_counter()))
        now = local_now()
        numbers = [f"{mark}-{batch}-{n}" for n in range(int(A_SECOND * EVERY))]
        rows = [pattern | {"case_no": number, "received_at": _received(number, now)} for number in numbers]
        client.send(SUBMIT, json.dumps({"cases": rows}).encode(), {"Content-Type": "application/json"})
        accepted.update(dict.fromkeys(numbers, time.perf_counter()))
    return time.perf_counter() - begun - SECONDS


def _overdue(number: str) -> bool:
    return int(number.rpartition("-")[2]) % OVERDUE == 0


def _received(number: str, now: datetime) -> str:
    return str((now - timedelta(days=30 if _overdue(number) else 0)).replace(microsecond=0, tzinfo=None))


def _pattern(running: Served) -> dict[str, Any]:
    columns = ["item_code", "agency_code", "region_code", "hall_code"]
    row: dict[str, Any] = (
        pq.read_table(running.store.city / "cases.parquet", columns=columns).slice(0, 1).to_pylist()[0]
    )
    return row | {"channel": "window"}


class Watcher(threading.Thread):
    """Reads the newest alerts again and again, and notes when each case of the run was first among them."""

    def __init__(self, client: Client, start: str) -> None:
        super().__init__(daemon=True)
        self.seen: dict[str, float] = {}
        self._client, self._start, self._over = client, start, threading.Event()
        self._known = 0

    def run(self) -> None:
        """Until `wait_for` has seen everything."""
        while not self._over.wait(LOOK):
            self._look()

    def _look(self) -> None:
        cursor: str | None = ""
        newest = self._known
        while cursor is not None:
            page = json.loads(self._client.get(f"/api/v1/alerts?limit=200&cursor={cursor}"))
            at = time.perf_counter()
            for each in page["items"]:
                newest = max(newest, each["id"])
                if each["case_no"].startswith(self._start):
                    self.seen.setdefault(each["case_no"], at)
            more = page["items"] and page["items"][-1]["id"] > self._known > 0
            cursor = page["next"] if more else None
        self._known = newest

    def wait_for(self, wanted: set[str]) -> None:
        """Raises AssertionError where an alert did not come in time."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and not wanted <= self.seen.keys():
            time.sleep(LOOK)
        self._over.set()
        self.join()
        assert wanted <= self.seen.keys(), (
            f"{len(wanted - self.seen.keys())} alerts of {len(wanted)} did not come"
        )


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
