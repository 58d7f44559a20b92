"""From a rule with a clock to the SQL of its candidates: the times, the limit, and the bound that narrows them."""

from __future__ import annotations

from mingcha.engine.bound import ClockSql, narrow
from mingcha.engine.candidates import (
    Builder,
    Candidates,
    Options,
    may_hold,
    pause_relation,
)
from mingcha.engine.early import early
from mingcha.engine.holds import holds, in_force
from mingcha.facts.schema import TABLES
from mingcha.law.units import Unit
from mingcha.rules.model import Pack, Rule, Rulebook


def clock_candidates(book: Rulebook, pack: Pack, rule: Rule, options: Options) -> Candidates:
    """Rows whose clock may have reached a level, is still running, or cannot be told."""
    clock = rule.clock
    assert clock is not None
    b = Builder(book, pack, rule, options)
    b.identity()
    names = b.names
    population = b.population()
    start = names.sql(clock.start)
    stop = names.sql(clock.stop)
    limit = f"CAST({names.sql(clock.limit)} AS BIGINT)"
    unit = names.unit(clock.unit)
    due = f"CAST({names.sql(clock.due)} AS BIGINT)" if clock.due else "NULL"
    b.one_row_where_unknown()
    b.columns.update(
        verdict=f"({' AND '.join(population) or 'TRUE'})",
        start=f"CAST({start} AS BIGINT)",
        stop=f"CAST({stop} AS BIGINT)",
        limit_=limit,
        unit_=unit,
    )
    if clock.due:
        b.columns["due"] = due
    if clock.ends:
        b.columns["ends"] = f"coalesce({names.sql(clock.ends)}, FALSE)"
    if clock.extension_to:
        b.columns["extension_filed"] = f"CAST({names.sql(clock.extension_filed)} AS BIGINT)"
        b.columns["extension_to"] = f"CAST({names.sql(clock.extension_to)} AS BIGINT)"
    if clock.against_unit:
        b.columns["against_limit"] = f"CAST({names.sql(clock.against_limit)} AS BIGINT)"
        b.columns["against_unit"] = names.unit(clock.against_unit)
    if rule.moment:
        b.columns["moment"] = f"CAST({names.sql(rule.moment)} AS BIGINT)"
    differs = next((level for level in b.levels if level.kind == "due differs"), None)
    if differs:
        b.columns["differs"] = f"CAST({names.sql(differs.expression)} AS BIGINT)"
    layer = _layer(b)
    b.columns["layer"] = layer
    if _counts_office_hours(unit, clock.grain):
        names.last_joins["mh"] = f"LEFT JOIN m_hours AS mh ON mh.code = {names.hall()}"
        names.reads.add("hall_hours", *TABLES["hall_hours"].keys, "closes")
        b.columns["hours"] = "coalesce(mh.hours, 0)"
    evidence = b.evidence()
    b.columns["cause"] = b.cause()
    b.conditions += [*may_hold(population), f"({start} IS NOT NULL OR {stop} IS NOT NULL)"]
    paused = (
        f"{names.case}.case_no IN (SELECT case_no FROM {pause_relation(pack, rule)})" if clock.pauses else ""
    )
    times = ClockSql(
        start,
        stop,
        limit,
        unit,
        due,
        layer,
        b.columns.get("differs", "NULL"),
        paused,
        clock,
        _lends(book, rule),
    )
    b.narrow_joins, b.narrow = narrow(times, b.levels, options.dialect)
    b.early = early(names, rule, times, b.levels, options.dialect)
    return b.built(holds(book, pack, rule, b.columns["region_code"], start, options.dialect), evidence)


def _lends(book: Rulebook, rule: Rule) -> bool:
    """Does some rule in force read this one's clock rows?"""
    asked = f"clock_rows('{rule.id}')"
    others = (other for pack in in_force(book) for other in pack.rules)
    return any(asked in text for other in others for text in (other.rows, *(j.select for j in other.joins)))


def _counts_office_hours(unit: str, grain: str) -> bool:
    """Working hours run in the blocks of the row's hall, and so does a due day that ends at closing time."""
    plain = {str(int(u)) for u in Unit} - {str(int(Unit.WORKING_HOUR)), str(int(Unit.WORKING_MINUTE))}
    return unit not in plain or grain == "worktime"


def _layer(b: Builder) -> str:
    """Index of the calendar layer: every_day and weekdays are fixed, the hall's is the case's own."""
    assert b.rule.clock is not None
    calendar = b.rule.clock.calendar
    if calendar != "hall":
        return str(b.options.fixed_layers[calendar])
    return b.layer_of_place()
