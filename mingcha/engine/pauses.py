"""Pauses of clocks (停钟): one list per case of every span in which a clock of the pack does not run.

Lists are collected once per set of sources and joined to the few candidates that need them. Merging overlapping
spans is the clock's own business (clock.md).

A guide that was not reported does not say that nothing is allowed: what hangs on it becomes a span without a start, for
nobody can tell whether the clock stood still.
"""

from __future__ import annotations

from collections.abc import Collection

from mingcha.engine.names import GUIDES, Names, Reads
from mingcha.rules.functions import FUNCTIONS
from mingcha.rules.model import Pack, PauseSource, Rule, Rulebook


def pauses_sql(
    book: Rulebook, pack: Pack, names: tuple[str, ...], dialect: str, present: Collection[str]
) -> tuple[str, Reads]:
    """SQL of (case_no, pauses) for the sources ``names``, and what it reads. ``present``: the tables reported."""
    sources = book.pauses_of(pack)
    reads = Reads()
    parts = []
    for name in sorted(names):
        sql, read = _source_sql(book, pack, sources[name], dialect, present)
        parts.append(sql)
        reads.merge(read)
    spans = FUNCTIONS["pause_list"].render(dialect, "u.p", "u.r", "u.label")
    union = " UNION ALL ".join(parts)
    return f"SELECT u.case_no, {spans} AS pauses FROM ({union}) AS u GROUP BY u.case_no", reads


def _source_sql(
    book: Rulebook, pack: Pack, source: PauseSource, dialect: str, present: Collection[str]
) -> tuple[str, Reads]:
    rule = Rule(
        id=source.name, pack=pack.id, title="", law="", article="", text="", text_verified=True, klass="", form="find",
        over=source.table, levels=(), reason="",
    )  # fmt: skip
    names = Names(rule, book.settings_of(pack), dialect)
    lacking = [join for join in source.joins if join.table in GUIDES and join.table not in present]
    for join in source.joins:
        names.declare_join(join)
        if join in lacking:
            names.nothing_known_of(join.alias)
    start, end = names(source.start).sql, names(source.end).sql
    where = [f"{start} IS NOT NULL"]
    if source.where:
        stands = names(source.where).sql
        where.append(f"coalesce({stands}, TRUE)" if lacking else stands)
        start = f"CASE WHEN {stands} THEN {start} END" if lacking else start
    label = source.label.replace("'", "''")
    sql = (
        f"SELECT r.case_no AS case_no, {start} AS p, {end} AS r, '{label}' AS label "
        f"FROM {names.base().sql(names.look_ups().values())} WHERE {' AND '.join(where)}"
    )
    names.reads.frame.add("case_no")
    return sql, names.reads
