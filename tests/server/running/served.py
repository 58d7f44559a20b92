"""A real installation for tests: `mingcha` processes on a free port, in a folder of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

START = 300.0
"""Seconds until it must answer; the machine may be busy."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Served:
    """`mingcha <arguments>` in `home`, its output in a file."""

    home: Path
    port: int = field(default_factory=free_port)
    database: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        file = self.home / "said.txt"
        return file.read_text("utf-8", "replace") if file.exists() else ""

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MINGCHA_")}
        own = {"MINGCHA_HOME": str(self.home), "MINGCHA_PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        return {**kept, **own, **({"MINGCHA_DATABASE": self.database} if self.database else {})}

    def start(self, *arguments: str) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "mingcha.cli", *arguments]
        with (self.home / "said.txt").open("ab") as out:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=out, stderr=out, start_new_session=True
            )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command that ends by itself."""
        command = [sys.executable, "-m", "mingcha.cli", *arguments]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=START, check=False
        )

    def wait_until_it_answers(self) -> None:
        end = time.monotonic() + START
        while time.monotonic() < end:
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"ended with {self.process.returncode}:\n{self.said}")
            if status(f"{self.address}/") is not None:
                return
            time.sleep(0.3)
        raise AssertionError(f"no answer on {self.address}:\n{self.said}")

    def stop(self) -> int:
        """As systemd stops it. The exit code; killed where it does not end."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """`kill -9` of this one process."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def children(self) -> dict[int, str]:
        """Process id -> command line, of everything below it."""
        assert self.process is not None
        return dict(below(self.process.pid))


def below(pid: int) -> Iterator[tuple[int, str]]:
    """Every process below one."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            try:
                line = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            yield int(child), line
            yield from below(int(child))


def alive(pid: int) -> bool:
    """Whether it runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def status(address: str) -> int | None:
    """The status of an answer; None where nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def wait_for(what: object, seconds: float = 30.0) -> None:
    """Until a callable says true."""
    end = time.monotonic() + seconds
    while not what():  # type: ignore[operator]
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.2)


@contextmanager
def serving(home: Path, *arguments: str, database: str = "") -> Iterator[Served]:
    """`mingcha serve` until the block ends."""
    served = Served(home, database=database)
    served.start("serve", "--processes", "1", *arguments)
    try:
        served.wait_until_it_answers()
        yield served
    finally:
        if served.process is not None and served.process.poll() is None:
            served.stop()
