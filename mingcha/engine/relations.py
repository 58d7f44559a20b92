"""The relations of a run, in the order they stand on each other: facts as of, guides, days, frame, compares, pauses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import pyarrow as pa

from mingcha.engine import compare as cmp
from mingcha.engine.backend import Backend
from mingcha.engine.candidates import Candidates
from mingcha.engine.frame import Counted, coded, frame_columns, frame_sql, print_sql
from mingcha.engine.items import period_table, read_versions, version_table
from mingcha.engine.names import COLUMNS, GUIDES, Reads, unit_code, units_of
from mingcha.engine.plan import Plan
from mingcha.engine.views import all_come, as_of_view, null_of, quoted, view_reads
from mingcha.facts.schema import TABLES
from mingcha.facts.store import FOLLOWS, Facts
from mingcha.law.calendar import Calendar
from mingcha.law.office import DEFAULT_OFFICE, OfficeHours

CASE_TABLES = tuple(name for name, table in TABLES.items() if "case_no" in table.by_name)

Step = Callable[[str], None]


def provide_facts(
    backend: Backend, facts: Facts, reads: Reads, now: str, known_at: int | None, scope: pa.Table | None
) -> None:
    """Views ``v_<table>`` of every table that is read; a table that was not reported is an empty one."""
    if scope is not None:
        backend.small("m_scope", scope)
    for name, columns in columns_needed(reads).items():
        if name in facts:
            backend.source(f"raw_{name}", facts[name], view_reads(name, facts[name].columns, columns))
        come = all_come(facts[name], int(now)) if backend.many and name in facts else frozenset[str]()
        sql = fact_view(
            name, columns, facts, now, known_at, backend.dialect, come=come, scoped=scope is not None
        )
        (backend.table if TABLES[name].lasting else backend.view)(f"v_{name}", sql)


def columns_needed(reads: Reads) -> dict[str, set[str]]:
    """The columns of every table that the rules and the frame read."""
    needed = {name: set(columns) for name, columns in reads.tables.items() if name in TABLES}
    needed.setdefault("cases", set()).update(frame_columns(reads)[2])
    places = {"region_code", "agency_code", "effective_from", "effective_to"}
    for name in ("items", "halls", "agencies"):
        needed.setdefault(name, set()).update(places & COLUMNS[name].keys())
    for name in counted_tables(reads):
        needed.setdefault(name, set())
    return needed


def fact_view(
    name: str,
    columns: set[str],
    facts: Facts,
    now: str,
    known_at: int | None,
    dialect: str,
    *,
    come: frozenset[str],
    scoped: bool,
) -> str:
    """SQL of ``v_<name>``; an empty relation where the table was not reported."""
    if name not in facts:
        return _empty(name, columns, dialect)
    present = facts[name].columns
    extra = [_known(present, known_at)]
    if scoped and name in CASE_TABLES:
        extra.append(_of_scope(name, present & columns))
    return as_of_view(
        name,
        f"raw_{name}",
        present,
        columns,
        now,
        dialect,
        come=come,
        extra=" AND ".join(filter(None, extra)),
    )


def _of_scope(name: str, columns: frozenset[str]) -> str:
    """Rows of the cases asked for, and those that they follow, whosever they are."""
    ours = "case_no IN (SELECT key FROM m_scope)"
    follows, followed = FOLLOWS.get(name, ("", ""))
    if follows not in columns:
        return ours
    return f"({ours} OR {followed} IN (SELECT {follows} FROM raw_{name} WHERE {ours}))"


def _known(columns: frozenset[str], known_at: int | None) -> str:
    """Two times: the rows known by batch ``known_at`` (half open)."""
    if known_at is None or "seen_from" not in columns:
        return ""
    return f"seen_from <= {known_at} AND (seen_to IS NULL OR seen_to > {known_at})"


def _empty(name: str, columns: set[str], dialect: str) -> str:
    kinds = COLUMNS[name]
    listed = [
        f"{null_of(kinds[c], dialect)} AS {quoted(c, dialect)}"
        for c in kinds
        if c in columns or TABLES[name].by_name[c].key
    ]
    return f"SELECT {', '.join(listed)} WHERE 1 = 0"


def provide_versions(backend: Backend) -> None:
    """Item versions and the periods in which each governs."""
    versions = read_versions(
        backend.fetch("SELECT item_code, version, effective_from, effective_to FROM v_items")
    )
    backend.small("m_versions", version_table(versions))
    backend.small("m_periods", period_table(versions))


def guide_relations(reads: Reads) -> dict[str, str]:
    """The guides keyed by the resolved version, as name -> SQL."""
    made = {
        "m_agency_of_item": "SELECT item_code, min(agency_code) AS agency_code FROM v_items GROUP BY item_code"
    }
    counts, joins = [], []
    for name in GUIDES:
        if name not in reads.tables:
            continue
        made[f"g_{name}"] = (
            f"SELECT v.item_key, g.*{_codes(name, 'g', reads)} FROM v_{name} AS g JOIN m_versions AS v "
            "ON v.item_code = g.item_code AND v.version = g.version"
        )
        counts.append(f"coalesce(n_{name}.n, 0) AS n_{name}")
        joins.append(
            f"LEFT JOIN (SELECT item_key, count(*) AS n FROM g_{name} GROUP BY item_key) AS n_{name} "
            f"ON n_{name}.item_key = v.item_key"
        )
    extra = "".join(f", {count}" for count in counts)
    made["i_items"] = (
        f"SELECT v.item_key, i.*{extra}{_codes('items', 'i', reads)} FROM m_versions AS v JOIN v_items AS i "
        f"ON i.item_code = v.item_code AND i.version = v.version {' '.join(joins)}"
    )
    return made


def _codes(table: str, alias: str, reads: Reads) -> str:
    """Units as numbers, once per row of the catalogue instead of once per case."""
    named = [name for name in units_of(table) if name in reads.tables.get(table, ())]
    return "".join(f", {unit_code(f'{alias}.{name}')} AS {name}_code" for name in named)


def provide_hours(backend: Backend, reads: Reads) -> tuple[OfficeHours, ...]:
    """``m_hours``: for every hall with hours of its own the index into the tuple returned; 0 is the default."""
    read = "hall_hours" in reads.tables
    rows = backend.fetch("SELECT hall_code, weekday, opens, closes FROM v_hall_hours") if read else None
    table, offices = hours_table(rows)
    backend.small("m_hours", table)
    return offices


def hours_table(rows: pa.Table | None) -> tuple[pa.Table, tuple[OfficeHours, ...]]:
    """(hall code -> index, the hours by index) from rows of hall_hours."""
    offices: dict[OfficeHours, int] = {DEFAULT_OFFICE: 0}
    halls: dict[str, int] = {}
    blocks: dict[str, list[tuple[int, int, int]]] = {}
    for row in rows.to_pylist() if rows is not None else []:
        blocks.setdefault(row["hall_code"], []).append((row["weekday"], row["opens"], row["closes"]))
    for hall, held in sorted(blocks.items()):
        halls[hall] = offices.setdefault(OfficeHours.of(sorted(held)), len(offices))
    codes, places = pa.array(list(halls), pa.string()), pa.array(list(halls.values()), pa.int64())
    return pa.table({"code": codes, "hours": places}), tuple(offices)


def provide_layers(backend: Backend, calendar: Calendar, facts: Facts) -> None:
    """``m_layers``: calendar layer of every hall and region code that has one of its own or above it."""
    codes: set[str] = set()
    for name, column in PLACES:
        if name in facts and column in facts[name].columns:
            backend.source(f"at_{name}", facts[name], {column})
            sql = f"SELECT DISTINCT {column} AS code FROM at_{name} WHERE {column} IS NOT NULL"
            codes.update(backend.fetch(sql).column("code").to_pylist())
    backend.small("m_layers", layer_table(calendar, codes))


def layer_table(calendar: Calendar, regions: Iterable[str]) -> pa.Table:
    """Code of a hall or region -> its layer, where that is not the national one."""
    layers = {layer.code: place for place, layer in enumerate(calendar.layers)}
    layers = {**{code: calendar.layer_for(None, code) for code in sorted(regions)}, **layers}
    kept = {code: layer for code, layer in layers.items() if layer}
    codes, places = pa.array(list(kept), pa.string()), pa.array(list(kept.values()), pa.int64())
    return pa.table({"code": codes, "layer": places})


PLACES = (
    ("regions", "code"),
    ("cases", "region_code"),
    ("agencies", "region_code"),
    ("halls", "region_code"),
)
"""Where region codes stand."""


def counted_tables(reads: Reads) -> list[str]:
    """Child tables whose rows the frame counts."""
    return frame_columns(reads)[1]


def provide_frame(backend: Backend, plan: Plan, facts: Facts, *, layers: bool) -> None:
    """``f``: the cases, with what their child tables sum up to."""
    compares = compares_of(plan)
    counts = [Counted(table) for table in counted_tables(plan.reads) if table in facts]
    if backend.many:
        counts = [replace(c, print=_print(compares.get(c.table, []), backend.dialect)) for c in counts]
    joins = backend.count(counts) if counts else []
    sql = frame_sql(plan.reads, counts, joins, backend.dialect, layers=layers)
    asked = (
        {f"asked_{table}": cmp.asked_sql(rules) for table, rules in compares.items()} if backend.many else {}
    )
    backend.wide("f", sql, coded(plan.reads), asked)


def provide_compares(backend: Backend, plan: Plan, step: Step) -> None:
    """For each table under comparison the verdicts of its compares."""
    for table, rules in compares_of(plan).items():
        step(TABLES[table].label)
        if backend.many:
            _examine(backend, table, rules)
        else:
            backend.table(f"s_{table}", "SELECT case_no, item_key FROM f")
            _verdicts(backend, table, rules)


def _print(rules: list[Candidates], dialect: str) -> str:
    """SQL of the fingerprint of a row of a table that these rules compare; "" where none does."""
    rows = [candidate.compared for candidate in rules if candidate.compared]
    return print_sql(*cmp.signature_sql(rows, dialect)) if rows else ""


def compares_of(plan: Plan) -> dict[str, list[Candidates]]:
    """Per reported table the rules that compare it."""
    found: dict[str, list[Candidates]] = {}
    for candidate in plan.candidates:
        if candidate.compared is not None:
            found.setdefault(candidate.compared.table, []).append(candidate)
    return found


def _examine(backend: Backend, table: str, rules: list[Candidates]) -> None:
    """Examine representatives and the uncommon; once more with whole groups whose representative is defective."""
    backend.table(f"u_{table}", cmp.groups_sql(table))
    backend.table(f"s_{table}", cmp.examined_sql(table))
    _verdicts(backend, table, rules)
    backend.table(f"w_{table}", cmp.defective_sql(table, rules, backend.dialect))
    if backend.fetch(f"SELECT count(*) AS n FROM w_{table}").column("n")[0].as_py():
        backend.table(f"s_{table}", cmp.examined_sql(table, f"w_{table}"))
        _verdicts(backend, table, rules)


def _verdicts(backend: Backend, table: str, rules: list[Candidates]) -> None:
    columns: set[str] = set().union(*(c.compared.columns for c in rules if c.compared))
    backend.table(f"e_{table}", cmp.rows_sql(table, columns, backend.dialect))
    for candidate in rules:
        for kind in candidate.asked:
            sql = cmp.verdicts_sql(candidate, kind, backend.dialect)
            backend.table(cmp.relation_name(candidate.rule, kind), sql)


def provide_pauses(backend: Backend, pauses: Mapping[str, str]) -> None:
    """The lists of pauses; packs that pause for the same reasons share one."""
    made: dict[str, str] = {}
    for name, sql in pauses.items():
        if sql in made:
            backend.view(name, f"SELECT * FROM {made[sql]}")
        else:
            backend.table(name, sql)
            made[sql] = name


def issued_sql() -> str:
    """SQL of ``x_issued``: the last episode of every signal that was issued, and whether it is still open."""
    return (
        "SELECT i.rule, i.about, i.key, coalesce(i.subject, '') AS subject, i.episode, i.issued_at, i.moment, "
        "i.ended_at IS NULL AS standing FROM v_issued AS i "
        "JOIN (SELECT rule, about, key, subject, max(episode) AS last FROM v_issued "
        "GROUP BY rule, about, key, subject) AS m ON m.rule = i.rule AND m.about = i.about AND m.key = i.key "
        "AND coalesce(m.subject, '') = coalesce(i.subject, '') AND m.last = i.episode"
    )
