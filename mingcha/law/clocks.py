"""What goes into the clock and what comes out: settings, columns of clocks, columns of moments."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from mingcha.law.instants import MISSING, Bools, Instants
from mingcha.law.office import DEFAULT_OFFICE, OfficeHours
from mingcha.law.units import Unit


class Cause(IntEnum):
    """Why a clock is undetermined (不可判定); OK where it is not."""

    OK = 0
    NO_START = 1
    NO_LIMIT = 2
    NO_UNIT = 3
    STOP_BEFORE_START = 4
    PAUSE_ENDS_BEFORE_START = 5
    OPEN_PAUSE_AT_STOP = 6
    NO_CALENDAR = 7

    @property
    def text(self) -> str:
        """Name in findings: `no_start`."""
        return self.name.lower()

    @property
    def label(self) -> str:
        """What it says to people; empty for OK."""
        return _CAUSES[self]


@dataclass(frozen=True)
class ClockSettings:
    """How a rule reads its clock. Raises ValueError for a value it does not know."""

    left: tuple[int, ...] = ()
    """Thresholds n for which the first day with `left <= n` is wanted."""
    late: tuple[tuple[int, Unit], ...] = ()
    """Wanted moments of "overrun N unit": the overrun of a second clock of N units from the due day."""
    overrun: Literal["date", "working_days"] = "date"
    """`working_days`: overrun begins on the first counted day after the due day, not on the next date."""
    grain: Literal["day", "worktime"] = "day"
    """`worktime`: the due day ends at the office's closing time, and a stop exactly then is in time."""
    count_today: bool = False
    """Today counts among the working days left."""
    due_day_off: Literal["moves", "stays"] = "moves"
    """Whether a due day that is a day off moves to the next working day."""
    early_stop: Literal["undetermined", "in_time"] = "undetermined"
    """What a stop before the start means."""
    short_promise: Literal["at_once", "silent"] = "at_once"
    """A clock that has no more than n left when it starts warns at once, or not at all."""

    def __post_init__(self) -> None:
        for name, known in _CHOICES.items():
            if getattr(self, name) not in known:
                raise ValueError(f"时限设置 {name} 不能是“{getattr(self, name)}”;可用:{'、'.join(known)}")


_CAUSES: Final = {
    Cause.OK: "",
    Cause.NO_START: "没有起算时间",
    Cause.NO_LIMIT: "没有时限",
    Cause.NO_UNIT: "没有时限单位,或者单位不认识",
    Cause.STOP_BEFORE_START: "结束早于起算",
    Cause.PAUSE_ENDS_BEFORE_START: "有暂停结束早于开始",
    Cause.OPEN_PAUSE_AT_STOP: "结束时还有暂停没有结束",
    Cause.NO_CALENDAR: "日历没有需要的日子",
}

_CHOICES: Final = {
    "overrun": ("date", "working_days"),
    "grain": ("day", "worktime"),
    "due_day_off": ("moves", "stays"),
    "early_stop": ("undetermined", "in_time"),
    "short_promise": ("at_once", "silent"),
}


@dataclass
class Clocks:
    """n clocks, one row each, in instants; facts later than as_of are taken out already."""

    start: Instants
    limit: Instants
    """How many units; MISSING or negative: no limit."""
    unit: NDArray[np.int8]
    """`Unit` values; anything else is no unit."""
    stop: Instants | None = None
    """None: no clock has stopped."""
    layer: NDArray[np.int16] | int = 0
    """Index of the calendar layer (`Calendar.layer_for`)."""
    due: Instants | None = None
    """A due moment that is given; it stands for start + limit, and pauses do not move it."""
    ends_with_stop: Bools | None = None
    """The case was returned, withdrawn or voided: a pause still open ends with the stop."""
    pause_offsets: NDArray[np.int64] | None = None
    """Pauses of clock i are rows offsets[i]:offsets[i + 1] of the pause columns, in any order."""
    pause_start: Instants = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    pause_end: Instants = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """MISSING: the pause is open."""
    pause_cap: NDArray[np.int64] | None = None
    """A pause ends at the latest on the due day of a clock of so many units from its start."""
    pause_cap_unit: NDArray[np.int8] | None = None
    """Units of the caps; None: working days."""
    hours: NDArray[np.int16] | None = None
    """Index into `office`; None: the first."""
    office: tuple[OfficeHours, ...] = (DEFAULT_OFFICE,)

    def __len__(self) -> int:
        return len(self.start)

    def part(self, first: int, last: int) -> Clocks:
        """Clocks first..last-1 as views."""
        rows = slice(first, last)
        part = Clocks(self.start[rows], self.limit[rows], self.unit[rows], office=self.office)
        part.layer = self.layer if isinstance(self.layer, int) else self.layer[rows]
        self._cut(part, ("stop", "due", "ends_with_stop", "hours"), rows)
        if self.pause_offsets is not None:
            offsets = self.pause_offsets[first : last + 1]
            part.pause_offsets = offsets - offsets[0]
            pauses = slice(int(offsets[0]), int(offsets[-1]))
            self._cut(part, ("pause_start", "pause_end", "pause_cap", "pause_cap_unit"), pauses)
        return part

    def _cut(self, part: Clocks, names: tuple[str, ...], rows: slice) -> None:
        """Give `part` the rows of the named columns, where they are there."""
        for name in names:
            column = getattr(self, name)
            setattr(part, name, None if column is None else column[rows])


@dataclass
class Times:
    """What n clocks answer. Moments are instants, MISSING where unknown; `*_provisional` flags go with them.

    A moment is provisional if a provisional day lies between the start and it.
    """

    due: Instants
    """Limits in days: the due day as a date alone (worktime: its closing time); else an instant."""
    left_at: list[Instants]
    """Per threshold of the settings: 00:00 of the first day with `left <= n`, or the start itself."""
    overrun_at: Instants
    """Limits in days: 00:00 of the first overrun day; else the due instant."""
    late_at: list[Instants]
    due_provisional: Bools
    left_provisional: list[Bools]
    overrun_provisional: Bools
    late_provisional: list[Bools]
    elapsed: NDArray[np.int64]
    """Used by min(stop, as_of): working days, natural days (for months too) or whole minutes."""
    paused: NDArray[np.int64]
    """What pauses took off until then, in the same unit."""
    by_date: Bools
    """Overrun is judged by dates: a stop exactly at `overrun_at` is late."""
    cause: NDArray[np.int8]
    """`Cause` values."""

    @classmethod
    def blank(cls, clocks: int, settings: ClockSettings) -> Times:
        """Columns to be written: flags down, every other entry still to be set."""

        def instants() -> Instants:
            return np.empty(clocks, dtype=np.int64)

        def no() -> Bools:
            return np.zeros(clocks, dtype=bool)

        return cls(
            due=instants(),
            left_at=[instants() for _ in settings.left],
            overrun_at=instants(),
            late_at=[instants() for _ in settings.late],
            due_provisional=no(),
            left_provisional=[no() for _ in settings.left],
            overrun_provisional=no(),
            late_provisional=[no() for _ in settings.late],
            elapsed=instants(),
            paused=instants(),
            by_date=no(),
            cause=np.zeros(clocks, dtype=np.int8),
        )

    def forget(self, rows: Bools | NDArray[np.intp]) -> None:
        """Nothing is known of these clocks."""
        for column in (self.due, *self.left_at, self.overrun_at, *self.late_at, self.elapsed, self.paused):
            column[rows] = MISSING
        flags = (
            self.due_provisional,
            *self.left_provisional,
            self.overrun_provisional,
            *self.late_provisional,
        )
        for flag in (*flags, self.by_date):
            flag[rows] = False

    def part(self, first: int, last: int) -> Times:
        """Clocks first..last-1 as views to write into."""
        rows = slice(first, last)
        held: dict[str, Any] = {}
        for name, column in vars(self).items():
            held[name] = [part[rows] for part in column] if isinstance(column, list) else column[rows]
        return Times(**held)
