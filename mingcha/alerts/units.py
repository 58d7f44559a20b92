"""Units 单位: what is judged together."""

from __future__ import annotations

from mingcha.engine.candidates import UNIT_OF_ABOUT

Unit = tuple[str, str]
"""(kind, key), e.g. ("case", case number): a scope of `engine.judge.judge`."""

KINDS = frozenset(UNIT_OF_ABOUT.values())
"""The kinds that a judgement may be asked for."""


def unit_of(about: str, key: str) -> Unit:
    """The unit to which what is said of a row belongs."""
    return UNIT_OF_ABOUT.get(about, about), key


def abouts_of(unit: str) -> list[str]:
    """The tables that findings of a unit may be about."""
    return [about for about, name in UNIT_OF_ABOUT.items() if name == unit] or [unit]
