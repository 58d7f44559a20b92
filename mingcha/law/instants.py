"""Instants and days: the two integers in which every moment of the product is held.

- An instant is int64 **microseconds of local wall time** (Asia/Shanghai, naive) since 1970-01-01T00:00:00.
- A day is a count of days since 1970-01-01; every one fits 32 bits, arrays of them are int64 like the
  instants.
- Facts are exact to the second. A value whose microsecond part is 1 is a **date alone**: as a start it is
  00:00 of its day, as a stop the end of it (23:59:59), and order against it is judged by day.
- `MISSING` stands for a value that is not there.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Instants = NDArray[np.int64]
Days = NDArray[np.int64]
Bools = NDArray[np.bool_]

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
DATE_ALONE: Final = 1
"""The microsecond that marks a date alone. Whole seconds are even, so one bit tells."""
END_OF_DAY: Final = DAY - SECOND
MISSING: Final = int(np.iinfo(np.int64).min)

_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 local wall time is naive by decision


def day_of(instants: Instants) -> Days:
    """Day numbers of instants; what it gives for `MISSING` means nothing."""
    return np.asarray(np.floor_divide(instants, DAY))


def at_day(days: NDArray[Any]) -> Instants:
    """00:00 of each day."""
    return np.asarray(np.multiply(days, DAY, dtype=np.int64))


def is_missing(instants: Instants) -> Bools:
    """True where there is no value."""
    return np.asarray(instants == MISSING)


def is_date_alone(instants: Instants) -> Bools:
    """True where the value names a day without a time. `MISSING` is none."""
    return np.asarray((instants & DATE_ALONE) != 0)


def as_start(instants: Instants) -> Instants:
    """A date alone becomes 00:00 of its day; everything else is kept."""
    return instants & ~np.int64(DATE_ALONE)


def as_stop(instants: Instants) -> Instants:
    """A date alone becomes 23:59:59 of its day; everything else is kept."""
    return np.where(is_date_alone(instants), instants - DATE_ALONE + END_OF_DAY, instants)


def before(a: Instants, b: Instants) -> Bools:
    """Where `a` lies before `b`, by day when either is a date alone. False where one is missing."""
    by_day = ((a | b) & DATE_ALONE) != 0
    earlier = np.where(by_day, day_of(a) < day_of(b), a < b) if by_day.any() else a < b
    return np.asarray(earlier & (a != MISSING) & (b != MISSING))


def instant(value: datetime | date | int | None) -> int:
    """One value as an instant: a `date` is a date alone, None is `MISSING`; fractions of a second are cut.

    Raises ValueError for a datetime with an offset: local wall time is decided where values are read.
    """
    if value is None:
        return MISSING
    if isinstance(value, int):
        return value
    if not isinstance(value, datetime):
        return (value - _EPOCH.date()).days * DAY + DATE_ALONE
    if value.tzinfo is not None:
        raise ValueError(f"时间 {value.isoformat()} 带有时区;请先换算为北京时间(Asia/Shanghai),再去掉时区")
    return (value - _EPOCH) // timedelta(seconds=1) * SECOND


def moment(value: int) -> datetime | date | None:
    """The inverse of `instant`: a date alone comes back as a `date`, `MISSING` as None."""
    if value == MISSING:
        return None
    local = _EPOCH + timedelta(microseconds=value)
    return local.date() if value & DATE_ALONE else local


def day_number(day: date) -> int:
    """A date as a day number."""
    return (day - _EPOCH.date()).days


def date_of(day: int) -> date:
    """A day number as a date."""
    return _EPOCH.date() + timedelta(days=int(day))


def iso(instants: Instants) -> NDArray[np.object_]:
    """Local ISO 8601 without offset, `2026-09-18T09:30:00`; a date alone `2026-09-18`; None where missing."""
    seconds = np.floor_divide(instants, SECOND).astype("datetime64[s]")
    texts = np.datetime_as_string(seconds).astype(object)
    alone = is_date_alone(instants)
    if alone.any():
        texts[alone] = np.datetime_as_string(seconds[alone].astype("datetime64[D]")).astype(object)
    texts[is_missing(instants)] = None
    return np.asarray(texts)
