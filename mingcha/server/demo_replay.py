"""The replay of the living demo city: reports go on arriving through the web service, as a city's systems send them.

Two streams, both in the clock's own time:

- *late reports*: every few seconds a case of the last weeks that its department reports only now, one in six of them
  with something wrong; of a case decided lately the decision is reported some reports later;
- *the pulse*: twice a minute, what happened meanwhile in every case that is known: received, steps, corrections,
  special procedures, decisions, ratings.

The order of late reports is drawn by the city's seed. How far it has come stands in a file that is written after each
receipt; what a crash makes it send twice changes nothing (a row with unchanged content changes nothing).
"""

from __future__ import annotations

import json
import logging
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Event
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mingcha.base import clock
from mingcha.demo.dice import Ints
from mingcha.law.instants import DAY, HOUR, instant
from mingcha.readers.export import as_texts
from mingcha.server.demo_city import LivingCity, known_at, known_between
from mingcha.server.demo_state import OWN, DemoState, source_of

TROUBLED_EACH: Final = 6
"""One late report in so many is of a case with something wrong."""
_LATE_DAYS: Final = 45
_FRESH_DAYS: Final = 4
"""Cases of these days are reported first: what comes later than that is itself a lead (sc-integrity-backdate)."""
_DECIDED_LATELY: Final = 6 * DAY
_DECISION_AFTER: Final = 12
"""So many late reports later the decision is reported."""
_STATE: Final = "demo-replay.json"
_TIMEOUT: Final = 30

_log = logging.getLogger("mingcha.replay")


class AwayError(RuntimeError):
    """The web service did not take a report; it is sent again. `refused`: it answered, and said why."""

    def __init__(self, why: str, *, refused: bool = False) -> None:
        super().__init__(why)
        self.refused = refused


@dataclass(frozen=True)
class Pace:
    """Seconds between late reports, and between pulses."""

    late: float = 4.0
    pulse: float = 30.0


@dataclass(frozen=True)
class Report:
    """One late report: a case, and whether its decision is still kept back."""

    case: int
    undecided: bool


@dataclass
class Position:
    """How far the replay has come."""

    sent: int
    pulsed: int

    @classmethod
    def read(cls, file: Path, opened: int) -> Position:
        """Where the last run stopped; the beginning without one."""
        if not file.is_file():
            return cls(0, opened)
        held = json.loads(file.read_text("utf-8"))
        return cls(held["sent"], held["pulsed"])

    def write(self, file: Path) -> None:
        """The file is replaced whole."""
        draft = file.with_suffix(".new")
        draft.write_text(json.dumps({"sent": self.sent, "pulsed": self.pulsed}), "utf-8")
        draft.replace(file)


class Script:
    """What is reported late, in which order: drawn from the city, the same on every start."""

    def __init__(self, city: LivingCity, opened: int) -> None:
        self.city, self.opened = city, opened
        self.received = city.moments("received")
        self.completed = city.moments("completed")

    @cached_property
    def reports(self) -> list[Report]:
        """Every late report in order."""
        places: list[tuple[float, Report]] = []
        for at, case in enumerate(self._order()):
            lately = self.opened - _DECIDED_LATELY < self.completed[case] <= self.opened
            lately &= self.completed[case] > self.received[case] + DAY
            places.append((at, Report(case, undecided=bool(lately))))
            if lately:
                places.append((at + _DECISION_AFTER + 0.5, Report(case, undecided=False)))
        return [report for _, report in sorted(places, key=lambda place: place[0])]

    def _order(self) -> Iterator[int]:
        """Troubled cases, the latest first, spread among lawful ones of the last weeks: the last days' before others',
        else in random order."""
        held = ~self.city.loaded & (self.received <= self.opened)
        wrong = self.city.troubled(self.opened)
        troubled = np.flatnonzero(held & wrong)
        troubled = troubled[np.argsort(-self.received[troubled], kind="stable")]
        recent = self.received > self.opened - _LATE_DAYS * DAY
        lawful = np.flatnonzero(held & ~wrong & recent)
        lawful = lawful[self.city.city.world.dice.order("late reports", lawful)]
        fresh = self.received[lawful] > self.opened - _FRESH_DAYS * DAY
        lawful = np.concatenate([lawful[fresh], lawful[~fresh]])
        bad, good = iter(troubled.tolist()), iter(lawful.tolist())
        for at in range(len(troubled) + len(lawful)):
            case = next(bad if at % TROUBLED_EACH == 1 else good, None)
            if case is None:
                case = next(bad, None)
            if case is None:
                case = next(good, None)
            if case is not None:
                yield int(case)

    @cached_property
    def _alive(self) -> tuple[Ints, dict[str, pa.Table], dict[str, pa.Table]]:
        """Cases in which anything may still happen, their rows, and the rows that hang on no case."""
        lately = self.received > self.opened - 200 * DAY
        cases = np.flatnonzero(lately)
        end = (self.city.city.world.last_day + 1) * DAY
        rows = known_between(self.city.case_rows(cases), self.opened, end)
        others = known_between(self.city.other_rows(), self.opened, end)
        return cases, rows, {name: table for name, table in others.items() if name not in OWN}

    def happened(self, sent: int, after: int, until: int) -> dict[str, pa.Table]:
        """What happened in (after, until] in the cases that are known: loaded, reported late, or new since then."""
        cases, rows, others = self._alive
        reported = np.array(
            [report.case for report in self.reports[:sent] if not report.undecided], dtype=np.int64
        )
        known = self.city.loaded[cases] | np.isin(cases, reported) | (self.received[cases] > self.opened)
        numbers = self.city.numbers.take(pa.array(cases[known]))
        happened = known_between(rows, after, until)
        found = {
            n: t.filter(pc.is_in(t["case_no"], numbers))
            for n, t in happened.items()
            if "case_no" in t.column_names
        }
        found |= known_between(others, after, until)
        return {name: table for name, table in found.items() if table.num_rows}

    def late(self, report: Report, now: int) -> dict[str, pa.Table]:
        """The rows of a late report, as known now, or as known before the decision."""
        moment = min(now, int(self.completed[report.case]) - HOUR) if report.undecided else now
        return known_at(self.city.case_rows(np.array([report.case])), moment)


class Sender:
    """Posts batches to the web service under the keys of the city's sources."""

    def __init__(self, address: str, keys: Mapping[str, str]) -> None:
        self.address, self.keys = address, keys

    def send(self, tables: Mapping[str, pa.Table], key: str) -> None:
        """One batch for each source that reports any of the tables. Raises AwayError."""
        parts: dict[str, dict[str, list[dict[str, Any]]]] = {}
        for name, rows in tables.items():
            parts.setdefault(source_of(name), {})[name] = _as_json(rows)
        for code, part in sorted(parts.items()):
            self._post(code, json.dumps(part, ensure_ascii=False).encode(), key)

    def _post(self, code: str, body: bytes, key: str) -> None:
        request = urllib.request.Request(  # noqa: S310  the address is this installation's own
            f"{self.address}/api/v1/submit/batches",
            body,
            {
                "Authorization": f"Bearer {self.keys[code]}",
                "Content-Type": "application/json",
                "Idempotency-Key": key,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
                answer.read()
        except urllib.error.HTTPError as error:
            why = f"{error.code} {error.read(2000).decode('utf-8', 'replace')}"
            raise AwayError(why, refused=True) from error
        except OSError as error:
            raise AwayError(str(error)) from error


def _as_json(rows: pa.Table) -> list[dict[str, Any]]:
    """Rows as a sender writes them: texts, what is missing left blank."""
    columns = {name: column for name, column in as_texts(rows).items() if name != "reported_at"}
    return [dict(row) for row in pa.table(columns).to_pylist()]


def replay(script: Script, sender: Sender, home: Path, stop: Event, pace: Pace = Pace()) -> None:  # noqa: B008
    """Report until `stop`, or until there is nothing more to report."""
    file = home / _STATE
    position = Position.read(file, script.opened)
    late_at = pulse_at = time.monotonic()
    while not stop.is_set():
        due = time.monotonic()
        try:
            if due >= pulse_at:
                pulse_at = due + pace.pulse
                _pulse(script, sender, position)
                position.write(file)
            if due >= late_at and position.sent < len(script.reports):
                late_at = due + pace.late
                now = clock.local_now()
                sender.send(
                    script.late(script.reports[position.sent], instant(now)), _key("late", position.sent, now)
                )
                position.sent += 1
                position.write(file)
        except AwayError as error:
            level = logging.WARNING if error.refused else logging.DEBUG  # the web starts or stops beside us
            _log.log(level, "报送未被接收,稍后再送:%s", str(error)[:500])
            late_at = pulse_at = time.monotonic() + 2
        stop.wait(0.2)


def _pulse(script: Script, sender: Sender, position: Position) -> None:
    now = clock.local_now()
    happened = script.happened(position.sent, position.pulsed, instant(now))
    if happened:
        sender.send(happened, _key("pulse", position.pulsed, now))
    position.pulsed = max(position.pulsed, instant(now))


def _key(what: str, number: int, now: datetime) -> str:
    """A sending's own name: one that a crash repeats holds what is known by then, so it is another batch."""
    return f"demo-{what}-{number}-{now:%Y%m%d%H%M%S}"


def main(address: str, keys_file: str) -> None:
    """The process: the city's state from the installation's home, its keys from a file."""
    from mingcha.base.config import config
    from mingcha.server.processes import stop_on_signals

    home = config().home
    state = DemoState.read(home)
    if state is None:
        raise SystemExit(f"{home} 里没有示范城市")
    script = Script(LivingCity.plan(state.cases, state.seed, state.until), state.opened)
    keys = json.loads(Path(keys_file).read_text("utf-8"))
    replay(script, Sender(address, keys), home, stop_on_signals())


if __name__ == "__main__":
    main(*sys.argv[1:3])
