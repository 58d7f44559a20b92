"""The living demo city: the same city from the same seed, loaded in part, the rest told in time and only once."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import time_machine

from mingcha.base import clock
from mingcha.demo.city import LAST_LAST_DAY
from mingcha.facts.schema import TABLES
from mingcha.law.instants import DAY, instant
from mingcha.server.demo_city import DENSITY, LivingCity, known_between, last_day
from mingcha.server.demo_replay import AwayError, Pace, Position, Script, Sender, replay
from mingcha.server.demo_state import DemoState

OPENED_AT = datetime(2026, 11, 20, 10, 0)
OPENED = instant(OPENED_AT)


@pytest.fixture(scope="module")
def city() -> LivingCity:
    return LivingCity.plan(1_000, 3, last_day(OPENED_AT.date()))


@pytest.fixture(scope="module")
def script(city: LivingCity) -> Script:
    return Script(city, OPENED)


def test_about_as_many_cases_are_loaded_as_were_asked_for(city: LivingCity) -> None:
    assert city.loaded.sum() == pytest.approx(len(city.numbers) / DENSITY, abs=1)
    assert len(set(city.numbers.to_pylist())) == len(city.numbers)


def test_the_same_seed_gives_the_same_city_and_the_same_order_of_reports(script: Script) -> None:
    again = Script(LivingCity.plan(1_000, 3, last_day(OPENED_AT.date())), OPENED)
    assert again.city.numbers.equals(script.city.numbers)
    assert again.reports == script.reports


def test_nothing_that_lies_ahead_is_loaded(city: LivingCity) -> None:
    for name, rows in city.opening(OPENED):
        for event in TABLES[name].events:
            if event in rows.column_names:
                latest = pa.compute.max(rows[event].cast(pa.int64())).as_py()
                assert latest is None or latest <= OPENED + 1, (name, event)


def test_what_was_known_before_and_what_has_happened_since_are_what_is_known_now(city: LivingCity) -> None:
    begun = instant(DemoState(1_000, 3, last_day(OPENED_AT.date()), OPENED_AT).begun_at)
    in_two, at_once = _by_key(city.opening(begun)), _by_key(city.opening(OPENED))
    assert in_two["cases"] != at_once["cases"]
    for name, rows in _by_key(city.since(begun, OPENED)).items():
        in_two.setdefault(name, {}).update(rows)
    assert in_two == at_once


def _by_key(tables: Iterator[tuple[str, pa.Table]]) -> dict[str, dict[tuple[Any, ...], dict[str, Any]]]:
    return {
        name: {tuple(row[key] for key in TABLES[name].keys): row for row in rows.to_pylist()}
        for name, rows in tables
    }


@pytest.mark.parametrize("opened", [datetime(2026, 11, 1), datetime(2026, 11, 30, 23), datetime(2027, 1, 1)])
def test_its_system_has_been_at_work_since_the_month_before(opened: datetime) -> None:
    begun = DemoState(1_000, 3, opened.date(), opened).begun_at
    assert (begun + timedelta(days=5)).replace(hour=0) == datetime(opened.year, opened.month, 1)


def test_registers_are_loaded_before_what_hangs_on_them(city: LivingCity) -> None:
    names = [name for name, _ in city.opening(OPENED)]
    assert names.index("items") < names.index("cases") < names.index("steps")
    assert names.index("regions") < names.index("agencies")


def test_no_case_is_both_loaded_and_reported_late(script: Script) -> None:
    late = [report.case for report in script.reports]
    assert late
    assert not script.city.loaded[late].any()
    assert (script.received[late] <= OPENED).all()


def test_a_case_is_reported_late_once_and_its_decision_afterwards(script: Script) -> None:
    final = [report.case for report in script.reports if not report.undecided]
    assert len(set(final)) == len(final)
    for at, report in enumerate(script.reports):
        if report.undecided:
            assert any(
                later.case == report.case and not later.undecided for later in script.reports[at + 1 :]
            )


def test_a_report_before_the_decision_does_not_know_the_decision(script: Script) -> None:
    report = next(report for report in script.reports if report.undecided)
    assert script.late(report, OPENED)["cases"]["completed_at"].null_count == 1


def test_one_late_report_in_six_has_something_wrong(script: Script) -> None:
    first = [report.case for report in script.reports if not report.undecided][:30]
    assert script.city.troubled(OPENED)[first].sum() >= 4


def test_what_happens_is_told_once_by_two_pulses_as_by_one(script: Script) -> None:
    middle, end = OPENED + 3 * DAY // 2, OPENED + 4 * DAY
    whole = script.happened(0, OPENED, end)
    parts = [script.happened(0, OPENED, middle), script.happened(0, middle, end)]
    for name in whole:
        keys = list(TABLES[name].keys)
        told = {
            tuple(row.values())
            for part in parts
            if name in part
            for row in part[name].select(keys).to_pylist()
        }
        assert told == {tuple(row.values()) for row in whole[name].select(keys).to_pylist()}, name
    assert "cases" in whole


def test_a_case_that_is_still_kept_back_is_not_in_the_pulse(script: Script) -> None:
    told = script.happened(0, OPENED, OPENED + 10 * DAY)
    kept_back = {report.case for report in script.reports}
    numbers = set(script.city.numbers.take(pa.array(np.array(sorted(kept_back)))).to_pylist())
    assert not numbers & set(told["cases"]["case_no"].to_pylist())


def test_known_between_holds_a_row_where_any_of_its_events_falls_into_the_time(city: LivingCity) -> None:
    rows = city.case_rows(np.flatnonzero(city.loaded))
    some = known_between({"steps": rows["steps"]}, OPENED - DAY, OPENED)["steps"]
    for row in some.to_pylist():
        moments = [instant(row[event]) for event in ("started_at", "finished_at") if row[event]]
        assert any(OPENED - DAY < moment <= OPENED + 1 for moment in moments)


def test_a_city_started_after_its_last_planned_day_still_opens() -> None:
    assert last_day(date(2031, 5, 1)) == LAST_LAST_DAY


# -- the replay against a real receiver ---------------------------------------------------------------------------


class Receiver:
    """Takes reports over HTTP; refuses while `broken`."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.broken = False
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if receiver.broken:
                    self.send_error(503)
                    return
                receiver.bodies.append(json.loads(body))
                receiver.keys.append(self.headers["Idempotency-Key"])
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def cases(self) -> list[str]:
        return [row["case_no"] for body in self.bodies for row in body.get("cases", ())]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def sender(receiver: Receiver) -> Sender:
    return Sender(receiver.address, {"demo-platform": "mcs_x", "demo-halls": "mcs_y"})


class StopAfter(threading.Event):
    """Time goes by in steps instead of being waited for, then the replay is stopped."""

    def __init__(self, traveller: Any, steps: int, each: timedelta) -> None:
        super().__init__()
        self.traveller, self.left, self.each = traveller, steps, each

    def wait(self, timeout: float | None = None) -> bool:
        self.traveller.shift(self.each)
        self.left -= 1
        if self.left <= 0:
            self.set()
        return self.is_set()


def run(script: Script, receiver: Receiver, home: Path, start: datetime, steps: int) -> None:
    with time_machine.travel(clock.aware(start), tick=False) as traveller:
        replay(
            script, sender(receiver), home, StopAfter(traveller, steps, timedelta(seconds=5)), Pace(0.0, 0.0)
        )


def test_a_replay_that_is_started_again_goes_on_where_it_stopped(
    script: Script, receiver: Receiver, tmp_path: Path
) -> None:
    run(script, receiver, tmp_path, OPENED_AT, 8)
    first = Position.read(tmp_path / "demo-replay.json", OPENED)
    assert first.sent >= 7
    run(script, receiver, tmp_path, OPENED_AT + timedelta(hours=1), 8)
    second = Position.read(tmp_path / "demo-replay.json", OPENED)
    assert second.sent >= first.sent + 7
    assert second.pulsed > first.pulsed
    final = [r.case for r in script.reports[: second.sent] if not r.undecided]
    assert set(script.city.numbers.take(pa.array(final)).to_pylist()) <= set(receiver.cases)
    numbers = {int(key.split("-")[2]) for key in receiver.keys if key.startswith("demo-late-")}
    assert numbers == set(range(second.sent))


def test_nothing_is_lost_while_the_web_service_is_away(
    script: Script, receiver: Receiver, tmp_path: Path
) -> None:
    receiver.broken = True
    run(script, receiver, tmp_path, OPENED_AT, 6)
    assert Position.read(tmp_path / "demo-replay.json", OPENED).sent == 0
    receiver.broken = False
    run(script, receiver, tmp_path, OPENED_AT + timedelta(minutes=1), 6)
    first = script.city.numbers[script.reports[0].case].as_py()
    assert first in receiver.cases


def test_a_receiver_that_is_gone_is_told_as_away(script: Script) -> None:
    with pytest.raises(AwayError):
        Sender("http://127.0.0.1:9", {"demo-platform": "k", "demo-halls": "k"}).send(
            script.late(script.reports[0], OPENED), "key"
        )
