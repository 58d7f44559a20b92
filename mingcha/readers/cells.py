"""Cells of one column: trimmed texts in, canonical values out, whole columns at once.

Each kind has one reader (texts -> array of the canonical type, null where the text is bad) and one explainer
that is asked only about the bad ones. Texts arrive trimmed, with null for blank.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mingcha.facts.arrow import arrow_type
from mingcha.facts.declare import Column, Kind
from mingcha.law.instants import DATE_ALONE, DAY, MISSING
from mingcha.readers.causes import Cause
from mingcha.readers.formula import unguard_column
from mingcha.readers.instants import read_instants
from mingcha.readers.sieves import noted_or_bad
from mingcha.readers.widths import valid

TRUE = frozenset({"1", "true", "是"})
FALSE = frozenset({"0", "false", "否"})


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with one cell of a batch; a note leaves the value in place."""

    place: int
    raw: str
    cause: Cause
    reason: str
    note: bool = False


@dataclass
class Cells:
    """One column of a batch in canonical form, null where blank or bad, with what was found."""

    values: pa.Array
    findings: list[Finding] = field(default_factory=list)


def trim(texts: pa.StringArray) -> pa.StringArray:
    """Texts without white space around them (U+3000 too) or a guard, null where nothing is left."""
    trimmed = unguard_column(pc.utf8_trim_whitespace(texts))
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def read_cells(column: Column, texts: pa.StringArray, *, epoch_1904: bool = False) -> Cells:
    """Read a column of texts as the declaration says; `texts` are as sent (not trimmed)."""
    trimmed = trim(texts)
    if column.kind in (Kind.INSTANT, Kind.DAY):
        return _dates(column, trimmed, epoch_1904)
    values = _READERS[column.kind](column, trimmed)
    cells = Cells(values, list(_bad(column, trimmed, values, _EXPLAIN[column.kind])))
    return _in_range(column, cells, trimmed) if _bounded(column) else checked(column.check, cells)


Explain = Callable[[Column, str], tuple[Cause, str]]


def _bad(column: Column, texts: pa.StringArray, values: pa.Array, explain: Explain) -> Iterator[Finding]:
    if values.null_count == texts.null_count:
        return
    for place in np.flatnonzero(valid(texts) & ~valid(values)):
        raw = texts[int(place)].as_py()
        yield Finding(int(place), raw, *explain(column, raw))


def each_distinct(texts: pa.StringArray, read: Callable[[str], object], kind: pa.DataType) -> pa.Array:
    """Call `read` once for each distinct text; what it returns as an array of that type."""
    coded = texts.dictionary_encode()
    known = pa.array([read(text) for text in coded.dictionary.to_pylist()], kind)
    return known.take(coded.indices)


# --- text ---

_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_LOST = r"^[0-9](\.[0-9]+)?E\+[0-9]+$"


def _read_text(column: Column, texts: pa.StringArray) -> pa.Array:
    data = texts.buffers()[2]
    if data is None or column.kind is not Kind.TEXT:
        return texts
    letters = np.frombuffer(data, np.uint8)
    bad = None
    if (letters < 32).any() or (letters == 127).any():
        bad = pc.match_substring_regex(texts, _CONTROL)
    if (letters == 43).any():  # "+", as in 1.10105E+17
        lost = pc.match_substring_regex(texts, _LOST)
        bad = lost if bad is None else pc.or_(bad, lost)
    return texts if bad is None else pc.if_else(bad, pa.scalar(None, pa.string()), texts)


def _explain_text(column: Column, raw: str) -> tuple[Cause, str]:
    if re.search(_LOST, raw):
        return Cause.LOST_DIGITS, Cause.LOST_DIGITS.label
    return Cause.CONTROL, Cause.CONTROL.label


# --- codes, booleans, lists, months, times: few distinct texts ---


def _read_code(column: Column, texts: pa.StringArray) -> pa.Array:
    codes = column.codes
    assert codes is not None, column.name  # noqa: S101 - a declaration without codes is our own fault
    return each_distinct(texts, codes.read, pa.string())


def _explain_code(column: Column, raw: str) -> tuple[Cause, str]:
    assert column.codes is not None  # noqa: S101
    shown = "、".join(list(column.codes.values.values())[:8])
    more = "……" if len(column.codes.values) > 8 else ""
    return Cause.CODE, f"“{raw[:40]}”不在代码表“{column.codes.label}”内,可填:{shown}{more}"


def _read_bool(column: Column, texts: pa.StringArray) -> pa.Array:
    def read(text: str) -> bool | None:
        low = text.lower()
        return True if low in TRUE else False if low in FALSE else None

    return each_distinct(texts, read, pa.bool_())


_LIST_MARKS = "[;\uff1b]"  # a semicolon, or the full-width one that a Chinese keyboard gives


def _read_list(column: Column, texts: pa.StringArray) -> pa.Array:
    def read(text: str) -> list[str] | None:
        parts = [part.strip() for part in re.split(_LIST_MARKS, text) if part.strip()]
        if column.codes is None:
            return parts if parts else None
        values = [column.codes.read(part) for part in parts]
        return [value for value in values if value] if all(values) and values else None

    return each_distinct(texts, read, arrow_type(column))


def _explain_list(column: Column, raw: str) -> tuple[Cause, str]:
    if column.codes is None:
        return Cause.TYPE, "清单里没有内容"
    unknown = [
        part for part in re.split(_LIST_MARKS, raw) if part.strip() and not column.codes.read(part.strip())
    ]
    return Cause.CODE, f"{'、'.join(unknown[:5])} 不在代码表“{column.codes.label}”内"


_MONTH = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2})|年([0-9]{1,2})月|([0-9]{2}))")


def _read_month(column: Column, texts: pa.StringArray) -> pa.Array:
    def read(text: str) -> str | None:
        found = _MONTH.fullmatch(text)
        month = int(found[2] or found[3] or found[4]) if found else 0
        return f"{found[1]}-{month:02d}" if found and 1 <= month <= 12 else None

    return each_distinct(texts, read, pa.string())


_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00)?")
_DAY_SHARE = re.compile(r"0(\.[0-9]+)?|1")


def _read_time(column: Column, texts: pa.StringArray) -> pa.Array:
    def read(text: str) -> int | None:
        found = _TIME.fullmatch(text)
        if found:
            minutes = int(found[1]) * 60 + int(found[2])
            return minutes if int(found[2]) < 60 and minutes <= 24 * 60 else None
        return round(float(text) * 24 * 60) if _DAY_SHARE.fullmatch(text) else None

    return each_distinct(texts, read, pa.int32())


def _plainly(cause: Cause) -> Explain:
    return lambda column, raw: (cause, cause.label)


# --- numbers ---

_INTEGER = r"^[+-]?[0-9]{1,18}$"
_MONEY = r"^-?[0-9]{1,16}(\.[0-9]{1,2})?$"


def _matching(texts: pa.StringArray, pattern: str) -> pa.StringArray:
    return pc.if_else(pc.match_substring_regex(texts, pattern), texts, pa.scalar(None, pa.string()))


def _read_integer(column: Column, texts: pa.StringArray) -> pa.Array:
    return pc.utf8_ltrim(_matching(texts, _INTEGER), characters="+").cast(pa.int64())


def _read_money(column: Column, texts: pa.StringArray) -> pa.Array:
    return _matching(texts, _MONEY).cast(arrow_type(column))


def _explain_money(column: Column, raw: str) -> tuple[Cause, str]:
    if re.fullmatch(r"-?[0-9]+\.[0-9]{3,}", raw):
        return Cause.MONEY, f"“{raw[:40]}”多于两位小数"
    return Cause.MONEY, Cause.MONEY.label


def _bounded(column: Column) -> bool:
    return column.kind in (Kind.INTEGER, Kind.MONEY) and (column.low is not None or column.high is not None)


def _bound(value: int, kind: pa.DataType) -> pa.Scalar:
    return pa.scalar(Decimal(value) if pa.types.is_decimal(kind) else value, kind)


def _in_range(column: Column, cells: Cells, texts: pa.StringArray) -> Cells:
    fits = pc.is_valid(cells.values)
    if column.low is not None:
        fits = pc.and_(fits, pc.greater_equal(cells.values, _bound(column.low, cells.values.type)))
    if column.high is not None:
        fits = pc.and_(fits, pc.less_equal(cells.values, _bound(column.high, cells.values.type)))
    fits = pc.fill_null(fits, False)
    if pc.sum(fits).as_py() == len(cells.values) - cells.values.null_count:
        return cells
    bounds = f"应为 {column.low} 至 {column.high}" if column.high is not None else f"不能小于 {column.low}"
    outside = np.flatnonzero(valid(cells.values) & ~fits.to_numpy(zero_copy_only=False))
    for place in outside:
        raw = str(texts[int(place)].as_py())
        cells.findings.append(Finding(int(place), raw, Cause.RANGE, f"{raw[:40]} {bounds}"))
    cells.values = pc.if_else(fits, cells.values, pa.scalar(None, cells.values.type))
    return cells


# --- dates ---


def _dates(column: Column, texts: pa.StringArray, epoch_1904: bool) -> Cells:
    instants, known = read_instants(texts, epoch_1904=epoch_1904)
    good = instants != MISSING
    alone = good & (instants % DAY == DATE_ALONE)
    kept = good if column.kind is Kind.INSTANT else alone
    findings = []
    for place in np.flatnonzero(valid(texts) & ~kept):
        cause = Cause.DAY_ONLY if good[place] else Cause.NO_SUCH_DAY if known[place] else Cause.DATE
        findings.append(Finding(int(place), texts[int(place)].as_py(), cause, cause.label))
    if column.kind is Kind.INSTANT:
        return Cells(pa.array(instants, pa.int64(), mask=~kept).cast(pa.timestamp("us")), findings)
    days = (instants // DAY).astype(np.int32, casting="unsafe")
    return Cells(pa.array(np.where(kept, days, 0), pa.int32(), mask=~kept).cast(pa.date32()), findings)


# --- checks of codes and numbers ---


def checked(check: str, cells: Cells) -> Cells:
    """Apply a check of checks.py to a column of texts: bad ones become null, noted ones stay."""
    if not check or check == "applicant_id":
        return cells
    faults = noted_or_bad(check, cells.values)
    if not faults:
        return cells
    keep = np.ones(len(cells.values), np.bool_)
    for place, reason, note in faults:
        raw = cells.values[place].as_py()
        cells.findings.append(Finding(place, raw, Cause.CHECK, reason, note))
        keep[place] = note
    cells.values = pc.if_else(pa.array(keep), cells.values, pa.scalar(None, cells.values.type))
    return cells


_READERS: dict[Kind, Callable[[Column, pa.StringArray], pa.Array]] = {
    Kind.TEXT: _read_text,
    Kind.CODE: _read_code,
    Kind.BOOL: _read_bool,
    Kind.LIST: _read_list,
    Kind.MONTH: _read_month,
    Kind.TIME: _read_time,
    Kind.INTEGER: _read_integer,
    Kind.MONEY: _read_money,
}
_EXPLAIN: dict[Kind, Explain] = {
    Kind.TEXT: _explain_text,
    Kind.CODE: _explain_code,
    Kind.BOOL: _plainly(Cause.BOOL),
    Kind.LIST: _explain_list,
    Kind.MONTH: _plainly(Cause.MONTH),
    Kind.TIME: _plainly(Cause.TIME),
    Kind.INTEGER: _plainly(Cause.INTEGER),
    Kind.MONEY: _explain_money,
}
