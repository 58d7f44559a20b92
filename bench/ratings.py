"""Ratings taken, durable, over real HTTP while the public pages are in use: how many a second, and how long each waits.

An installation serves as `mingcha serve` does (web processes and a worker that writes what was taken into the facts).
Every citizen has an address of its own. A rating counts when the server has answered that it is kept; afterwards every
one of them must be a row of the fact table. `python -m bench ratings` measures on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

SECONDS = int(os.environ.get("MINGCHA_BENCH_SECONDS", "20"))
WANTED = os.environ.get("MINGCHA_BENCH_DATABASES", "sqlite postgresql").split()
RATES = {"sqlite": 180, "postgresql": 330}
"""Ratings sent a second, at a steady rate; more than must be reached."""
READS = 0.1
"""Public pages opened for each rating: forms of ratings, and guides and figures as far as they are there."""
CONNECTIONS = 48
CASES = 500
WORKER_WAIT = 60.0


@dataclass
class Seen:
    """What the clients saw."""

    waits: list[float] = field(default_factory=list)
    reads: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    began: float = 0.0
    ended: float = 0.0


async def ask(
    port: int, method: str, path: str, body: bytes = b"", host: str = "10.0.0.1"
) -> tuple[int, str]:
    """Status and the rest of the answer, over a connection of its own: every citizen has a telephone of his own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Forwarded-For: {host}\r\n"
        f"User-Agent: Mobile\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    told = (await reader.read()).decode("utf-8", "replace")
    writer.close()
    return int(told.split(" ", 2)[1]), told


def run() -> dict[str, Any]:
    """On each database that is wanted."""
    found: dict[str, Any] = {}
    for name in WANTED:
        with tempfile.TemporaryDirectory(prefix="bench-ratings-") as made:
            found[f"ratings_{name}"] = _measured(Path(made), name)
    return found


def _measured(folder: Path, name: str) -> dict[str, Any]:
    """Fill, serve, send."""
    import _ratings_site as site

    with site.serving(folder, name, CASES, count=RATES[name] * SECONDS) as (port, tokens, guides):
        seen = asyncio.run(_send(port, tokens, guides, RATES[name]))
        kept = site.kept(WORKER_WAIT, len(seen.taken))
    assert kept == len(seen.taken), f"{len(seen.taken)} acknowledged, {kept} in the facts"
    took = seen.ended - seen.began
    ranked = statistics.quantiles(seen.waits, n=100)
    return {
        "sent_a_second": RATES[name],
        "taken_a_second": round(len(seen.taken) / took, 1),
        "p50_ms": round(ranked[49] * 1000),
        "p95_ms": round(ranked[94] * 1000),
        "p99_ms": round(ranked[98] * 1000),
        "pages_a_second": round(len(seen.reads) / took, 1),
        "page_p95_ms": round(statistics.quantiles(seen.reads, n=100)[94] * 1000),
        "failed": len(seen.failed),
        "in_the_facts": kept,
    }


async def _send(port: int, tokens: list[str], pages: list[str], rate: int) -> Seen:
    """At a steady rate: a rating waits from the moment it was due, not from when a connection was free."""
    seen = Seen()
    due: asyncio.Queue[tuple[float, str] | None] = asyncio.Queue()
    clients = [asyncio.create_task(_citizen(port, due, pages, seen, number)) for number in range(CONNECTIONS)]
    seen.began = time.perf_counter()
    for number, token in enumerate(tokens):
        at = seen.began + number / rate
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        due.put_nowait((at, token))
    for _ in clients:
        due.put_nowait(None)
    await asyncio.gather(*clients)
    seen.ended = time.perf_counter()
    return seen


async def _citizen(port: int, due: asyncio.Queue[Any], pages: list[str], seen: Seen, number: int) -> None:
    chance = random.Random(number)
    while (asked := await due.get()) is not None:
        at, token = asked
        host = f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"
        if chance.random() < READS:
            await _read(port, chance.choice([*pages, f"/rate/{token}/"]), host, seen)
        level = chance.choices((5, 4, 3, 2, 1), (70, 15, 10, 3, 2))[0]
        body = urlencode({"level": level, "comment": "办得很快" if level > 2 else "等了很久"}).encode()
        status, told = await ask(port, "POST", f"/rate/{token}/", body, host)
        seen.waits.append(time.perf_counter() - at)
        if status == 302:
            seen.taken.add(token)
        else:
            seen.failed.append(told[:300])


async def _read(port: int, path: str, host: str, seen: Seen) -> None:
    began = time.perf_counter()
    status, told = await ask(port, "GET", path, host=host)
    seen.reads.append(time.perf_counter() - began)
    if status != 200:
        seen.failed.append(f"{path}: {told[:300]}")
