"""Checks over whole columns: a sieve lets through what is surely good; only the rest is asked one by one.

The sieves compute the same check digits as `mingcha.facts.checks` and must never let a bad value through (a
property test holds them together); what they leave, right or wrong, goes to the check itself, once for each
distinct text.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mingcha.facts.checks import (
    CHECKS,
    CREDIT_ALPHABET,
    CREDIT_WEIGHTS,
    ID_CHECK,
    ID_WEIGHTS,
    NOTE,
    PROVINCES,
)
from mingcha.readers.widths import Bytes, by_width, columns_of_bytes, valid

Mask = npt.NDArray[np.bool_]

_CREDIT_VALUE = np.full(256, -1, np.int64)
_CREDIT_VALUE[np.frombuffer(CREDIT_ALPHABET.encode(), np.uint8)] = np.arange(31)
_ID_CHECK_BYTES = np.frombuffer(ID_CHECK.encode(), np.uint8)
_PROVINCE = np.zeros(100, np.bool_)
_PROVINCE[[int(code) for code in PROVINCES]] = True


def _digits(lines: Bytes) -> Mask:
    good: Mask = np.all((lines - np.uint8(48)) <= 9, axis=0)
    return good


def _number(lines: Bytes) -> npt.NDArray[np.int64]:
    total = np.zeros(lines.shape[1], np.int64)
    for line in lines:
        total = total * 10 + (line - np.uint8(48))
    return total


def _province(lines: Bytes, good: Mask) -> Mask:
    known: Mask = _PROVINCE[np.where(good, _number(lines[:2]), 0)]
    return good & known


def credit_code(lines: Bytes) -> Mask:
    """统一社会信用代码 of 18 bytes whose check character is right (GB 32100—2015)."""
    values = _CREDIT_VALUE[lines]
    total = sum(line * weight for line, weight in zip(values[:17], CREDIT_WEIGHTS, strict=True))
    good: Mask = (values >= 0).all(axis=0) & ((total + values[17]) % 31 == 0)
    return good


def id_card(lines: Bytes) -> Mask:
    """身份证 of 18 bytes: province, a day that every month has, and the check character (GB 11643—1999)."""
    good = _digits(lines[:17])
    total = sum(
        (line - np.uint8(48)).astype(np.int64) * weight
        for line, weight in zip(lines[:17], ID_WEIGHTS, strict=True)
    )
    year, month, day = _number(lines[6:10]), _number(lines[10:12]), _number(lines[12:14])
    good &= (year >= 1900) & (year <= 2099) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 28)
    good &= lines[17] == _ID_CHECK_BYTES[np.asarray(total) % 11]
    return _province(lines, good)


def item_code(lines: Bytes) -> Mask:
    """实施编码 of 31 or 33 bytes: a good 统一社会信用代码, a level 1 to 7, digits or capitals after it."""
    tail = lines[19:]
    letters = ((tail - np.uint8(48)) <= 9) | ((tail - np.uint8(65)) < 26)
    good: Mask = credit_code(lines[:18]) & letters.all(axis=0) & ((lines[18] - np.uint8(49)) < 7)
    return good


def region_code(lines: Bytes) -> Mask:
    """行政区划代码 of 12 digits within a known province."""
    return _province(lines, _digits(lines))


def phone(lines: Bytes) -> Mask:
    """A mobile number of 11 digits."""
    good: Mask = _digits(lines) & (lines[0] == 49) & (lines[1] >= 51)
    return good


_SIEVES: dict[str, tuple[Callable[[Bytes], Mask], tuple[int, ...]]] = {
    "credit_code": (credit_code, (18,)),
    "id_card": (id_card, (18,)),
    "item_code": (item_code, (31, 33)),
    "region_code": (region_code, (12,)),
    "phone": (phone, (11,)),
}


def noted_or_bad(check: str, texts: pa.StringArray) -> list[tuple[int, str, bool]]:
    """Places whose text the check objects to: (place, reason in Chinese, whether it is only a note)."""
    sieve, wanted = _SIEVES[check]
    good = ~valid(texts)
    for width, rows in by_width(texts):
        if width in wanted:
            good[rows] = sieve(columns_of_bytes(texts, rows, width))
    if good.all():
        return []
    rest = np.flatnonzero(~good)
    coded = texts.take(pa.array(rest)).dictionary_encode()
    reasons = [CHECKS[check](text) for text in coded.dictionary.to_pylist()]
    indices = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
    found = []
    for place, index in zip(rest.tolist(), indices.tolist(), strict=True):
        reason = reasons[index]
        if reason:
            found.append((place, reason.removeprefix(NOTE), reason.startswith(NOTE)))
    return found
