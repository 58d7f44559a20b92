"""The calendar in a certificate: the years a verdict needs, one digit a day, and back.

Days outside the slice have no data, so that a verdict that needed one would come out undetermined, never
otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from mingcha.law.calendar import BEYOND, FIRST_DAY, LAST_DAY, Calendar, DayKind, Layer, Notice, make_tables
from mingcha.law.instants import date_of, day_number


class CalendarSliceError(ValueError):
    """The calendar of a certificate is not put together as one."""


def calendar_of(calendar: Calendar, years: tuple[int, int]) -> dict[str, Any]:
    """The days of some years of every layer, with the notices they cite.

    ``kinds``: 0 unknown, 1 working, 2 week-end, 3 off, 4 make-up; ``provisional``: 1 where provisional, "" where
    no day is.
    """
    first = max(day_number(date(years[0], 1, 1)), FIRST_DAY)
    last = min(day_number(date(years[1], 12, 31)), LAST_DAY)
    layers = [_layer(layer, first, last) for layer in calendar.layers]
    cited = {notice for layer in layers for _, notice in layer["named"].values()}
    notices = {notice.number: notice.title for notice in calendar.notices if notice.number in cited}
    return {
        "version": calendar.version,
        "first": str(date_of(first)),
        "last": str(date_of(last)),
        "layers": layers,
        "notices": notices,
    }


def _layer(layer: Layer, first: int, last: int) -> dict[str, Any]:
    days = slice(first, last + 1)
    provisional = layer.provisional[days]
    return {
        "code": layer.code,
        "name": layer.name,
        "kinds": "".join(map(str, layer.kinds[days].tolist())),
        "provisional": "".join(map(str, provisional.astype(int).tolist())) if provisional.any() else "",
        "named": {
            str(date_of(day)): list(named)
            for day, named in sorted(layer.named.items())
            if first <= day <= last
        },
    }


def restored(held: Mapping[str, Any]) -> Calendar:
    """The calendar of a certificate. Raises `CalendarSliceError`."""
    try:
        first, last = (
            day_number(date.fromisoformat(held["first"])),
            day_number(date.fromisoformat(held["last"])),
        )
        layers = tuple(
            (
                layer["code"],
                layer["name"],
                layer["kinds"],
                layer["provisional"],
                tuple(
                    (day_number(date.fromisoformat(day)), name, notice)
                    for day, (name, notice) in layer["named"].items()
                ),
            )
            for layer in held["layers"]
        )
        notices = tuple(held["notices"].items())
        if not FIRST_DAY <= first <= last <= LAST_DAY:
            raise CalendarSliceError("日历的起止日不合规")
        return _restored(held["version"], first, last, layers, notices)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CalendarSliceError(f"日历部分不完整({error})") from error


_LayerTexts = tuple[str, str, str, str, tuple[tuple[int, str, str], ...]]


@lru_cache(maxsize=32)
def _restored(
    version: str, first: int, last: int, layers: tuple[_LayerTexts, ...], notices: tuple[tuple[str, str], ...]
) -> Calendar:
    made = tuple(_restored_layer(first, last, layer) for layer in layers)
    label = f"{version}#{hash((first, last, layers)):x}"  # sessions of the engine are kept by version
    return Calendar(label, tuple(Notice(number, title) for number, title in notices), made, make_tables(made))


def _restored_layer(first: int, last: int, texts: _LayerTexts) -> Layer:
    code, name, kinds, provisional, named = texts
    count = last - first + 1
    if len(kinds) != count or set(kinds) - set("01234") or len(provisional) not in (0, count):
        raise CalendarSliceError(f"日历层 {code} 的天数不符")
    days = np.full(BEYOND, DayKind.UNKNOWN, dtype=np.int8)
    days[first : last + 1] = np.frombuffer(kinds.encode(), dtype=np.uint8) - ord("0")
    unsure = np.zeros(BEYOND, dtype=bool)
    if provisional:
        unsure[first : last + 1] = np.frombuffer(provisional.encode(), dtype=np.uint8) == ord("1")
    return Layer(code, name, days, unsure, {day: (what, notice) for day, what, notice in named})
