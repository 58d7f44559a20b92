"""Dates and times in every accepted spelling, a whole column at once.

Accepted (a time may follow a date after a blank or `T`; hour, minute and second as 9:30, 09:30 or 09:30:00, a
fraction of a second is dropped; after a time `Z`, `+08:00` or `+0800` may follow, and the instant is
converted to Asia/Shanghai, UTC+8):

    2026-03-01  2026-3-1  2026/3/1  2026.3.1  2026年3月1日  20260301
    20260301093000  20260301T093000  24:00 (the last second of that day)
    45717 and 45717.3958 (Excel serials of five digits; epoch 1900, or 1904 where the workbook says so)

The spellings are templates, one string each; this list is the only definition. A date alone is marked
(midnight plus 1 µs).
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import product

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mingcha.law.instants import DATE_ALONE, DAY, MISSING, SECOND
from mingcha.readers.widths import Bytes, by_width, columns_of_bytes

LOCAL_OFFSET_MINUTES = 8 * 60
FIRST_YEAR = 1880

EXCEL_EPOCH_1900 = -25_569  # day 0 of the 1900 system, counted so that serials from 61 on are right
EXCEL_EPOCH_1904 = EXCEL_EPOCH_1900 + 1462

Ints = npt.NDArray[np.int64]

_DATES = ("YYYY-mm-dd", "YYYYmmdd", "YYYY/mm/dd", "YYYY.mm.dd", "YYYY年mm月dd日")
_SHORT = tuple(
    form.replace("mm", month).replace("dd", day)
    for form, month, day in product(
        ("YYYY-mm-dd", "YYYY/mm/dd", "YYYY.mm.dd", "YYYY年mm月dd日"), ("m", "mm"), ("d", "dd")
    )
    if (month, day) != ("mm", "dd")
)
_TIMES = tuple(
    f"{between}{hour}:MM{seconds}"
    for between, hour, seconds in product(
        (" ", "T"), ("HH", "H"), (":SS", "", *(":SS." + "f" * digits for digits in range(1, 10)))
    )
)
_ZONES = ("", "Z", "pzz:xx", "pzzxx")
_COMPACT_TIMES = ("HHMMSS", "THHMMSS")


@cache
def templates() -> dict[int, tuple[str, ...]]:
    """Byte length -> templates, most usual first. Letters: Y m d H M S f digits, p sign, z x offset; the rest
    literal."""
    forms = [*_DATES, *_SHORT]
    forms += [day + time + zone for time, zone, day in product(_TIMES, _ZONES, (*_DATES, *_SHORT))]
    forms += ["YYYYmmdd" + time + zone for time, zone in product(_COMPACT_TIMES, _ZONES)]
    grouped: dict[int, list[str]] = defaultdict(list)
    for form in forms:
        grouped[len(form.encode())].append(form)
    return {width: tuple(found) for width, found in grouped.items()}


@cache
def _places(template: str) -> tuple[dict[str, list[int]], list[tuple[int, int]]]:
    """Byte positions of each letter class, and of each literal byte with its value."""
    letters: dict[str, list[int]] = defaultdict(list)
    literals: list[tuple[int, int]] = []
    place = 0
    for letter in template:
        if letter in "YmdHMSfpzx":
            letters[letter].append(place)
            place += 1
        else:
            for byte in letter.encode():
                literals.append((place, byte))
                place += 1
    return dict(letters), literals


def _matches(lines: Bytes, template: str) -> npt.NDArray[np.bool_]:
    letters, literals = _places(template)
    fits = np.ones(lines.shape[1], np.bool_)
    for place, byte in literals:
        fits &= lines[place] == byte
        if not fits.any():
            return fits
    for letter, places in letters.items():
        for place in places:
            line = lines[place]
            fits &= ((line == 43) | (line == 45)) if letter == "p" else (line - np.uint8(48)) <= 9
    return fits


def _number(lines: Bytes, places: list[int] | None) -> Ints:
    total = np.zeros(lines.shape[1], np.int64)
    for place in places or ():
        total = total * 10 + (lines[place] - np.uint8(48))
    return total


def _days(year: Ints, month: Ints, day: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Days since 1970-01-01, and where there is such a day."""
    sane = (month >= 1) & (month <= 12) & (day >= 1) & (year >= FIRST_YEAR)
    months = (year - 1970) * 12 + np.where(sane, month, 1) - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    length = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - first
    return first + day - 1, sane & (day <= length)


def _value(lines: Bytes, template: str) -> Ints:
    """Instants of texts that match the template; MISSING where there is no such day or time."""
    letters, _ = _places(template)
    days, good = _days(*(_number(lines, letters[letter]) for letter in "Ymd"))
    if "H" not in letters:
        return np.where(good, days * DAY + DATE_ALONE, MISSING)
    hour, minute, second = (_number(lines, letters.get(letter)) for letter in "HMS")
    midnight = (hour == 24) & (minute == 0) & (second == 0)
    good &= ((hour < 24) | midnight) & (minute < 60) & (second < 60)
    seconds = np.where(midnight, 86_399, hour * 3600 + minute * 60 + second)
    if template.endswith("Z"):
        seconds += LOCAL_OFFSET_MINUTES * 60
    elif "p" in letters:
        offset = _number(lines, letters["z"]) * 60 + _number(lines, letters["x"])
        good &= offset <= 14 * 60
        ahead = np.where(lines[letters["p"][0]] == 43, offset, -offset)
        seconds += (LOCAL_OFFSET_MINUTES - ahead) * 60
    return np.where(good, days * DAY + seconds * SECOND, MISSING)


def _of_width(lines: Bytes, width: int) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Instants of texts of one byte length, and which of them follow a template (so that a bad day can be
    told)."""
    found = np.full(lines.shape[1], MISSING)
    known = np.zeros(lines.shape[1], np.bool_)
    rest = np.arange(lines.shape[1])
    for template in templates().get(width, ()):
        here = lines if len(rest) == lines.shape[1] else lines[:, rest]
        fits = _matches(here, template)
        if fits.any():
            found[rest[fits]] = _value(here[:, fits] if not fits.all() else here, template)
            known[rest[fits]] = True
            rest = rest[~fits]
            if not len(rest):
                break
    return found, known


def _serials(texts: pa.StringArray, found: Ints, epoch: int) -> None:
    """Fill in what is an Excel serial: five digits, perhaps with a fraction of the day."""
    open_rows = np.flatnonzero((found == MISSING) & texts.is_valid().to_numpy(zero_copy_only=False))
    if not len(open_rows):
        return
    rest = texts.take(pa.array(open_rows))
    serial = pc.match_substring_regex(rest, r"^[1-9][0-9]{4}(\.[0-9]{1,17})?$").to_numpy(zero_copy_only=False)
    if not serial.any():
        return
    numbers = rest.filter(pa.array(serial)).cast(pa.float64()).to_numpy()
    days = np.floor(numbers).astype(np.int64)
    seconds = np.rint((numbers - days) * 86_400).astype(np.int64)
    whole = days == numbers
    made = (days + epoch) * DAY + np.where(whole, DATE_ALONE, seconds * SECOND)
    found[open_rows[serial]] = made


def read_instants(texts: pa.StringArray, *, epoch_1904: bool = False) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Instants in microseconds of local time for trimmed texts.

    Returns (instants, known): MISSING where the text is null or cannot be read; `known` where it follows a
    date template, so that MISSING and known together mean that there is no such day or time.
    """
    found = np.full(len(texts), MISSING)
    known = np.zeros(len(texts), np.bool_)
    for width, rows in by_width(texts):
        if width in templates():
            found[rows], known[rows] = _of_width(columns_of_bytes(texts, rows, width), width)
    _serials(texts, found, EXCEL_EPOCH_1904 if epoch_1904 else EXCEL_EPOCH_1900)
    return found, known
