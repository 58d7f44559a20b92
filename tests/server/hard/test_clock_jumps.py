"""Test-plan T1: the machine's clock jumps an hour and a day, both ways; leap day, year end, a server in any zone.

Deadlines are the law's and do not move; what was raised is not raised again; what goes on by itself goes on.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.server.alerts.conftest import Town, at, town  # noqa: F401  a fixture
from tests.server.hard.test_killed_at_work import HEAD, PREPARE, moved_to
from tests.server.hard.worked import Workers
from tests.server.running.conftest import installation, prepared  # noqa: F401  fixtures
from tests.server.running.served import Served

pytestmark = pytest.mark.one_database

Make = Callable[[], Served]
RULE = "henan-8.10"

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
needs_faketime = pytest.mark.skipif(
    LIBRARY is None, reason="没有 libfaketime;apt-get install libfaketime 之后再测"
)


# -- a real worker whose machine's clock is set ------------------------------------------------------------------------

TOLD = (
    HEAD
    + """
from mingcha.alerts.models import Alert, Change, Watch
from mingcha.base.models import Job
changes = Change.objects.select_related("alert").order_by("alert_id", "no")
print(json.dumps({
    "past": [[c.alert.rule, c.alert.key, c.kind, c.level, str(c.lawful_at)] for c in changes],
    "deadlines": sorted([w.key, str(w.look_again_at)] for w in Watch.objects.filter(unit="case")),
    "red_at": sorted([a.key, str(a.red_at), str(a.due_at)] for a in Alert.objects.all()),
    "failed": list(Job.objects.filter(state="failed").values_list("kind", "last_error")),
}))
"""
)

WARNED = "2026-02-15T00:30:00"
JUMPS = (
    "2026-02-14T23:30:00",  # an hour back
    WARNED,  # an hour forth
    "2026-02-16T00:30:00",  # a day forth
    "2026-02-15T00:30:05",  # a day back
)


class Machine:
    """A worker on a machine of its own clock (libfaketime), in a zone of its own."""

    def __init__(self, served: Served, zone: str) -> None:
        self.served, self.said = served, served.home / "clock.txt"
        self.set("2026-02-12T11:00:00")
        self.environment = {
            **served.environment, "TZ": zone, "LD_PRELOAD": str(LIBRARY), "FAKETIME_TIMESTAMP_FILE": str(self.said),
            "FAKETIME_CACHE_DURATION": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
        }  # fmt: skip

    def set(self, day: str) -> None:
        """Set the machine's clock."""
        draft = self.said.with_suffix(".new")
        draft.write_text(f"{moved_to(day):+.0f}\n")
        draft.replace(self.said)

    def work(self) -> None:
        """Start the worker."""
        with (self.served.home / "said.txt").open("ab") as out:
            self.served.process = subprocess.Popen(
                [sys.executable, "-m", "mingcha.cli", "worker"], env=self.environment, stdout=out, stderr=out
            )

    def wait_for_two_sweeps(self) -> None:
        """Until the recurring sweep has ended twice from now on, whatever time it is."""
        for _ in range(2):
            before, end = self._swept(), time.monotonic() + 40
            while self._swept() == before:
                assert time.monotonic() < end, "the sweep stands still\n" + self.served.said[-2000:]
                time.sleep(0.2)

    def _swept(self) -> Any:
        asked = "SELECT done_at FROM base_job WHERE kind = 'alerts.sweep' ORDER BY id DESC LIMIT 1"
        if self.served.database:
            with psycopg.connect(self.served.database) as con:
                return con.execute(asked).fetchone()
        con = sqlite3.connect(self.served.home / "mingcha.sqlite3", timeout=20)
        try:
            return con.execute(asked).fetchone()
        finally:
            con.close()


@pytest.fixture
def machine(installation: Make) -> Iterator[Callable[[str], Machine]]:  # noqa: F811
    def start(zone: str) -> Machine:
        served = installation()
        workers = Workers(served)
        workers.move(moved_to("2026-02-12T10:59:00"))
        workers.program(PREPARE, "https://hook.example/in", "4")
        workers.move(0)
        made = Machine(served, zone)
        made.work()
        made.wait_for_two_sweeps()
        return made

    yield start


def _told(machine: Machine) -> Any:
    return Workers(machine.served).program(TOLD)


def _told_once(machine: Machine, change: tuple[str, ...]) -> Any:
    """What is told after a change was made, and two sweeps more."""
    end = time.monotonic() + 60
    while change not in {tuple(row[2:]) for row in _told(machine)["past"]}:
        assert time.monotonic() < end, _told(machine)
    machine.wait_for_two_sweeps()
    return _told(machine)


@needs_faketime
@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["UTC", pytest.param("America/New_York", marks=pytest.mark.nightly)])
def test_a_clock_that_jumps_an_hour_and_a_day_both_ways_moves_no_deadline_and_raises_nothing_twice(
    machine: Callable[[str], Machine], zone: str
) -> None:
    here = machine(zone)
    here.set(WARNED)
    first = _told_once(here, ("raised", "warning", "2026-02-15 00:00:00"))
    for day in JUMPS:
        here.set(day)
        here.wait_for_two_sweeps()
        told = _told(here)
        assert told == first, day
    here.set("2026-02-27T00:30:00")
    last = _told_once(here, ("risen", "red", "2026-02-27 00:00:00"))
    risen = [row for row in last["past"] if row[1] == "BJ003" and row[0] == RULE]
    assert [row[2:] for row in risen] == [
        ["raised", "warning", "2026-02-15 00:00:00"],
        ["risen", "red", "2026-02-27 00:00:00"],
    ]
    assert len({tuple(row) for row in last["past"]}) == len(last["past"]), "nothing twice"
    assert last["red_at"] == first["red_at"] and last["failed"] == []
    assert here.served.stop() == 0


# -- days that are easily got wrong ---------------------------------------------------------------------------------


def _case(received: str, number: str = "BJ1") -> dict[str, Any]:
    return {"case_no": number, "received_at": received}


@pytest.mark.parametrize(
    ("received", "eve", "warned", "red"),
    [
        # 2024-02-28 is a Wednesday, the 29th a Thursday like any other: two working days, then three more.
        ("2024-02-28 10:00", "2024-03-01T23:59:59", "2024-03-02 00:00:00", "2024-03-07 00:00:00"),
        # Wednesday 2025-12-31; the first three of January are days off, Sunday the 4th is worked.
        ("2025-12-30 10:00", "2026-01-04T23:59:59", "2026-01-05 00:00:00", "2026-01-09 00:00:00"),
        # received in the last minute of a year
        ("2025-12-31 23:59", "2026-01-05T23:59:59", "2026-01-06 00:00:00", "2026-01-10 00:00:00"),
    ],
    ids=["leap day", "year end", "last minute of the year"],
)
def test_deadlines_over_a_leap_day_and_a_year_end_are_those_of_the_calendar(
    town: Town,  # noqa: F811
    received: str,
    eve: str,
    warned: str,
    red: str,
) -> None:
    town.report(received.replace(" ", "T") + ":30", cases=[_case(received)])
    town.sweep(eve)
    assert town.alerts(RULE) == {}
    for when in (warned, eve, warned):  # and a second back and forth on the very edge
        town.sweep(when.replace(" ", "T"))
    assert town.history(RULE) == [("raised", "warning", warned)]
    town.sweep(red.replace(" ", "T"))
    assert town.history(RULE)[1:] == [("risen", "red", red)]


JUDGED = (
    HEAD
    + """
from mingcha.alerts.catching_up import catch_up
from mingcha.alerts.models import Change, Watch
told = []
for moved in json.loads(sys.argv[1]):
    _day.write_text(str(moved))
    catch_up(clock.local_now())
    told.append(sorted([w.key, str(w.look_again_at)] for w in Watch.objects.filter(unit="case")))
changes = Change.objects.select_related("alert").order_by("alert_id", "no")
told.append([[c.alert.key, c.kind, c.level, str(c.lawful_at)] for c in changes])
print(json.dumps(told))
"""
)


@pytest.mark.django_db
def test_a_server_in_any_zone_judges_the_same(installation: Make) -> None:  # noqa: F811
    told = {}
    for zone in ("Asia/Shanghai", "UTC", "America/New_York"):
        workers = Workers(installation(), {"TZ": zone})
        workers.move(moved_to("2026-02-12T10:59:00"))
        workers.program(PREPARE, "https://hook.example/in", "4")
        days = [
            moved_to(day) for day in ("2026-02-14T23:00:00", "2026-02-15T01:00:00", "2026-02-27T01:00:00")
        ]
        told[zone] = workers.program(JUDGED, json.dumps(days))
    assert told["UTC"] == told["America/New_York"] == told["Asia/Shanghai"]
    assert ["BJ003", "raised", "warning", "2026-02-15 00:00:00"] in told["UTC"][-1]
