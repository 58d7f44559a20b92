"""How fast the clock runs on one thread, beside other ways to ask whether a time limit is overrun.

`python bench/clock.py` prints the figures; `run()` returns them. All are measured one after another in one
process, each best of several rounds of processor time, so that neighbours on the machine disturb little.

- `clock_mixed`: 20 % of the clocks with 1-3 pauses in random order, 10 % in natural days, a warning at left
  <= 2
- `clock_plain`, `clock_paused`: no pauses; every clock with 1-3 pauses
- `busday_count`: numpy.busday_count from start to stop with the days off, without make-up days, pauses or due
  day
- `day_walk`: the due day found by walking the calendar day by day, in Python, without pauses
- `rule_engine`, `zen_engine`: the plain time-limit rule `elapsed > promised` on rows whose elapsed is given
  to them
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from mingcha.law.calendar import STRIDE, Calendar, DayKind
from mingcha.law.clock import Clocks, ClockSettings, Unit
from mingcha.law.clock import run as run_clocks
from mingcha.law.instants import DAY, MISSING, SECOND, day_number, day_of
from mingcha.law.load import load_calendar

COUNT = 2_000_000
ROUNDS = 5
AS_OF = day_number(date(2026, 11, 20)) * DAY


def make_clocks(count: int, paused: float, natural: float = 0.1, seed: int = 1) -> Clocks:
    """Clocks started over some three years, nine of ten stopped."""
    rng = np.random.default_rng(seed)
    first = day_number(date(2024, 1, 2))
    start = rng.integers(first, first + 1000, count) * DAY + rng.integers(8 * 3600, 18 * 3600, count) * SECOND
    stop = start + rng.integers(0, 30 * 86400, count) * SECOND
    pauses = np.where(rng.random(count) < paused, rng.integers(1, 4, count), 0)
    row = np.repeat(np.arange(count), pauses)
    begun = start[row] + rng.integers(0, 15 * 86400, len(row)) * SECOND
    return Clocks(
        start=start,
        limit=rng.integers(1, 21, count),
        unit=np.where(rng.random(count) < natural, Unit.NATURAL_DAY, Unit.WORKING_DAY).astype(np.int8),
        stop=np.where(rng.random(count) < 0.9, stop, MISSING),
        pause_offsets=np.concatenate(([0], np.cumsum(pauses))),
        pause_start=begun,
        pause_end=begun + rng.integers(3600, 10 * 86400, len(row)) * SECOND,
    )


def per_second(work: Callable[[], Any], count: int, rounds: int = ROUNDS) -> float:
    """The best of several rounds."""
    best = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return count / best


def busday_count(calendar: Calendar, clocks: Clocks) -> Callable[[], Any]:
    kinds = calendar.layers[0].kinds
    off = np.flatnonzero(kinds == DayKind.OFF).astype("datetime64[D]")
    start = day_of(clocks.start).astype("datetime64[D]")
    assert clocks.stop is not None
    stop = np.where(clocks.stop == MISSING, AS_OF, clocks.stop)
    until = day_of(stop).astype("datetime64[D]")
    return lambda: np.busday_count(start, until, holidays=off) > clocks.limit


def day_walk(calendar: Calendar, clocks: Clocks) -> Callable[[], Any]:
    working = np.diff(calendar.tables.count[:STRIDE], prepend=0).astype(bool).tolist()
    starts, limits = day_of(clocks.start).tolist(), clocks.limit.tolist()

    def walk() -> list[int]:
        due = []
        for day, limit in zip(starts, limits, strict=True):
            left = limit
            while left:
                day += 1
                left -= working[day]
            due.append(day)
        return due

    return walk


def engine_rows(clocks: Clocks, calendar: Calendar) -> list[dict[str, int]]:
    """What other engines need told: how much has elapsed."""
    times = run_clocks(calendar, clocks, ClockSettings(), AS_OF)
    pairs = zip(times.elapsed.tolist(), clocks.limit.tolist(), strict=True)
    return [{"elapsed": elapsed, "promised": promised} for elapsed, promised in pairs]


def rule_engine_rule(rows: list[dict[str, int]]) -> Callable[[], Any]:
    from rule_engine import Rule

    rule = Rule("elapsed > promised")
    return lambda: [rule.matches(row) for row in rows]


def zen_engine_rule(rows: list[dict[str, int]]) -> Callable[[], Any]:
    from zen import ZenEngine

    place = {"x": 0, "y": 0}
    rule = {"id": "red", "key": "red", "value": "elapsed > promised"}
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": place},
        {
            "id": "x",
            "name": "x",
            "type": "expressionNode",
            "position": place,
            "content": {"expressions": [rule]},
        },
        {"id": "out", "name": "out", "type": "outputNode", "position": place},
    ]
    edges = [
        {"id": f"{source}-{target}", "sourceId": source, "targetId": target, "type": "edge"}
        for source, target in (("in", "x"), ("x", "out"))
    ]
    decision = ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    return lambda: [decision.evaluate(row) for row in rows]


def run(count: int = COUNT) -> dict[str, dict[str, float]]:
    """Clocks or rows a second by name, and how many times as fast as each other way `clock_mixed` is."""
    calendar, settings = load_calendar(), ClockSettings(left=(2,))
    speed: dict[str, float] = {}
    for name, paused in (("mixed", 0.2), ("plain", 0.0), ("paused", 1.0)):
        clocks = make_clocks(count, paused)
        speed[f"clock_{name}"] = per_second(partial(run_clocks, calendar, clocks, settings, AS_OF), count)
    plain = make_clocks(count, 0.0)
    speed["busday_count"] = per_second(busday_count(calendar, plain), count, 3)
    some = make_clocks(count // 10, 0.0, natural=0.0)
    speed["day_walk"] = per_second(day_walk(calendar, some), len(some), 2)
    rows = engine_rows(some, calendar)
    speed["rule_engine"] = per_second(rule_engine_rule(rows), len(rows), 2)
    few = rows[: max(count // 200, 1)]
    speed["zen_engine"] = per_second(zen_engine_rule(few), len(few), 2)
    others = [name for name in speed if not name.startswith("clock_")]
    return {
        "clocks_per_second": {name: round(value) for name, value in speed.items()},
        "times_as_fast_as": {name: round(speed["clock_mixed"] / speed[name], 1) for name in others},
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
