"""How long a person waits: a command from its start, and one case judged again in a warm process.

Every command runs in a process of its own, several times; the least time counts. `check` is run as in a plain
installation, and once more as beside the extra `[spark]`, whose pandas Arrow loads wherever it finds it.

Warm: all packs over the facts of a thousand cases in memory, judged case by case and in scopes of three hundred, as a
server does after a batch.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from _city import COMMAND, load_city, make_city

from mingcha.engine.judge import judge
from mingcha.facts.store import Facts

NO_PANDAS = """
import sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name == "pandas":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Hidden())
"""
PLAIN = [*COMMAND[:-1], NO_PANDAS + COMMAND[-1]]
CASES = 1_000
TIMES = 5


def run() -> dict[str, Any]:
    """Seconds of the commands, milliseconds of judging again."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "city"
        make_city(folder, CASES)
        return {
            "help_seconds": _least(lambda: _command("--help")),
            "clock_seconds": _least(lambda: _command("clock", "2026-09-18", "10")),
            "check_1000_cases_seconds": _least(lambda: _run([*PLAIN, "check", str(folder)])),
            "check_1000_cases_beside_spark_seconds": _least(lambda: _command("check", str(folder))),
            **_warm(folder),
        }


def _command(*arguments: str) -> None:
    _run([*COMMAND, *arguments])


def _run(command: list[str]) -> None:
    subprocess.run(command, check=False, capture_output=True)


def _least(work: Callable[[], None], times: int = TIMES) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return round(min(taken), 3)


def _warm(folder: Path) -> dict[str, float]:
    given, book, calendar, as_of = load_city(folder)
    facts = Facts.from_arrow({name: source.read() for name, source in given.items()})
    numbers = facts["cases"].read(["case_no"]).column(0).to_pylist()

    def again(keys: list[str]) -> None:
        judge(facts, book, calendar, as_of, scope=[("case", key) for key in keys])

    again(numbers[:1])
    again(numbers[:300])
    turns = iter(numbers)
    return {
        "warm_one_case_ms": round(1000 * _least(lambda: again([next(turns)]), 20), 1),
        "warm_300_cases_ms": round(1000 * _least(lambda: again(numbers[300:600])), 1),
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
