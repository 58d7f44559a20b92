"""How much memory a process has held at most, it alone.

A child's `ru_maxrss` begins with what its parent held when it was forked, and that of all children is of the largest
there ever was. So a process tells its own from /proc, and one that cannot is waited for by itself.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def peak_mb() -> float:
    """Of this process, since it began."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("no VmHWM in /proc/self/status")


def run_alone(command: list[str]) -> tuple[float, float]:
    """(processor seconds, peak in GB) of a command run to its end. Raises CalledProcessError."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6
