"""The folder of a demo city: the same for one seed, readable in every format, never over other people's files."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml
from click.testing import CliRunner

from mingcha.cli.demo import demo_command
from mingcha.demo.city import PACKS, DemoError, make_city, plan_city
from mingcha.demo.tables import CASE_TABLES
from mingcha.facts.schema import TABLES
from mingcha.law.instants import DAY
from mingcha.readers.folder import read_folder

if TYPE_CHECKING:
    from tests.demo.conftest import Made

LAST_DAY = date(2026, 10, 31)
ABSENT = {"issued", "outages"}


def quiet(step: str, done: int, total: int) -> None:
    """Say nothing."""


def digest(folder: Path) -> str:
    """Of all rows of all tables, in their order."""
    found = hashlib.sha256()
    for path in sorted(folder.glob("*.parquet")):
        rows = pq.read_table(path)
        found.update(path.stem.encode())
        for name in rows.column_names:
            found.update(repr((name, rows[name].to_pylist())).encode())
    return found.hexdigest()[:16]


def test_one_seed_gives_the_same_rows_in_the_same_order(tmp_path: Path) -> None:
    for name in ("one", "two"):
        make_city(tmp_path / name, 300, 11, LAST_DAY, "parquet", quiet)
    make_city(tmp_path / "three", 300, 12, LAST_DAY, "parquet", quiet)
    assert digest(tmp_path / "one") == digest(tmp_path / "two") != digest(tmp_path / "three")


def test_the_rows_of_a_seed_are_pinned_for_any_machine(tmp_path: Path) -> None:
    """Change this line together with the city, and only then."""
    make_city(tmp_path / "city", 300, 1, LAST_DAY, "parquet", quiet)
    assert digest(tmp_path / "city") == "149ae8416f2a31d8"


def test_rows_are_the_same_whatever_the_order_they_are_asked_for(small: Made) -> None:
    rows = small.city.sequence("steps")
    numbers = np.arange(len(rows))
    order = np.random.default_rng(1).permutation(len(rows))
    known = small.city.told.all_rows("steps")
    assert known.num_rows > 0
    forwards = {str(row) for row in rows.take(numbers).to_pylist()}
    mixed = {str(row) for part in np.array_split(order, 7) for row in rows.take(part).to_pylist()}
    assert forwards == mixed


def test_the_city_has_every_fact_table_but_those_that_the_running_system_begins(small: Made) -> None:
    assert set(small.facts()) == set(TABLES) - ABSENT


def test_nothing_in_the_city_happened_after_its_last_day(small: Made) -> None:
    end = np.datetime64(small.city.world.as_of + 1, "us")
    for name, source in small.facts().items():
        rows = source.read()
        for column in TABLES[name].events:
            if column in rows.column_names and rows.num_rows:
                latest = pc.max(rows[column]).as_py()
                assert latest is None or np.datetime64(latest) <= end, (name, column)


def test_appeals_hang_on_cases_of_the_city_and_orders_on_its_agencies(large: Made) -> None:
    facts = large.facts()
    appeals, orders = facts["appeals"].read(), facts["orders"].read()
    assert set(appeals["case_no"].to_pylist()) <= set(facts["cases"].read(["case_no"])["case_no"].to_pylist())
    assert set(orders["agency_code"].to_pylist()) <= {agency.code for agency in large.city.world.agencies}
    assert appeals["filed_at"].null_count == orders["issued_at"].null_count == 0
    assert pc.all(pc.greater(appeals["filed_at"], appeals["judged_at"])).as_py()


def test_keys_are_unique_and_required_values_are_there(small: Made) -> None:
    for name, source in small.facts().items():
        rows, table = source.read(), TABLES[name]
        keys = rows.select(list(table.keys)).to_pylist()
        assert len({tuple(key.values()) for key in keys}) == len(keys), name
        assert all(rows[column].null_count == 0 for column in table.must), name


def test_cases_follow_working_days_office_hours_and_nights_on_the_web(large: Made) -> None:
    lives, days = large.city.planted.lives, large.city.world.days
    day = lives.received // DAY
    at_window = lives.channel == 0
    assert days.working[day[at_window]].all()
    hour = lives.received % DAY // (DAY // 24)
    assert set(hour[at_window].tolist()) <= {9, 10, 11, 13, 14, 15, 16}
    assert (hour[lives.channel == 1] >= 20).mean() > 0.1
    on_days_off = (~days.working[day]).mean()
    assert 0.005 < on_days_off < 0.05


def test_there_are_peaks_after_holidays(large: Made) -> None:
    lives = large.city.planted.lives
    by_day = np.bincount(lives.received // DAY - large.city.world.first_day)
    after = (date(2026, 2, 24) - date(1970, 1, 1)).days - large.city.world.first_day
    assert by_day[after] > 1.2 * np.median(by_day[by_day > 5])


def test_between_one_and_two_per_cent_of_the_cases_are_open(large: Made) -> None:
    cases = large.facts()["cases"].read(["completed_at", "opinion"])
    rejected = pc.equal(pc.fill_null(cases["opinion"], ""), "reject")
    is_open = pc.and_(pc.is_null(cases["completed_at"]), pc.invert(rejected))
    assert 0.01 < pc.mean(pc.cast(is_open, pa.int64())).as_py() < 0.02


@pytest.mark.parametrize("form", ["csv", "jsonl", pytest.param("xlsx", marks=pytest.mark.nightly)])
def test_every_format_reads_back_without_a_fault(tmp_path: Path, form: str) -> None:
    make_city(tmp_path / "city", 200, 4, LAST_DAY, form, quiet)  # type: ignore[arg-type]
    make_city(tmp_path / "plain", 200, 4, LAST_DAY, "parquet", quiet)
    with read_folder(tmp_path / "city") as reading:
        assert reading.faults.total == 0
        for name, source in reading.facts.items():
            plain = pq.read_table(tmp_path / "plain" / f"{name}.parquet")
            same = [column for column in plain.column_names if column in source.columns]
            keys = [(key, "ascending") for key in TABLES[name].keys]
            assert source.read(same).sort_by(keys).to_pylist() == plain.select(same).sort_by(keys).to_pylist()


def test_the_folder_says_what_it_is_and_by_which_packs_it_is_judged(tmp_path: Path) -> None:
    make_city(tmp_path / "city", 200, 4, LAST_DAY, "parquet", quiet)
    settings = yaml.safe_load((tmp_path / "city" / "mingcha.yaml").read_text("utf-8"))
    assert settings["packs"] == list(PACKS)
    assert str(settings["as_of"]) == "2026-10-31"
    assert settings["demo"] == {"cases": 200, "seed": 4, "years": 2}


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("办件编号\n", "utf-8")
    with pytest.raises(DemoError, match="不覆盖"):
        make_city(tmp_path, 200, 1, LAST_DAY, "parquet", quiet)
    assert [path.name for path in tmp_path.iterdir()] == ["cases.csv"]


def test_an_interrupted_city_is_made_anew_by_the_same_command(tmp_path: Path) -> None:
    class StopError(Exception):
        pass

    def interrupt(step: str, done: int, total: int) -> None:
        if done:
            raise StopError

    with pytest.raises(StopError):
        make_city(tmp_path / "city", 300, 11, LAST_DAY, "parquet", interrupt)
    make_city(tmp_path / "city", 300, 11, LAST_DAY, "parquet", quiet)
    make_city(tmp_path / "whole", 300, 11, LAST_DAY, "parquet", quiet)
    assert digest(tmp_path / "city") == digest(tmp_path / "whole")
    assert not list((tmp_path / "city").glob("*.part"))


def test_a_city_in_another_format_leaves_nothing_of_the_former(tmp_path: Path) -> None:
    make_city(tmp_path, 200, 1, LAST_DAY, "jsonl", quiet)
    make_city(tmp_path, 200, 1, LAST_DAY, "parquet", quiet)
    assert {path.name for path in tmp_path.iterdir() if path.suffix == ".jsonl"} == {"truth.jsonl"}


def test_a_last_day_without_calendar_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="2026-12-20"):
        make_city(tmp_path / "city", 200, 1, date(2027, 3, 1), "parquet", quiet)


def test_more_rows_than_a_sheet_holds_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="parquet"):
        make_city(tmp_path / "city", 300_000, 1, LAST_DAY, "xlsx", quiet)
    assert not (tmp_path / "city").exists()


def test_another_last_day_moves_the_two_years() -> None:
    city = plan_city(400, 1, date(2024, 6, 28))
    days = city.planted.lives.received // DAY
    assert city.world.first_day <= days.min() and days.max() <= city.world.last_day
    assert set(CASE_TABLES) <= set(city.planted.rows)


def test_the_command_says_what_it_made_and_how_to_judge_it(tmp_path: Path) -> None:
    result = CliRunner().invoke(demo_command, [str(tmp_path / "city"), "--cases", "200"])
    assert result.exit_code == 0
    assert "200 件办件" in result.output
    assert "mingcha check" in result.output


def test_the_command_refuses_a_strange_folder_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x", "utf-8")
    result = CliRunner().invoke(demo_command, [str(tmp_path), "--cases", "200"])
    assert result.exit_code == 2
    assert "不覆盖" in result.output
