"""Personal data 个人信息 as it is shown: masked, unless someone looks for a stated purpose, and then it is recorded.

Masks follow GB/T 35273-2020 6.2 (去标识化) in the shape offices know: 张**, 138****5678, 4101**********1234.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from mingcha.accounts.acts import By, RefusedError
from mingcha.facts.declare import Column
from mingcha.facts.schema import TABLES

SHORTEST_PURPOSE = 4
"""Characters of a purpose 事由 that says something."""


def name(value: str) -> str:
    """张三丰 -> 张**; a name of one character -> *. Never tells more than two further characters."""
    value = value.strip()
    return value[:1] + "*" * min(len(value) - 1, 2) if len(value) > 1 else "*" * len(value)


def phone(value: str) -> str:
    """13812345678 -> 138****5678; what is too short to keep seven figures keeps two."""
    value = value.strip()
    if len(value) >= 11:
        return value[:3] + "*" * (len(value) - 7) + value[-4:]
    return "*" * (len(value) - 2) + value[-2:] if len(value) > 4 else "*" * len(value)


def number(value: str) -> str:
    """An id card, passport or credit code: first four and last four of 15 and more, else first and last."""
    value = value.strip()
    if len(value) >= 15:
        return value[:4] + "*" * (len(value) - 8) + value[-4:]
    return value[0] + "*" * (len(value) - 2) + value[-1] if len(value) > 4 else "*" * len(value)


def masked(column: Column, value: str | None) -> str | None:
    """A personal value by what its column holds; None stays None."""
    if not value:
        return value
    if column.name.endswith("_phone"):
        return phone(value)
    return number(value) if column.name.endswith("_id") else name(value)


_IN_TEXT = (
    (re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])"), number),
    (re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"), phone),
)


def text(value: str) -> str:
    """Free text (a comment, a log line) with the id cards and mobile phones in it masked."""
    for pattern, mask in _IN_TEXT:
        value = pattern.sub(lambda found, mask=mask: mask(found.group()), value)  # type: ignore[misc]
    return value


_SHORTEST_KNOWN = 2
"""Characters of a value that is struck out; one character alone is in every text."""


def scrub(value: str | None, known: Iterable[str] = ()) -> str:
    """Free text with every known value replaced by ***, and what looks like an id card or a mobile phone masked."""
    parts = sorted({part for part in known if len(part) >= _SHORTEST_KNOWN}, key=len, reverse=True)
    struck = re.sub("|".join(map(re.escape, parts)), "***", value) if value and parts else value
    return text(struck or "")


def personal_columns(table: str) -> tuple[Column, ...]:
    """The personal columns of a fact table."""
    return tuple(column for column in TABLES[table].columns if column.personal)


def hidden(table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A row in the clear with its personal values masked."""
    personal = {column.name: column for column in personal_columns(table)}
    return {
        column: masked(personal[column], value) if column in personal else value
        for column, value in values.items()
    }


def look(table: str, key: str, purpose: str, who: By) -> str:
    """Record that someone looks at the personal data of a row, in the caller's transaction; the purpose as kept.

    Whether they may (`personal.look`), and whether the row lies in their scope, the view has asked. Raises RefusedError
    where the purpose says nothing.
    """
    purpose = " ".join(purpose.split())
    if len(purpose) < SHORTEST_PURPOSE:
        raise RefusedError(
            f"请写明查看个人信息的事由(至少 {SHORTEST_PURPOSE} 个字),例如:核实超期办件、联系申请人。"
        )
    columns = "、".join(column.label for column in personal_columns(table))
    who.record("personal.look", f"{table}/{key}", purpose=purpose[:300], columns=columns)
    return purpose
