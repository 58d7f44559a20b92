"""SELECTs in rules (``rows``, ``joins.select``, indicators): names checked, times kept as times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from mingcha.rules import expression as ex
from mingcha.rules.expression import ExpressionError
from mingcha.rules.functions import FUNCTIONS

_TYPES = {
    "text": "VARCHAR",
    "bigint": "BIGINT",
    "boolean": "BOOLEAN",
    "instant": "TIMESTAMP",
    "list": "VARCHAR[]",
}
CLOCK_ROWS = "clock_rows__"
_KINDS = {"VARCHAR": "text", "TEXT": "text", "BIGINT": "bigint", "INT": "bigint", "BOOLEAN": "boolean"}


@dataclass(frozen=True)
class CompiledSelect:
    """SQL of a SELECT for one engine, its columns with their kinds, and what it reads: table -> columns.

    ``unique``: columns of which no two rows have the same values, as far as its form shows it; none where it does not.
    """

    sql: str
    columns: Mapping[str, str]
    reads: Mapping[str, frozenset[str]]
    unique: frozenset[str] = frozenset()


def compile_select(
    text: str, tables: Mapping[str, Mapping[str, str]], settings: Mapping[str, Any], dialect: str
) -> CompiledSelect:
    """Check and render a SELECT over ``tables`` (table -> column -> kind).

    Tables become ``v_<table>``, cases the frame. Raises `ExpressionError`.
    """
    try:
        tree = sqlglot.parse_one(text, read="duckdb")
    except sqlglot.errors.SqlglotError as error:
        raise ExpressionError(f"看不懂的 SELECT:{ex._first_line(error)}") from error
    if not isinstance(tree, (exp.Select, exp.Union)):
        raise ExpressionError("这里只能写 SELECT")
    if any(clause.args.get("recursive") for clause in tree.find_all(exp.With)):
        raise ExpressionError(
            "SELECT 里不能用 with recursive:它可能永不结束。期间写成时钟,日子用 days、workdays"
        )
    _name_functions_of_tables(tree)
    _fill_settings(tree, settings)
    ex._refuse_unknown(tree, ex._ALLOWED + ex._ALLOWED_IN_SELECT)
    reads = _tables_read(tree, tables)
    schema: dict[str, object] = {
        table: {c: _TYPES[k] for c, k in _columns(tables, table).items()} for table in reads
    }
    try:
        tree = qualify(tree, schema=schema, dialect="duckdb", quote_identifiers=False, identify=False)
    except sqlglot.errors.SqlglotError as error:
        raise ExpressionError(f"SELECT 中有不认识的表或列:{ex._first_line(error)}") from error
    _type_calls(tree)
    tree = annotate_types(tree, schema=schema, dialect="duckdb")
    columns = {s.alias_or_name: _kind(s) for s in _first_select(tree).selects}
    used, unique = _columns_read(tree, reads), _unique(tree)
    _treat_times(tree)
    _name_relations(tree, reads)
    ex.render_nodes(tree, dialect)
    return CompiledSelect(tree.sql(dialect=dialect, identify=True), columns, used, unique)


def _unique(tree: exp.Expr) -> frozenset[str]:
    """GROUP BY names what is unique; so does ``place = 1`` of a row_number() per what it is partitioned by."""
    if not isinstance(tree, exp.Select):
        return frozenset()
    group = tree.args.get("group")
    if group is not None:
        return _as_selected(tree, group.expressions)
    where, source = tree.args.get("where"), tree.args.get("from_") or tree.args.get("from")
    inner = source.this.unnest() if source is not None and isinstance(source.this, exp.Subquery) else None
    if where is None or not isinstance(inner, exp.Select) or tree.args.get("joins"):
        return frozenset()
    numbered = {
        selected.alias: selected.this.args.get("partition_by") or []
        for selected in inner.selects
        if isinstance(selected, exp.Alias)
        and isinstance(selected.this, exp.Window)
        and isinstance(selected.this.this, exp.RowNumber)
    }
    for test in where.this.flatten() if isinstance(where.this, exp.And) else [where.this]:
        if isinstance(test, exp.EQ) and test.left.name in numbered and test.right.name == "1":
            return _as_selected(tree, _as_selected(inner, numbered[test.left.name]))
    return frozenset()


def _as_selected(tree: exp.Select, wanted: Iterable[exp.Expr | str]) -> frozenset[str]:
    """The names under which a SELECT gives these columns; none where one of them is not given."""
    names = {s.this.name: s.alias_or_name for s in tree.selects if isinstance(s.unalias(), exp.Column)}
    found = [names.get(w if isinstance(w, str) else w.name, "") for w in wanted]
    return frozenset(found) if found and all(found) else frozenset()


def _treat_times(tree: exp.Expr) -> None:
    """Instants are compared by day where either is a date alone, and never added to; our casts have served."""
    for node in list(tree.find_all(*ex._COMPARISONS)):
        kinds = [_kind(node.this), _kind(node.expression)]
        if kinds == ["instant", "instant"]:
            ex._by_day_where_needed(node, kinds)
    for node in list(tree.find_all(exp.Add, exp.Sub, exp.Mul)):
        if "instant" in (_kind(node.this), _kind(node.expression)):
            raise ExpressionError(f"时刻不能加减:“{node.sql()}”。期间一律写成时钟(clock)")
    for cast in list(tree.find_all(exp.Cast)):
        cast.replace(cast.this)


def _name_relations(tree: exp.Expr, reads: set[str]) -> None:
    """Fact tables become the views as of a moment, cases the frame."""
    for table in tree.find_all(exp.Table):
        if table.name in reads:
            name = "f" if table.name == "cases" else f"v_{table.name}"
            table.set("this", exp.to_identifier(name))


def _fill_settings(tree: exp.Expr, settings: Mapping[str, Any]) -> None:
    for column in list(tree.find_all(exp.Column)):
        if column.table == "setting":
            if column.name not in settings:
                raise ExpressionError(f"没有设置 {column.name}。在 pack.yaml 的 settings 中写明它的值和理由")
            column.replace(exp.convert(ex.setting_value(settings[column.name])[0]))


def clock_rows_name(rule_id: str) -> str:
    """Name of the table that ``clock_rows('henan-8.1')`` stands for."""
    return CLOCK_ROWS + "".join(c if c.isalnum() else "_" for c in rule_id)


def _name_functions_of_tables(tree: exp.Expr) -> None:
    """``from clock_rows('henan-8.1')`` reads the rows of another rule's clock, as a table of that name."""
    for table in list(tree.find_all(exp.Table)):
        call = table.this
        if isinstance(call, exp.Anonymous):
            if call.name.lower() != "clock_rows" or len(call.expressions) != 1:
                raise ExpressionError(f"from 后面不能用函数 {call.name};只有 clock_rows('规则号')")
            alias = table.alias or "clock_rows"
            named = exp.to_table(clock_rows_name(call.expressions[0].name))
            table.replace(exp.alias_(named, alias, table=True))


def _tables_read(tree: exp.Expr, tables: Mapping[str, Mapping[str, str]]) -> set[str]:
    named = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if table.db or table.catalog:
            raise ExpressionError(f"表名前不能带库名:“{table.sql()}”。只写事实表的名字")
    reads = {table.name for table in tree.find_all(exp.Table)} - named
    unknown = sorted(t for t in reads if t not in tables and not t.startswith(CLOCK_ROWS))
    if unknown:
        raise ExpressionError(f"没有事实表 {'、'.join(unknown)}。表名见 docs/facts.md")
    return reads


def _type_calls(tree: exp.Expr) -> None:
    """Give calls of our own functions a type, by a cast that is taken away again after annotation."""
    for call in list(tree.find_all(exp.Anonymous)):
        gives = _TYPES.get(FUNCTIONS[call.name.lower()].gives)
        if gives:
            call.replace(exp.Cast(this=call.copy(), to=exp.DataType.build(gives, dialect="duckdb")))


def _columns(tables: Mapping[str, Mapping[str, str]], table: str) -> Mapping[str, str]:
    return tables["clock_rows"] if table.startswith(CLOCK_ROWS) else tables[table]


def _first_select(tree: exp.Expr) -> exp.Select:
    while isinstance(tree, exp.Union):
        tree = tree.this
    return tree if isinstance(tree, exp.Select) else tree.find(exp.Select)  # type: ignore[return-value]


def _kind(node: exp.Expr) -> str:
    kind = node.type.this.name if node.type is not None else "UNKNOWN"
    if kind.startswith("TIMESTAMP"):
        return "instant"
    if kind in ("ARRAY", "LIST"):
        return "list"
    return _KINDS.get(kind, "bigint" if kind.endswith("INT") else "text")


def _columns_read(tree: exp.Expr, reads: set[str]) -> dict[str, frozenset[str]]:
    """Which columns of each table are named anywhere; by name alone, so never too few."""
    named = {column.name for column in tree.find_all(exp.Column)}
    return {table: frozenset(named) for table in reads}
