"""From numbers to canonical Arrow columns, and the view of a table as of the last day of the city."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mingcha.demo.dice import Ints
from mingcha.facts.arrow import arrow_schema
from mingcha.facts.schema import TABLES
from mingcha.law.instants import DATE_ALONE, DAY, MISSING

Columns = dict[str, pa.Array]

GOES_WITH: Final = {
    "cases": {
        "outcome": "completed_at",
        "abnormal_reason": "completed_at",
        "evaluation_offered_at": "completed_at",
        "opinion": "opinion_at",
        "reject_reason": "opinion_at",
        "promised_at": "accepted_at",
        "receipt_no": "accepted_at",
    },
    "complaints": {"verified": "verified_at"},
    "review_handling": {"finding": "confirmed_at"},
    "appeals": {"decision": "decided_at"},
    "tickets": {"status": "called_at"},
}
"""What nobody can know before that event has happened."""
BEGINS_WITH: Final = {"appeals": "filed_at"}
"""Tables whose rows begin with an event although they tell of earlier ones."""


def instants(values: Ints) -> pa.Array:
    """Microseconds, `MISSING` as null."""
    return pa.array(values, mask=values == MISSING).view(pa.timestamp("us"))


def dates_alone(days: Ints) -> pa.Array:
    """Days as dates without a time; negative ones are null."""
    return instants(np.where(days < 0, MISSING, days * DAY + DATE_ALONE))


def days(values: Ints) -> pa.Array:
    """Days as dates."""
    return pa.array(values.astype(np.int32)).view(pa.date32())


def numbers(values: Ints, missing: NDArray[np.bool_] | None = None) -> pa.Array:
    """Whole numbers."""
    return pa.array(values.astype(np.int64), mask=missing)


def flags(values: NDArray[np.bool_], missing: NDArray[np.bool_] | None = None) -> pa.Array:
    """Yes or no."""
    return pa.array(values, mask=missing)


def yuan(cents: Ints) -> pa.Array:
    """Amounts in 分 as yuan; negative ones are null. A decimal is its 分 in 128 bits."""
    wide = np.zeros((len(cents), 2), dtype=np.int64)
    wide[:, 0] = cents
    valid = np.packbits(cents >= 0, bitorder="little")
    return pa.Array.from_buffers(
        pa.decimal128(18, 2), len(cents), [pa.py_buffer(valid), pa.py_buffer(wide.tobytes())]
    )


def pick(
    texts: pa.StringArray | tuple[str, ...], places: Ints, missing: NDArray[np.bool_] | None = None
) -> pa.Array:
    """Texts looked up by place; negative places and those marked missing are null."""
    table = pa.array(texts, pa.string()) if isinstance(texts, tuple) else texts
    absent = places < 0 if missing is None else missing | (places < 0)
    return table.take(pa.array(places, mask=absent))


def one(text: str, count: int) -> pa.Array:
    """The same text so many times."""
    return pa.repeat(pa.scalar(text), count)


def coded(prefix: str, *parts: tuple[Ints, int]) -> pa.StringArray:
    """Codes of one length: a prefix, then each number with so many digits (leading zeros)."""
    head = np.frombuffer(prefix.encode(), dtype=np.uint8)
    rows, width = len(parts[0][0]), len(head) + sum(digits for _, digits in parts)
    letters = np.empty((rows, width), dtype=np.uint8)
    letters[:, : len(head)] = head
    place = len(head)
    for values, digits in parts:
        rest = np.asarray(values)
        for position in range(place + digits - 1, place - 1, -1):
            rest, digit = np.divmod(rest, 10)
            letters[:, position] = digit + ord("0")
        place += digits
    offsets = np.arange(0, (rows + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(letters.tobytes()))


def lists(items: list[list[str] | None]) -> pa.Array:
    """Lists of texts."""
    return pa.array(items, pa.list_(pa.field("element", pa.string())))


def table_of(name: str, columns: Columns) -> pa.Table:
    """A canonical table of some of its columns, in the order of the declaration."""
    schema = arrow_schema(TABLES[name], columns)
    return pa.Table.from_arrays([columns[field.name] for field in schema], schema=schema)


def as_known(name: str, rows: pa.Table, as_of: int) -> pa.Table:
    """What of a table was known at ``as_of``: later events are blank, rows that begin with one are not
    there (facts.md, As of)."""
    table = TABLES[name]
    events = [event for event in table.events if event in rows.column_names]
    late = {event: _late(rows[event], as_of) for event in events}
    if not any(pc.any(mark).as_py() for mark in late.values()):
        return rows
    hidden = [late[event] for event in events if table.column(event).must]
    free = [event for event in events if not table.column(event).must]
    first = [BEGINS_WITH[name]] if name in BEGINS_WITH else free
    ahead = pa.repeat(pa.scalar(False), rows.num_rows)
    if not hidden and table.group != "reference":
        ahead = _late(pc.min_element_wise(*[rows[event] for event in first]), as_of)
        if name == "materials":
            ahead = pc.and_(ahead, pc.is_null(rows["waiver"]))
    for column, event in GOES_WITH.get(name, {}).items():
        if column in rows.column_names and event in late:
            rows = _blank(rows, column, late[event])
    for event, mark in late.items():
        if event in free:
            rows = _blank(rows, event, mark)
    for later in hidden:
        ahead = pc.or_(ahead, later)
    return rows.filter(pc.invert(ahead))


def _late(column: Any, as_of: int) -> Any:
    limit = pa.scalar(as_of + DATE_ALONE, pa.int64()).cast(pa.timestamp("us"))
    return pc.fill_null(pc.greater(column, limit), False)


def _blank(rows: pa.Table, column: str, mark: Any) -> pa.Table:
    place = rows.schema.get_field_index(column)
    field = rows.schema.field(place)
    return rows.set_column(place, field, pc.if_else(mark, pa.scalar(None, field.type), rows[column]))
