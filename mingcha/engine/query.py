"""The SELECT of one rule's candidates, kept in its parts, and several of them read in one.

Over many rows each rule is asked alone, narrowed to the rows that matter. Over few rows (one case, a few hundred)
planning costs more than reading: rules over the same rows are asked together and nothing is narrowed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

AS_OF_DAY = "@as_of_day@"
"""Stands in the text for the day number of as_of, so that a compiled rule serves every day."""


ISSUED = ("episode", "issued_at", "moment", "standing")
"""What is known of a signal's last episode, as columns x_<name> of a candidate."""


def alias_for(prefix: str, text: str) -> str:
    """An alias that is the same for the same join, and another for another."""
    return f"{prefix}_{hashlib.sha256(text.encode()).hexdigest()[:8]}"


@dataclass
class Query:
    """Parts of a SELECT.

    ``base``: FROM with the joins that decide which rows there are. ``joins``: alias -> LEFT JOIN to at most one row.
    ``narrow_joins``/``narrow``: the bound of a clock. ``single``: every join is known to give at most one row.
    """

    base: str
    joins: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    conditions: list[str] = field(default_factory=list)
    narrow_joins: dict[str, str] = field(default_factory=dict)
    narrow: str = ""
    pauses: str = ""
    issued: str = ""
    single: bool = True

    def alone(self) -> str:
        """Narrowed; issued signals and pauses are joined outside, so that they touch few rows."""
        columns = ", ".join(f"{sql} AS {name}" for name, sql in self.columns.items())
        joins = " ".join((*self.joins.values(), *self.narrow_joins.values()))
        inner = f"SELECT {columns} FROM {self.base} {joins}{_where([*self.conditions, self.narrow])}"
        outer, more = ["q.*"], ""
        if self.issued:
            outer += [f"x.{name} AS x_{name}" for name in ISSUED]
            more += (
                f" LEFT JOIN x_issued AS x ON x.rule = '{self.issued}' AND x.about = q.about"
                " AND x.key = q.key AND x.subject = q.subject"
            )
        if self.pauses:
            outer.append("p.pauses AS pauses")
            more += f" LEFT JOIN {self.pauses} AS p ON p.case_no = q.case_no"
        return f"SELECT {', '.join(outer)} FROM ({inner}) AS q{more}" if more else inner


def _where(conditions: Sequence[str]) -> str:
    given = [condition for condition in conditions if condition]
    return f" WHERE {' AND '.join(given)}" if given else ""


@dataclass(frozen=True)
class Bundle:
    """Several queries over one base: the SQL, and per query which of its columns stand where, and its mark."""

    sql: str
    columns: tuple[dict[str, str], ...]
    marks: tuple[str, ...]


def bundle(queries: Sequence[Query]) -> Bundle:
    """One SELECT for queries of one base; equal expressions are computed once."""
    base = queries[0].base
    joins: dict[str, str] = {}
    named: dict[str, str] = {}

    def place(sql: str) -> str:
        return named.setdefault(sql, f"c{len(named)}")

    columns, marks = [], []
    for query in queries:
        joins |= query.joins
        if query.pauses:
            alias = alias_for("p", query.pauses)
            joins[alias] = (
                f"LEFT JOIN {query.pauses} AS {alias} ON {alias}.case_no = {query.columns['case_no']}"
            )
        own = {name: place(sql) for name, sql in query.columns.items()}
        if query.pauses:
            own["pauses"] = place(f"{alias}.pauses")
        columns.append(own)
        condition = " AND ".join(c for c in query.conditions if c) or "TRUE"
        marks.append(place(f"coalesce({condition}, FALSE)"))
    listed = ", ".join(f"{sql} AS {name}" for sql, name in named.items())
    return Bundle(f"SELECT {listed} FROM {base} {' '.join(joins.values())}", tuple(columns), tuple(marks))
