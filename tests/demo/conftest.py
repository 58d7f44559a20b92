"""Cities shared by the tests: made once a run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from mingcha.demo.city import PACKS, City, plan_city, write_city
from mingcha.engine.judge import judge, last_second
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts
from mingcha.law.instants import instant
from mingcha.law.load import load_calendar
from mingcha.rules.load import load_rulebook
from mingcha.rules.model import Rulebook

LAST_DAY = date(2026, 10, 31)


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return load_rulebook(adopted=PACKS)


@dataclass(frozen=True)
class Made:
    """A city on disk, the same city in memory, and what the engine says of it."""

    folder: Path
    city: City
    rulebook: Rulebook

    def facts(self) -> Facts:
        return Facts.from_parquet(
            {path.stem: path for path in self.folder.glob("*.parquet") if path.stem in TABLES}
        )

    def findings(self, as_of: date) -> pa.Table:
        return judge(self.facts(), self.rulebook, load_calendar(), as_of).findings

    def truth(self, as_of: date | datetime) -> pa.Table:
        return self.city.truth.table(instant(last_second(as_of)))


def make(folder: Path, cases: int, seed: int, rulebook: Rulebook) -> Made:
    city = plan_city(cases, seed, LAST_DAY)
    write_city(city, folder, "parquet", lambda step, done, total: None)
    return Made(folder, city, rulebook)


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory, rulebook: Rulebook) -> Made:
    return make(tmp_path_factory.mktemp("large"), 20_000, 1, rulebook)


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory, rulebook: Rulebook) -> Made:
    return make(tmp_path_factory.mktemp("other"), 20_000, 7, rulebook)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, rulebook: Rulebook) -> Made:
    return make(tmp_path_factory.mktemp("small"), 600, 3, rulebook)
