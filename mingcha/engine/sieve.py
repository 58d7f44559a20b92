"""Rules over the same rows are asked together, once, which rows any of them has to look at.

Forty passes over millions of rows cost more than judging them. One pass marks each row with the rules whose
candidate it is and keeps the marked ones; every rule is then asked alone, over the few rows that bear its mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mingcha.engine.candidates import Candidates
from mingcha.engine.query import Base, alias_for
from mingcha.engine.views import quoted

MARKS = 60
"""Marks are bits of one BIGINT."""

FRAME = "f"
CASES = "h_cases"
"""The frame's rows of all cases that a kept child row belongs to."""


@dataclass(frozen=True)
class Sieve:
    """One pass: relation ``name`` keeps the rows of ``base`` that bear a mark.

    ``asked`` is SQL by rule id, ``frame`` the columns of cases that it reads.
    """

    name: str
    base: Base
    sql: str
    asked: Mapping[str, str]
    frame: frozenset[str]


def sieves(candidates: Iterable[Candidates], dialect: str) -> list[Sieve]:
    """The passes over what can be sieved: cases and rows of cases, not those of a rule's own SELECT."""
    groups: dict[Base, list[Candidates]] = {}
    alone = []
    for candidate in candidates:
        base = candidate.query.base
        if base.rows == FRAME and _is_light(candidate):
            groups.setdefault(base, []).append(candidate)
        elif not base.case or base.each or base.rows.startswith("(") or candidate.borrowed:
            continue
        elif candidate.query.single:
            groups.setdefault(base, []).append(candidate)
        else:
            alone.append(_of_rows(candidate))
    return alone + [
        _sieve(base, served[first : first + MARKS], dialect)
        for base, served in groups.items()
        for first in range(0, len(served), MARKS)
    ]


def _is_light(candidate: Candidates) -> bool:
    """Can be told from the case, its item and the compares: nothing large is joined for it."""
    query = candidate.query
    joins = needed(query.joins, query.condition)
    light = all(re.match(r"LEFT JOIN (?:i_items|[gk]_\w+) AS ", join) for join in joins)
    return candidate.rule.clock is None and query.single and not query.base.each and light


def _of_rows(candidate: Candidates) -> Sieve:
    """Where joins may multiply rows: each row once that is a candidate in any way."""
    query = candidate.query
    base, name = query.base, alias_for(f"h_{query.base.rows}", candidate.rule.id)
    joins = _inner(needed(query.joins | query.narrow_joins, query.condition))
    rows = f"(SELECT r.* FROM {base.rows} AS r WHERE {query.early})" if query.early else ""
    sql = f"SELECT DISTINCT r.* FROM {base.sql(joins, rows)} WHERE {query.condition}"
    return Sieve(
        name, base, sql, {candidate.rule.id: query.alone(name, CASES)}, frozenset(candidate.reads.frame)
    )


def _sieve(base: Base, served: Sequence[Candidates], dialect: str) -> Sieve:
    name = alias_for(f"h_{base.rows}", " ".join(c.rule.id for c in served))
    queries = [c.query for c in served]
    marks = " + ".join(f"CASE WHEN {q.condition} THEN {1 << i} ELSE 0 END" for i, q in enumerate(queries))
    joins = _inner(needed({k: v for q in queries for k, v in (q.joins | q.narrow_joins).items()}, marks))
    frame = frozenset[str]().union(*(c.reads.frame for c in served))
    rows = ", ".join(f"r.{column}" for column in sorted(frame)) if base.rows == FRAME else "r.*"
    sql = f"SELECT * FROM (SELECT {rows}, {marks} AS marks FROM {base.sql(joins)}) AS s WHERE marks <> 0"
    asked = {c.rule.id: c.query.among(name, CASES, _bears(1 << i, dialect)) for i, c in enumerate(served)}
    return Sieve(name, base, sql, asked, frame)


def _inner(joins: Iterable[str]) -> list[str]:
    """Every slot is in ``d_days``; an engine may then ask for days after all else has been asked."""
    return [join.replace("LEFT JOIN d_days", "JOIN d_days") for join in joins]


def _bears(mark: int, dialect: str) -> str:
    return f"(r.{quoted('marks', dialect)} & {mark}) <> 0"


def needed(joins: Mapping[str, str], text: str) -> list[str]:
    """The joins whose alias ``text`` uses, and those that they use, in their order."""
    wanted: set[str] = set()
    for alias in reversed(list(joins)):
        asked = " ".join([text, *(joins[a] for a in wanted)])
        if re.search(rf'(?<!\w){alias}["`]?\.', asked):
            wanted.add(alias)
    return [join for alias, join in joins.items() if alias in wanted]


def cases_sql(made: Iterable[Sieve]) -> str:
    """SQL of `CASES`; "" where there are no sieves of child rows."""
    of_rows = [sieve for sieve in made if sieve.base.rows != FRAME]
    if not of_rows:
        return ""
    columns = ", ".join(sorted({"case_no"}.union(*(sieve.frame for sieve in of_rows))))
    kept = " UNION ".join(f"SELECT case_no FROM {sieve.name}" for sieve in of_rows)
    return f"SELECT {columns} FROM f WHERE case_no IN ({kept})"
