"""Indicators (指标): how many of how many, by unit. Measured over the whole, on a schedule, never case by case."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa

from mingcha.engine import days
from mingcha.engine import relations as rel
from mingcha.engine.backend import Backend
from mingcha.engine.duck import DuckBackend
from mingcha.engine.holds import in_force
from mingcha.engine.judge import last_second, options_of
from mingcha.engine.names import Names, Reads
from mingcha.engine.plan import Plan
from mingcha.engine.views import last_instant
from mingcha.facts.store import Facts
from mingcha.law.calendar import Calendar
from mingcha.law.instants import instant
from mingcha.rules.expression import ExpressionError
from mingcha.rules.faults import Fault, RulebookError
from mingcha.rules.model import Pack, Rule, Rulebook

MEASURE = pa.schema(
    [
        ("rule", pa.string()),
        ("pack", pa.string()),
        ("unit", pa.string()),
        ("key", pa.string()),
        ("numerator", pa.int64()),
        ("denominator", pa.int64()),
    ]
)
"""One row per rule, unit and key. The share is numerator / denominator; it is left to who shows it."""


@dataclass(frozen=True)
class _Indicator:
    rule: Rule
    sql: str
    reads: Reads


def measure(
    facts: Facts,
    rulebook: Rulebook,
    calendar: Calendar,
    as_of: date | datetime,
    known_at: int | None = None,
    *,
    only: Collection[str] | None = None,
) -> pa.Table:
    """Measure the indicators of the packs in force (schema `MEASURE`), as of a moment.

    An indicator whose tables were not reported is left out. Raises `RulebookError`.
    """
    moment = instant(last_second(as_of))
    backend: Backend = DuckBackend()
    try:
        indicators = _compiled(rulebook, facts, only, backend.dialect)
        plan = Plan([], Reads())
        for indicator in indicators:
            plan.reads.merge(indicator.reads)
        options = options_of(backend.dialect, facts, calendar)
        rel.provide_facts(backend, facts, plan.reads, last_instant(moment), known_at, None)
        if options.layers:
            rel.provide_layers(backend, calendar, facts)
        backend.lock()
        rel.provide_versions(backend)
        for name, sql in rel.guide_relations(plan.reads).items():
            backend.table(name, sql)
        days.provide_days(backend, calendar, moment, plan.reads)
        rel.provide_frame(backend, plan, facts, layers=options.layers)
        return pa.concat_tables([MEASURE.empty_table(), *(_measured(backend, i) for i in indicators)])
    finally:
        backend.close()


def _compiled(book: Rulebook, facts: Facts, only: Collection[str] | None, dialect: str) -> list[_Indicator]:
    found, faults = [], []
    for pack in in_force(book):
        for rule in pack.rules:
            if rule.measure is None or (only is not None and rule.id not in only):
                continue
            try:
                indicator = compile_indicator(book, pack, rule, dialect)
            except ExpressionError as error:
                faults.append(
                    Fault(str(rule.file), rule.line("measure"), str(error), "改正后再运行", rule.id)
                )
                continue
            if {rule.over, *rule.needs} <= set(facts):
                found.append(indicator)
    if faults:
        raise RulebookError(faults)
    return found


def compile_indicator(book: Rulebook, pack: Pack, rule: Rule, dialect: str) -> _Indicator:
    """The SELECT of an indicator as SQL. Raises `ExpressionError`."""
    assert rule.measure is not None
    names = Names(rule, {**book.settings_of(pack), **rule.settings}, dialect)
    compiled = names.select(rule.measure.select)
    columns = compiled.columns
    missing = {"numerator", "denominator"} - set(columns)
    if missing:
        raise ExpressionError(f"指标的 SELECT 缺少列 {' '.join(sorted(missing))}")
    unit = "CAST(m.unit AS VARCHAR)" if "unit" in columns else f"'{rule.measure.unit}'"
    key = "coalesce(m.key, '')" if "key" in columns else "''"
    counts = ", ".join(f"CAST(m.{name} AS BIGINT) AS {name}" for name in ("numerator", "denominator"))
    listed = f"{unit} AS unit, {key} AS key, {counts}"
    return _Indicator(rule, f"SELECT {listed} FROM ({compiled.sql}) AS m ORDER BY 1, 2", names.reads)


def _measured(backend: Backend, indicator: _Indicator) -> pa.Table:
    rows = backend.fetch(indicator.sql)
    rule = [pa.repeat(pa.scalar(text), rows.num_rows) for text in (indicator.rule.id, indicator.rule.pack)]
    return pa.table([*rule, *(rows.column(n) for n in MEASURE.names[2:])], schema=MEASURE)
