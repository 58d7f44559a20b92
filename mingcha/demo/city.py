"""`make_city`: a folder with every fact table of a demo city."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from mingcha.demo.lives import make_lives
from mingcha.demo.registers import as_table, register_rows
from mingcha.demo.tables import CASE_TABLES, Cases, Sequence
from mingcha.demo.world import make_world
from mingcha.demo.write import Format, shuffled_rows, shuffled_table, write_table
from mingcha.law.load import load_calendar

Report = Callable[[str, int], None]
"""Called with the name of a table and the number of rows just written."""


def make_city(folder: Path, cases: int, seed: int, last_day: date, form: Format, report: Report) -> None:
    """Write the city of so many cases, up to and with ``last_day``, into ``folder``."""
    world = make_world(cases, seed, last_day, load_calendar())
    told = Cases(world, make_lives(world))
    everyone = np.arange(cases)
    folder.mkdir(parents=True, exist_ok=True)

    def write(name: str) -> None:
        rows = Sequence(told, name, everyone, None, world.as_of)
        write_table(name, shuffled_rows(rows, world.dice), folder, form, lambda n: report(name, n))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, CASE_TABLES))
    for name, rows in register_rows(world).items():
        table: pa.Table = shuffled_table(name, as_table(name, rows), world.dice)
        write_table(name, [table], folder, form, lambda n, name=name: report(name, n))  # type: ignore[misc]
