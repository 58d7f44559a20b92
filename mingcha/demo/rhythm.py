"""The rhythm of applications: working days and seasons, peaks after holidays, office hours, and the web at
night."""

from __future__ import annotations

from typing import Final

import numpy as np

from mingcha.demo.days import AFTERNOON, OPENS
from mingcha.demo.dice import Ints
from mingcha.demo.world import World
from mingcha.law.instants import HOUR, MINUTE, SECOND

_SEASON: Final = (90, 70, 115, 105, 100, 105, 100, 95, 105, 95, 105, 120)
"""Weight of each month's working days."""
_WEEKDAY: Final = (112, 104, 100, 100, 90, 95, 95)
"""Per cent by day of the week; Saturdays and Sundays are make-up days."""
_AFTER_HOLIDAY: Final = (160, 130, 115)
"""Per cent on the first working days after three or more days off."""
_DAY_OFF: Final = 6
_OPEN_DAY: Final = (450, 380, 120, 40, 10)
_CLOSED_DAY: Final = (0, 700, 300, 0, 0)
"""Channels in the order of world.CHANNELS: window, web, mobile, kiosk, mail."""
_HOURS: Final = (1, 1, 0, 0, 0, 0, 1, 2, 5, 9, 10, 9, 5, 5, 8, 8, 7, 6, 4, 5, 7, 7, 5, 2)
"""Weight of each hour of the day for applications from afar."""
_MORNING: Final = 163 * 60
_AT_WINDOW: Final = _MORNING + 205 * 60
"""Seconds in which windows take applications: 09:02-11:45 and 13:00-16:25."""


def days_received(world: World, no: Ints) -> Ints:
    """The day of each application."""
    days = np.arange(world.first_day, world.last_day + 1)
    return world.first_day + world.dice.choose("day", no, _day_weights(world, days))


def _day_weights(world: World, days: Ints) -> Ints:
    working = world.days.working[days]
    dates = days.astype("datetime64[D]")
    month = dates.astype("datetime64[M]").astype(np.int64) % 12
    weight = np.array(_SEASON)[month] * np.array(_WEEKDAY)[(days + 3) % 7]
    rested = days - world.days.nth[world.days.count[days - 1] - 1] > 3
    for later, peak in enumerate(_AFTER_HOLIDAY):
        first = world.days.on_or_after(days[rested & working])
        peaks = world.days.after(first - 1, 1 + later)
        weight[np.isin(days, peaks)] = weight[np.isin(days, peaks)] * peak // 100
    return np.where(working, weight, _DAY_OFF * 100)


def channels(world: World, no: Ints, day: Ints) -> Ints:
    """The channel of each application: windows are shut on days off."""
    open_ = world.dice.choose("channel", no, _OPEN_DAY)
    shut = world.dice.choose("channel", no, _CLOSED_DAY)
    return np.where(world.days.working[day], open_, shut)


def times_received(world: World, no: Ints, channel: Ints) -> Ints:
    """The time of day of each application, to the second."""
    second = world.dice.below("second", no, _AT_WINDOW)
    morning = OPENS + 2 * MINUTE + second * SECOND
    at_window = np.where(second < _MORNING, morning, AFTERNOON + (second - _MORNING) * SECOND)
    hour = world.dice.choose("hour", no, _HOURS)
    afar = hour * HOUR + world.dice.below("minute", no, 3600) * SECOND
    return np.where(channel == 0, at_window, afar)
