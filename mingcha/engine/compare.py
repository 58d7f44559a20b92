"""Compares (对照): what was reported, held against the guide, with each child table read once for all of them.

What a compare finds in a case depends on the item version and on the multiset of the case's rows, as far as the
rules look at them. So the rows of a table are summed up once into a fingerprint per case; cases of one item version
with one fingerprint, of which the same is asked, are alike. Of a common fingerprint one case is examined exactly, row
by row; cases with a rare one, with rows whose standing lapses with time or is unknown, and those whose common
fingerprint turned out to be defective are all examined exactly. A finding therefore never rests on a fingerprint,
only silence does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mingcha.engine.candidates import Builder, Candidates, Options, may_hold
from mingcha.engine.frame import odd_sql
from mingcha.engine.holds import holds
from mingcha.engine.names import COLUMNS, GUIDES, Reads
from mingcha.engine.query import Compared, alias_for
from mingcha.engine.views import quoted
from mingcha.law.instants import DAY
from mingcha.rules.expression import ExpressionError, Scope, compile_expression
from mingcha.rules.functions import FUNCTIONS
from mingcha.rules.model import Compare, Pack, Rule, Rulebook

RARE = 64
"""A fingerprint shared by fewer cases than this is not worth a representative: all of them are examined."""


def compared_sql(rule: Rule, settings: Mapping[str, Any], dialect: str, reads: Reads) -> Compared:
    """Compile what a compare says of a single row, of which only its own columns may be used."""
    compare = rule.compare
    assert compare is not None
    table = compare.reported.table
    if table not in COLUMNS:
        raise ExpressionError(f"对照的表 {table} 不存在。表名见 docs/facts.md")
    scope = Scope({"t": ("t", COLUMNS[table])}, "t", settings)

    columns = {"case_no", compare.on, "reported_at"} | ({"name"} & COLUMNS[table].keys())

    def sql(text: str, default: str) -> str:
        if not text:
            return default
        compiled = compile_expression(text, scope, dialect)
        columns.update(column for _, column in compiled.uses)
        return compiled.sql

    matched = compare.guide.where if compare.guide.table == table else ""
    parts = {
        "selected": sql(compare.reported.where, "TRUE"),
        "stands": sql(compare.stands, "TRUE"),
        "lapses": sql(compare.lapses, "NULL"),
        "other": sql(matched, "FALSE"),
    }
    reads.add(table, *columns)
    value = FUNCTIONS["trim"].render(dialect, f"t.{compare.on}")
    guide = guide_where_sql(rule, settings, dialect, reads)
    return Compared(table, value, f"t.{compare.on}", **parts, guide=guide, columns=frozenset(columns))


def signature_sql(rows: Sequence[Compared], dialect: str) -> tuple[str, str]:
    """(signature of a row over all compares of its table, condition that the row is out of the ordinary).

    What is matched with rows of its own table counts by its value alone: nothing can match where no value is there
    twice (`alike_sql`), and cases differ much in the rest.
    """
    flags = {
        f"CASE WHEN {x} THEN 1 WHEN NOT ({x}) THEN 0 ELSE 2 END"
        for r in rows
        for x in (r.selected, r.stands)
        if x not in ("TRUE", "FALSE") and r.other == "FALSE"
    }
    values = sorted({r.raw for r in rows})
    odd = sorted({x for r in rows for x in _odd(r)})
    return FUNCTIONS["signature"].render(dialect, *values, *sorted(flags)), " OR ".join(odd)


def _odd(row: Compared) -> list[str]:
    found = []
    if row.lapses != "NULL":
        found.append(f"{row.lapses} IS NOT NULL")
    if row.stands != "TRUE":
        found.append(f"({row.stands}) IS NULL")
    return found


Asked = tuple[Candidates, str]
"""A rule and one of its kinds."""


def asked_sql(rules: Iterable[Candidates]) -> str:
    """SQL over a row ``r`` of the frame: what matters for a case, bits in the order of `asked_together`."""
    conditions = [
        " OR ".join(f"coalesce({c.asked[kind]}, TRUE)" for c, kind in bit) for bit in asked_together(rules)
    ]
    return " + ".join(f"CASE WHEN {x} THEN {1 << i} ELSE 0 END" for i, x in enumerate(conditions))


def asked_together(rules: Iterable[Candidates]) -> list[list[Asked]]:
    """What is asked of a case, by bits. All that is matched is one: where no value is there twice nothing can be, and
    cases that some rule leaves out are alike in that (`alike_sql`)."""
    kinds = [(c, kind) for c in rules for kind in c.asked]
    matched = [asked for asked in kinds if asked[1] == "matched"]
    return [[asked] for asked in kinds if asked not in matched] + ([matched] if matched else [])


def groups_sql(table: str) -> str:
    """Cases by item version, fingerprint and what is asked: how many are alike, and one of them."""
    return (
        f"SELECT item_key, print_{table} AS print, rows_of_{table} AS n, asked_{table} AS asked, "
        f"count(*) AS cases, min(case_no) AS one FROM f AS r WHERE NOT {odd_sql(table)} GROUP BY 1, 2, 3, 4"
    )


def examined_sql(table: str, defective: str = "") -> str:
    """Cases to be examined row by row. ``defective``: relation of case numbers whose whole group joins them."""
    more = f" OR g.one IN (SELECT case_no FROM {defective})" if defective else ""
    return (
        f"SELECT r.case_no, r.item_key, r.asked_{table} AS asked FROM f AS r LEFT JOIN u_{table} AS g "
        f"ON g.item_key = r.item_key AND g.n = r.rows_of_{table} AND g.asked = r.asked_{table} "
        f"AND coalesce(g.print, 0) = coalesce(r.print_{table}, 0) "
        f"WHERE r.asked_{table} > 0 AND ({odd_sql(table)} OR g.cases < {RARE} OR r.case_no = g.one{more})"
    )


def defective_sql(table: str, rules: Sequence[Candidates], dialect: str) -> str:
    """Representatives in which something asked of them is amiss, or may be in a case like them."""
    found: dict[str, None] = {}
    for place, bit in enumerate(asked_together(rules)):
        bears = f"(s.asked & {1 << place}) <> 0"
        for c, kind in bit:
            amiss = f"SELECT case_no FROM {relation_name(c.rule, kind)}"
            if kind == "matched":
                amiss = alike_sql(c.rule, dialect)
            found[
                f"SELECT k.case_no FROM ({amiss}) AS k JOIN s_{table} AS s ON s.case_no = k.case_no WHERE {bears}"
            ] = None
    return f"SELECT g.one AS case_no FROM u_{table} AS g WHERE g.cases >= {RARE} AND g.one IN ({' UNION '.join(found)})"


def alike_sql(rule: Rule, dialect: str) -> str:
    """Cases with a value that is there twice: only these can have a match."""
    assert rule.compare is not None
    value = FUNCTIONS["trim"].render(dialect, f"t.{rule.compare.on}")
    return f"SELECT t.case_no FROM e_{rule.compare.reported.table} AS t GROUP BY t.case_no, {value} HAVING count(*) > 1"


def rows_sql(table: str, wanted: Collection[str], dialect: str) -> str:
    """The rows of the examined cases."""
    columns = ", ".join(f"t.{quoted(c, dialect)}" for c in COLUMNS[table] if c in wanted)
    return f"SELECT {columns}, s.item_key FROM v_{table} AS t JOIN s_{table} AS s ON s.case_no = t.case_no"


def verdicts_sql(candidate: Candidates, kind: str, dialect: str) -> str:
    """Per examined case with something amiss: fires (true or null), when at the earliest, and the names."""
    compare, row = candidate.rule.compare, candidate.compared
    assert compare is not None
    assert row is not None
    values = {"missing": _missing, "foreign": _foreign, "matched": _matched}[kind](compare, row, dialect)
    names = FUNCTIONS["text_list"].render(dialect, "v.name")
    return (
        f"SELECT v.case_no, CASE WHEN max(v.sure) = 1 THEN TRUE END AS fires, "
        f"min(CASE WHEN v.sure = 1 THEN coalesce(v.since, 0) END) AS since, "
        f"min(CASE WHEN v.sure = 0 THEN coalesce(v.since, 0) END) AS unsure, "
        f"min(CASE WHEN v.sure = 1 THEN v.shown END) AS shown, "
        f"{names} AS names FROM ({values}) AS v GROUP BY v.case_no"
    )


def _missing(compare: Compare, row: Compared, dialect: str) -> str:
    guide_value = FUNCTIONS["trim"].render(dialect, f"g.{compare.on}")
    where = f" AND ({row.guide})" if row.guide else ""
    label = "g.name" if "name" in COLUMNS[compare.guide.table] else f"g.{compare.on}"
    day_after = f"({FUNCTIONS['day_of'].render(dialect, 'b.lapse')} + 1) * {DAY}"
    standing = (
        f"SELECT t.case_no, {row.value} AS value, "
        f"max(CASE WHEN {row.stands} AND {row.lapses} IS NULL THEN 1 ELSE 0 END) AS firm, "
        f"max(CASE WHEN {row.stands} THEN {row.lapses} END) AS lapse, "
        f"max(CASE WHEN ({row.stands}) IS NULL THEN 1 ELSE 0 END) AS unsure "
        f"FROM e_{compare.reported.table} AS t WHERE {row.selected} GROUP BY t.case_no, {row.value}"
    )
    return (
        f"SELECT s.case_no, {label} AS name, CASE WHEN b.unsure = 1 THEN 0 ELSE 1 END AS sure, "
        f"CASE WHEN b.lapse IS NOT NULL THEN {day_after} END AS since, CAST(NULL AS BIGINT) AS shown "
        f"FROM s_{compare.reported.table} AS s JOIN g_{compare.guide.table} AS g ON g.item_key = s.item_key{where} "
        f"LEFT JOIN ({standing}) AS b ON b.case_no = s.case_no AND b.value = {guide_value} "
        f"WHERE coalesce(b.firm, 0) = 0"
    )


def _foreign(compare: Compare, row: Compared, dialect: str) -> str:
    guide_value = FUNCTIONS["trim"].render(dialect, f"g.{compare.on}")
    where = f" AND ({row.guide})" if row.guide else ""
    label = f"coalesce(t.name, {row.value})" if "name" in COLUMNS[compare.reported.table] else row.value
    return (
        f"SELECT t.case_no, min({label}) AS name, 1 AS sure, CAST(NULL AS BIGINT) AS since, "
        f"min(t.reported_at) AS shown "
        f"FROM e_{compare.reported.table} AS t LEFT JOIN g_{compare.guide.table} AS g "
        f"ON g.item_key = t.item_key AND {guide_value} = {row.value}{where} "
        f"WHERE g.item_key IS NULL AND t.item_key >= 0 AND {row.selected} GROUP BY t.case_no, {row.value}"
    )


def _matched(compare: Compare, row: Compared, dialect: str) -> str:
    """Values in both selections; the pair shows when the first row of each has arrived."""
    label = f"coalesce(t.name, {row.value})" if "name" in COLUMNS[compare.reported.table] else row.value

    def arrived(where: str) -> str:
        return f"min(CASE WHEN {where} THEN coalesce(t.reported_at, 0) END)"

    both = FUNCTIONS["latest"].render(dialect, arrived(row.other), arrived(row.selected))
    return (
        f"SELECT t.case_no, min({label}) AS name, 1 AS sure, CAST(NULL AS BIGINT) AS since, {both} AS shown "
        f"FROM e_{compare.reported.table} AS t GROUP BY t.case_no, {row.value} "
        f"HAVING {arrived(row.other)} IS NOT NULL AND {arrived(row.selected)} IS NOT NULL"
    )


def guide_where_sql(rule: Rule, settings: Mapping[str, Any], dialect: str, reads: Reads) -> str:
    """The condition on guide rows, over alias ``g``."""
    compare = rule.compare
    assert compare is not None
    if compare.guide.table not in GUIDES:
        return ""
    reads.add(compare.guide.table, compare.on, *({"name"} & COLUMNS[compare.guide.table].keys()))
    if not compare.guide.where:
        return ""
    scope = Scope({"g": ("g", COLUMNS[compare.guide.table])}, "g", settings)
    compiled = compile_expression(compare.guide.where, scope, dialect)
    reads.add(compare.guide.table, *(column for _, column in compiled.uses))
    return compiled.sql


def relation_name(rule: Rule, kind: str) -> str:
    """Name of the relation with a compare's verdicts of one kind."""
    safe = "".join(c if c.isalnum() else "_" for c in rule.id)
    return f"k_{safe}_{kind}"


def compare_candidates(book: Rulebook, pack: Pack, rule: Rule, options: Options) -> Candidates:
    """Cases of the population with something missing, foreign or matched, or where that cannot be told."""
    compare = rule.compare
    assert compare is not None
    b = Builder(book, pack, rule, options)
    if not b.names.is_case:
        raise ExpressionError("对照(compare)只能监察办件,写 over: cases")
    b.identity()
    names = b.names
    names.reads.frame |= {"item_key", f"rows_of_{compare.reported.table}", "reported_at"}
    parts = b.population()
    population = " AND ".join(parts) or "TRUE"
    applies = population if names.used <= {"r"} else "TRUE"
    moment = f"CAST({names.sql(rule.moment)} AS BIGINT)"
    fires, since, unsure = [], [], []
    listed: dict[str, str] = {}
    asked: dict[str, str] = {}
    for kind, condition in compare.fires.items():
        alias = alias_for(f"k_{kind}", rule.id)
        names.last_joins[alias] = (
            f"LEFT JOIN {relation_name(rule, kind)} AS {alias} ON {alias}.case_no = r.case_no"
        )
        here = f"CASE WHEN {alias}.case_no IS NULL THEN FALSE ELSE {alias}.fires END"
        before = set(names.used)
        allowed = names.sql(condition) if condition != "true" else "TRUE"
        asked[kind] = f"({applies} AND {allowed})" if names.used - before <= {"r"} else applies
        fires.append(f"({allowed} AND {here})")
        shown = "r.reported_at" if kind == "missing" else f"{alias}.shown"
        at = FUNCTIONS["latest"].render(options.dialect, moment, f"{alias}.since", shown)
        since.append(f"CASE WHEN {allowed} AND {here} THEN {at} END")
        open_question = FUNCTIONS["latest"].render(options.dialect, moment, f"{alias}.unsure")
        unsure.append(
            f"CASE WHEN {allowed} AND {alias}.unsure IS NOT NULL THEN {open_question} "
            f"WHEN ({allowed}) IS NULL AND {alias}.case_no IS NOT NULL THEN 0 END"
        )
        named = f"coalesce({allowed} AND {alias}.case_no IS NOT NULL, FALSE)"
        listed[f"names_{kind}"] = f"CASE WHEN {named} THEN {alias}.names END"
    unknown = ["r.item_key < 0"] if compare.guide.table in GUIDES else []
    if compare.guide.table in GUIDES and compare.empty == "undetermined":
        names.use("item")
        unknown.append(f"i.n_{compare.guide.table} = 0")
    amiss = f"({' OR '.join(fires)})"
    if unknown:
        amiss = f"CASE WHEN {' OR '.join(unknown)} THEN NULL ELSE {amiss} END"
    verdict = f"(({population}) AND {amiss})"
    at = FUNCTIONS["earliest"].render(options.dialect, *since)
    b.columns.update(verdict=verdict, moment=f"coalesce({at}, {moment})", reported_at="CAST(NULL AS BIGINT)")
    b.columns["unsure"] = FUNCTIONS["earliest"].render(options.dialect, *unsure)
    b.columns.update(listed)
    b.layer_of_chains()
    evidence = b.evidence()
    missing_guide = f"WHEN i.n_{compare.guide.table} = 0 THEN 'missing_guide' " if len(unknown) > 1 else ""
    b.columns["cause"] = (
        "CASE r.item_key WHEN -1 THEN 'missing_item' WHEN -2 THEN 'missing_version' WHEN -3 THEN 'several_versions' "
        f"ELSE CASE {missing_guide}ELSE 'missing_value' END END"
    )
    if not missing_guide:
        b.columns["cause"] = b.columns["cause"].replace("CASE ELSE 'missing_value' END", "'missing_value'")
    b.conditions += may_hold([*parts, amiss])
    built = b.built(holds(book, pack, rule, b.columns["region_code"], moment, options.dialect), evidence)
    needs = (
        built.needs
        | {compare.reported.table}
        | ({compare.guide.table} if compare.guide.table in GUIDES else set())
    )
    compared = compared_sql(rule, b.settings, options.dialect, built.reads)
    return replace(built, needs=frozenset(needs), asked=asked, compared=compared)
