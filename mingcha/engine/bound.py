"""Narrowing a clock's candidates by a bound that never drops a row that matters.

Without its pauses a clock has used at least as many days, and its due day is no later. So a row for which even then
more than ``n`` working days are left is compliant at every level ``left <= n`` and not overrun: no need to look at
it. The look-up C(d) (working days up to d) is a join with ``d_days``, one row a day and layer. A clock that only
knows overrun may moreover stop on a working day with none left: that is its due day or earlier.

Fewer days by the calendar than the limit has working days are too few in any case. That needs no look-up, so it is
asked first, of days whose counts are known.
"""

from __future__ import annotations

from dataclasses import dataclass

from mingcha.engine.query import AS_OF_DAY, KNOWN_FROM, KNOWN_TO, alias_for
from mingcha.law.calendar import BEYOND, STRIDE
from mingcha.law.group import MOST_UNITS
from mingcha.law.units import MINUTES, Unit
from mingcha.rules.functions import FUNCTIONS, SECOND
from mingcha.rules.levels import Level
from mingcha.rules.model import Clock

LAYER_STRIDE = STRIDE
"""Slot of a day in ``d_days`` = layer * LAYER_STRIDE + day."""


@dataclass(frozen=True)
class ClockSql:
    """A clock's times as SQL texts: instants, the limit, the unit's number, the explicit due, the layer.

    ``paused``: condition that the row has pauses at all, "" where the rule knows none. ``lent``: other rules read the
    rows of this clock, and mean those that stopped on the due day, too, unless they stopped on the day they started.
    """

    start: str
    stop: str
    limit: str
    unit: str
    due: str
    layer: str
    differs: str
    paused: str
    settings: Clock
    lent: bool = False

    @property
    def in_days(self) -> bool:
        """The unit is a literal in days."""
        return self.unit.isdigit() and int(self.unit) <= Unit.MONTH

    @property
    def exact(self) -> bool:
        """The unit is a literal in hours or minutes."""
        return self.unit.isdigit() and int(self.unit) > Unit.MONTH


def narrow(clock: ClockSql, levels: tuple[Level, ...], dialect: str) -> tuple[dict[str, str], str]:
    """Joins to add at the end of FROM and a condition that is false only for certainly compliant rows."""
    kinds = {level.kind for level in levels}
    if "within" in kinds:
        return {}, "TRUE" if kinds - {"within"} else _stopped_soon(clock)
    if "due after" in kinds or clock.stop == "NULL":
        return {}, "TRUE"
    always = [f"{clock.stop} IS NULL", f"{clock.start} IS NULL", f"{clock.stop} < {clock.start}"]
    warned = any(level.kind in ("left", "stopped left") for level in levels)
    straight = "TRUE" if warned or clock.in_days else _not_even_straight(clock)
    if clock.exact:
        return {}, "TRUE" if "due differs" in kinds else _any([*always, straight])
    joins, left = _left(clock, dialect)
    begin, end = joins
    late = f"{left} <= 0"
    if clock.settings.grain == "day":
        or_lent = f" OR {_lasted(clock, dialect)} > 0" if clock.lent else ""
        late = f"({left} < 0 OR {left} = 0 AND (NOT {end}.working{or_lent}))"
    close = f"coalesce({_near(clock, levels, left, late) if warned else late}, TRUE)"
    if not clock.in_days:
        close = (
            f"CASE WHEN {clock.unit} BETWEEN 0 AND {int(Unit.MONTH)} THEN {close} "
            f"WHEN {clock.unit} > {int(Unit.MONTH)} THEN {straight} ELSE TRUE END"
        )
    enough = _any([*always, days_enough(clock, dialect, most_left(levels), _silent_up_to(clock, levels))])
    if clock.differs != "NULL":
        if not kinds - {"due differs"}:
            always, close = [], "FALSE"
        k3, join = _days_join(clock.layer, FUNCTIONS["day_of"].render(dialect, clock.differs), dialect)
        joins[k3] = join
        same = f"{_due_is_plain(clock)} AND {k3}.working AND {k3}.count = {_due_count(clock, begin)}"
        if clock.paused:
            # Not NOT … IN: Spark takes the missing key into account and compares every row with every row.
            same += f" AND CASE WHEN {clock.paused} THEN FALSE ELSE TRUE END"
        always.append(f"({clock.differs} IS NOT NULL AND NOT coalesce({same}, FALSE))")
        enough = "TRUE"  # whether an announced day is the due day is asked of clocks that stopped soon, too
    return joins, f"{enough} AND {_any([*always, close])}"


def days_enough(clock: ClockSql, dialect: str, most: int | None, short: int | None) -> str:
    """From start to stop there are as many days at all as `_left` must have used for a row to matter.

    ``most``: the most working days left that matter, None where only an overrun does. ``short``: limits up to so many
    days never warn, None where that may not be made use of.
    """
    start, stop = (FUNCTIONS["day_of"].render(dialect, at) for at in (clock.start, clock.stop))
    counted = [f"{start} >= {KNOWN_FROM}", f"{stop} <= {KNOWN_TO}"]
    if not clock.in_days:
        counted.insert(0, f"{clock.unit} = {int(Unit.WORKING_DAY)}")
    elif clock.unit != str(int(Unit.WORKING_DAY)):
        return "TRUE"
    if clock.due != "NULL":
        counted.append(f"{clock.due} IS NULL")
    lasted = _lasted(clock, dialect)
    over = f"{lasted} > {clock.limit}"
    if clock.settings.grain != "day" or clock.lent:
        over = f"{lasted} >= {clock.limit}"
    matters = over
    if most is not None:
        matters = f"{lasted} >= {clock.limit} - {most}"
    if most is not None and short is not None:
        on_a_later_day = f" AND {lasted} > 0" if clock.settings.grain == "day" else ""
        matters += f" AND ({clock.limit} < 0 OR {clock.limit} > {short} OR {over}{on_a_later_day})"
    return f"CASE WHEN {' AND '.join(counted)} THEN {matters} ELSE TRUE END"


def _lasted(clock: ClockSql, dialect: str) -> str:
    """Days by the calendar from start to stop."""
    start, stop = (FUNCTIONS["day_of"].render(dialect, at) for at in (clock.start, clock.stop))
    return f"{stop} - {start}"


def most_left(levels: tuple[Level, ...]) -> int | None:
    """The most working days left at which a level begins; None where none begins before the due day."""
    return max(_counts_left(levels), default=None)


def _silent_up_to(clock: ClockSql, levels: tuple[Level, ...]) -> int:
    """Limits of no days never warn, nor those whose warning would come on the day they start, where that is silent.

    A pause over that day puts the warning off, and where today counts the day itself leaves one day more.
    """
    if clock.settings.short_promise != "silent" or clock.paused or clock.settings.count_today:
        return 0
    return min(_counts_left(levels), default=0)


def _counts_left(levels: tuple[Level, ...]) -> list[int]:
    return [int(level.count) for level in levels if level.kind in ("left", "stopped left")]


def _near(clock: ClockSql, levels: tuple[Level, ...], left: str, late: str) -> str:
    """The first day with so few left has come, of a limit that warns at all."""
    most = _silent_up_to(clock, levels)
    short = f"{clock.unit} BETWEEN 0 AND {int(Unit.NATURAL_DAY)} AND {clock.limit} BETWEEN 0 AND {most}"
    if clock.due != "NULL":
        short += f" AND {clock.due} IS NULL"
    return f"({late} OR {left} <= {most_left(levels)} AND NOT coalesce({short}, FALSE))"


def _due_is_plain(clock: ClockSql) -> str:
    """Where the due day of a clock without pauses is the working day of `_due_count`."""
    units = f"{clock.unit} = 0 OR {clock.unit} = 1"
    if clock.settings.due_day_off == "stays":
        units = (
            f"{clock.unit} = 0 AND {clock.limit} > 0"  # a limit of no days ends on its first day, off or not
        )
    return f"({units})" + (f" AND {clock.due} IS NULL" if clock.due != "NULL" else "")


def _due_count(clock: ClockSql, begin: str) -> str:
    """Working days up to the due day: a limit of no days and natural days end on the next working day."""
    moved = f"({clock.unit} = 1 OR {clock.limit} = 0) AND NOT {begin}.working"
    return f"{_reached_count(clock, begin)} + CASE WHEN {moved} THEN 1 ELSE 0 END"


def _any(options: list[str]) -> str:
    return f"coalesce({' OR '.join(options)}, TRUE)"


def _left(clock: ClockSql, dialect: str) -> tuple[dict[str, str], str]:
    """(joins of the day the count begins on and of the stop or now, working days left then as if nothing paused)."""
    day = FUNCTIONS["day_of"].render
    start = day(dialect, clock.start)
    natural, months = f"{start} + {clock.limit}", f"{start} + 28 * ({_at_most(clock.limit)})"
    earliest = {
        str(int(Unit.WORKING_DAY)): start,
        str(int(Unit.NATURAL_DAY)): natural,
        str(int(Unit.MONTH)): months,
    }.get(
        clock.unit,
        f"CASE {clock.unit} WHEN 1 THEN {natural} WHEN 2 THEN {months} ELSE {start} END",
    )
    if clock.due != "NULL":
        earliest = f"coalesce({day(dialect, clock.due)}, {earliest})"
    now = f"coalesce({day(dialect, clock.stop)}, {AS_OF_DAY})"
    (k1, begin), (k2, end) = (_days_join(clock.layer, at, dialect) for at in (earliest, now))
    return {k1: begin, k2: end}, f"{_reached_count(clock, k1)} - {k2}.count"


def _reached_count(clock: ClockSql, begin: str) -> str:
    add = clock.limit if clock.unit == "0" else f"CASE WHEN {clock.unit} = 0 THEN {clock.limit} ELSE 0 END"
    if clock.due != "NULL":
        add = f"CASE WHEN {clock.due} IS NOT NULL THEN 0 ELSE {add} END"
    return f"{begin}.count + {add}"


def _days_join(layer: str, day: str, dialect: str) -> tuple[str, str]:
    """(alias, join) of a day's row; rules that look up one day share it."""
    least, most = (FUNCTIONS[name].render for name in ("earliest", "latest"))
    slot = most(dialect, least(dialect, day, str(BEYOND)), "0")  # what is not known looks up an unknown day
    if layer != "0":
        slot = f"({layer}) * {LAYER_STRIDE} + {slot}"
    alias = alias_for("k", slot)
    return alias, f"LEFT JOIN d_days AS {alias} ON {alias}.slot = {slot}"


def _at_most(limit: str) -> str:
    """A limit that may be multiplied: the clock takes no more units either. What is missing stays missing."""
    return f"CASE WHEN {limit} > {MOST_UNITS} THEN {MOST_UNITS} ELSE {limit} END"


def _minutes_factor(clock: ClockSql) -> str:
    if clock.unit.isdigit():
        return str(MINUTES[Unit(int(clock.unit))] * 60 * SECOND)
    whens = " ".join(f"WHEN {int(unit)} THEN {minutes * 60 * SECOND}" for unit, minutes in MINUTES.items())
    return f"(CASE {clock.unit} {whens} END)"


def _not_even_straight(clock: ClockSql) -> str:
    """Straight time between start and stop reaches the limit; office hours and pauses only make it less."""
    straight = f"{clock.stop} - {clock.start} >= ({_at_most(clock.limit)}) * {_minutes_factor(clock)}"
    options = [straight, f"({clock.stop}) % {SECOND} = 1"]
    if clock.due != "NULL":
        options.append(f"{clock.due} IS NOT NULL")
    return f"coalesce({' OR '.join(options)}, TRUE)"


def _stopped_soon(clock: ClockSql) -> str:
    """For ``stopped within``: a straight clock that stopped later than its limit is of no interest."""
    stopped = f"{clock.stop} IS NOT NULL"
    later_than_it_looks = clock.paused or clock.due != "NULL" or clock.settings.extension_to
    if clock.unit not in (str(int(Unit.HOUR)), str(int(Unit.MINUTE))) or later_than_it_looks:
        return stopped
    soon = f"{clock.stop} - {clock.start} <= ({_at_most(clock.limit)}) * {_minutes_factor(clock)}"
    return f"{stopped} AND coalesce({soon} OR ({clock.stop}) % {SECOND} = 1, TRUE)"
