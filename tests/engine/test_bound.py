"""The bound by which candidates of a clock are narrowed drops no row that matters, whatever the clock is like.

Each corner is judged twice: narrowed, and with every row let through.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from mingcha.engine import clock_candidates
from mingcha.engine.duck import DuckBackend
from mingcha.engine.judge import judge
from mingcha.facts.store import Facts
from mingcha.law.calendar import Calendar
from mingcha.rules.levels import parse_level
from mingcha.rules.load import shipped_rulebook
from mingcha.rules.model import Rulebook

Tables = dict[str, list[dict[str, Any]]]
Findings = list[tuple[str, str, bool]]
AS_OF = datetime(2026, 6, 1, 9)
PACK = "henan-2019"


def a_case(
    limit: int,
    unit: str,
    accepted: datetime,
    completed: datetime | None,
    paused: tuple[datetime, datetime] | None = None,
    **more: Any,
) -> Tables:
    """One case of one item, paused by one correction."""
    place = {"agency_code": "A1", "region_code": "410105000000"}
    case = {"case_no": "C1", "item_code": "I1", **place, "received_at": accepted, "accepted_at": accepted}
    item = {"item_code": "I1", "version": 1, "name": "事项", "agency_code": "A1", "promised_limit": limit}
    notice = (
        [{"case_no": "C1", "notice_no": "1", "notified_at": paused[0], "confirmed_at": paused[1]}]
        if paused
        else []
    )
    return {
        "items": [{**item, "promised_unit": unit, "statutory_limit": limit, "statutory_unit": unit}],
        "cases": [{**case, "completed_at": completed, **more}],
        "corrections": notice,
    }


def found(
    tables: Tables, levels: dict[str, str], calendar: Calendar, as_of: datetime, clock: dict[str, Any]
) -> Findings:
    """What a rule like henan-8.1 with this clock and these levels finds by the way of many rows."""
    book = shipped_rulebook()
    pack = next(pack for pack in book.packs if pack.id == PACK)
    rule = book.rule("henan-8.1")
    assert rule.clock is not None
    rule = replace(
        rule,
        clock=replace(rule.clock, **{"pauses": (), "ends": "", **clock}),
        levels=tuple(parse_level(name, text) for name, text in levels.items()),
        when="",
        evidence={},
        reason="超期",
    )
    own = Rulebook((replace(pack, rules=(rule,)),), (PACK,))
    findings = judge(
        Facts.from_rows(tables),
        own,
        calendar,
        as_of,
        way="many",
        backend=lambda: DuckBackend(threads=1, memory="500MB"),
    ).findings
    return [(row["level"], row["cause"] or "", row["lead"]) for row in findings.to_pylist()]


def day(number: int, hour: int = 9) -> datetime:
    return datetime(2026, 5, number, hour)


LEAD, LEFT = {"lead": "stopped within"}, {"warning": "left <= 2"}
DIFFERS = {"lead": "due differs promised_at"}
HOURS, DAYS = {"unit": "'hour'"}, {"unit": "'working_day'"}
SILENT = {**DAYS, "short_promise": "silent"}
CORNERS = {
    "stopped within 24 hours, but for a pause": (
        a_case(24, "hour", day(11), day(13), (day(11, 12), day(13, 8))), LEAD, {**HOURS, "pauses": ("corrections",)}
    ),
    "stopped before a due moment of its own": (
        a_case(24, "hour", day(11), day(13), promised_at=day(14)), LEAD, {**HOURS, "due": "promised_at"}
    ),
    "hours, stopped soon, announced otherwise": (
        a_case(24, "hour", day(11), day(11, 10), promised_at=day(20)), DIFFERS, HOURS
    ),
    "no days from a day off that stays the due day": (
        a_case(0, "working_day", day(16), day(18), promised_at=day(18)), DIFFERS, {**DAYS, "due_day_off": "stays"}
    ),
    "today counts, so the limit is a day longer than its warning": (
        a_case(2, "working_day", day(11), day(13)), LEFT, {**SILENT, "count_today": True}
    ),
    "a pause over the start puts the warning off": (
        a_case(2, "working_day", day(11), day(13, 15), (datetime(2026, 5, 8, 12), day(13, 8))),
        LEFT,
        {**SILENT, "pauses": ("corrections",)},
    ),
    "a limit below nothing": (
        a_case(1, "working_day", day(11), day(11, 10)),
        {**LEFT, "red": "overrun"},
        {**DAYS, "limit": "item.promised_limit - 2"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("corner", CORNERS)
def test_narrowed_or_not_the_findings_are_the_same(
    corner: str, calendar: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables, levels, clock = CORNERS[corner]
    narrowed = found(tables, levels, calendar, AS_OF, clock)
    monkeypatch.setattr(clock_candidates, "narrow", lambda *_: ({}, "TRUE"))
    assert narrowed == found(tables, levels, calendar, AS_OF, clock) != []


@pytest.mark.parametrize("unit", ["hour", "minute", "month", "working_hour", "working_day"])
def test_a_limit_beyond_all_measure_stops_nobody_elses_judging(unit: str, judged: Callable[..., Any]) -> None:
    tables = a_case(10**18 - 1, unit, day(11), day(29))
    tables["items"].append(
        {**tables["items"][0], "item_code": "I2", "promised_limit": 1, "promised_unit": "working_day"}
    )
    tables["cases"].append({**tables["cases"][0], "case_no": "C2", "item_code": "I2"})
    only = {"henan-8.1", "sc-time-statutory"}
    for way in ("few", "many"):
        rows = judged(tables, AS_OF, (PACK, "state-council"), way=way, only=only).findings.to_pylist()
        assert [(row["key"], row["level"]) for row in rows] == [("C2", "red")]
