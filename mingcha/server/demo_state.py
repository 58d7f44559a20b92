"""What makes a demo city the one it is: its size, seed, last day and the moment it was opened."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from mingcha.facts.schema import TABLES
from mingcha.law.instants import instant
from mingcha.server.demo_city import last_day
from mingcha.server.start import StartError

PLATFORM: Final = "demo-platform"
HALLS: Final = "demo-halls"
"""Codes of the city's two reporting systems."""
OWN: Final = frozenset({"arrivals", "issued"})
"""Tables that a source may not report; the city's history of reporting is loaded by the system itself."""
_FILE: Final = "demo.json"


def source_of(table: str) -> str:
    """Which of the city's systems reports a table."""
    return HALLS if TABLES[table].group == "hall" else PLATFORM


@dataclass(frozen=True)
class DemoState:
    """Kept in the city's folder, written before anything else."""

    cases: int
    seed: int
    until: date
    opened_at: datetime

    @classmethod
    def read(cls, home: Path) -> DemoState | None:
        """The city of this folder; None where there is none yet."""
        file = home / _FILE
        if not file.is_file():
            return None
        held: dict[str, Any] = json.loads(file.read_text("utf-8"))
        until, opened_at = date.fromisoformat(held["until"]), datetime.fromisoformat(held["opened_at"])
        return cls(held["cases"], held["seed"], until, opened_at)

    def write(self, home: Path) -> None:
        """Written whole or not at all."""
        draft = home / f"{_FILE}.new"
        draft.write_text(json.dumps(asdict(self), default=str), "utf-8")
        draft.replace(home / _FILE)

    @property
    def opened(self) -> int:
        """The moment of the opening, in microseconds of local wall time."""
        return instant(self.opened_at)

    @property
    def begun_at(self) -> datetime:
        """A moment late in the month before, local: by then the city's system was at work."""
        return self.opened_at.replace(day=1, hour=9, minute=0, second=0, microsecond=0) - timedelta(days=5)


def state_of(home: Path, cases: int, seed: int, now: datetime) -> DemoState:
    """What this folder's city is; made on its first start. Raises StartError where another city is asked for."""
    state = DemoState.read(home)
    if state is None:
        state = DemoState(cases, seed, last_day(now.date()), now)
        state.write(home)
    if (state.cases, state.seed) != (cases, seed):
        raise StartError(
            f"{home.resolve()} 里已有一座示范城市({state.cases} 件、种子 {state.seed})。"
            "请照原样启动,或删去这个文件夹再装一座"
        )
    return state
