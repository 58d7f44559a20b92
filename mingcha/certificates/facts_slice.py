"""The facts in a certificate: the rows a verdict rests on, and back.

Rows go in whole, but of `GUARDED` tables only the columns that the rule reads. Values are canonical texts: instants
local ISO 8601 (a date where only the day is known), amounts yuan as text, lists as lists. Personal values are replaced
by tokens: equal values of one certificate have equal tokens, and nothing leads back (the salt is thrown away).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from mingcha.certificates.seal import sm3
from mingcha.facts.arrow import arrow_schema
from mingcha.facts.declare import Column, Kind, Table
from mingcha.facts.schema import TABLES
from mingcha.facts.store import Facts, Source

MOST_ROWS = 50_000
"""Rows of one table in a certificate."""

LINKS = (
    "case_no", "item_code", "evaluation_no", "window_code", "officer_code", "device_code", "hall_code", "agency_code",
    "applicant_id", "source", "office", "region_code",
)  # fmt: skip
"""Columns by which rows belong together, the closest first."""

UNIT_LINK = {
    "cases": "case_no", "items": "item_code", "windows": "window_code", "officers": "officer_code",
    "devices": "device_code", "halls": "hall_code", "agencies": "agency_code", "applicants": "applicant_id",
    "sources": "source", "offices": "office", "regions": "region_code",
}  # fmt: skip
"""What a finding is about -> the column that names it; of these tables ``code`` is that column."""

GUARDED = ("evaluations", "complaints", "review_handling")
"""Tables of what citizens said: who reads a verdict need not read it all."""
_ALWAYS = ("source_version", "withdrawn", "reported_at")
"""Columns by which any judgement tells which rows hold."""

Finding = Mapping[str, Any]


class Reach(IntEnum):
    """How far the rows of a certificate reach."""

    OWN = 0
    """What the finding's own codes and its subject lead to, and nothing where they lead nowhere; a finding not about a
    case brings no cases."""
    TIGHT = 1
    """The same, and every row of a table to which nothing leads."""
    LINKED = 2
    """What its codes and those of its rows lead to."""
    WHOLE = 3
    """Every row of every table that the rule reads: a rule that compares with others."""


class TooManyRowsError(ValueError):
    """A verdict that rests on more rows than a certificate holds."""


def rows_of(facts: Facts, tables: Iterable[str], finding: Finding, reach: Reach) -> Facts:
    """The rows of ``tables`` that a finding rests on. Raises `TooManyRowsError`."""
    cut: dict[str, Source] = {}
    known = _links_of(finding)
    for name in _in_order(facts, set(tables)):
        if reach is Reach.WHOLE:
            rows = facts[name].read()
        else:
            rows = _belonging(facts[name], known, finding, reach)
            for column in LINKS:
                if column in rows.column_names:
                    known.setdefault(column, set()).update(
                        v for v in rows[column].to_pylist() if v is not None
                    )
        if rows.num_rows > MOST_ROWS:
            raise TooManyRowsError(
                f"{TABLES[name].label}有 {rows.num_rows} 行,超过判定书能装的 {MOST_ROWS} 行"
            )
        cut[name] = Source.of_arrow(TABLES[name], rows.combine_chunks())
    return Facts(cut)


def guarded(facts: Facts, read: Mapping[str, Set[str]]) -> Facts:
    """The facts with, of `GUARDED` tables, only their key and the columns ``read``."""
    cut = dict(facts)
    for name in GUARDED:
        if name in cut:
            wanted = {*TABLES[name].keys, *_ALWAYS, *read[name]}
            cut[name] = Source.of_arrow(TABLES[name], cut[name].read(sorted(wanted & cut[name].columns)))
    return Facts(cut)


def small_in_memory(facts: Facts) -> Facts:
    """The facts with small tables held in memory: certificate after certificate asks them."""
    return Facts(
        {
            name: replace(source, paths=(), arrow=source.read()) if source.rows <= MOST_ROWS else source
            for name, source in facts.items()
        }
    )


def _in_order(facts: Facts, wanted: set[str]) -> list[str]:
    """Cases first, reference tables late, regions last: found by the codes that the others name."""
    held = [name for name in facts if name in wanted]
    return sorted(held, key=lambda n: (n != "cases", TABLES[n].group == "reference", n == "regions"))


def _links_of(finding: Finding) -> dict[str, set[Any]]:
    """Codes that the finding itself names."""
    own = ("case_no", "item_code", "agency_code", "region_code")
    known: dict[str, set[Any]] = {name: {finding[name]} for name in own if finding[name]}
    if finding["about"] in UNIT_LINK:
        known.setdefault(UNIT_LINK[finding["about"]], set()).add(finding["key"])
    return known


def _belonging(source: Source, known: Mapping[str, set[Any]], finding: Finding, reach: Reach) -> pa.Table:
    """The rows of a table that the codes lead to. Where nothing leads anywhere: no row of what is about others, every
    reported row of the rest unless only its own are wanted."""
    table = TABLES[source.table]
    if table.name == "issued":
        rows = source.having("rule", {finding["rule"]})
        return rows.filter(pc.equal(rows["key"], finding["key"]))
    if table.name == "cases" and not finding["case_no"] and reach <= Reach.TIGHT:
        return source.having("case_no", set())
    if table.name == "regions":
        return _with_parents(source.read(), known.get("region_code", set()))
    if reach is Reach.OWN and (own := _of_subject(source, finding)) is not None:
        return own
    for column, values in _ways(table, known, finding):
        if column in source.columns:
            return source.having(column, values)
    none = reach is Reach.OWN or table.group == "reference"
    return source.having(table.keys[0], set()) if none else source.read()


def _of_subject(source: Source, finding: Finding) -> pa.Table | None:
    """The row that the finding names as its subject, one of several of its unit; None where it is none of these."""
    table = TABLES[source.table]
    if not finding["subject"] or len(table.keys) != 1:
        return None
    own = source.having(table.keys[0], {finding["subject"]})
    return own if own.num_rows else None


def _with_parents(regions: pa.Table, codes: set[Any]) -> pa.Table:
    """These regions and all above them."""
    codes = set(codes)
    if "parent_code" in regions.column_names:
        above = dict(zip(regions["code"].to_pylist(), regions["parent_code"].to_pylist(), strict=True))
        while more := {above[code] for code in codes if above.get(code)} - codes:
            codes |= more
    return regions.filter(pc.is_in(regions["code"], pa.array(sorted(codes), pa.string())))


def _ways(table: Table, known: Mapping[str, set[Any]], finding: Finding) -> list[tuple[str, set[Any]]]:
    """Columns by which rows of a table are found, the closest first, with the codes to look for."""
    if "code" in table.keys and table.name in UNIT_LINK:
        return [("code", known.get(UNIT_LINK[table.name], set()))]
    unit = UNIT_LINK.get(finding["about"], "")
    return [(c, known[c]) for c in (unit, *LINKS) if c in table.by_name and known.get(c)]


# -- to JSON and back -----------------------------------------------------------------------------------------


def encoded(facts: Facts, keep: set[str]) -> dict[str, Any]:
    """The facts as JSON values. Personal values become tokens, except those in ``keep`` (what it is about)."""
    token = _tokens(keep)
    return {name: _encoded(TABLES[name], source.read(), token) for name, source in facts.items()}


def _encoded(table: Table, rows: pa.Table, token: Callable[[str], str]) -> dict[str, Any]:
    columns = [table.column(name) for name in rows.column_names]
    lines = [
        [_value(column, value, token) for column, value in zip(columns, row.values(), strict=True)]
        for row in rows.to_pylist()
    ]
    order = [rows.column_names.index(key) for key in table.keys]
    lines.sort(key=lambda line: [str(line[place]) for place in order])
    return {"columns": list(rows.column_names), "rows": lines}


def _tokens(keep: set[str]) -> Callable[[str], str]:
    salt = secrets.token_hex(16)

    def token(value: str) -> str:
        return value if value in keep else "§" + sm3(f"{salt}{value}".encode())[:16]

    return token


def _value(column: Column, value: Any, token: Callable[[str], str]) -> Any:
    if value is None or isinstance(value, (bool, int, list)):
        return value
    if isinstance(value, datetime):
        return value.date().isoformat() if value.microsecond == 1 else value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return token(value) if column.personal else value


def decoded(held: Mapping[str, Any]) -> Facts:
    """The facts of a certificate. Raises ValueError, KeyError or TypeError where they are not facts."""
    return Facts({name: _decoded(name, json.dumps(part)) for name, part in held.items()})


@lru_cache(maxsize=256)
def _decoded(name: str, text: str) -> Source:
    """One table of a certificate; the same one for the same text, as many hold the same item and hall."""
    table, part = TABLES[name], json.loads(text)
    columns = [table.column(column) for column in part["columns"]]
    rows = [
        {column.name: _canonical(column, value) for column, value in zip(columns, row, strict=True)}
        for row in part["rows"]
    ]
    return Source.of_arrow(table, pa.Table.from_pylist(rows, schema=arrow_schema(table, part["columns"])))


def _canonical(column: Column, value: Any) -> Any:
    if value is None:
        return None
    if column.kind is Kind.INSTANT:
        if len(value) == 10:
            return datetime.combine(date.fromisoformat(value), datetime.min.time()) + timedelta(
                microseconds=1
            )
        return datetime.fromisoformat(value)
    if column.kind is Kind.DAY:
        return date.fromisoformat(value)
    return Decimal(value) if column.kind is Kind.MONEY else value
