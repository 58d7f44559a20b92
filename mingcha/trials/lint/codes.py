"""Pass: a column of codes is compared only with codes of its list (`outcome = 'grant'` would never hold)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import sqlglot
from sqlglot import exp

from mingcha.facts.declare import CodeList
from mingcha.facts.schema import TABLES
from mingcha.rules.faults import Fault
from mingcha.rules.model import Pack, Rule, Rulebook
from mingcha.trials.lint.ground import grounds
from mingcha.trials.lint.tables import Place

_ALIASES = {"c": "cases", "item": "items", "hall": "halls", "agency": "agencies"}
Tables = Mapping[str, str]
"""Alias -> fact table; "" is the table of bare columns."""


def codes(book: Rulebook, packs: Sequence[Pack]) -> Iterator[Fault]:
    """Comparisons with a value that the column's code list does not have."""
    for ground in grounds(book, packs):
        rule = ground.rule
        for place, text, tables in _texts(rule):
            for column, value, listed in _wrong(text, tables):
                advice = f"{column} 取 {' '.join(listed.values)} 之一"
                yield ground.fault(place, f"{column} 没有代码“{value}”", advice)


def _texts(rule: Rule) -> Iterator[tuple[Place, str, Tables]]:
    """Expressions and SELECTs of a rule, with the tables their aliases stand for."""
    joined = {join.alias: join.table for join in rule.joins if join.table}
    own: Tables = {**_ALIASES, **joined, "each": rule.each, "": "" if rule.rows else rule.over}
    yield ("when",), rule.when, own
    yield ("fires",), rule.fires, own
    yield ("each", "where"), rule.each_where, own
    for label, text in rule.any.items():
        yield ("any", label), text, own
    if rule.clock:
        for key in ("start", "stop", "limit", "ends", "due"):
            yield ("clock", key), getattr(rule.clock, key), own
    if rule.compare:
        reported = {"": rule.compare.reported.table}
        yield ("compare", "stands"), rule.compare.stands, reported
        yield ("compare", "lapses"), rule.compare.lapses, reported
        yield ("compare", "reported"), rule.compare.reported.where, reported
        yield ("compare", "guide"), rule.compare.guide.where, {"": rule.compare.guide.table}
        for kind, text in rule.compare.fires.items():
            yield ("compare", "fires", kind), text, own
    yield ("rows",), rule.rows, {}
    for join in rule.joins:
        yield ("joins", join.alias, "select"), join.select, {}
    if rule.measure:
        yield ("measure", "select"), rule.measure.select, {}


def _wrong(text: str, tables: Tables) -> Iterator[tuple[str, str, CodeList]]:
    """(column, value, its code list) of every comparison with a value not in the list."""
    if not text:
        return
    try:
        tree = sqlglot.parse_one(text, read="duckdb")
    except sqlglot.errors.SqlglotError:
        return  # told by `expressions`
    if isinstance(tree, (exp.Select, exp.Union)):
        tables = {table.alias_or_name: table.name for table in tree.find_all(exp.Table)}
    for column, values in _compared(tree):
        listed = _code_list(column, tables)
        for value in values:
            if listed is not None and listed.read(value) != value:
                yield column.name, value, listed


def _compared(tree: exp.Expr) -> Iterator[tuple[exp.Column, list[str]]]:
    """Columns with the text literals they are compared with."""
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.In):
        if isinstance(node, exp.In):
            sides: Iterable[exp.Expr] = node.expressions
        else:
            sides = (node.expression, node.this)
        column = next((c for c in _columns(node) if c is not None), None)
        if column is not None:
            yield column, [side.name for side in sides if isinstance(side, exp.Literal) and side.is_string]


def _columns(node: exp.Expr) -> Iterator[exp.Column | None]:
    """The column on either side; ``coalesce(column, '')`` is still the column."""
    for side in (node.this, node.args.get("expression")):
        inner = side.this if isinstance(side, exp.Coalesce) else side
        yield inner if isinstance(inner, exp.Column) else None


def _code_list(column: exp.Column, tables: Tables) -> CodeList | None:
    """The code list of a column; of a bare column in a SELECT, only if every table that has it agrees."""
    one = column.table or "" in tables
    named = [tables.get(column.table, "")] if one else list(tables.values())
    found = [
        TABLES[name].by_name[column.name]
        for name in named
        if name in TABLES and column.name in TABLES[name].by_name
    ]
    lists = {c.codes.name: c.codes for c in found if c.codes}
    return next(iter(lists.values())) if len(lists) == 1 and all(c.codes for c in found) else None
