"""The calendar as relations: working days up to each day, months, and the days that a rule's SQL stands on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mingcha.engine.backend import Backend
from mingcha.engine.names import Reads
from mingcha.engine.query import AS_OF_DAY, KNOWN_FROM, KNOWN_TO
from mingcha.law.calendar import STRIDE, Calendar, DayKind
from mingcha.law.instants import DAY


def provide_days(backend: Backend, calendar: Calendar, as_of: int, reads: Reads) -> None:
    """``d_days``: working days up to each day, for bounds; ``v_months`` and the like where a rule asks for them."""
    backend.small("d_days", day_table(calendar) if backend.many else recent_days(calendar, as_of))
    for name, table in day_relations(calendar, as_of, reads).items():
        backend.small(name, table)


HORIZON = 21
"""Days beyond as_of that rules may count working days in: the next deadlines, a reservation a week ahead."""


def day_relations(calendar: Calendar, as_of: int, reads: Reads) -> dict[str, pa.Table]:
    """Working days (up to `HORIZON` days ahead) and months up to that of ``as_of``, where a rule asks for them."""
    made = {}
    if "workdays" in reads.tables:
        count = calendar.tables.count[: len(calendar.layers[0].kinds)]
        national = np.flatnonzero(np.diff(count, prepend=0) > 0)
        national = national[national <= as_of // DAY + HORIZON]
        made["v_workdays"] = pa.table({"day": pa.array(national.astype(np.int64) * DAY + 1)})
    if "days" in reads.tables:
        made["v_days"] = _every_day(calendar)
    if "months" in reads.tables:
        made["v_months"] = _months(as_of)
    if "today" in reads.tables:
        made["v_today"] = pa.table({"day": pa.array([as_of // DAY * DAY + 1], pa.int64())})
    return made


def _every_day(calendar: Calendar) -> pa.Table:
    """The known days of the national layer, each with the working days before it."""
    days = np.flatnonzero(calendar.layers[0].kinds)
    before = np.concatenate([[0], calendar.tables.count])[days]
    return pa.table(
        {"day": pa.array(days * DAY + 1, pa.int64()), "workdays_before": pa.array(before, pa.int64())}
    )


def day_table(calendar: Calendar) -> pa.Table:
    """One row per layer and day: slot, working days up to it, whether it is one; null where no calendar says it."""
    return _kept(_DAYS, calendar.version, lambda: _day_table(calendar))


T = TypeVar("T")


def _kept(held: dict[Any, T], key: Any, make: Callable[[], T]) -> T:
    """What was last used under that key, made if it is another."""
    found = held.get(key)
    if found is None:
        found = make()
        held.clear()
        held[key] = found
    return found


_DAYS: dict[str, pa.Table] = {}
"""The table of the calendar last used."""


def _day_table(calendar: Calendar) -> pa.Table:
    """Every slot has its row, so that a look-up never drops or adds one; what is not known is null."""
    days = np.arange(len(calendar.layers) * STRIDE)
    known = np.concatenate(
        [np.append(layer.kinds != DayKind.UNKNOWN, [False, False]) for layer in calendar.layers]
    )
    working = np.diff(calendar.tables.count, prepend=0) > 0
    return pa.table(
        {
            "slot": pa.array(days, pa.int64()),
            "count": pa.array(calendar.tables.count, pa.int64(), mask=~known),
            "working": pa.array(working, mask=~known),
        }
    )


def recent_days(calendar: Calendar, as_of: int) -> pa.Table:
    """Of `day_table` the known days of some years about ``as_of``: a bound lets pass what it cannot look up."""
    year = np.array([as_of], "datetime64[us]").astype("datetime64[Y]")[0]

    def chosen() -> pa.Table:
        table = day_table(calendar)
        first, last = (int((year + n).astype("datetime64[D]").astype(int)) for n in (-2, 2))
        day = table["slot"].to_numpy() % STRIDE
        near = pa.array((day >= first) & (day < last))
        return table.filter(pc.and_(near, table["count"].is_valid()))

    return _kept(_RECENT, (calendar.version, year), chosen)


_RECENT: dict[tuple[str, np.datetime64], pa.Table] = {}
"""The days last used."""


def dated(sql: str, calendar: Calendar, as_of: int) -> str:
    """A compiled rule's SQL for one day and calendar."""
    first, last = known_days(calendar, as_of)
    for token, day in ((AS_OF_DAY, as_of // DAY), (KNOWN_FROM, first), (KNOWN_TO, last)):
        sql = sql.replace(token, str(day))
    return sql


def known_days(calendar: Calendar, as_of: int) -> tuple[int, int]:
    """First and last day of the span around ``as_of`` in which every layer knows every day; (1, 0) for none."""
    day = as_of // DAY
    unknown = _unknown_days(calendar)
    place = int(np.searchsorted(unknown, day))
    if place == len(unknown) or unknown[place] == day:
        return 1, 0
    return int(unknown[place - 1]) + 1 if place else 0, int(unknown[place]) - 1


def _unknown_days(calendar: Calendar) -> NDArray[np.int64]:
    """Days that some layer does not know, and the one behind the last."""

    def found() -> NDArray[np.int64]:
        unknown = np.any([layer.kinds == DayKind.UNKNOWN for layer in calendar.layers], axis=0)
        return np.flatnonzero(np.append(unknown, True))

    return _kept(_UNKNOWN, calendar.version, found)


_UNKNOWN: dict[str, NDArray[np.int64]] = {}
"""Unknown days of the calendar last used."""


def _months(as_of: int) -> pa.Table:
    """Every month from 2007 to the one after ``as_of``'s: text, first and last day as dates alone."""
    last = np.array([as_of], "datetime64[us]").astype("datetime64[M]")[0]
    months = np.arange(np.datetime64("2007-01"), last + 2)
    first = months.astype("datetime64[D]").astype(np.int64)
    end = (months + 1).astype("datetime64[D]").astype(np.int64) - 1
    return pa.table(
        {"month": pa.array([str(m) for m in months]), "first": first * DAY + 1, "last": end * DAY + 1}
    )
