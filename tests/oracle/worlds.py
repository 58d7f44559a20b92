"""Small worlds full of edge cases, dense around a moment, the same for one seed.

Everything a rule reads is drawn, missing wherever it may be missing; times are dates alone, midnights, last
seconds and office hours; versions of items overlap, leave gaps or are unknown; pauses overlap, touch, stay
open or end before they begin. Signals already issued are drawn from what a first judgement finds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mingcha.facts.schema import TABLES
from oracle.draw import AS_OF_DAYS, Draw
from oracle.judge import judge
from oracle.times import Instant
from oracle.world import Row, masked, visible_by
from oracle.worlds_cases import bunch, cases
from oracle.worlds_feedback import duty, feedback
from oracle.worlds_halls import halls, service
from oracle.worlds_reference import items, places


@dataclass(frozen=True)
class Drawn:
    """One world: its tables and the moment around which it lies."""

    seed: int
    tables: dict[str, list[Row]]
    as_of: datetime


def draw_world(
    seed: int, *, count: int = 14, issued: bool = True, days: Sequence[date] = AS_OF_DAYS
) -> Drawn:
    """A world of some cases and everything around them, as of one of some days."""
    d = Draw(seed, days)
    tables: dict[str, list[Row]] = {name: [] for name in TABLES if name not in ("issued", "item_risks")}
    for part in (places, items, lambda d, t: cases(d, t, count), bunch, feedback, duty, halls, service):
        part(d, tables)
    _arrive(d, tables)
    _shuffle(d, tables)
    if issued and d.chance(0.6):
        tables["issued"] = _issued(d, tables)
    return Drawn(seed, tables, d.as_of)


def _arrive(d: Draw, tables: dict[str, list[Row]]) -> None:
    """When each row arrived: some time after the last thing it tells, maybe after the moment itself."""
    for name, rows in tables.items():
        if not d.arrives[name] or TABLES[name].group == "reference":
            continue
        for row in rows:
            told = [v for v in row.values() if isinstance(v, datetime) and v <= d.as_of]
            row["reported_at"] = d.after(max(told, default=d.around()), 0, 6, missing=0)
            if row["reported_at"] and row["reported_at"].microsecond:
                row["reported_at"] = row["reported_at"].replace(microsecond=0)


def _shuffle(d: Draw, tables: dict[str, list[Row]]) -> None:
    for rows in tables.values():
        d.random.shuffle(rows)


def _issued(d: Draw, tables: dict[str, list[Row]]) -> list[Row]:
    """Signals of some of what a first judgement finds: open ones, and ended ones before them."""
    rows: list[Row] = []
    for finding in judge(tables, d.as_of):
        if finding["level"] in ("none", "undetermined") or not finding["since"] or d.chance(0.4):
            continue
        key = {name: finding[name] for name in ("rule", "about", "key", "subject")}
        ended = finding["ended_at"]
        closed = d.chance(0.2)
        for episode in range(1, 2 + closed):
            last = episode == 1 + closed
            moment = finding["since"].replace(microsecond=0)
            issued_at = d.after(moment, 0, 2, missing=0) if last else moment - timedelta(days=3)
            assert issued_at is not None
            rows.append(
                {
                    **key,
                    "episode": episode,
                    "level": finding["level"],
                    "moment": moment,
                    "issued_at": issued_at.replace(microsecond=0),
                    "ended_at": ended and ended.replace(microsecond=0)
                    if last
                    else moment - timedelta(days=1),
                }
            )
    return rows


def known_by(tables: dict[str, list[Row]], as_of: Instant) -> dict[str, list[Row]]:
    """The rows as they are known at a moment, with nothing still to come: what happens next is only time."""
    kept: dict[str, list[Row]] = {}
    for name, rows in tables.items():
        visible = [(row, masked(name, row, as_of)) for row in rows if visible_by(name, row, as_of)]
        arrived = [
            (row, seen)
            for row, seen in visible
            if not (row.get("reported_at") and row["reported_at"] > as_of)
        ]
        kept[name] = [
            {column: row[column] if seen[column] is not None else None for column in row}
            for row, seen in arrived
        ]
    return kept
