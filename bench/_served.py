"""A store of a demo city, judged, with people and keys, and the installation that serves it as `mingcha serve` does.

`stores()` gives one on each database. MINGCHA_BENCH_HOME names a folder where they are kept from run to run; without it
they are made anew and thrown away. MINGCHA_BENCH_CASES says how large the city is.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _city import make_city
from store import databases

ROOT = Path(__file__).parent.parent
CASES = int(os.environ.get("MINGCHA_BENCH_CASES", "1000000"))
KEPT = os.environ.get("MINGCHA_BENCH_HOME", "")
WANTED = os.environ.get("MINGCHA_BENCH_DATABASES", "sqlite postgresql").split()
REGION = "410100000000"
COUNTY = "410105000000"
START = 120.0
"""Seconds until the installation must answer."""
PATIENCE = 900.0
QUIET = 10.0
"""Seconds of which its processes may use a tenth of a core before anything is measured."""


@dataclass(frozen=True)
class Store:
    """One filled store: its home, its database, and how it was filled."""

    name: str
    city: Path
    home: Path
    database: str

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are started with."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MINGCHA_")}
        return kept | {
            "PYTHONPATH": str(ROOT),
            "MINGCHA_HOME": str(self.home),
            "MINGCHA_DATABASE": self.database,
            "MINGCHA_REGION": REGION,
        }

    def ask(self, part: str, *arguments: str) -> Any:
        """Run a part of `_filled` in a process of its own, and its answer."""
        command = [sys.executable, str(ROOT / "bench" / "_filled.py"), part, *arguments]
        done = subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def stores(cases: int = CASES) -> Iterator[Iterator[Store]]:
    """A filled store on each database, one after another; PostgreSQL runs as long as this does."""
    with tempfile.TemporaryDirectory() as thrown_away:
        place = Path(KEPT or thrown_away)
        place.mkdir(parents=True, exist_ok=True)
        city = place / "city"
        if not (city / "mingcha.yaml").exists():
            make_city(city, cases)
        with databases(place) as known:
            yield (
                _filled(Store(name, city, place / f"home-{name}", address))
                for name, address in known.items()
                if name in WANTED
            )


def _filled(store: Store) -> Store:
    done = store.home / "filled.json"
    if not done.exists():
        told = store.ask("fill", str(store.city))
        done.write_text(json.dumps(told), encoding="utf-8")
    return store


@dataclass(frozen=True)
class Served:
    """A running installation."""

    store: Store
    port: int
    pid: int

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def served(store: Store) -> Iterator[Served]:
    """Web and worker over the store, from when it answers until it has ended."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    store.ask("by_day")
    command = [sys.executable, "-m", "mingcha.cli", "serve", "--port", str(port)]
    with (store.home / "served.txt").open("wb") as said:
        process = subprocess.Popen(command, env=store.environment, cwd=store.home, stdout=said, stderr=said)
    try:
        running = Served(store, port, process.pid)
        _wait(running, process)
        until_done(store)
        _until_quiet(process.pid)
        yield running
    finally:
        process.terminate()
        process.wait(60)


def _wait(running: Served, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{running.address}/readyz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError((running.store.home / "served.txt").read_text("utf-8"))


def _until_quiet(pid: int) -> None:
    """What casework makes of an earlier measurement (thousands of matters) is no part of the next one."""
    until, before = time.monotonic() + PATIENCE, processor_seconds(pid)
    while time.monotonic() < until:
        time.sleep(QUIET)
        now = processor_seconds(pid)
        if now - before < QUIET * 0.1:
            return
        before = now


def processor_seconds(pid: int) -> float:
    """Of a process and all below it, since they began."""
    total, waiting = 0.0, [pid]
    while waiting:
        place = Path("/proc") / str(waiting.pop())
        with suppress(OSError):
            told = (place / "stat").read_text("utf-8").rpartition(")")[2].split()
            total += (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
            for task in (place / "task").iterdir():
                waiting += [int(each) for each in (task / "children").read_text("utf-8").split()]
    return total


def until_done(store: Store) -> float:
    """Wait until all that came is applied and judged; the moment (`time.perf_counter`). Raises AssertionError."""
    until = time.monotonic() + PATIENCE
    while any((left := store.ask("left")).values()):
        assert time.monotonic() < until, f"not caught up after {PATIENCE} s: {left}"
        time.sleep(5)  # asking is a process that takes its second of a core
    return time.perf_counter()


def machine_load() -> float:
    """What else the machine was doing."""
    return round(os.getloadavg()[0], 1)
