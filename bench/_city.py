"""A demo city to measure on: made by the command in a process of its own, and loaded to be judged."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import NamedTuple

import yaml

from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts
from mingcha.law.calendar import Calendar
from mingcha.law.load import load_calendar
from mingcha.rules.load import load_rulebook
from mingcha.rules.model import Rulebook

COMMAND = [sys.executable, "-c", "import sys; from mingcha.cli import main; sys.argv[0] = 'mingcha'; main()"]


class City(NamedTuple):
    """What `judge` is given first, in its order."""

    facts: Facts
    book: Rulebook
    calendar: Calendar
    as_of: date


def make_city(folder: Path, cases: int) -> None:
    """As `mingcha demo` makes it."""
    subprocess.run([*COMMAND, "demo", str(folder), "--cases", str(cases)], check=True, capture_output=True)


def load_city(folder: Path) -> City:
    """Its tables, the packs of its settings, the built-in calendar and its moment of judging."""
    settings = yaml.safe_load((folder / "mingcha.yaml").read_text(encoding="utf-8"))
    facts = Facts.from_parquet({p.stem: p for p in folder.glob("*.parquet") if p.stem in TABLES})
    book = Rulebook(load_rulebook().packs, tuple(settings["packs"]))
    return City(facts, book, load_calendar(), date.fromisoformat(str(settings["as_of"])))
