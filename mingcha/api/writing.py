"""Reading what a caller writes: moments, days, keys. Raises `Refused` 422 naming the place."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, WithJsonSchema

from mingcha.api.pages import LARGEST_ID
from mingcha.api.problem import Fault, Refused
from mingcha.facts.declare import Kind
from mingcha.law.instants import day_number, instant
from mingcha.law.sheet import Moment

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2099
"""The years of the calendar (`law.calendar`)."""

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def _written_day(value: Any) -> Any:
    """A day as it is declared: pydantic alone would take a number of seconds, too."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("应为日期,如 2026-10-14")
    return value


Day = Annotated[date, BeforeValidator(_written_day), WithJsonSchema({"type": "string", "format": "date"})]
LocalTime = Annotated[datetime, WithJsonSchema({"type": "string", "examples": ["2026-10-14T09:30:00"]})]
"""A local moment without offset, which is no `date-time` of JSON Schema."""


def moment(text: str, where: str) -> Moment:
    """A date, or a local date and time, of the years of the calendar."""
    try:
        written = text.strip()
        value = date.fromisoformat(written) if len(written) <= 10 else datetime.fromisoformat(written)
    except ValueError:
        raise _fault(where, f"看不懂时间“{text[:40]}”,请写成 2026-10-14 或 2026-10-14T09:30:00") from None
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            raise _fault(where, "请写北京时间,不带时区")
        value = value.replace(microsecond=0)
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise _fault(where, f"须在 {FIRST_YEAR} 至 {LAST_YEAR} 年之间")
    return value


def local_moment(text: str, where: str) -> datetime:
    """As `moment`; a bare date means its last second."""
    value = moment(text, where)
    return value if isinstance(value, datetime) else datetime.combine(value, time(23, 59, 59))


def key_value(kind: Kind, text: str, where: str) -> Any:
    """A value of a key column as the store holds it."""
    if kind is Kind.INTEGER:
        return _integer(text, where)
    if kind is Kind.DAY:
        value = moment(text, where)
        return day_number(value.date() if isinstance(value, datetime) else value)
    if kind is Kind.INSTANT:
        return instant(moment(text, where))
    if kind is Kind.TIME:
        hours, _, minutes = text.partition(":")
        return _integer(hours, where) * 60 + _integer(minutes or "0", where)
    return text


def _integer(text: str, where: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18 or int(text) > LARGEST_ID:
        raise _fault(where, f"应为整数,不能是“{text[:40]}”")
    return int(text)


def _fault(where: str, what: str) -> Refused:
    return Refused(422, f"{where} {what}", "请改正后重发", faults=[Fault(where=where, what=what)])
