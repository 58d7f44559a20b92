"""Workers killed at any moment: every effect once, every message at least once under its key, nothing stuck.

Test-plan R2 for jobs and the outbox, with real processes and `kill -9`; the short form here, the long one nightly.
"""

from __future__ import annotations

import random
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from threading import Thread

import pytest

WORKER = """
import sys, time, urllib.request
from datetime import timedelta
from threading import Thread, Event
from mingcha.base import audit, jobs, outbox
jobs.LEASE = timedelta(seconds=1)
outbox.LEASE = timedelta(seconds=1)
outbox.back_off = lambda attempts: timedelta(seconds=0.2)
jobs.back_off = lambda attempts: timedelta(seconds=0.2)
jobs.MOST_ATTEMPTS = 1000

@outbox.sends("hook")
def send(address, body, key):
    urllib.request.urlopen(urllib.request.Request(address + key, data=b"x"), timeout=5).read()

@jobs.handles("short")
def short(payload):
    audit.record("worker", "effect", payload["n"])
    time.sleep(0.01)
    outbox.put("hook", sys.argv[1], {}, "short-" + payload["n"])

@jobs.handles("long", steps=True)
def long(claim):
    from mingcha.base.models import AuditRow
    n = claim.payload["n"]
    for step in range(3):
        with claim.step():
            if not AuditRow.objects.filter(act="step", about=f"{n}.{step}").exists():
                audit.record("worker", "step", f"{n}.{step}")
        print("in the middle", flush=True)
        time.sleep(0.1)
    with claim.last_step():
        outbox.put("hook", sys.argv[1], {}, "long-" + n)

stop = Event()
def seal():
    while True:
        audit.seal_blocks()
        time.sleep(0.05)
Thread(target=outbox.send, args=(stop,), daemon=True).start()
Thread(target=seal, daemon=True).start()
print("ready", flush=True)
jobs.work(stop)
"""

PUT = """
from mingcha.base import jobs
for n in range({count}):
    jobs.put("short", f"{{n}}", {{"n": str(n)}})
    jobs.put("long", f"{{n}}", {{"n": str(n)}})
"""

COUNT = """
from collections import Counter
from mingcha.base.models import AuditRow, Job, Outgoing
from mingcha.base.audit_check import verify
mine = Job.objects.filter(kind__in=["short", "long"])
undone = mine.exclude(state="done").count() + Outgoing.objects.exclude(state="sent").count()
acts = Counter(AuditRow.objects.filter(act__in=["effect", "step"]).values_list("act", "about"))
retried = mine.filter(attempts__gt=1).count()
print(undone, len(acts), max(acts.values(), default=0), len(verify().faults), retried)
"""


@pytest.fixture
def receiver():
    """A receiver of messages: counts by key. It answers late, so that senders are killed in the middle."""
    seen: dict[str, int] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802
            self.rfile.read(int(self.headers["Content-Length"]))
            seen[self.path[1:]] = seen.get(self.path[1:], 0) + 1
            time.sleep(0.01)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", seen
    server.shutdown()


def survives(installation, receiver, count: int, kills: int) -> None:
    """Kill one of two workers again and again, then let the last ones finish."""
    from .conftest import READY

    address, seen = receiver
    installation.program("from mingcha.base.models import Job, Outgoing; Job.objects.all().delete()")
    installation.program(PUT.format(count=count))
    chance = random.Random(7)

    def worker():
        started = installation.start("-c", READY + WORKER, address)
        assert started.stdout.readline() == "ready\n"
        lines: Queue[str] = Queue()
        Thread(target=lambda: [lines.put(line) for line in started.stdout], daemon=True).start()
        return started, lines

    workers = [worker(), worker()]
    try:
        for _ in range(kills):
            victim, lines = workers.pop(0)
            with suppress(Empty):  # the other one may have done all there was to do
                for _ in range(chance.randint(1, 8)):
                    assert lines.get(timeout=5) == "in the middle\n"
            time.sleep(chance.uniform(0, 0.05))
            victim.kill()
            victim.wait()
            workers.append(worker())
        deadline = time.monotonic() + 120
        while not (told := installation.program(COUNT)).startswith("0 ") and time.monotonic() < deadline:
            time.sleep(0.5)
    finally:
        for each, _ in workers:
            each.kill()
            each.wait()
    undone, effects, most, faults, retried = map(int, told.split())
    assert retried > 0, "workers were killed in the middle of jobs"
    assert undone == 0, "nothing is stuck"
    assert (effects, most) == (4 * count, 1), "every effect once"
    assert faults == 0, "the audit chain is whole"
    expected = {f"{kind}-{n}" for kind in ("short", "long") for n in range(count)}
    assert set(seen) == expected, "every message at least once, under its key"


def test_nothing_is_lost_or_done_twice_when_workers_are_killed(installation, receiver):
    survives(installation, receiver, count=60, kills=5)


@pytest.mark.nightly
def test_nothing_is_lost_or_done_twice_when_workers_are_killed_all_night(installation, receiver):
    survives(installation, receiver, count=600, kills=60)
