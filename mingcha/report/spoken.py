"""Times and numbers as people read them: 2026-10-14 周三."""

from __future__ import annotations

from datetime import date, datetime

WEEKDAYS = "一二三四五六日"


def spoken_time(value: datetime | date | None) -> str:
    """A moment of a finding; a date alone (microsecond 1) and a midnight as the day they are."""
    if value is None:
        return ""
    if isinstance(value, datetime) and not is_day(value):
        return value.strftime("%Y-%m-%d %H:%M")
    return value.strftime("%Y-%m-%d")


def spoken_day(value: datetime | date) -> str:
    """A day with its weekday: 2026-10-14 周三."""
    return f"{value:%Y-%m-%d} 周{WEEKDAYS[value.weekday()]}"


def is_day(value: datetime | date) -> bool:
    """A date, a date alone, or a midnight."""
    return not isinstance(value, datetime) or (value.hour, value.minute, value.second) == (0, 0, 0)
