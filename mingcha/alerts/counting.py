"""The counts of a day (`DayCount`), kept by `changing.change` in its transaction; other counts, kept till a change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from mingcha.alerts.models import Alert, Change, DayCount
from mingcha.alerts.transitions import LIVE, OPENING
from mingcha.base import clock
from mingcha.base.remembering import remembered

_UPSERT = """
INSERT INTO alerts_daycount (day, rule, agency_code, region_code, level, raised, ended)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (day, rule, agency_code, region_code, level)
DO UPDATE SET raised = alerts_daycount.raised + excluded.raised, ended = alerts_daycount.ended + excluded.ended
"""

Key = tuple[date, str, str, str, str]
Event = tuple[int, date, str]
"""Alert, lawful day, and the level that was reached or `_ENDED`."""
_ENDED: Final = "ended"
_AT_ONCE: Final = 500
T = TypeVar("T")
_KEPT: Final = 60
"""Seconds for which a count is kept at most."""


def kept(alerts: QuerySet[Any], what: str, count: Callable[[], T]) -> T:
    """What `count` makes of these alerts: kept in this process until any alert changes. `what` names the count.

    The question itself is the key, so that nobody is told what somebody else may see.
    """
    try:
        asked = alerts.order_by().query.sql_with_params()
    except EmptyResultSet:
        return count()
    newest = Change.objects.order_by("-pk").values_list("pk", "recorded_at").first()
    return remembered(("alerts", what, asked, newest), count, _KEPT)


def count(changes: Sequence[Change], alerts: Mapping[int, Alert]) -> None:
    """Add what these changes, recorded already, mean to the counts of their lawful days.

    An alert counts once a day and level, and ends once a day, however often it does: so that each number is the length
    of the list of its alerts (`listing.happened`).
    """
    raised: Counter[Key] = Counter()
    ended: Counter[Key] = Counter()
    seen = _seen_before(changes)
    for row in changes:
        key = _key(row, alerts[row.alert_id])
        for event in _events(row):
            if event not in seen:
                seen.add(event)
                (ended if event[-1] == _ENDED else raised)[key] += 1
    keys = sorted(
        raised.keys() | ended.keys()
    )  # in one order, so that two writers cannot wait for each other
    field = DayCount._meta.get_field("day")
    with connection.cursor() as cursor:
        cursor.executemany(
            _UPSERT,
            [[field.get_db_prep_save(key[0], connection), *key[1:], raised[key], ended[key]] for key in keys],
        )


def _seen_before(changes: Sequence[Change]) -> set[Event]:
    """What happened to these alerts before, so far as it counted."""
    first: dict[int, int] = {}
    for row in changes:
        if _events(row):
            first[row.alert_id] = min(row.no, first.get(row.alert_id, row.no))
    known = [pk for pk, no in first.items() if no > 1]
    rows = (
        row
        for i in range(0, len(known), _AT_ONCE)
        for row in Change.objects.filter(alert_id__in=known[i : i + _AT_ONCE]).defer("why", "reason")
    )
    return {event for row in rows if row.no < first[row.alert_id] for event in _events(row)}


def _events(row: Change) -> list[Event]:
    """What of a change is counted: a level that was reached, an end. What is only proposed has reached nothing."""
    found = []
    if row.kind in OPENING and row.state != Alert.State.PROPOSED:
        found.append((row.alert_id, _day(row), row.level))
    if row.state_before in LIVE and row.state not in LIVE:
        found.append((row.alert_id, _day(row), _ENDED))
    return found


def _key(row: Change, alert: Alert) -> Key:
    return _day(row), alert.rule, alert.agency_code, alert.region_code, row.level


def _day(row: Change) -> date:
    at = row.lawful_at or clock.local(row.recorded_at)
    return at.date() if isinstance(at, datetime) else at
