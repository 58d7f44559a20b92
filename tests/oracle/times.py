"""Instants as facts hold them: naive local datetimes, a date alone marked by one microsecond.

A date alone is 00:00 of its day as a start and the end of it as a stop; order against it is judged by day.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

Instant = datetime
ONE_DAY = timedelta(days=1)


def alone(t: Instant) -> bool:
    return t.microsecond == 1


def date_alone(d: date) -> Instant:
    return datetime.combine(d, time()) + timedelta(microseconds=1)


def midnight(d: date) -> Instant:
    return datetime.combine(d, time())


def midnight_after(d: date) -> Instant:
    return midnight(d + ONE_DAY)


def as_start(t: Instant) -> Instant:
    return t.replace(microsecond=0)


def as_stop(t: Instant) -> Instant:
    return datetime.combine(t.date(), time(23, 59, 59)) if alone(t) else t


def before(a: Instant | None, b: Instant | None) -> bool:
    """False where one is missing."""
    if a is None or b is None:
        return False
    if alone(a) or alone(b):
        return a.date() < b.date()
    return a < b


def earliest(*given: Instant | None) -> Instant | None:
    return min((t for t in given if t is not None), default=None)


def latest(*given: Instant | None) -> Instant | None:
    return max((t for t in given if t is not None), default=None)


def instant_text(t: Instant) -> str:
    return t.date().isoformat() if alone(t) else t.isoformat()


def quarter(t: Instant) -> str:
    return f"{t.year}Q{(t.month + 2) // 3}"


def months_on(d: date, months: int) -> date:
    """民法典 202: the same day so many months on, or the last of that month."""
    year, month = divmod(d.year * 12 + d.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - ONE_DAY).day
    return date(year, month + 1, min(d.day, last))
