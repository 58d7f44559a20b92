"""`make_city`: a folder with every fact table of a demo city, and with the truth that judging it must
give."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from mingcha.demo.arrows import as_known
from mingcha.demo.duty_tables import appeals, duty_tables
from mingcha.demo.follow import expect_bunching, expect_promises
from mingcha.demo.follow_ratings import expect_begged, expect_repeated, expect_retaliation
from mingcha.demo.hall_tables import hall_tables
from mingcha.demo.lives import make_lives
from mingcha.demo.lookups import make_lookups
from mingcha.demo.plant.guide import plant_registers
from mingcha.demo.planter import Planted, plant_cases, plant_duties
from mingcha.demo.registers import as_table, register_rows
from mingcha.demo.tables import CASE_TABLES, Cases, Sequence
from mingcha.demo.truth import Truth
from mingcha.demo.world import YEARS, World, make_world
from mingcha.demo.write import Format, shuffled_rows, shuffled_table, write_table
from mingcha.facts.schema import TABLES
from mingcha.law.load import load_calendar

PACKS: Final = ("henan-2019", "zhengzhou-2021", "ezhou-2020", "pingdingshan-2022", "state-council")
SETTINGS: Final = "mingcha.yaml"
FIRST_LAST_DAY, LAST_LAST_DAY = date(2021, 6, 30), date(2026, 12, 20)
"""Between these the calendar and the guides of the city are known."""
MOST_IN_EXCEL: Final = 200_000
"""A sheet holds 1,048,576 rows, and a case has about five steps."""
SPELT_OUT: Final = 100_000
"""Up to so many cases the truth is written as JSON lines too."""

Report = Callable[[str, int, int], None]
"""Called with what is being written, rows done, and rows in all."""


class DemoError(ValueError):
    """A city that cannot be made, said in Chinese."""


@dataclass(frozen=True)
class Summary:
    """What was written."""

    cases: int
    rows: int
    findings: int


@dataclass(frozen=True)
class City:
    """A city before it is written: cases, the tables beside them, and the truth."""

    world: World
    told: Cases
    planted: Planted
    tables: dict[str, pa.Table]
    truth: Truth

    def rows_in(self, table: str) -> int:
        """How many rows a table has, those that lie ahead of the last day among them."""
        if table in self.tables:
            return int(self.tables[table].num_rows)
        planted = sum(int(rows.num_rows) for rows in self.planted.rows[table])
        return planted + int(self.told.counts(table)[self.planted.lawful].sum())

    def sequence(self, table: str) -> Sequence:
        """The rows of a case table, lawful and planted."""
        given = pa.concat_tables(self.planted.rows[table])
        return Sequence(self.told, table, self.planted.lawful, given, self.world.as_of)


def plan_city(cases: int, seed: int, last_day: date) -> City:
    """Work out a city of so many cases in the two years up to ``last_day``."""
    world = make_world(cases, seed, last_day, load_calendar())
    told = Cases(world, make_lives(world), make_lookups(world))
    truth = Truth()
    planted = plant_cases(world, told.lives, told.look, truth)
    evaluations = pa.concat_tables(planted.rows["evaluations"])
    tables = hall_tables(world) | duty_tables(world) | {"appeals": appeals(world, evaluations)}
    plant_duties(world, told.lives, tables, truth)
    registers = register_rows(world)
    plant_registers(world, registers, truth)
    tables |= {name: as_table(name, rows) for name, rows in registers.items()}
    for name in planted.rows.keys() - set(CASE_TABLES):
        tables[name] = pa.concat_tables([*([tables[name]] if name in tables else []), *planted.rows[name]])
    tables.setdefault(
        "review_handling", as_table("review_handling", [])
    )  # a tiny city may have no bad review
    expect_promises(truth, told, planted)
    expect_bunching(truth, world, planted)
    expect_repeated(truth, evaluations, tables["review_handling"])
    expect_begged(truth, told, planted)
    expect_retaliation(truth, told, planted)
    return City(world, told, planted, tables, truth)


def make_city(folder: Path, cases: int, seed: int, last_day: date, form: Format, report: Report) -> Summary:
    """Write the city of so many cases, up to and with ``last_day``, into ``folder``.

    The same arguments give the same rows on any machine. Raises DemoError where the folder holds something
    else.
    """
    check_folder(folder)
    if not FIRST_LAST_DAY <= last_day <= LAST_LAST_DAY:
        raise DemoError(f"示范城市的最后一天应在 {FIRST_LAST_DAY} 与 {LAST_LAST_DAY} 之间,现为 {last_day}")
    if form == "xlsx" and cases > MOST_IN_EXCEL:
        raise DemoError(
            f"{cases} 件办件的环节超过一张 Excel 表的行数,请减到 {MOST_IN_EXCEL} 件以内,或改用 csv、parquet"
        )
    _prepare(folder, cases, seed, last_day)
    report("安排办件", 0, 0)
    return write_city(plan_city(cases, seed, last_day), folder, form, report)


def write_city(city: City, folder: Path, form: Format, report: Report) -> Summary:
    """Write the tables and the truth of a planned city."""
    writer = _Writer(city, folder, form, report)
    writer.write_all()
    found = city.truth.table(city.world.as_of)
    _write_truth(folder, found, city.world.cases)
    return Summary(city.world.cases, writer.done, found.num_rows)


def check_folder(folder: Path) -> None:
    """A new or empty folder, or one that holds a demo city. Raises DemoError."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    settings = folder / SETTINGS
    held = yaml.safe_load(settings.read_text("utf-8")) if settings.is_file() else None
    if not isinstance(held, dict) or "demo" not in held:
        raise DemoError(f"{folder} 里有不是示范城市的文件,不覆盖;请另给一个空文件夹")


def _prepare(folder: Path, cases: int, seed: int, last_day: date) -> None:
    """Clear an earlier city away, also a half-written one, and say what this one is."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.name.split(".")[0] in TABLES or path.name.startswith("truth."):
            path.unlink()
    settings = {
        "demo": {"cases": cases, "seed": seed, "years": YEARS},
        "packs": list(PACKS),
        "as_of": last_day.isoformat(),
    }
    head = "# 示范城市的设置:mingcha check 按这里的规则包和时间判定。人员、部门、办件均为虚构。\n"
    (folder / SETTINGS).write_text(
        head + yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), "utf-8"
    )


class _Writer:
    """Writes table after table, two at a time, and tells how far it is."""

    def __init__(self, city: City, folder: Path, form: Format, report: Report) -> None:
        self.city, self.folder, self.form, self.report = city, folder, form, report
        self.rows = {name: city.rows_in(name) for name in (*CASE_TABLES, *city.tables)}
        self.done = 0
        self.stopped = False

    def write_all(self) -> None:
        """Every table, the longest first."""
        names = sorted(self.rows, key=lambda name: (-self.rows[name], name))
        with ThreadPoolExecutor(2) as pool:
            try:
                for _ in pool.map(self._write, names):
                    pass
            except BaseException:
                self.stopped = True
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _write(self, name: str) -> None:
        write_table(name, self._parts(name), self.folder, self.form, lambda rows: self._wrote(name, rows))

    def _parts(self, name: str) -> Iterable[pa.Table]:
        if name in CASE_TABLES:
            return shuffled_rows(self.city.sequence(name), self.city.world.dice)
        known = as_known(name, self.city.tables[name], self.city.world.as_of)
        return [shuffled_table(name, known, self.city.world.dice)]

    def _wrote(self, name: str, rows: int) -> None:
        if self.stopped:
            raise InterruptedError(f"{name} 未写完")
        self.done += rows
        self.report(f"{TABLES[name].label}({name})", self.done, sum(self.rows.values()))


def _write_truth(folder: Path, found: pa.Table, cases: int) -> None:
    pq.write_table(found, folder / "truth.parquet", compression="zstd")
    if cases <= SPELT_OUT:
        from mingcha.readers.export import export

        export(found, folder / "truth.jsonl", "jsonl")
