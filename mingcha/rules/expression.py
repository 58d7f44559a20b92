"""Rule expressions: parsed with sqlglot, checked against the tables, rendered for an engine.

The language is a closed subset of SQL (docs/rules.md). Two things happen to it on the way to an engine: names
are resolved against the scope, and a comparison of two instants is by day where either is a date alone
(facts.md: "order against it is judged by day").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp

from mingcha.facts.declare import Kind
from mingcha.law.instants import instant
from mingcha.rules.functions import FUNCTIONS, SECOND

KINDS = {
    Kind.TEXT: "text",
    Kind.CODE: "text",
    Kind.MONTH: "text",
    Kind.INTEGER: "bigint",
    Kind.MONEY: "bigint",
    Kind.TIME: "bigint",
    Kind.BOOL: "boolean",
    Kind.INSTANT: "instant",
    Kind.DAY: "instant",
    Kind.LIST: "list",
}
"""What a column of a kind is inside a rule: money is 分, a day and an instant are both instants."""

KIND_LABELS = {"boolean": "是否", "instant": "时刻", "bigint": "整数", "text": "文本", "list": "清单"}

_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
_ALLOWED = (
    *_COMPARISONS, exp.And, exp.Or, exp.Not, exp.Is, exp.Null, exp.In, exp.Between, exp.Paren, exp.Literal,
    exp.Boolean, exp.Column, exp.Identifier, exp.Coalesce, exp.Case, exp.If, exp.Add, exp.Sub, exp.Mul,
    exp.Neg, exp.Anonymous, exp.Dot, exp.Tuple, exp.StartsWith, exp.Trim,
)  # fmt: skip
_ALLOWED_IN_SELECT = (
    exp.Select, exp.Subquery, exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Order, exp.Ordered,
    exp.Window, exp.WindowSpec, exp.RowNumber, exp.Lag, exp.Lead, exp.Count, exp.Sum, exp.Min, exp.Max,
    exp.Star, exp.Alias, exp.Table, exp.TableAlias, exp.Union, exp.With, exp.CTE, exp.Distinct,
    exp.Filter, exp.Exists,
)  # fmt: skip
_NODE_NAMES: dict[type[exp.Expr], str] = {exp.StartsWith: "starts_with", exp.Trim: "trim"}


class ExpressionError(ValueError):
    """An expression that cannot be used; the message is Chinese and says what to do."""


@dataclass(frozen=True)
class Scope:
    """Names that an expression may use.

    ``aliases``: alias -> (SQL alias, column -> kind). ``bare``: the alias whose columns need no prefix.
    ``settings``: values that ``setting.x`` stands for. ``found``: aliases that have ``.found``, -> its SQL.
    ``prefixes``: alias -> what its columns' names begin with in SQL, where another table carries them.
    """

    aliases: Mapping[str, tuple[str, Mapping[str, str]]]
    bare: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    found: Mapping[str, str] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Compiled:
    """SQL text for one engine, what kind of value it gives, and the (alias, column) pairs it reads.

    ``parts`` are its conditions where it is several joined by AND, else it alone.
    """

    sql: str
    kind: str
    uses: frozenset[tuple[str, str]]
    parts: tuple[str, ...] = ()


def compile_expression(text: str, scope: Scope, dialect: str) -> Compiled:
    """Check and render one scalar expression. Raises `ExpressionError`."""
    tree = _parse(text)
    _refuse_unknown(tree, _ALLOWED)
    uses: set[tuple[str, str]] = set()
    holder = exp.Paren(this=tree.copy())
    kind = _resolve(holder.this, scope, uses)
    render_nodes(holder, dialect)
    sql, tree = holder.sql(dialect=dialect, identify=True), holder.this
    parts = (
        [f"({part.sql(dialect=dialect, identify=True)})" for part in tree.flatten()]
        if isinstance(tree, exp.And)
        else [sql]
    )
    return Compiled(sql, kind, frozenset(uses), tuple(parts))


def conditions(text: str) -> list[set[str]]:
    """The conditions that AND joins, each as the alternatives that OR joins, in one way of writing."""
    tree = _parse(text)
    joined = tree.flatten() if isinstance(tree, exp.And) else [tree]
    bare = [part.unnest() for part in joined]
    return [{x.sql() for x in (part.flatten() if isinstance(part, exp.Or) else [part])} for part in bare]


def asked_first(text: str) -> str:
    """What a coalesce gives wherever it is known; other expressions themselves."""
    tree = _parse(text)
    return tree.this.sql() if isinstance(tree, exp.Coalesce) else text


@lru_cache(maxsize=4096)
def _parse(text: str) -> exp.Expr:
    try:
        selected = sqlglot.parse_one(f"SELECT {text}", read="duckdb")
        if isinstance(selected, exp.Select) and len(selected.selects) == 1 and not selected.args.get("from_"):
            return _without_places(selected.selects[0])
        raise ExpressionError(f"“{text}”不是一个表达式。这里只写一个值或一个条件")
    except sqlglot.errors.SqlglotError as error:
        raise ExpressionError(f"看不懂的表达式“{text}”:{_first_line(error)}。检查括号、引号与拼写") from error


def _without_places(tree: exp.Expr) -> exp.Expr:
    """Without the place in the text that every node remembers: trees are copied often, and those with them."""
    for node in tree.walk():
        node._meta = None
    return tree


def _first_line(error: Exception) -> str:
    return re.sub(r"\x1b\[\d+m", "", str(error)).split("\n")[0]


def _refuse_unknown(tree: exp.Expr, allowed: tuple[type[exp.Expr], ...]) -> None:
    for node in tree.walk():
        if isinstance(node, exp.Anonymous):
            check_call(node.name.lower(), len(node.expressions))
        elif isinstance(node, exp.Func) and not isinstance(node, allowed):
            name = node.sql_names()[0].lower() if node.sql_names() else node.key
            raise ExpressionError(f"函数 {name} 不在可用的函数之内。可用:{_function_names()}")
        elif not isinstance(node, allowed):
            raise ExpressionError(
                f"规则里不能用“{node.sql()[:60]}”({node.key})。只能用 docs/rules.md 列出的写法"
            )


def check_call(name: str, count: int) -> None:
    """Raise where ``name`` is not a function of the closed set or takes another number of arguments."""
    function = FUNCTIONS.get(name)
    if function is None or not function.rules_may:
        raise ExpressionError(f"函数 {name} 不在可用的函数之内。可用:{_function_names()}")
    if not function.least <= count <= function.most:
        raise ExpressionError(f"函数 {name} 不接受 {count} 个参数({function.label})")


def _function_names() -> str:
    return " ".join(name for name, f in FUNCTIONS.items() if f.rules_may) + " coalesce"


def _resolve(node: exp.Expr, scope: Scope, uses: set[tuple[str, str]]) -> str:
    """Resolve names below ``node`` in place, mark comparisons of instants; returns the kind of its value."""
    if isinstance(node, exp.Column):
        return _resolve_column(node, scope, uses)
    if isinstance(node, exp.Anonymous) and node.name.lower() == "rows_of":
        table = node.expressions[0].name
        alias = _rows_of_alias(scope)
        if f"rows_of_{table}" not in scope.aliases[alias][1]:
            raise ExpressionError(f"rows_of 只能数办件的子表,{table} 不是")
        uses.add((alias, f"rows_of_{table}"))
        node.replace(exp.column(f"rows_of_{table}", table=scope.aliases[alias][0]))
        return "bigint"
    kinds = [_resolve(child, scope, uses) for child in list(node.iter_expressions())]
    _check_kinds(node, kinds)
    if isinstance(node, _COMPARISONS):
        _by_day_where_needed(node, kinds)
        return "boolean"
    if isinstance(node, exp.Between) and "instant" in kinds:
        raise ExpressionError(f"时刻不能用 between:“{node.sql()}”。请写成两个比较,用 and 连接")
    if isinstance(node, (exp.Add, exp.Sub, exp.Mul)) and "instant" in kinds:
        raise ExpressionError(f"时刻不能加减:“{node.sql()}”。期间一律写成时钟(clock)")
    return kind_of_node(node, kinds)


def _rows_of_alias(scope: Scope) -> str:
    return "c" if "c" in scope.aliases else scope.bare


def _resolve_column(node: exp.Column, scope: Scope, uses: set[tuple[str, str]]) -> str:
    alias, name = node.table or scope.bare, node.name
    if alias == "setting":
        if name not in scope.settings:
            raise ExpressionError(f"没有设置 {name}。在 pack.yaml 的 settings 中写明它的值和理由")
        value, kind = setting_value(scope.settings[name])
        node.replace(exp.convert(value))
        return kind
    if name == "found" and alias in scope.found:
        uses.add((alias, "found"))
        node.replace(exp.Var(this=scope.found[alias]))
        return "boolean"
    if alias not in scope.aliases:
        raise ExpressionError(f"没有名为 {alias} 的表或联查。可用:{' '.join(scope.aliases)}")
    sql_alias, columns = scope.aliases[alias]
    if name not in columns:
        raise ExpressionError(f"{alias} 没有列 {name}。可用:{' '.join(columns)}")
    uses.add((alias, name))
    node.replace(exp.column(scope.prefixes.get(alias, "") + name, table=sql_alias))
    return columns[name]


def setting_value(value: Any) -> tuple[Any, str]:
    """A setting as a literal and its kind; a date is an instant (a date alone)."""
    if isinstance(value, date):
        return instant(value), "instant"
    return value, "bigint" if isinstance(value, int) else "text"


def kind_of_node(node: exp.Expr, kinds: list[str]) -> str:
    """Kind of a node's value, from the kinds of its children."""
    if isinstance(node, exp.Anonymous):
        return FUNCTIONS[node.name.lower()].gives
    if isinstance(node, (exp.And, exp.Or, exp.Not, exp.Is, exp.In, exp.Between, exp.Boolean, exp.StartsWith)):
        return "boolean"
    if isinstance(node, exp.Literal):
        return "text" if node.is_string else "bigint"
    if isinstance(node, exp.If):
        return kinds[1] if kinds[1] != "null" else (kinds[2] if len(kinds) > 2 else "null")
    known = [kind for kind in kinds if kind != "null"]
    return known[0] if known else "null"


def _check_kinds(node: exp.Expr, kinds: list[str]) -> None:
    """Engines would cast quietly, each in its own way: what is compared must be of one kind."""
    known = {kind for kind in kinds if kind not in ("null", "instant")}
    if isinstance(node, (*_COMPARISONS, exp.In, exp.Between)) and len(known) > 1:
        told = "与".join(sorted(KIND_LABELS.get(kind, kind) for kind in known))
        raise ExpressionError(f"“{node.sql()}”比较的是{told},不是同一种值")
    if isinstance(node, (exp.And, exp.Or, exp.Not)) and known - {"boolean"}:
        raise ExpressionError(f"“{node.sql()}”中 and、or、not 两边应是条件")


def _by_day_where_needed(node: exp.Expr, kinds: list[str]) -> None:
    if kinds.count("instant") == 1 and "null" not in kinds:
        raise ExpressionError(f"时刻只能与时刻比较:“{node.sql()}”")
    if kinds != ["instant", "instant"]:
        return
    left, right = node.this.copy(), node.expression.copy()
    by_day = type(node)(this=_whole_day(left), expression=_whole_day(right))
    either = exp.or_(_is_date_alone(left), _is_date_alone(right))
    plain = type(node)(this=left.copy(), expression=right.copy())
    node.replace(exp.Paren(this=exp.case().when(either, by_day).else_(plain)))


def _is_date_alone(value: exp.Expr) -> exp.Expr:
    return exp.EQ(
        this=exp.Mod(this=exp.paren(value.copy()), expression=exp.Literal.number(SECOND)),
        expression=exp.Literal.number(1),
    )


def _whole_day(value: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="day_of", expressions=[value.copy()])


def render_nodes(root: exp.Expr, dialect: str) -> None:
    """Write every call of the closed set anew, innermost first, as the engine's own SQL."""
    calls = [n for n in root.walk(bfs=False) if isinstance(n, (exp.Anonymous, *_NODE_NAMES))]
    for node in reversed(calls):
        name = _NODE_NAMES.get(type(node)) or node.name.lower()
        arguments = node.expressions if isinstance(node, exp.Anonymous) else [node.this, node.expression]
        texts = [_minutes(a) or a.sql(dialect=dialect, identify=True) for a in arguments if a is not None]
        node.replace(exp.Var(this=FUNCTIONS[name].render(dialect, *texts)))


def _minutes(node: exp.Expr) -> str | None:
    """The literal '17:00' as minutes of the day."""
    if isinstance(node, exp.Literal) and node.is_string and (m := re.fullmatch(r"(\d\d):(\d\d)", node.this)):
        return str(int(m[1]) * 60 + int(m[2]))
    return None
