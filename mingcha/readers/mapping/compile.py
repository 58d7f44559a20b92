"""A part of a mapping as one DuckDB query over the staged sources.

Two layers: the inner one joins, filters, groups and finds each value as it was sent; the outer one numbers
rows and turns values into ours. A value that cannot be taken comes out marked with REFUSED and the raw text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from dataclasses import dataclass

from mingcha.facts.declare import Kind, Table
from mingcha.readers.mapping.expression import compile_sql
from mingcha.readers.mapping.keyed import LIST_MARK
from mingcha.readers.mapping.model import ELEMENT, POSITION, Join, Number, Part, Value
from mingcha.readers.mapping.staging import FILE, LINE, ROW, Staged, order_column
from mingcha.readers.mapping.uses import Names, columns_of

REFUSED = "\x1a"
"""Stands before a raw text that the mapping has no value for (the ASCII substitute character)."""

PLACE = "#place"
_ORDER, _ROWS = "#order", "#rows"


def name(text: str) -> str:
    """A quoted identifier."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted text."""
    return "'" + text.replace("'", "''") + "'"


def source_view(staged: Staged) -> str:
    """The rows of a staged source with the running numbers that the mapping adds."""
    added = [f"{_numbered(number, '')} AS {name(column)}" for column, number in staged.source.add.items()]
    columns = ", ".join(["*", *added])
    return f"SELECT {columns} FROM read_parquet({literal(str(staged.path))}, hive_partitioning = false)"


def _numbered(number: Number, alias: str) -> str:
    """A running number over staged rows."""
    within = ", ".join(f"{alias}{name(column)}" for column in number.within)
    order = f"{alias}{name(order_column(number.order))} NULLS LAST, " if number.order else ""
    return f"CAST(row_number() OVER (PARTITION BY {within} ORDER BY {order}{alias}{name(ROW)}) AS VARCHAR)"


def kept_values(part: Part, staged: Map[str, Staged]) -> dict[str, Value]:
    """The values of a part that can be had: those all of whose columns lack in every file are left out."""
    names, kept = Names(part), {}
    for target, value in part.values.items():
        read = columns_of(value, names) if part.source else []
        if not read or not all(_lacks(staged, names.source_of(alias), column) for alias, column in read):
            kept[target] = value
    return kept


def _lacks(staged: Map[str, Staged], source: str, column: str) -> bool:
    return source in staged and column in staged[source].lacking


@dataclass(frozen=True)
class Query:
    """What a part needs to be compiled: its table, the values that can be had."""

    part: Part
    table: Table
    values: Map[str, Value]

    @property
    def names(self) -> Names:
        """What the names of the part mean."""
        return Names(self.part)

    def sql(self, columns: list[str]) -> str:
        """The query: those columns of the fact table (NULL where the part has none) and PLACE, as texts."""
        if not self.part.source:
            shown = [f"{self._constant(column)} AS {name(column)}" for column in columns]
            return f"SELECT {', '.join(shown)}, '' AS {name(PLACE)}"
        shown = [f"{self._outer(column)} AS {name(column)}" for column in columns]
        order = f"{name(_ORDER)} NULLS LAST, " if self.part.group else ""
        return (
            f"WITH part AS ({self._inner()}) SELECT {', '.join(shown)}, {name(PLACE)} "
            f"FROM part ORDER BY {order}{name(_ROWS)}"
        )

    def _constant(self, column: str) -> str:
        value = self.values.get(column)
        return literal(value.constant) if value else "CAST(NULL AS VARCHAR)"

    # --- the inner layer ---

    def _inner(self) -> str:
        part, grouped = self.part, bool(self.part.group)
        shown = [f"{self._origin(v)} AS {name('v ' + c)}" for c, v in self.values.items() if not v.number]
        within = {c for v in self.values.values() if v.number for c in v.number.within}
        shown += [f"{self._column(column)} AS {name('n ' + column)}" for column in sorted(within)]
        shown += [f"{self._sort(v.number)} AS {name('o ' + c)}" for c, v in self.values.items() if v.number]
        shown += self._grouped_rows() if grouped else self._single_rows()
        joins = "".join(self._join(join) for join in part.joins)
        where = f" WHERE {self._condition(part.where)}" if part.where else ""
        group = f" GROUP BY {', '.join(self._grouping())}" if grouped else ""
        return f"SELECT {', '.join(shown)} FROM {self._rows()} AS s{joins}{where}{group}"

    def _grouping(self) -> list[str]:
        """The group's columns, and those of joins on them that values read (one for all rows of a group)."""
        values = [value for value in self.values.values() if not value.picks]
        joined = {pair for value in values for pair in columns_of(value, self.names) if pair[0]}
        return [*map(self._column, self.part.group), *(self._place(*pair) for pair in sorted(joined))]

    def _single_rows(self) -> list[str]:
        place = f"s.{name(FILE)} || ':' || s.{name(LINE)}"
        position = f" + s.{POSITION} / 1e6" if self.part.each else ""
        return [f"s.{name(ROW)}{position} AS {name(_ROWS)}", f"{place} AS {name(PLACE)}"]

    def _grouped_rows(self) -> list[str]:
        place = f"min_by(s.{name(FILE)} || ':' || s.{name(LINE)}, s.{name(ROW)})"
        order = f"min(s.{name(order_column(self.part.order))})" if self.part.order else "NULL"
        return [
            f"min(s.{name(ROW)}) AS {name(_ROWS)}", f"{place} AS {name(PLACE)}", f"{order} AS {name(_ORDER)}",
        ]  # fmt: skip

    def _rows(self) -> str:
        rows, each = name(f"src {self.part.source}"), self.part.each
        if not each:
            return rows
        split = each.split or LIST_MARK
        listed = f"string_split({name(each.column)}, {literal(split)})"
        unnested = f"nullif(trim(unnest(l)), '') AS {ELEMENT}, unnest(range(1, len(l) + 1)) AS {POSITION}"
        return f"(SELECT * EXCLUDE (l), {unnested} FROM (SELECT *, {listed} AS l FROM {rows}))"

    def _join(self, join: Join) -> str:
        """At most one row: the first or last by its order, then by the file's."""
        keys = ", ".join(name(column) for column in join.on)
        way = "DESC" if join.keep == "last" else "ASC"
        order = f"{name(order_column(join.order))} {way} NULLS LAST, " if join.order else ""
        where = f" WHERE {compile_sql(join.where, lambda _, column: name(column))}" if join.where else ""
        rank = f"row_number() OVER (PARTITION BY {keys} ORDER BY {order}{name(ROW)} {way}) = 1"
        rows = f"SELECT * FROM {name('src ' + join.source)}{where} QUALIFY {rank}"
        alias = name("j " + join.alias)
        on = " AND ".join(f"{alias}.{name(t)} = {self._column(ours)}" for t, ours in join.on.items())
        return f" LEFT JOIN ({rows}) AS {alias} ON {on}"

    def _origin(self, value: Value) -> str:
        if value.constant:
            return literal(value.constant)
        if value.picks:
            return self._picked(value)
        if value.sql:
            return f"CAST({compile_sql(value.sql, self._place)} AS VARCHAR)"
        columns = [self._column(column) for column in value.column]
        return columns[0] if len(columns) == 1 else f"coalesce({', '.join(columns)})"

    def _picked(self, value: Value) -> str:
        where = f" AND {self._condition(value.where)}" if value.where else ""
        if value.count:
            return f"CAST(count(*) FILTER (WHERE true{where}) AS VARCHAR)"
        column = self._column(value.first or value.last)
        way = "DESC" if value.last else "ASC"
        by = f"s.{name(order_column(self.part.order))} {way} NULLS LAST, " if self.part.order else ""
        chosen = f"first({column} ORDER BY {by}s.{name(ROW)} {way})"
        return f"{chosen} FILTER (WHERE {column} IS NOT NULL{where})"

    def _sort(self, number: Number | None) -> str:
        """What a running number of the outer layer follows."""
        if not number or not number.order:
            return "NULL"
        column = f"s.{name(order_column(number.order))}"
        return f"min({column})" if self.part.group else column

    def _condition(self, text: str) -> str:
        return f"({compile_sql(text, self._place)})"

    def _column(self, written: str) -> str:
        return self._place(*self.names.resolve(written))

    def _place(self, alias: str, column: str) -> str:
        if not alias and self.part.each and column in (ELEMENT, POSITION):
            return f"CAST(s.{column} AS VARCHAR)"
        return f"{name('j ' + alias) if alias else 's'}.{name(column)}"

    # --- the outer layer ---

    def _outer(self, column: str) -> str:
        value = self.values.get(column)
        if value is None:
            return "CAST(NULL AS VARCHAR)"
        if value.number:
            within = ", ".join(name(f"n {c}") for c in value.number.within)
            order = f"{name('o ' + column)} NULLS LAST, {name(_ROWS)}"
            return f"CAST(row_number() OVER (PARTITION BY {within} ORDER BY {order}) AS VARCHAR)"
        raw = name(f"v {column}")
        made = self._scaled(value, self._mapped(value, self._matched(value, raw)))
        if self.table.column(column).kind is Kind.LIST:
            made = f"replace({made}, {literal(value.split or LIST_MARK)}, ';')"
        if value.default:
            made = f"CASE WHEN {raw} IS NULL THEN {literal(value.default)} ELSE {made} END"
        return made

    def _matched(self, value: Value, raw: str) -> str:
        if not value.match:
            return raw
        pattern = literal(value.match)
        group = min(re.compile(value.match).groups, 1)
        found = f"nullif(regexp_extract({raw}, {pattern}, {group}), '')"
        refused = f"{literal(REFUSED)} || {raw}"
        return f"CASE WHEN {raw} IS NULL THEN NULL ELSE coalesce({found}, {refused}) END"

    def _mapped(self, value: Value, raw: str) -> str:
        if value.map is None:
            return raw
        pairs = [(literal(theirs), literal(ours) if ours else "NULL") for theirs, ours in value.map.items()]
        arms = "".join(f" WHEN {theirs} THEN {ours}" for theirs, ours in pairs)
        rest = {"refuse": f"{literal(REFUSED)} || {raw}", "keep": raw, "missing": "NULL"}
        other = rest.get(value.otherwise, f"CASE WHEN {raw} IS NOT NULL THEN {literal(value.otherwise)} END")
        return f"CASE {raw}{arms} ELSE {other} END"

    def _scaled(self, value: Value, made: str) -> str:
        """The sender's rating on our scale, 5 the best."""
        if value.scale is None:
            return made
        worst, best = value.scale
        sign = 1 if best > worst else -1
        number = f"try_cast({made} AS INTEGER)"
        ours = f"CAST(1 + {sign} * ({number} - ({worst})) AS VARCHAR)"
        within = f"{number} BETWEEN {min(worst, best)} AND {max(worst, best)}"
        return f"CASE WHEN {within} THEN {ours} WHEN {made} IS NOT NULL THEN {literal(REFUSED)} || {made} END"
