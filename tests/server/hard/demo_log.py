"""Logs of batches for the hard tests: what a few troubled cases of a demo city report, disturbed in every lawful way.

A case is reported as it was known at some of its moments, late or at once; reports come twice, after later ones, with
another moment, with a column cleared, and are taken back; items get another limit and the calendar another day off.
Everything is drawn by hypothesis, so that a log that fails shrinks to the few batches that matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import strategies as st

from mingcha.demo.arrows import as_known
from mingcha.facts.declare import Kind
from mingcha.facts.schema import TABLES
from mingcha.law.instants import instant
from mingcha.readers.export import as_texts
from mingcha.server.demo_city import LivingCity, known_at

Row = dict[str, Any]
Rows = Mapping[str, list[Row]]

FIRST, LAST = datetime(2026, 1, 5, 8), datetime(2026, 11, 30)
"""Cases are received between these; registers are there from the first on."""
DAYS_OFF = (date(2026, 3, 11), date(2026, 5, 20), date(2026, 7, 8), date(2026, 9, 16), date(2026, 11, 4))
"""Working days that a changed calendar may take away."""
_DELAYS = tuple(timedelta(minutes=minutes) for minutes in (0, 7, 60, 1_500, 4_400, 30_000, 90_000))
_MOVES = tuple(timedelta(days=days, hours=2) for days in (-30, -7, -2, -1, 0, 1, 3, 12))
_OLDER = 50_000_000
"""Seconds that lie before every moment of a log."""
_PLACES = {"regions": None, "agencies": "agency_code", "halls": "hall_code", "items": "item_code"}


@dataclass(frozen=True)
class Arrival:
    """One batch: when it arrives (local), its rows; or the day that a calendar published then takes away."""

    at: datetime
    rows: Rows
    day_off: date | None = None


@lru_cache(maxsize=1)
def city() -> LivingCity:
    """Five hundred cases; every defect that the rules of the city know is planted in at least one."""
    return LivingCity.plan(100, 3, date(2026, 12, 18))


@lru_cache(maxsize=1)
def troubled() -> dict[str, int]:
    """For every rule that finds something in the city, the place of one case of which it does."""
    found = city().city.truth.table(instant(LAST))
    places = {number: place for place, number in enumerate(city().numbers.to_pylist())}
    received = city().moments("received")
    chosen: dict[str, int] = {}
    for rule, about, key in zip(*(found[name].to_pylist() for name in ("rule", "about", "key")), strict=True):
        place = places.get(key, -1) if about == "cases" else -1
        if place >= 0 and instant(FIRST) < received[place] < instant(LAST):
            chosen.setdefault(rule, place)
    return dict(sorted(chosen.items()))


@lru_cache(maxsize=1)
def registers() -> dict[str, list[Row]]:
    """The registers that the chosen cases stand on, as a sender writes them."""
    cases = city().case_rows(np.array(sorted(set(troubled().values()))))["cases"]
    named = {name: pc.unique(cases[name].combine_chunks()) for name in _PLACES.values() if name}
    found: dict[str, list[Row]] = {}
    for name, rows in city().other_rows().items():
        table = TABLES[name]
        if table.group != "reference" and name != "devices":
            continue
        own = _PLACES.get(name)
        for column, codes in named.items():
            kept = "code" if column == own and "code" in table.by_name else column
            if kept in rows.column_names:
                rows = rows.filter(pc.or_kleene(pc.is_in(rows[kept], codes), pc.is_null(rows[kept])))
        found[name] = as_sent(as_known(name, rows, instant(FIRST)))
    return {name: rows for name, rows in found.items() if rows}


def as_sent(rows: pa.Table) -> list[Row]:
    """Rows as a sender writes them: texts, what is missing left blank."""
    told = {name: column for name, column in as_texts(rows).items() if name != "reported_at"}
    return [dict(row) for row in pa.table(told).to_pylist()]


@lru_cache(maxsize=200)
def _life(place: int) -> dict[str, pa.Table]:
    return city().case_rows(np.array([place]))


@lru_cache(maxsize=200)
def _moments(place: int) -> list[datetime]:
    """Every moment at which something happens in a case."""
    found: set[datetime] = set()
    for name, rows in _life(place).items():
        for event in TABLES[name].events:
            if event in rows.column_names:
                found |= {at.replace(microsecond=0) for at in rows[event].to_pylist() if at is not None}
    return sorted(found)


def _version(at: datetime) -> int:
    """Grows with the moment, and is one even of what is said to be older than everything: no version is below none."""
    return _OLDER + int((at - FIRST).total_seconds())


def _known(place: int, at: datetime) -> dict[str, list[Row]]:
    """A case as it was known at a moment, each row with a version that grows with the moment."""
    version = _version(at)
    tables = known_at(_life(place), instant(at + timedelta(seconds=1)))
    return {name: [{**row, "source_version": version} for row in as_sent(t)] for name, t in tables.items()}


# -- drawing --------------------------------------------------------------------------------------------------------


@st.composite
def _reports(draw: st.DrawFn) -> list[Arrival]:
    """What one case reports: as known at one to three of its moments, each sent some time after it."""
    place = draw(st.sampled_from(sorted(set(troubled().values()))))
    moments = draw(st.lists(st.sampled_from(_moments(place)), min_size=1, max_size=3, unique=True))
    made = [Arrival(at + draw(st.sampled_from(_DELAYS)), _known(place, at)) for at in sorted(moments)]
    return [arrival for arrival in made if arrival.rows]


@st.composite
def _disturbed(draw: st.DrawFn, reports: list[Arrival]) -> Arrival | None:
    """A report once more, a row of it taken back, or with another value; None where there is none to disturb."""
    of = draw(st.sampled_from(reports))
    at = of.at + draw(st.sampled_from(_DELAYS))
    how = draw(st.sampled_from(("again", "withdraw", "move", "clear")))
    if how == "again":
        return Arrival(at, of.rows)
    table = draw(st.sampled_from(sorted(of.rows)))
    row = dict(draw(st.sampled_from(of.rows[table])))
    row["source_version"] = _version(at) + draw(st.sampled_from((1, 1, 1, -_OLDER)))
    if how == "withdraw":
        return Arrival(at, {table: [{**row, "withdrawn": "true"}]})
    kind = Kind.INSTANT if how == "move" else None
    named = [
        column.name
        for column in TABLES[table].columns
        if row.get(column.name) and (column.kind is kind if kind else not column.must)
    ]
    free = sorted(set(named) - {*TABLES[table].keys, "source_version"})
    if not free:
        return None
    name = draw(st.sampled_from(free))
    row[name] = _moved(row[name], draw(st.sampled_from(_MOVES))) if how == "move" else ""
    return Arrival(at, {table: [row]})


def _moved(text: str, by: timedelta) -> str:
    if len(text) == 10:
        return str(date.fromisoformat(text) + by)
    return (datetime.fromisoformat(text) + by).isoformat(sep=" ")


@st.composite
def _another_limit(draw: st.DrawFn, reports: list[Arrival]) -> Arrival | None:
    """An item of one of the cases promises another number of days, from now on or as a version of its own."""
    of = draw(st.sampled_from(reports))
    codes = [row["item_code"] for row in of.rows.get("cases", ()) if row.get("item_code")]
    rows = [row for row in registers()["items"] if row["item_code"] in codes]
    if not rows:
        return None
    row = {**rows[0], "promised_limit": str(draw(st.sampled_from((1, 3, 60)))), "statutory_limit": "60"}
    at = of.at + draw(st.sampled_from(_DELAYS))
    if draw(st.booleans()):
        row |= {"version": "9", "effective_from": str((at - timedelta(days=20)).date())}
    return Arrival(at, {"items": [row]})


@st.composite
def logs(draw: st.DrawFn, *, law: bool = False, longest: int = 3) -> list[Arrival]:
    """Arrivals in their order, at least two minutes apart; `law`: calendars change as well."""
    reports = [one for _ in range(draw(st.integers(1, longest))) for one in draw(_reports())]
    if not reports:
        return []
    arrivals: list[Arrival | None] = list(reports)
    arrivals += [draw(_disturbed(reports)) for _ in range(draw(st.integers(0, 2 * longest)))]
    if draw(st.booleans()):
        arrivals.append(draw(_another_limit(reports)))
    if law and draw(st.booleans()):
        at = draw(st.sampled_from(reports)).at + draw(st.sampled_from(_DELAYS))
        arrivals.append(Arrival(at, {}, draw(st.sampled_from(DAYS_OFF))))
    return _apart(sorted((one for one in arrivals if one is not None), key=lambda one: one.at))


def _apart(arrivals: list[Arrival]) -> list[Arrival]:
    told: list[Arrival] = []
    for one in arrivals:
        soonest = told[-1].at + timedelta(minutes=2) if told else FIRST + timedelta(minutes=2)
        told.append(Arrival(max(one.at, soonest), one.rows, one.day_off))
    return told
