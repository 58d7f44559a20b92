"""The processes of an installation: `mingcha serve` starts web and worker as children and keeps them running."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event
from types import FrameType
from typing import Final

Say = Callable[[str], None]
"""Called with a Chinese sentence for whoever watches."""

_PR_SET_PDEATHSIG: Final = 1
_POLL: Final = 0.2
_LONGEST_REST: Final = 30.0
_STEADY: Final = 60.0
"""A child that ran so long and then ended is started again at once."""
_BEHIND: Final = 5
GRACE: Final = 25.0
"""Seconds that a child has to end what it is doing."""


def end_with_parent() -> None:
    """Have this process told to end (SIGTERM) when its parent is gone, even if that was killed. Linux; else nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def stop_on_signals() -> Event:
    """An event that SIGTERM and SIGINT set: what is under way is ended, nothing new is begun."""
    stop = Event()

    def told(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)
    return stop


@dataclass
class Child:
    """One process that is kept running: its name for people, the module it runs, and its arguments."""

    name: str
    module: str
    arguments: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    rest: float = field(default=0.0)
    again_at: float = 0.0

    def start(self) -> None:
        """Start it."""
        command = [sys.executable, "-m", self.module, *self.arguments]
        # A signal from the terminal goes to the parent alone, which tells its children in order.
        self.process = subprocess.Popen(  # noqa: S603  our own interpreter and modules
            command, preexec_fn=end_with_parent, start_new_session=True
        )
        self.started = time.monotonic()

    def look(self, say: Say) -> None:
        """Start it again where it has ended, after a rest that doubles as long as it goes on ending."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.again_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.rest = 1.0 if now - self.started > _STEADY else min(max(1.0, self.rest * 2), _LONGEST_REST)
        self.process, self.again_at = None, now + self.rest
        how = f"被信号 {-code} 终止" if code < 0 else f"退出(代码 {code})"
        say(f"{self.name}{how},{self.rest:.0f} 秒后重新启动")

    def tell_to_end(self) -> None:
        """Ask it to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> bool:
        """Wait for its end; killed where it has not ended by then (False)."""
        if self.process is None:
            return True
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return False
        return True


def keep_running(children: Sequence[Child], stop: Event, say: Say) -> None:
    """Run the children until `stop`; then end the last one first, so that what feeds others ends before them."""
    try:
        while not stop.is_set():
            for child in children:
                child.look(say)
            stop.wait(_POLL)
    finally:
        for child in reversed(children):
            child.tell_to_end()
            if not child.wait(time.monotonic() + GRACE):
                say(f"{child.name}在 {GRACE:.0f} 秒内没有结束,已强行终止;未做完的事下次启动时接着做")


def give_way() -> None:
    """Let this process give way to those that somebody waits for in front of a page, where both want the processor."""
    os.nice(_BEHIND)
