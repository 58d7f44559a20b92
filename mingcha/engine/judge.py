"""`judge`: facts + rulebook + calendar + as_of -> findings. A pure function; time is an argument."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from mingcha.engine import days
from mingcha.engine import relations as rel
from mingcha.engine.backend import Backend
from mingcha.engine.candidates import UNIT_OF_ABOUT, Candidates, Options
from mingcha.engine.duck import DuckBackend
from mingcha.engine.finish import Run, finish
from mingcha.engine.holds import Unheld, unheld_sql
from mingcha.engine.outcome import Reading
from mingcha.engine.plan import Plan, make_plan
from mingcha.engine.record import FINDING, WATCH, in_order
from mingcha.engine.sieve import CASES, FRAME, Sieve, cases_sql, sieves
from mingcha.engine.sqlite import warm
from mingcha.engine.views import last_instant
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts, Source
from mingcha.law.calendar import Calendar
from mingcha.law.instants import MISSING, instant
from mingcha.rules.model import Rulebook
from mingcha.rules.select import clock_rows_name

Progress = Callable[[int, int, str], None]
"""Called with (done, all, what comes next)."""
Way = Literal["auto", "few", "many"]
FEW = 60_000
"""Up to so many rows in all tables together SQLite is the quicker engine."""
ROWS_OF_A_CASE = 12
"""Itself, its steps, materials and so on."""


@dataclass(frozen=True)
class Judgement:
    """What `judge` returns: findings (`FINDING`), when to look again (`WATCH`), how much was looked at.

    ``cases`` counts cases in the facts; ``not_judged`` names rules whose tables were not reported; ``unheld`` counts
    the cases that lie in no pack.
    """

    findings: pa.Table
    watch: pa.Table
    cases: int = 0
    not_judged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    judged: tuple[str, ...] = ()
    unheld: Unheld = Unheld()


def last_second(as_of: date | datetime) -> datetime:
    """A bare date means its last second."""
    if isinstance(as_of, datetime):
        return as_of.replace(microsecond=0)
    return datetime.combine(as_of, time(23, 59, 59))


def judge(
    facts: Facts,
    rulebook: Rulebook,
    calendar: Calendar,
    as_of: date | datetime,
    known_at: int | None = None,
    scope: Collection[tuple[str, str]] | None = None,
    *,
    backend: Callable[[], Backend] = DuckBackend,
    only: Collection[str] | None = None,
    pending: bool = False,
    chain_from: str = "issued",
    live_from: datetime | None = None,
    progress: Progress | None = None,
    way: Way = "auto",
) -> Judgement:
    """Judge facts by a rulebook and a calendar, as of a moment.

    ``scope`` is a set of (unit, key), e.g. ("case", case_no): exactly the rows that judging everything gives for those
    units. ``known_at`` is the last batch known. ``pending`` keeps findings of level none that have a moment ahead.
    ``only`` names rules. ``way``: few rows are judged by SQLite, many by ``backend``; auto chooses.
    Raises `RulebookError`.
    """
    reading = Reading(
        as_of=instant(last_second(as_of)),
        chain_from=chain_from,
        live_from=instant(live_from) if live_from else MISSING,
        has_issued="issued" in facts,
    )
    parts = []
    for unit, keys in _by_unit(scope):
        few = _few(facts, backend, way, known_at, unit, len(keys))
        held = _of_cases(facts, keys) if few and unit == "case" else facts
        with warm() if few else closing(backend()) as engine:
            run = _Judging(engine, held, rulebook, calendar, reading, known_at, only, unit, keys, progress)
            parts.append(run.judgement(pending))
    return parts[0] if len(parts) == 1 else _together(parts)


def _few(
    facts: Facts, backend: Callable[[], Backend], way: Way, known_at: int | None, unit: str | None, keys: int
) -> bool:
    if way != "auto":
        return way == "few"
    if backend is not DuckBackend or known_at is not None:
        return False
    weight = 0
    for name, source in facts.items():
        if unit != "case":
            weight += source.rows
        elif TABLES[name].lasting:
            weight += source.rows // 10  # is there from the run before
        elif "case_no" not in source.columns and name != "issued":
            weight += source.rows
    return weight + keys * ROWS_OF_A_CASE <= FEW


def _of_cases(facts: Facts, keys: list[str]) -> Facts:
    """Case tables, and what was issued, cut to these cases."""
    cut = dict(facts.of_cases(keys))
    if "issued" in cut:
        cut["issued"] = Source.of_arrow(TABLES["issued"], cut["issued"].having("key", keys))
    return Facts(cut)


def options_of(dialect: str, facts: Facts, calendar: Calendar) -> Options:
    """What compiled rules depend on."""
    return Options(
        dialect=dialect,
        issued="issued" in facts,
        layers=len(calendar.layers) > len(("national", *FIXED_LAYERS)),
        fixed_layers={name: calendar.layer(name) for name in FIXED_LAYERS},
    )


def _about(unit: str | None) -> set[str] | None:
    """What findings of a unit may be about; None for every unit."""
    return None if unit is None else {name for name, u in UNIT_OF_ABOUT.items() if u == unit} or {unit}


def _of_units(findings: pa.Table, watch: pa.Table, unit: str, keys: list[str]) -> tuple[pa.Table, pa.Table]:
    """Only what belongs to the units asked for."""
    wanted = pa.array(keys, pa.string())
    about = pa.array(sorted(_about(unit) or ()), pa.string())
    mine = pc.and_(pc.is_in(findings["about"], about), pc.is_in(findings["key"], wanted))
    theirs = pc.and_(pc.equal(watch["unit"], unit), pc.is_in(watch["key"], wanted))
    return findings.filter(mine), watch.filter(theirs)


FIXED_LAYERS = ("every_day", "weekdays")
"""Calendar layers that are always there beside the national one."""


def _by_unit(scope: Collection[tuple[str, str]] | None) -> list[tuple[str | None, list[str]]]:
    if scope is None:
        return [(None, [])]
    units = sorted({unit for unit, _ in scope})
    return [(unit, sorted(key for u, key in scope if u == unit)) for unit in units]


def _together(parts: list[Judgement]) -> Judgement:
    return Judgement(
        in_order(pa.concat_tables([p.findings for p in parts] or [FINDING.empty_table()])),
        pa.concat_tables([p.watch for p in parts] or [WATCH.empty_table()]),
        max((p.cases for p in parts), default=0),
        {rule: missing for p in parts for rule, missing in p.not_judged.items()},
        tuple(dict.fromkeys(rule for p in parts for rule in p.judged)),
        max((p.unheld for p in parts), key=lambda unheld: unheld.total, default=Unheld()),
    )


class _Judging:
    """One run over one unit's scope (or everything)."""

    def __init__(
        self,
        engine: Backend,
        facts: Facts,
        book: Rulebook,
        calendar: Calendar,
        reading: Reading,
        known_at: int | None,
        only: Collection[str] | None,
        unit: str | None,
        keys: list[str],
        progress: Progress | None,
    ) -> None:
        self.engine, self.facts, self.calendar = engine, facts, calendar
        self.reading, self.as_of, self.known_at = reading, reading.as_of, known_at
        self.unit, self.keys, self.progress = unit, keys, progress
        options = options_of(engine.dialect, facts, calendar)
        self.plan: Plan = make_plan(book, facts.keys(), options, only=only, about=_about(unit))
        self.options, self.book = options, book
        self.asked: dict[str, str] = {}
        self._done = 0

    def judgement(self, pending: bool) -> Judgement:
        """Prepare the relations, then judge rule by rule."""
        self._prepare()
        run = Run(self.calendar, self.reading, self.known_at, pending)
        for candidate in sorted(self.plan.candidates, key=self._effort):
            self._step(candidate.rule.title)
            self._judge(candidate, run)
        cases = self.engine.fetch("SELECT count(*) AS n FROM f").column("n")[0].as_py()
        unheld = self._unheld()  # while the last rules are still asked
        findings, watch = self.engine.findings(), self.engine.watch()
        if self.unit is not None:
            findings, watch = _of_units(findings, watch, self.unit, self.keys)
        return Judgement(
            findings, watch, cases, self.plan.not_judged,
            tuple(c.rule.id for c in self.plan.candidates if not c.silent), unheld,
        )  # fmt: skip

    def _unheld(self) -> Unheld:
        """Counted over the columns of the frame: the regions and days that the rules themselves ask."""
        sql = unheld_sql(self.book, last_instant(self.as_of), self.engine.dialect)
        counts = self.engine.fetch(sql).to_pylist()[0] if sql else {}
        return Unheld(**{why: int(count or 0) for why, count in counts.items()})

    def _prepare(self) -> None:
        engine, plan = self.engine, self.plan
        scoped = self.unit == "case" and engine.many
        scope = pa.table({"key": pa.array(self.keys, pa.string())}) if scoped else None
        rel.provide_facts(engine, self.facts, plan.reads, last_instant(self.as_of), self.known_at, scope)
        if self.options.layers:
            rel.provide_layers(engine, self.calendar, self.facts)
        engine.lock()
        rel.provide_versions(engine)
        for name, sql in rel.guide_relations(plan.reads).items():
            engine.table(name, sql)
        self.reading = replace(self.reading, office=rel.provide_hours(engine, plan.reads))
        days.provide_days(engine, self.calendar, self.as_of, plan.reads)
        self._step("办件")
        rel.provide_frame(engine, plan, self.facts, layers=self.options.layers)
        for name, sql in plan.reads.selects.items():
            engine.table(name, sql)
        rel.provide_pauses(engine, plan.pauses)
        if self.options.issued and plan.candidates:
            engine.table("x_issued", rel.issued_sql())
        made = sieves(plan.candidates, engine.dialect) if engine.many else []
        self._sieve([sieve for sieve in made if sieve.base.rows != FRAME])
        rel.provide_compares(engine, plan, self._step)
        self._sieve([sieve for sieve in made if sieve.base.rows == FRAME])
        if cases := cases_sql(made):
            engine.table(CASES, cases)

    def _sieve(self, made: list[Sieve]) -> None:
        """Keep the rows that rules over the same rows have to look at."""
        for sieve in made:
            table = TABLES.get(sieve.base.rows.removeprefix("v_"), TABLES["cases"])
            self._step(table.label)
            self.engine.table(sieve.name, self._dated(sieve.sql))
            self.asked |= sieve.asked

    def _effort(self, candidate: Candidates) -> tuple[bool, bool]:
        """What takes long comes first, so that all ends together: what is asked of many rows, then clocks."""
        few = candidate.rule.id in self.asked
        lent = clock_rows_name(candidate.rule.id) in self.plan.clock_rows
        return few and not lent, candidate.rule.clock is None

    def _dated(self, sql: str) -> str:
        return days.dated(sql, self.calendar, self.as_of)

    def _judge(self, candidate: Candidates, run: Run) -> None:
        name = clock_rows_name(candidate.rule.id)
        wanted = name in self.plan.clock_rows

        def finished(rows: pa.Table) -> tuple[pa.Table, pa.Table, pa.Table | None]:
            done = finish(rows, candidate, run, clock_rows=wanted)
            if candidate.silent:
                return FINDING.empty_table(), WATCH.empty_table(), done.clock_rows
            return done.findings, done.watch, done.clock_rows

        sql = self.asked.get(candidate.rule.id) or candidate.query.alone()
        self.engine.judge(self._dated(sql), finished, candidate.typed, f"v_{name}" if wanted else None)

    def _step(self, label: str) -> None:
        if self.progress:
            total = len(self.plan.candidates) + 1
            self.progress(min(self._done, total), total, label)
            self._done += 1
