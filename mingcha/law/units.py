"""Units of a limit (时限单位)."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class Unit(IntEnum):
    """What a limit counts. The rulebook writes the lower-case name, `working_day`."""

    WORKING_DAY = 0
    NATURAL_DAY = 1
    MONTH = 2
    WORKING_HOUR = 3
    HOUR = 4
    MINUTE = 5
    WORKING_MINUTE = 6

    @property
    def text(self) -> str:
        """Name in files: `working_day`."""
        return self.name.lower()

    @property
    def label(self) -> str:
        """Name for people: 个工作日."""
        return _LABELS[self]

    @property
    def in_days(self) -> bool:
        """Judged by dates (true) or to the second (false)."""
        return self <= Unit.MONTH

    @classmethod
    def parse(cls, text: str) -> Unit:
        """The unit of a name in a file. Raises ValueError with the list of names."""
        try:
            return cls[text.upper()]
        except KeyError:
            names = "、".join(unit.text for unit in cls)
            raise ValueError(f"没有时限单位“{text}”;可用:{names}") from None


NO_UNIT: Final = -1

_LABELS: Final = {
    Unit.WORKING_DAY: "个工作日",
    Unit.NATURAL_DAY: "个自然日",
    Unit.MONTH: "个月",
    Unit.WORKING_HOUR: "个工作小时",
    Unit.HOUR: "小时",
    Unit.MINUTE: "分钟",
    Unit.WORKING_MINUTE: "个工作分钟",
}

MINUTES: Final = {Unit.WORKING_HOUR: 60, Unit.HOUR: 60, Unit.MINUTE: 1, Unit.WORKING_MINUTE: 1}
"""Minutes of one unit, of the units judged to the second."""

OFFICE_UNITS: Final = frozenset({Unit.WORKING_HOUR, Unit.WORKING_MINUTE})
"""Units that run inside office hours only."""
