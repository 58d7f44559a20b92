"""A finding as the columns of an alert, and what of two findings of one thing counts as different."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

import pyarrow as pa

from mingcha.alerts.models import Alert
from mingcha.alerts.transitions import rank
from mingcha.engine.record import FLAGS, MOMENTS

Row = Mapping[str, Any]
Identity = tuple[str, str, str, str, int]
Moment = datetime | date

UNDETERMINED: Final = "undetermined"

_TEXTS: Final = ("pack", "rule_version", "calendar_version", "article", "reason", "evidence")
_PLACES: Final = ("case_no", "item_code", "agency_code", "region_code")
_LEVEL_AT: Final = {"warning": "warn_at", "yellow": "yellow_at", "red": "red_at"}
_SAID: Final = (*FLAGS, *(name for name in MOMENTS if name not in ("next_at", *_LEVEL_AT.values())))
"""Columns in which another value is a change of the alert; moments of levels count once the level is reached."""
COLUMNS: Final = (*_TEXTS, *_PLACES, *FLAGS, *MOMENTS)
"""Columns of an alert that are those of its finding."""

_PASSING: Final = ("elapsed", "paused")
"""What the clock in the evidence says of the moment of judging only."""


def rows_of(findings: pa.Table) -> Iterator[Row]:
    """Findings as rows whose moments are what `LocalInstant` gives and whose texts are never null."""
    for row in findings.to_pylist():
        for name in MOMENTS:
            row[name] = _moment(row[name])
        for name in _PLACES:
            row[name] = row[name] or ""
        yield row


def _moment(value: datetime | None) -> Moment | None:
    """A date alone is marked by one microsecond."""
    return value.date() if value is not None and value.microsecond else value


def identity(row: Row) -> Identity:
    """Who an alert is."""
    return row["rule"], row["about"], row["key"], row["subject"], row["episode"]


def identity_of(alert: Alert) -> Identity:
    """The same, of an alert."""
    return alert.rule, alert.about, alert.key, alert.subject, alert.episode


def steps(row: Row, as_of: datetime) -> list[tuple[str, Moment]]:
    """The levels that were reached one after another, each with its lawful moment; the finding's own level last."""
    earlier = [
        (level, row[at])
        for level, at in (("warning", "warn_at"), ("yellow", "yellow_at"))
        if row[at] is not None and rank(level) < rank(row["level"])
    ]
    return [*earlier, (row["level"], row["since"] or as_of)]


def columns(row: Row) -> dict[str, Any]:
    """The finding's part of an alert."""
    return {name: row[name] for name in COLUMNS}


def different(alert: Alert, row: Row) -> dict[str, Any]:
    """Columns of the alert that the finding says otherwise."""
    return {name: row[name] for name in COLUMNS if getattr(alert, name) != row[name]}


def matters(alert: Alert, differing: Mapping[str, Any]) -> bool:
    """Whether a difference is one of the verdict or the facts behind it, not of wording or the hour of judging."""
    reached = [at for level, at in _LEVEL_AT.items() if rank(level) <= rank(alert.level)]
    if any(name in differing and not _of_its_issue(alert, name, differing) for name in (*_SAID, *reached)):
        return True
    return "evidence" in differing and _lasting(alert.evidence) != _lasting(differing["evidence"])


def _of_its_issue(alert: Alert, name: str, differing: Mapping[str, Any]) -> bool:
    """What has no moment in the facts has that of its issue, once it is issued."""
    return getattr(alert, name) is None and differing[name] == alert.moment


def _lasting(evidence: str) -> Any:
    told = json.loads(evidence)
    for one in (told, *told.get("more", ())):
        clock = one.get("clock")
        if isinstance(clock, dict) and clock.get("stop") is None:
            one["clock"] = {name: value for name, value in clock.items() if name not in _PASSING}
    return told
