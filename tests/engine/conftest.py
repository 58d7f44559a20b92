"""Engine tests stand on the naive judge in tests/oracle."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from mingcha.engine.duck import DuckBackend  # noqa: E402
from mingcha.engine.judge import Judgement, judge  # noqa: E402
from mingcha.facts.store import Facts  # noqa: E402
from mingcha.law.calendar import Calendar  # noqa: E402
from mingcha.law.load import load_calendar  # noqa: E402
from mingcha.rules.load import load_rulebook  # noqa: E402
from mingcha.rules.model import Rulebook  # noqa: E402


@lru_cache(maxsize=8)
def _rulebook(adopted: tuple[str, ...]) -> Rulebook:
    return load_rulebook(adopted=adopted)


def small_duck() -> DuckBackend:
    return DuckBackend(threads=1, memory="500MB")


@pytest.fixture(scope="session")
def calendar() -> Calendar:
    return load_calendar()


@pytest.fixture(scope="session")
def judged(calendar: Calendar) -> Callable[..., Judgement]:
    """Judge tables of rows: judged(tables, as_of, adopted=(), ...); way="many" for the narrowed queries."""

    def run(tables: Any, as_of: Any, adopted: tuple[str, ...] = (), **options: Any) -> Judgement:
        if options.get("way") == "many":
            options.setdefault("backend", small_duck)
        facts = tables if isinstance(tables, Facts) else Facts.from_rows(tables)
        return judge(facts, _rulebook(adopted), options.pop("calendar", calendar), as_of, **options)

    return run
