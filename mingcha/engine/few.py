"""Judging few cases: warm sessions in which nothing is planned twice that need not be.

A session is a DuckDB instance with the views of one layout of facts (which tables and columns there are) and the
bundled queries of the plan. Rows come in as Arrow under names the views already know; as_of is a variable. One
session a layout, thread and rulebook is kept, so that a server judging case after case stays warm.
"""

from __future__ import annotations

import threading
import warnings
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from mingcha.engine import compare as cmp
from mingcha.engine import days
from mingcha.engine import relations as rel
from mingcha.engine.candidates import Candidates
from mingcha.engine.finish import Finished, Run, finish
from mingcha.engine.frame import counted_sql, frame_sql
from mingcha.engine.items import period_table, read_versions, version_table
from mingcha.engine.plan import Plan
from mingcha.engine.query import ISSUED, Base, Bundle, bundle
from mingcha.engine.record import FINDING, WATCH
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts, Source
from mingcha.law.calendar import Calendar
from mingcha.law.instants import DAY
from mingcha.law.office import OfficeHours
from mingcha.rules.model import Rulebook
from mingcha.rules.select import CLOCK_ROWS, clock_rows_name

warnings.filterwarnings("ignore", message="Arrow output on a DB-API result")
# The extra copy it warns of is of a few rows; the way it recommends plans every query twice.

FEW = 150_000
"""Up to so many rows in all tables together this way is the quicker one."""

_NOW = "CAST(getvariable('now') AS BIGINT)"
_KEPT = 8


@dataclass
class _Step:
    """One query: the rules it serves, and the child table without whose rows there is nothing to ask."""

    sql: str
    served: list[Candidates]
    bundled: Bundle | None = None
    table: str = ""


class Session:
    """A warm engine for one plan and one layout of facts."""

    dialect = "duckdb"

    def __init__(
        self,
        plan: Plan,
        calendar: Calendar,
        facts: Facts,
        book: Rulebook,
        *,
        scoped: bool,
        layers: bool,
        issued: bool,
    ) -> None:
        self.plan, self.calendar = plan, calendar
        self.book = book  # keeps the id in the session's key its own
        self._layers, self._issued = layers, issued
        self._connection = duckdb.connect(config={"threads": 1, "memory_limit": "1GB"})
        self._connection.execute("SET enable_external_access = false")
        # Joins are written in the order that is right; looking for a better one costs more than it finds.
        self._connection.execute("SET disabled_optimizers = 'join_order'")
        self._held: dict[str, object] = {}
        self._versions_of: tuple[object, ...] = ()
        self.register("day_rows", days.day_table(calendar))
        self._connection.execute("CREATE TEMP TABLE d_days AS SELECT * FROM day_rows")
        self._provide_places(facts, scoped)
        self._define(facts, scoped)
        self._steps = _steps(plan)
        self._connection.execute("SET lock_configuration = true")

    # -- what stays --------------------------------------------------------------------------------------------

    def _provide_places(self, facts: Facts, scoped: bool) -> None:
        """Give every relation its name, with whatever rows are at hand, so that views can be bound to it."""
        if scoped:
            self.register("m_scope", pa.table({"key": pa.array([], pa.string())}))
        for name in rel.columns_needed(self.plan.reads):
            if name in facts:
                self._source(name, facts)
        self.register("m_versions", version_table([]))
        self.register("m_periods", period_table([]))
        self.register(
            "m_hours", pa.table({"code": pa.array([], pa.string()), "hours": pa.array([], pa.int64())})
        )
        self.register(
            "m_layers", pa.table({"code": pa.array([], pa.string()), "layer": pa.array([], pa.int64())})
        )
        for name in self.plan.clock_rows:
            self.register(f"v_{name}", _NO_CLOCK_ROWS)
        self._connection.execute("SET VARIABLE now = 0::BIGINT")

    def _define(self, facts: Facts, scoped: bool) -> None:
        """The views, from the facts up to the verdicts of compares."""
        reads = self.plan.reads
        for name, columns in rel.columns_needed(reads).items():
            self._view(
                f"v_{name}", rel.fact_view(name, columns, facts, _NOW, None, self.dialect, scoped=scoped)
            )
        self._days(0)
        for name, sql in rel.guide_relations(reads).items():
            self._view(name, sql)
        counted = rel.counted_tables(reads)
        self._frame = frame_sql(
            reads,
            {t: counted_sql(t, self.dialect) for t in counted if t in facts},
            self.dialect,
            layers=self._layers,
        )
        self._connection.execute(f"CREATE TEMP TABLE f AS {self._frame}")
        for table, rules in rel.compares_of(self.plan, self.dialect).items():
            self._view(f"s_{table}", "SELECT case_no, item_key FROM f")
            self._view(f"e_{table}", cmp.rows_sql(table, rel.compared_columns(rules), self.dialect))
            for candidate, row, guide in rules:
                for kind in cmp.kinds_of(candidate.rule.compare):  # type: ignore[arg-type]
                    self._view(
                        cmp.relation_name(candidate.rule, kind),
                        cmp.verdicts_sql(candidate.rule, kind, row, guide, self.dialect),
                    )
        for name, sql in (reads.selects | self.plan.pauses).items():
            self._view(name, sql)
        if self._issued:
            self._view("x_issued", rel.issued_sql())

    def _view(self, name: str, sql: str) -> None:
        self._connection.execute(f"CREATE TEMP VIEW {name} AS {sql}")

    def register(self, name: str, table: pa.Table) -> None:
        """Put rows under a name, unless they are there already."""
        if self._held.get(name) is not table:
            self._connection.register(name, table)
            self._held[name] = table

    def _source(self, name: str, facts: Facts) -> None:
        if self._held.get(f"raw_{name}") is not facts[name]:
            self._connection.register(f"raw_{name}", facts[name].read())
            self._held[f"raw_{name}"] = facts[name]

    def _fetch(self, sql: str) -> pa.Table:
        reader = self._connection.execute(sql).to_arrow_reader(100_000)
        return reader.read_all() if reader is not None else pa.table({})

    # -- what changes --------------------------------------------------------------------------------------------

    def run(self, facts: Facts, as_of: int, scope: list[str] | None) -> None:
        """Bring in the rows of one judgement."""
        self._as_of = as_of
        self._connection.execute(f"SET VARIABLE now = {as_of + 1}::BIGINT")
        if scope is not None:
            self.register("m_scope", pa.table({"key": pa.array(scope, pa.string())}))
        for name in rel.columns_needed(self.plan.reads):
            if name in facts:
                self._source(name, facts)
        self._rows = {name: source.rows for name, source in facts.items()}
        self._days(as_of)
        self._versions(facts)
        if self._layers:
            self.register("m_layers", rel.layer_table(self.calendar, self._region_codes(facts)))
        self._connection.execute("DELETE FROM f")
        self._connection.execute(f"INSERT INTO f {self._frame}")

    def _days(self, as_of: int) -> None:
        for name, table in days.day_relations(self.calendar, as_of, self.plan.reads).items():
            self.register(name, table)

    def _versions(self, facts: Facts) -> None:
        key = (facts.get("items"), self._as_of // DAY)
        if (
            len(self._versions_of) != 2
            or self._versions_of[0] is not key[0]
            or self._versions_of[1] != key[1]
        ):
            sql = "SELECT item_code, version, effective_from, effective_to FROM v_items"
            versions = read_versions(self._fetch(sql))
            self.register("m_versions", version_table(versions))
            self.register("m_periods", period_table(versions))
            self._versions_of = key

    def _region_codes(self, facts: Facts) -> set[str]:
        return {
            code
            for name, column in rel.PLACES
            if name in facts and column in facts[name].columns
            for code in pc.unique(facts[name].read([column]).column(column)).to_pylist()
            if code
        }

    def hours(self) -> tuple[OfficeHours, ...]:
        """Office hours of the halls at hand."""
        if "hall_hours" not in self.plan.reads.tables:
            return rel.hours_table(None)[1]
        rows = self._fetch("SELECT hall_code, weekday, opens, closes FROM v_hall_hours")
        table, offices = rel.hours_table(rows)
        self.register("m_hours", table)
        return offices

    def judge(self, run: Run) -> tuple[pa.Table, pa.Table, int]:
        """(findings, watch, cases) of what `run` brought in."""
        cases = int(self._connection.execute("SELECT count(*) FROM f").fetchone()[0])  # type: ignore[index]
        issued = self._fetch("SELECT * FROM x_issued") if self._issued else None
        findings, watches = [FINDING.empty_table()], [WATCH.empty_table()]
        for step in self._steps:
            if step.table and not self._rows.get(step.table):
                self._no_clock_rows(step)
                continue
            rows = self._fetch(days.dated(step.sql, self.calendar, self._as_of))
            for place, candidate in enumerate(step.served):
                done = self._finish(rows, step, place, candidate, run, issued)
                if done is not None and not candidate.silent:
                    findings.append(done.findings)
                    watches.append(done.watch)
        return pa.concat_tables(findings), pa.concat_tables(watches), cases

    def _no_clock_rows(self, step: _Step) -> None:
        for candidate in step.served:
            name = clock_rows_name(candidate.rule.id)
            if name in self.plan.clock_rows:
                self.register(f"v_{name}", _NO_CLOCK_ROWS)

    def _finish(
        self,
        rows: pa.Table,
        step: _Step,
        place: int,
        candidate: Candidates,
        run: Run,
        issued: pa.Table | None,
    ) -> Finished | None:
        if step.bundled is not None:
            rows = _own(rows, step.bundled, place)
            if issued is not None:
                rows = with_issued(rows, candidate.rule.id, issued)
        name = clock_rows_name(candidate.rule.id)
        wanted = name in self.plan.clock_rows
        if rows.num_rows == 0 and not wanted:
            return None
        done = finish(rows, candidate, run, clock_rows=wanted)
        if wanted and done.clock_rows is not None:
            self.register(f"v_{name}", done.clock_rows)
        return done

    def close(self) -> None:
        """Free the instance."""
        self._connection.close()


_NO_CLOCK_ROWS = pa.table(
    {
        **{
            name: pa.array([], pa.string()) for name in ("case_no", "agency_code", "region_code", "item_code")
        },
        **{name: pa.array([], pa.int64()) for name in ("start", "stop", "due")},
    }
)


def _steps(plan: Plan) -> list[_Step]:
    """The queries in order: providers of clock rows alone and first, then bundles, then what cannot be bundled."""
    alone, groups = [], OrderedDict[Base, list[Candidates]]()
    first = []
    for candidate in plan.candidates:
        if clock_rows_name(candidate.rule.id) in plan.clock_rows:
            first.append(candidate)
        elif candidate.query.single and not any(t.startswith(CLOCK_ROWS) for t in candidate.reads.tables):
            groups.setdefault(candidate.query.base, []).append(candidate)
        else:
            alone.append(candidate)
    steps = [_Step(c.query.alone(), [c]) for c in first]
    for served in groups.values():
        made = bundle([c.query for c in served])
        steps.append(_Step(made.sql, served, made, _asked(served[0])))
    return steps + [_Step(c.query.alone(), [c], None, "" if c.rule.rows else _asked(c)) for c in alone]


def _asked(candidate: Candidates) -> str:
    """The table without whose rows the query gives nothing: "" for cases with or without children."""
    return candidate.rule.over if candidate.rule.over in TABLES and not candidate.rule.rows else ""


def _own(rows: pa.Table, made: Bundle, place: int) -> pa.Table:
    mine = rows.filter(rows.column(made.marks[place]))
    columns = made.columns[place]
    return pa.table({name: mine.column(held) for name, held in columns.items()})


def with_issued(rows: pa.Table, rule: str, issued: pa.Table) -> pa.Table:
    """The columns of the rule's issued signals, by (about, key, subject)."""
    own = issued.filter(pc.equal(issued["rule"], rule)).to_pylist()
    if not own:
        return rows
    by_key = {(row["about"], row["key"], row["subject"] or ""): row for row in own}
    keys = zip(*(rows.column(name).to_pylist() for name in ("about", "key", "subject")), strict=True)
    found = [by_key.get(key, {}) for key in keys]
    for name in ISSUED:
        kind = pa.bool_() if name == "standing" else pa.int64()
        rows = rows.append_column(f"x_{name}", pa.array([row.get(name) for row in found], kind))
    return rows


class _Sessions(threading.local):
    """The warm sessions of one thread, the least used dropped first."""

    def __init__(self) -> None:
        self.held: OrderedDict[tuple[object, ...], Session] = OrderedDict()


_SESSIONS = _Sessions()


def session_for(key: tuple[object, ...], make: Callable[[], Session]) -> Session:
    """The session of that key, made if there is none."""
    held = _SESSIONS.held
    if key in held:
        held.move_to_end(key)
        return held[key]
    held[key] = make()
    while len(held) > _KEPT:
        held.popitem(last=False)[1].close()
    return held[key]


def layout_of(facts: Facts) -> tuple[tuple[str, frozenset[str]], ...]:
    """Which tables and columns there are."""
    return tuple((name, source.columns) for name, source in facts.items())


def of_scope(facts: Facts, keys: Collection[str]) -> Facts:
    """The facts with case tables cut to these case numbers, in memory."""
    wanted = pa.array(sorted(keys), pa.string())
    cut = {}
    for name, source in facts.items():
        if "case_no" in TABLES[name].by_name and "case_no" in source.columns:
            rows = source.of_cases(wanted)
            cut[name] = Source(name, source.columns, rows.num_rows, arrow=rows)
        else:
            cut[name] = source
    return Facts(cut)
