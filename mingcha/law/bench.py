"""What is the same for all clocks of one run: calendar, settings, as_of, and the rulers made from them."""

from __future__ import annotations

from mingcha.law.calendar import Calendar
from mingcha.law.clocks import ClockSettings
from mingcha.law.office import OfficeClock, OfficeHours
from mingcha.law.rulers import Lookup, NaturalDays, OfficeTime, Ruler, StraightTime, WorkingDays
from mingcha.law.units import OFFICE_UNITS, Unit


class Bench:
    """Calendar, settings and as_of of a run; makes each office's time once."""

    def __init__(
        self, calendar: Calendar, settings: ClockSettings, as_of: int, office: tuple[OfficeHours, ...]
    ) -> None:
        self.calendar = calendar
        self.settings = settings
        self.as_of = as_of
        self.office = office
        self._office_clocks: dict[tuple[int, int], OfficeClock] = {}

    def ruler(self, unit: Unit, lookup: Lookup, hours: int) -> Ruler:
        """What a unit counts for the clocks of `lookup`. Office units need a lookup of one layer."""
        moves = self.settings.due_day_off == "moves"
        if unit == Unit.WORKING_DAY:
            return WorkingDays(lookup, moves)
        if unit.in_days:
            return NaturalDays(lookup, moves)
        if unit in OFFICE_UNITS:
            return OfficeTime(self.office_clock(lookup, hours))
        return StraightTime()

    def office_clock(self, lookup: Lookup, hours: int) -> OfficeClock:
        """Office time of the one layer of `lookup` and one of the sets of hours."""
        if lookup.layer is None:
            raise ValueError("按办公时间计时的一组时限必须用同一个日历层")
        key = (lookup.layer, hours)
        if key not in self._office_clocks:
            self._office_clocks[key] = OfficeClock(self.calendar, lookup.layer, self.office[hours])
        return self._office_clocks[key]
