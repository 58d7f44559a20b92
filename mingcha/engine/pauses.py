"""Pauses of clocks (停钟): one list per case of every span in which a clock of the pack does not run.

Lists are collected once per set of sources and joined to the few candidates that need them. Merging overlapping
spans is the clock's own business (clock.md).
"""

from __future__ import annotations

from mingcha.engine.names import Names, Reads
from mingcha.rules.functions import FUNCTIONS
from mingcha.rules.model import Pack, PauseSource, Rule, Rulebook


def pauses_sql(book: Rulebook, pack: Pack, names: tuple[str, ...], dialect: str) -> tuple[str, Reads]:
    """SQL of (case_no, pauses) for the sources ``names``, and what it reads."""
    sources = book.pauses_of(pack)
    reads = Reads()
    parts = []
    for name in sorted(names):
        sql, read = _source_sql(book, pack, sources[name], dialect)
        parts.append(sql)
        reads.merge(read)
    spans = FUNCTIONS["pause_list"].render(dialect, "u.p", "u.r", "u.label")
    union = " UNION ALL ".join(parts)
    return f"SELECT u.case_no, {spans} AS pauses FROM ({union}) AS u GROUP BY u.case_no", reads


def _source_sql(book: Rulebook, pack: Pack, source: PauseSource, dialect: str) -> tuple[str, Reads]:
    rule = Rule(
        id=source.name, pack=pack.id, title="", law="", article="", text="", text_verified=True, klass="", form="find",
        over=source.table, levels=(), reason="",
    )  # fmt: skip
    names = Names(rule, book.settings_of(pack), dialect)
    for join in source.joins:
        names.declare_join(join)
    start, end = names(source.start).sql, names(source.end).sql
    where = [f"{start} IS NOT NULL"]
    if source.where:
        where.append(names(source.where).sql)
    label = source.label.replace("'", "''")
    sql = (
        f"SELECT r.case_no AS case_no, {start} AS p, {end} AS r, '{label}' AS label "
        f"FROM {names.base().sql(names.look_ups().values())} WHERE {' AND '.join(where)}"
    )
    names.reads.frame.add("case_no")
    return sql, names.reads
