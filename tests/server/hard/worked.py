"""Real workers of an installation whose day the test decides, and which can be killed at any moment."""

from __future__ import annotations

import json
import os
import random
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.server.running.served import Served

CLOCK = """
import os
from datetime import timedelta
from pathlib import Path
from mingcha.base import clock
_day, _true = Path(os.environ["MINGCHA_HOME"]) / "moved.txt", clock.now
def _now():
    return _true() + timedelta(seconds=float(_day.read_text()))
clock.now = _now
"""
"""The clock of the tests' processes: the true one, moved by so many seconds as stand in a file."""

WORKER = f"""
from datetime import timedelta
from mingcha.server.start import set_up
set_up()
{CLOCK}
import sys, time
from threading import Event
from mingcha.base import jobs, outbox
from mingcha.notify import dispatch
from mingcha.server import worker
jobs.LEASE = outbox.LEASE = timedelta(seconds=1)
jobs.back_off = outbox.back_off = lambda attempts: timedelta(seconds=0.2)
jobs.MOST_ATTEMPTS = outbox.MOST_ATTEMPTS = 10_000
running = worker.loops(2)
dispatch.TOLD = 10_000  # mails name every message

def slowly(module, name):
    # The same function, which tells that it is under way and takes its time before what it did is committed.
    true = getattr(module, name)
    def run(*given, **named):
        print(name, flush=True)
        made = true(*given, **named)
        print(name, "done", flush=True)
        time.sleep(0.03)
        return made
    setattr(module, name, run)

from mingcha.alerts import judging
from mingcha.intake import applying
slowly(applying, "take")
slowly(judging, "reconcile")
slowly(dispatch, "_hold")
slowly(dispatch, "_put")
stop = Event()
print("ready", flush=True)
worker.work(stop, running)
"""


@dataclass
class Workers:
    """Two workers, of which one is killed now and then."""

    served: Served
    more: dict[str, str] = field(default_factory=dict)
    chance: random.Random = field(default_factory=lambda: random.Random(11))
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    killed_at: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return {**self.served.environment, "MINGCHA_LOG_LEVEL": "error", **self.more}

    def program(self, text: str, *arguments: str) -> Any:
        """What a program of one's own in the installation prints last, as JSON."""
        command = [sys.executable, "-c", text, *arguments]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.strip().splitlines()[-1])

    def move(self, seconds: float) -> None:
        """Set the clock of all processes, so many seconds from the true one."""
        draft = self.served.home / "moved.new"
        draft.write_text(str(seconds))
        draft.replace(self.served.home / "moved.txt")

    def start(self) -> None:
        """Have two of them at work."""
        while len(self.running) < 2:
            said = (self.served.home / "workers.txt").open("ab")
            started = subprocess.Popen(
                [sys.executable, "-c", WORKER], env=self.environment, stdout=subprocess.PIPE, stderr=said
            )
            said.close()
            self.running.append(started)
            assert self._heard(started, "ready", 120), self._said()

    def kill_one(self, within: float) -> None:
        """`kill -9` of the first at a random moment while it is at something; of an idle one after some seconds."""
        victim = self.running.pop(0)
        heard = self._heard(victim, "", within)
        time.sleep(self.chance.uniform(0, 0.06))
        victim.kill()
        victim.wait()
        self.killed_at.append((heard + self._rest(victim)).strip().rpartition("\n")[2])

    def end(self) -> None:
        """Kill those that are left."""
        for each in self.running:
            each.kill()
            each.wait()
        self.running.clear()

    def _heard(self, worker: subprocess.Popen[bytes], what: str, seconds: float) -> str:
        """What a worker said, as soon as it said something with `what` in it; "" where it did not in time."""
        assert worker.stdout is not None
        end, heard = time.monotonic() + seconds, ""
        while time.monotonic() < end:
            if select.select([worker.stdout], [], [], 0.1)[0]:
                heard += os.read(worker.stdout.fileno(), 65_536).decode()
                assert heard or worker.poll() is None, self._said()
                if heard and what in heard:
                    return heard
        return ""

    def _rest(self, worker: subprocess.Popen[bytes]) -> str:
        """What a worker that was killed had still said."""
        assert worker.stdout is not None
        return os.read(worker.stdout.fileno(), 65_536).decode()

    def _said(self) -> str:
        file: Path = self.served.home / "workers.txt"
        return file.read_text("utf-8", "replace")[-3000:]


def counted(items: Sequence[Any]) -> dict[str, int]:
    """How often each occurs, by its JSON."""
    told: dict[str, int] = {}
    for item in items:
        name = json.dumps(item, ensure_ascii=False, sort_keys=True)
        told[name] = told.get(name, 0) + 1
    return told
