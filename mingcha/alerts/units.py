"""Units 单位: what is judged together, and in which lane.

Cases are judged at once, many in one go, from their own rows, and so are the items they stand on when those change.
What is about halls, agencies, officers and so on is judged from whole tables, a little later and not with every batch.
The two lanes never touch the same alert.
"""

from __future__ import annotations

from enum import StrEnum

from mingcha.engine.candidates import UNIT_OF_ABOUT

Unit = tuple[str, str]
"""(kind, key), e.g. ("case", case number): a scope of `engine.judge.judge`."""

CASE = "case"
QUICK = (CASE, "item")
"""Kinds of the quick lane: cases, and the items that decide about them."""
KINDS = frozenset(UNIT_OF_ABOUT.values())
"""The kinds that a judgement may be asked for."""


class Lane(StrEnum):
    """Which units are judged together."""

    CASES = "cases"
    OTHERS = "others"

    def holds(self, kind: str) -> bool:
        """Whether units of that kind are judged in this lane."""
        return kind in KINDS and (kind in QUICK) == (self is Lane.CASES)


def unit_of(about: str, key: str) -> Unit:
    """The unit to which what is said of a row belongs."""
    return UNIT_OF_ABOUT.get(about, about), key


def abouts_of(unit: str) -> list[str]:
    """The tables that findings of a unit may be about."""
    return [about for about, name in UNIT_OF_ABOUT.items() if name == unit] or [unit]
