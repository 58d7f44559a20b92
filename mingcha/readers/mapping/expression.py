"""Expressions over foreign columns: a closed subset of SQL, checked when the mapping is loaded.

Every column is text. What is not in the lists below is an error with its line; nothing of DuckDB is reached
by accident. Times are not computed with: durations are the business of clocks.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import sqlglot
from sqlglot import exp

_PLAIN: tuple[type[exp.Expr], ...] = (
    exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.And, exp.Or, exp.Not, exp.Is, exp.Null, exp.In,
    exp.Between, exp.Paren, exp.Literal, exp.Boolean, exp.Column, exp.Identifier, exp.Case, exp.If, exp.Add,
    exp.Sub, exp.Mul, exp.Neg, exp.Like, exp.DPipe, exp.DataType, exp.Tuple,
)  # fmt: skip
FUNCTIONS: dict[type[exp.Expr], str] = {
    exp.Coalesce: "coalesce", exp.Concat: "concat", exp.Nullif: "nullif", exp.Replace: "replace",
    exp.RegexpExtract: "regexp_extract", exp.RegexpReplace: "regexp_replace",
    exp.RegexpLike: "regexp_matches",
    exp.Left: "left", exp.Right: "right", exp.Substring: "substr", exp.Length: "length", exp.Pad: "lpad/rpad",
    exp.Upper: "upper", exp.Lower: "lower", exp.Trim: "trim", exp.SplitPart: "split_part",
    exp.StartsWith: "starts_with", exp.EndsWith: "ends_with", exp.Contains: "contains",
    exp.TryCast: "try_cast(… as bigint)",
}  # fmt: skip
_ALLOWED: tuple[type[exp.Expr], ...] = (*_PLAIN, *FUNCTIONS)

Place = Callable[[str, str], str]
"""(alias or "", column) -> SQL of that column; raises ExpressionError where there is none."""


class ExpressionError(ValueError):
    """An expression that cannot be used; the message is Chinese and says what to do."""


def check(text: str) -> frozenset[tuple[str, str]]:
    """The (alias, column) pairs that an expression reads. Raises ExpressionError."""
    return frozenset((node.table, node.name) for node in _parse(text).find_all(exp.Column))


def compile_sql(text: str, place: Place) -> str:
    """The expression as DuckDB SQL, its columns resolved by `place`. Raises ExpressionError."""
    holder = exp.Paren(this=_parse(text).copy())
    for node in list(holder.find_all(exp.Column)):
        node.replace(sqlglot.maybe_parse(place(node.table, node.name), dialect="duckdb"))
    return holder.sql(dialect="duckdb")


@lru_cache(maxsize=1024)
def _parse(text: str) -> exp.Expr:
    try:
        selected = sqlglot.parse_one(f"SELECT {text}", read="duckdb")
    except sqlglot.errors.SqlglotError as error:
        advice = "检查括号、引号与拼写;带空格、冒号的列名用双引号"
        raise ExpressionError(f"看不懂的表达式“{text}”。{advice}") from error
    arguments = [name for name, given in selected.args.items() if given and name != "expressions"]
    if not isinstance(selected, exp.Select) or len(selected.selects) != 1 or arguments:
        raise ExpressionError(f"“{text}”不是一个表达式。这里只写一个值或一个条件")
    tree = selected.selects[0]
    for node in tree.walk():
        _check_node(node)
    return tree


def _check_node(node: exp.Expr) -> None:
    if isinstance(node, (exp.Func, exp.Cast)) and not isinstance(node, _ALLOWED):
        name = node.name if isinstance(node, exp.Anonymous) else node.key
        raise ExpressionError(f"函数 {name} 不在可用的函数之内。可用:{' '.join(FUNCTIONS.values())}")
    if not isinstance(node, _ALLOWED):
        written = node.sql(dialect="duckdb")[:60]
        raise ExpressionError(f"表达式里不能用“{written}”。只用 docs/mappings.md 列出的写法")
    if isinstance(node, exp.DataType) and node.this is not exp.DataType.Type.BIGINT:
        raise ExpressionError(f"只能转成整数:try_cast(… as bigint),不能转成 {node.sql(dialect='duckdb')}")
