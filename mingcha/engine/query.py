"""The SELECT of one rule's candidates, kept in its parts.

It is narrowed to the rows that may matter; over many rows, several rules over the same rows are first asked together
(`mingcha.engine.sieve`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

AS_OF_DAY = "@as_of_day@"
"""Stands in the text for the day number of as_of, so that a compiled rule serves every day."""

KNOWN_FROM, KNOWN_TO = "@known_from@", "@known_to@"
"""Stand for the first and last day of a span in which every calendar layer knows every day."""


ISSUED = ("episode", "issued_at", "moment", "standing")
"""What is known of a signal's last episode, as columns x_<name> of a candidate."""


def alias_for(prefix: str, text: str) -> str:
    """An alias that is the same for the same join, and another for another."""
    return f"{prefix}_{hashlib.sha256(text.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Base:
    """Which rows there are: ``rows`` (a relation, or a SELECT in brackets) as ``r``, the case of each as ``c``.

    ``case`` is how the case is joined, "" where the rows are cases or have none. ``each`` is a child table of the
    cases, one row a child as ``each_``.
    """

    rows: str
    case: str = ""
    each: str = ""

    def sql(
        self, joins: Iterable[str], rows: str = "", cases: str = "f", conditions: Iterable[str] = ()
    ) -> str:
        """FROM with its joins; ``rows`` and ``cases`` may be relations with fewer rows.

        Children are joined after all that does not need them, and only where the ``conditions`` hold that do not need
        them either: few cases may be left by then.
        """
        parts = [f"{rows or self.rows} AS r"]
        if self.case:
            parts.append(f"{self.case} {cases} AS c ON c.case_no = r.case_no")
        if not self.each:
            return " ".join([*parts, *joins])
        late, later = {"each_"}, []
        for join in joins:
            if late.isdisjoint(_aliases(join)):
                parts.append(join)
            else:
                late |= set(re.findall(r" AS (\w+) ON ", join)[:1])
                later.append(join)
        held = [condition for condition in conditions if late.isdisjoint(_aliases(condition))]
        key = f"CASE WHEN {' AND '.join(held)} THEN r.case_no END" if held else "r.case_no"
        return " ".join([*parts, f"LEFT JOIN {self.each} AS each_ ON each_.case_no = {key}", *later])


def _aliases(sql: str) -> set[str]:
    return set(re.findall(r"(\w+)[\"`]?\.", sql))


@dataclass
class Query:
    """Parts of a SELECT.

    ``base``: which rows there are. ``joins``: alias -> LEFT JOIN to at most one row. ``narrow_joins``/``narrow``: the
    bound of a clock. ``early``: what a row must meet before its case is known. ``single``: every join is known to
    give at most one row.
    """

    base: Base
    joins: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    conditions: list[str] = field(default_factory=list)
    narrow_joins: dict[str, str] = field(default_factory=dict)
    narrow: str = ""
    early: str = ""
    pauses: str = ""
    issued: str = ""
    single: bool = True

    @property
    def condition(self) -> str:
        """What a row must meet to be a candidate, the clock's bound included."""
        return " AND ".join(c for c in (*self.conditions, self.narrow) if c) or "TRUE"

    def alone(self, rows: str = "", cases: str = "f") -> str:
        """Over all rows, or those of ``rows``; issued signals and pauses are joined outside, so that they touch few."""
        joins = (*self.joins.values(), *self.narrow_joins.values())
        source = self.base.sql(joins, rows, cases, self.conditions)
        return self._completed(f"FROM {source} WHERE {self.condition}")

    def among(self, rows: str, cases: str, mark: str) -> str:
        """Over the rows of a sieve that bear this rule's mark."""
        return self._completed(f"FROM {self.base.sql(self.joins.values(), rows, cases)} WHERE {mark}")

    def _completed(self, source: str) -> str:
        columns = ", ".join(f"{sql} AS {name}" for name, sql in self.columns.items())
        inner = f"SELECT {columns} {source}"
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


@dataclass(frozen=True)
class Compared:
    """A compare's conditions on one reported row, as SQL over alias ``t``, and on a row of the guide, over ``g``.

    Values are compared without the blanks around them; for what is alike, as they are, that will do.
    """

    table: str
    value: str
    raw: str
    selected: str
    stands: str
    lapses: str
    other: str
    guide: str
    columns: frozenset[str]
