"""Levels (等级) of a rule and the conditions under which each begins.

Colours are ordered: none < note 提醒 < warning 预警 < yellow 黄牌 < red 红牌. Beside them stand
conditions without a colour: abnormal 异常办件, lead 线索, manual 人工监察. See rule-catalogue, "Levels".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

COLOURS = ("none", "note", "warning", "yellow", "red")
FLAG_LEVELS = ("lead", "abnormal", "manual")
LABELS = {
    "none": "合规",
    "note": "提醒",
    "warning": "预警",
    "yellow": "黄牌",
    "red": "红牌",
    "lead": "线索",
    "abnormal": "异常",
    "manual": "人工监察",
    "undetermined": "不可判定",
}
UNITS = ("working_day", "natural_day", "month", "working_hour", "working_minute", "hour", "minute")

Kind = Literal[
    "at once", "left", "overrun", "within", "stopped left", "after level", "due after", "due differs"
]


@dataclass(frozen=True)
class Level:
    """One line of ``levels:``: when does ``name`` begin.

    ``count`` is a number or the name of a setting (``setting.x``); ``unit`` one of UNITS; ``of`` the level
    that a chain starts from; ``expression`` the instant that the due day is held against.
    """

    name: str
    kind: Kind
    count: int | str = 0
    unit: str = "working_day"
    of: str = ""
    expression: str = ""

    def with_count(self, count: int) -> Level:
        """The same level with its number filled in."""
        return replace(self, count=count)


_COUNT = r"(?P<count>\d+|setting\.\w+)"
_UNIT = rf"(?P<unit>{'|'.join(UNITS)})"
_SHAPES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("at once", re.compile(r"at once")),
    ("left", re.compile(rf"left <= {_COUNT}")),
    ("overrun", re.compile(rf"overrun(?: {_COUNT} {_UNIT})?")),
    ("within", re.compile(r"stopped within")),
    ("stopped left", re.compile(rf"stopped left <= {_COUNT}")),
    ("due after", re.compile(r"due after against")),
    ("due differs", re.compile(r"due differs (?P<expression>.+)")),
    ("after level", re.compile(rf"{_COUNT} {_UNIT} after (?P<of>\w+)")),
)


def parse_level(name: str, text: str) -> Level | None:
    """Read one condition, e.g. ``left <= 2`` or ``3 working_day after warning``; None where it is not one."""
    text = " ".join(text.split())
    for kind, shape in _SHAPES:
        match = shape.fullmatch(text)
        if match is None:
            continue
        parts = {key: value for key, value in match.groupdict().items() if value is not None}
        count = parts.pop("count", "0")
        return Level(name=name, kind=kind, count=int(count) if count.isdigit() else count, **parts)
    return None
