"""How fast the clock runs, beside other ways to count working days. `python bench/clock.py` prints the figures."""

from __future__ import annotations

import time
import numpy as np
from mingcha.law.clock import Clocks, ClockSettings, run as run_clocks
from mingcha.law.instants import DAY, SECOND, MISSING, day_number
from mingcha.law.load import load_calendar
from datetime import date

def make(count, paused_share, natural_share, seed=1):
    rng = np.random.default_rng(seed)
    first = day_number(date(2024, 1, 2))
    start = (rng.integers(first, first + 900, count) * DAY + rng.integers(8*3600, 18*3600, count) * SECOND)
    unit = (rng.random(count) < natural_share).astype(np.int8)
    limit = rng.integers(1, 21, count)
    stop = np.where(rng.random(count) < 0.9, start + rng.integers(0, 30*86400, count) * SECOND, MISSING)
    counts = np.where(rng.random(count) < paused_share, rng.integers(1, 4, count), 0)
    offsets = np.concatenate(([0], np.cumsum(counts)))
    row = np.repeat(np.arange(count), counts)
    ps = start[row] + rng.integers(0, 15*86400, len(row)) * SECOND
    pe = ps + rng.integers(3600, 10*86400, len(row)) * SECOND
    return Clocks(start=start, stop=stop, limit=limit, unit=unit, pause_offsets=offsets, pause_start=ps, pause_end=pe)

if __name__ == "__main__":
    cal = load_calendar()
    as_of = day_number(date(2026, 11, 20)) * DAY
    for ps in (0.2, 1.0, 0.0):
        c = make(2_000_000, ps, 0.1)
        best = 9e9
        for _ in range(3):
            t = time.perf_counter(); run_clocks(cal, c, ClockSettings(left=(2,)), as_of); best = min(best, time.perf_counter() - t)
        print(ps, round(len(c) / best / 1e6, 2), "M/s")
