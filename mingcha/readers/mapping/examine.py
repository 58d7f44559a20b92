"""What a well-shaped mapping may still have wrong: names that are nowhere, values that no column takes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from collections.abc import Mapping as Map

import duckdb

from mingcha.facts.declare import Column, Kind, Table
from mingcha.readers.mapping.expression import ExpressionError, check
from mingcha.readers.mapping.model import ELEMENT, POSITION, Mapping, Part, Value
from mingcha.readers.mapping.uses import Names, columns_of
from mingcha.rules.shapes import Path, Tell

_KEYWORDS = ("refuse", "keep", "missing")
_RATING = ("evaluations", "level")
"""A rating has no direction that can be guessed: GB/T 39046 A.8 and the national interface are opposite."""


def examine(mapping: Mapping, tables: Map[str, Table], tell: Tell) -> None:
    """Tell every fault of a mapping."""
    for source in mapping.sources.values():
        for column, form in source.dates.items():
            if not _is_format(form):
                place = ("sources", source.name, "dates", column)
                tell(place, f"“{form}”不是日期格式", "写成 %d/%m/%Y %H:%M:%S 这样的格式;不带时区")
    for part in mapping.parts:
        if part.table not in tables:
            _nowhere("事实表", part.table, tables, ("tables", part.table), tell)
            continue
        _examine_part(part, tables[part.table], mapping, tell)
    _examine_packs(mapping, tell)


def _is_format(form: str) -> bool:
    if "%" not in form or "%z" in form.lower():
        return False
    try:
        duckdb.execute("SELECT try_strptime('', $1)", [form])
    except duckdb.Error:
        return False
    return True


def _nowhere(what: str, name: str, known: Iterable[str], path: Path, tell: Tell) -> None:
    near = difflib.get_close_matches(name, list(known), n=1)
    tell(path, f"没有{what} {name}", f"是不是想写 {near[0]}?" if near else f"可用:{' '.join(known)}")


def _examine_part(part: Part, table: Table, mapping: Mapping, tell: Tell) -> None:
    sources = [((*part.path, "from"), part.source)] if part.source else []
    sources += [((*part.path, "join", join.alias, "from"), join.source) for join in part.joins]
    for path, name in sources:
        if name not in mapping.sources:
            _nowhere("来源", name, mapping.sources, path, tell)
    for name in table.must:
        if name not in part.values and table.column(name).default is None:
            label = f"{name}({table.column(name).label})"
            tell((*part.path, "columns"), f"缺少必有的列 {label}", f"写明 {name} 怎样得来")
    for name, value in part.values.items():
        path = (*part.path, "columns", name)
        if name not in table.by_name:
            _nowhere(f"{table.name} 的列", name, table.by_name, path, tell)
            continue
        _examine_value(value, table.column(name), part, path, tell)
        if (table.name, name) == _RATING and not (value.scale or value.map or value.constant):
            advice = "5 最好的写 scale: {worst: 1, best: 5},1 最好的写 {worst: 5, best: 1}"
            tell(path, "没有说明评价的分值方向", advice)
    _examine_rows(part, mapping, tell)
    _examine_expression(part.where, part, (*part.path, "where"), tell)
    for join in part.joins:
        _examine_expression(join.where, part, (*part.path, "join", join.alias, "where"), tell)


def _examine_rows(part: Part, mapping: Mapping, tell: Tell) -> None:
    """Rows are put in order by columns that the files themselves have."""
    if part.each and part.group:
        tell((*part.path, "each"), "each 与 group 不能同时写", "先展开或先分组,写成两次转换")
    numbers = [(name, value.number) for name, value in part.values.items() if value.number]
    orders = [((*part.path, "columns", name, "order"), number.order) for name, number in numbers]
    orders.append(((*part.path, "order"), part.order))
    source = mapping.sources.get(part.source)
    names, made = Names(part), {*(source.add if source else ()), ELEMENT, POSITION}
    for path, order in orders:
        if order and (order in made or names.resolve(order)[0]):
            tell(path, f"不能按 {order} 排先后", "order 写来源文件自己的列")


def _examine_expression(text: str, part: Part, path: Path, tell: Tell) -> None:
    if not text:
        return
    try:
        uses = check(text)
    except ExpressionError as error:
        message, _, advice = str(error).partition("。")
        tell(path, message, advice or "改正表达式")
        return
    for alias in sorted({alias for alias, _ in uses if alias} - {join.alias for join in part.joins}):
        tell(path, f"没有名为 {alias} 的联查", "先在 join 中写明;列名本身带点的用双引号")


def _examine_value(value: Value, column: Column, part: Part, path: Path, tell: Tell) -> None:
    origins = [value.column, value.sql, value.constant, value.first, value.last, value.count, value.number]
    if sum(bool(origin) for origin in origins) != 1:
        tell(path, "应恰好写明一个来处", "在 column、sql、value、first、last、count、number 中写一个")
    if value.picks and not part.group:
        tell(path, "first、last、count 只用于分组的表", "写 group: 办件编号那一列")
    if part.group and not value.picks and _varies(value, part):
        tell(path, "分组后一组有多行,取哪一行没有说明", "写成 first: 列 或 last: 列")
    if value.where and not value.picks:
        tell(path, "where 只用于 first、last、count", "行的取舍写在表一级的 where")
    if not part.source and not value.constant:
        tell(path, "没有来源(from)的表只能写固定值", "写 from,或 value")
    if part.group and value.number and set(value.number.within) - set(part.group):
        tell(path, "分组的表只能在分组的列之内编号", f"number 取 {' '.join(part.group)} 之内的列")
    if value.scale and (column.kind is not Kind.INTEGER or abs(value.scale[1] - value.scale[0]) != 4):
        tell(path, "scale 只用于五级评价", "写 scale: {worst: 1, best: 5};不是五级的用 map")
    _examine_expression(value.sql, part, (*path, "sql"), tell)
    _examine_expression(value.where, part, (*path, "where"), tell)
    _examine_targets(value, column, path, tell)


def _varies(value: Value, part: Part) -> bool:
    """Whether it reads what may differ within a group: its own columns, or a join not on the group."""
    joined = {join.alias for join in part.joins if set(join.on.values()) <= set(part.group)}
    try:
        read = columns_of(value, Names(part))
    except ExpressionError:
        return False  # told where the expression itself is examined
    order = value.number.order if value.number else ""
    return any(
        (alias not in joined) if alias else (column not in part.group and column != order)
        for alias, column in read
    )


def _examine_targets(value: Value, column: Column, path: Path, tell: Tell) -> None:
    """Constants and mapped values must be values of the column."""
    targets = [((*path, "map", source), target) for source, target in (value.map or {}).items()]
    targets += [((*path, "default"), value.default)]
    targets += [((*path, "value"), value.constant)] if not value.coin and not value.map else []
    targets += [((*path, "otherwise"), value.otherwise)] if value.otherwise not in _KEYWORDS else []
    for place, target in targets:
        if target and not fits(column, target):
            tell(place, f"{column.label}({column.name})没有“{target}”这个值", _listed(column))


def fits(column: Column, text: str) -> bool:
    """Whether a code or a truth value can be read; other kinds are left to the reader."""
    if column.codes is not None and column.kind is Kind.CODE:
        return column.codes.read(text) is not None
    return column.kind is not Kind.BOOL or text in ("true", "false", "1", "0", "是", "否")


def _listed(column: Column) -> str:
    if column.codes is None:
        return "写 true 或 false"
    return "可用:" + " ".join(f"{value}({label})" for value, label in column.codes.values.items())


def _examine_packs(mapping: Mapping, tell: Tell) -> None:
    for i, name in enumerate(mapping.packs):
        if "/" in name and not (mapping.file.parent / name).is_dir():
            tell(("packs", i), f"没有文件夹 {name}", "写相对于映射文件的文件夹,或规则包的名称")
