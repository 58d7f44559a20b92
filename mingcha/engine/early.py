"""Rows of cases that are told to be compliant before their case is looked up: most rows of steps, say.

A limit that stands in a guide hangs on the case's item version. But a row that took no longer than the least limit of
the whole guide is compliant whatever its case, if only its case's item is known; and where the guide says no limit at
all, `when` has to say that there is nothing to judge.
"""

from __future__ import annotations

from dataclasses import replace

from mingcha.engine.bound import ClockSql, days_enough, most_left
from mingcha.engine.names import CHILDREN, GUIDES, Names
from mingcha.law.units import Unit
from mingcha.rules.expression import asked_first, conditions
from mingcha.rules.levels import Level
from mingcha.rules.model import Join, Rule

_KINDS = {"overrun", "left", "stopped left"}


def early(names: Names, rule: Rule, times: ClockSql, levels: tuple[Level, ...], dialect: str) -> str:
    """SQL over a row ``r`` that is false only where it is compliant whatever its case; "" where none can be told."""
    clock = rule.clock
    assert clock is not None
    guide = next((join for join in rule.joins if _is_limit_of(join, rule)), None)
    if guide is None or rule.over not in CHILDREN or rule.rows or {level.kind for level in levels} - _KINDS:
        return ""
    keys = [names(text) for text in guide.on.values()]
    start, stop = names(clock.start), names(asked_first(clock.stop))
    if clock.due or any(alias != "r" for x in (*keys, start, stop) for alias, _ in x.uses):
        return ""
    alias, _, column = clock.limit.partition(".")
    unit = clock.unit.removeprefix(f"{alias}.")
    working = f"g.{unit}_code = {int(Unit.WORKING_DAY)}"
    least = f"(SELECT min(CASE WHEN {working} THEN g.{column} ELSE -1 END) FROM g_{guide.table} AS g)"
    own = replace(times, stop=stop.sql, limit=least, unit=str(int(Unit.WORKING_DAY)), due="NULL")
    longer = days_enough(own, dialect, most_left(levels), None)
    options = [f"{start.sql} IS NULL", f"{stop.sql} IS NULL", f"{stop.sql} < {start.sql}", longer]
    options += [f"{key.sql} IS NULL" for key in keys]
    return (
        f"(coalesce({' OR '.join(options)}, TRUE) OR r.case_no IN (SELECT case_no FROM f WHERE item_key < 0))"
    )


def _is_limit_of(join: Join, rule: Rule) -> bool:
    """The guide has the limit and its unit, and ``when`` asks for the limit wherever the guide is known."""
    clock = rule.clock
    assert clock is not None
    if join.table not in GUIDES or join.select or join.empty == "unknown" or not rule.when:
        return False
    ours = all(text.startswith(f"{join.alias}.") for text in (clock.limit, clock.unit))
    known = {f"NOT {clock.limit} IS NULL"}
    return ours and any(
        known <= part <= known | {f"{join.alias}.found IS NULL"} for part in conditions(rule.when)
    )
