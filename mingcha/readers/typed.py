"""Typed columns of foreign Parquet files: taken as they are where the type says enough, else read as text.

Money as a binary float is refused; a TIMESTAMP with a zone is converted to local time; a DATE is a date
alone.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mingcha.facts.arrow import arrow_type
from mingcha.facts.declare import Column, Kind
from mingcha.law.instants import DATE_ALONE, DAY, SECOND
from mingcha.readers.causes import Cause
from mingcha.readers.cells import Cells, Finding, checked, read_cells
from mingcha.readers.instants import LOCAL_OFFSET_MINUTES
from mingcha.readers.widths import valid

MINUTES_OF_A_DAY = 24 * 60


def read_typed(column: Column, array: pa.Array) -> Cells:
    """Read a typed column as the declaration says."""
    kind = array.type
    if pa.types.is_dictionary(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return read_cells(column, array.cast(pa.string()))
    if pa.types.is_null(kind):
        return Cells(pa.nulls(len(array), arrow_type(column)))
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _of_dates(column, array)
    if pa.types.is_floating(kind):
        return _of_floats(column, array)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _of_lists(column, array)
    if pa.types.is_time(kind) and column.kind is Kind.TIME:
        microseconds = array.cast(pa.time64("us")).cast(pa.int64())
        return Cells(pc.divide(microseconds, 60 * SECOND).cast(pa.int32()))
    if pa.types.is_integer(kind) and column.kind is Kind.TIME:
        return _of_minutes(column, array)
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_boolean(kind):
        return _of_numbers(column, array)
    return _all_bad(column, array, Cause.TYPE, f"Parquet 类型 {kind} 不能用作{column.label}")


def _all_bad(column: Column, array: pa.Array, cause: Cause, reason: str) -> Cells:
    places = np.flatnonzero(valid(array))
    findings = [Finding(int(place), str(array[int(place)].as_py()), cause, reason) for place in places]
    return Cells(pa.nulls(len(array), arrow_type(column)), findings)


def _of_minutes(column: Column, array: pa.Array) -> Cells:
    """A time of day as its canonical form has it, minutes from midnight; 24:00 is the end of the day."""
    minutes = array.cast(pa.int64())
    within = pc.and_(pc.greater_equal(minutes, 0), pc.less_equal(minutes, MINUTES_OF_A_DAY))
    places = np.flatnonzero(pc.invert(pc.fill_null(within, True)).to_numpy(zero_copy_only=False))
    reason = f"整数应为当日的分钟数,0 至 {MINUTES_OF_A_DAY}"
    findings = [Finding(int(place), str(array[int(place)].as_py()), Cause.RANGE, reason) for place in places]
    return Cells(pc.if_else(within, minutes, None).cast(pa.int32()), findings)


def _of_dates(column: Column, array: pa.Array) -> Cells:
    if pa.types.is_date(array.type):
        days = array.cast(pa.date32())
        if column.kind is Kind.DAY:
            return Cells(days)
        micros = pc.add(pc.multiply(days.cast(pa.int32()).cast(pa.int64()), DAY), DATE_ALONE)
    else:
        micros = array.cast(pa.timestamp("us", array.type.tz), safe=False).cast(pa.int64())
        if array.type.tz:
            micros = pc.add(micros, LOCAL_OFFSET_MINUTES * 60 * SECOND)
        micros = _whole_seconds(micros)
    if column.kind is Kind.INSTANT:
        return Cells(micros.cast(pa.timestamp("us")))
    if column.kind is Kind.DAY:
        whole = pc.equal(_modulo(micros, DAY), 0)
        if pc.all(whole).as_py() is not False:
            return Cells(micros.cast(pa.timestamp("us")).cast(pa.date32(), safe=False))
    return _all_bad(column, array, Cause.TYPE, f"Parquet 类型 {array.type} 不能用作{column.label}")


def _modulo(values: pa.Array, by: int) -> pa.Array:
    numbers = pc.fill_null(values, 0).to_numpy()
    return pa.array(numbers % by, mask=~valid(values))


def _whole_seconds(micros: pa.Array) -> pa.Array:
    """Drop fractions of a second, but leave the mark of a date alone (midnight plus 1 µs)."""
    marked = pc.equal(_modulo(micros, DAY), DATE_ALONE)
    return pc.if_else(marked, micros, pc.subtract(micros, _modulo(micros, SECOND)))


def _of_floats(column: Column, array: pa.Array) -> Cells:
    if column.kind is Kind.MONEY:
        return _all_bad(column, array, Cause.FLOAT_MONEY, Cause.FLOAT_MONEY.label)
    values = array.cast(pa.float64())
    if column.kind is not Kind.INTEGER:
        return _all_bad(column, array, Cause.TYPE, f"Parquet 类型 {array.type} 不能用作{column.label}")
    numbers = pc.fill_null(values, 0.0).to_numpy()
    whole = np.isfinite(numbers) & (np.floor(numbers) == numbers) & (np.abs(numbers) < 2**53)
    made = pa.array(np.where(whole, numbers, 0).astype(np.int64), mask=~(whole & valid(values)))
    missing = np.isnan(numbers)  # how pandas writes a missing number
    findings = [
        Finding(int(place), str(numbers[place]), Cause.INTEGER, Cause.INTEGER.label)
        for place in np.flatnonzero(~whole & ~missing)
    ]
    cells = read_cells(column, made.cast(pa.string()))
    return Cells(cells.values, findings + cells.findings)


def _of_lists(column: Column, array: pa.Array) -> Cells:
    if column.kind is not Kind.LIST or not _textual(array.type.value_type):
        return _all_bad(column, array, Cause.TYPE, f"Parquet 类型 {array.type} 不能用作{column.label}")
    lists = array.cast(pa.list_(pa.string()))
    return read_cells(column, pc.binary_join(lists, ";"))


def _textual(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _of_numbers(column: Column, array: pa.Array) -> Cells:
    if column.kind is Kind.BOOL and pa.types.is_boolean(array.type):
        return Cells(array)
    if pa.types.is_boolean(array.type) or column.kind in (Kind.INSTANT, Kind.LIST, Kind.MONTH, Kind.DAY):
        return _all_bad(column, array, Cause.TYPE, f"Parquet 类型 {array.type} 不能用作{column.label}")
    if column.kind is Kind.MONEY and pa.types.is_decimal(array.type):
        return _of_decimals(column, array)
    return checked(column.check, read_cells(column, array.cast(pa.string())))


def _of_decimals(column: Column, array: pa.Array) -> Cells:
    """Decimals of any scale whose value has at most two decimals."""
    try:
        exact = array.cast(arrow_type(column))
    except pa.ArrowInvalid:
        return read_cells(column, _plain_decimals(array))
    cells = read_cells(column, exact.cast(pa.string()))
    return Cells(cells.values, cells.findings)


def _plain_decimals(array: pa.Array) -> pa.StringArray:
    texts = [None if value is None else f"{value.normalize():f}" for value in array.to_pylist()]
    return pa.array(texts, pa.string())
