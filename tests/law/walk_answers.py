"""Every answer of the clock, asked of the walk of walk.py."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time
from typing import Any

from walk import HORIZON, OFFICE, ONE, Case, LostError, NeverError, Walk, day, from_, midnight_after, to

from mingcha.law.clock import Cause, ClockSettings
from mingcha.law.units import Unit


def counted_after(walk: Walk, due: date) -> date:
    """The first counted day after the due day, pauses not counted."""
    d = due
    for _ in range(HORIZON):
        if any(day(p) <= d and r is None for p, r in walk.pauses):
            raise NeverError
        d += ONE
        if walk.counts(d) and not walk.taken_off(d, walk.pauses):
            walk.sure(walk.first_that_matters(), d)
            return d
    raise AssertionError("the walk has no end")


def expected(case: Case, how: ClockSettings, as_of: datetime) -> dict[str, Any]:
    """Every answer of the clock by walking."""
    walk = Walk(case, how, as_of)
    found: dict[str, Any] = {"cause": walk.cause()}
    late = [f"late {n} {unit.text}" for n, unit in how.late]
    names = ["due", *(f"left {n}" for n in how.left), "overrun", *late]
    found |= dict.fromkeys(names) | {"elapsed": None, "paused": None}
    if found["cause"] != Cause.OK:
        return found
    lost = False
    for name in names:
        try:
            found[name] = ask(walk, name)
        except LostError:
            lost = True
        except NeverError:
            pass
    with suppress(LostError):
        found["elapsed"], found["paused"] = walk.used()
    t = walk.until().date()
    try:
        walk.sure(walk.first_that_matters(), t)
    except LostError:
        if lost:
            found["cause"] = Cause.NO_CALENDAR
    if walk.hanging is not None:
        with suppress(LostError):
            if walk.unit.in_days:
                walk.sure(walk.first_that_matters(), day(walk.hanging) - ONE)
            elif walk.unit in OFFICE:
                walk.sure(walk.first_that_matters(), day(walk.hanging))
            found["cause"] = found["cause"] if is_due_before(walk, walk.hanging) else Cause.OPEN_PAUSE_AT_STOP
    return found


def is_due_before(walk: Walk, pause: Any) -> bool:
    """Whether the due day, or to the second the due instant, lies before a pause."""
    try:
        return walk.due_day() < day(pause) if walk.unit.in_days else walk.due_instant() < from_(pause)
    except (LostError, NeverError):
        return False


def ask(walk: Walk, name: str) -> tuple[Any, bool]:
    """One moment and whether it is provisional."""
    case, how = walk.case, walk.how
    if name.startswith("left"):
        n = int(name.split()[1])
        by_elapsed = walk.unit == Unit.WORKING_DAY and case.due is None
        d = walk.left_day_of_working_limit(n) if by_elapsed else walk.left_day(n)
        walk.sure(walk.first_that_matters(), d)
        if d == walk.s and how.short_promise == "silent":
            raise NeverError
        return (from_(case.start) if d == walk.s else from_(d)), walk.provisional(d)
    if not walk.unit.in_days:
        due = to(case.due) if case.due is not None else walk.due_instant()
        uses_calendar = walk.unit in OFFICE
        if uses_calendar:
            walk.sure(walk.first_that_matters(), due.date())
        if name == "overrun" and case.due is not None:
            return max(due, from_(case.start)), uses_calendar and walk.provisional(due.date())
        return due, uses_calendar and walk.provisional(due.date())
    due_day = walk.given_day() if case.due is not None else walk.due_day()
    if name == "due":
        return (closing(due_day, walk) if how.grain == "worktime" else due_day), walk.provisional(due_day)
    if name == "overrun" and how.overrun == "date":
        red = closing(due_day, walk) if how.grain == "worktime" else midnight_after(due_day)
        return after_start(walk, red), walk.provisional(due_day)
    if name.startswith("late"):
        return late(walk, due_day, int(name.split()[1]), Unit.parse(name.split()[2]))
    d = counted_after(walk, due_day)
    return after_start(walk, from_(d)), walk.provisional(d)


def late(walk: Walk, due_day: date, count: int, unit: Unit) -> tuple[Any, bool]:
    """The overrun of a second clock that starts on the due day."""
    second = Walk(Case(due_day, count, unit, layer=walk.case.layer), walk.how, walk.as_of)
    second.pauses = walk.pauses
    end = second.due_day()
    walk.sure(walk.first_that_matters(), end)
    return after_start(walk, midnight_after(end)), walk.provisional(end)


def after_start(walk: Walk, at: datetime) -> datetime:
    return max(at, from_(walk.case.start)) if walk.case.due is not None else at


def closing(d: date, walk: Walk) -> datetime:
    return datetime.combine(d, time(17)) if walk.works(d) else midnight_after(d)
