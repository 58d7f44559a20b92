"""Why a rule said nothing of a case: it found all in order, does not apply, holds elsewhere, or lacks data.

The engine answers with findings only. So each rule is judged together with two probes made of itself, in the
same run and by the same engine: one that fires on every row the rule would look at and tells whether the rule
applies to it, and, of a clock, one that lists the clock whatever its state, so that its sheet can be drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mingcha.facts.schema import TABLES
from mingcha.rules.expression import ExpressionError
from mingcha.rules.levels import Level
from mingcha.rules.model import JUDGED_FORMS, Rule, Rulebook

APPLIES, CLOCK = "?applies", "?clock"
"""Endings of the ids of probes."""

_EVER = 100_000
"""More working days than any limit leaves: the clock is listed from its first day."""


_last: tuple[Rulebook, Rulebook] | None = None
"""The last rulebook asked for, and it with its probes: its rules are compiled once as long as it is the same."""


def probing(book: Rulebook) -> Rulebook:
    """The rulebook with the probes of every rule that judges cases."""
    global _last
    if _last is None or _last[0] is not book:
        packs = tuple(
            replace(pack, rules=tuple(probe for rule in pack.rules for probe in (rule, *_probes(rule))))
            for pack in book.packs
        )
        _last = (book, Rulebook(packs, book.adopted))
    return _last[1]


def rule_of(probe: str) -> str:
    """The id of the rule that a probe was made of; the id itself of a rule."""
    return probe.partition("?")[0]


def judges_cases(rule: Rule) -> bool:
    """May the rule have something to say about a case?"""
    if rule.form not in JUDGED_FORMS or rule.over not in TABLES:
        return False
    about = [entry.partition(".")[0] for entry in rule.about]
    return "cases" in about if about else "case_no" in TABLES[rule.over].by_name


def _probes(rule: Rule) -> Iterator[Rule]:
    if not judges_cases(rule):
        return
    bare = replace(rule, flags=frozenset(), replaces=(), quiet=(), lasts=None, reason="", evidence={})
    begins = rule.clock.start if rule.clock else ""
    yield replace(
        bare,
        id=rule.id + APPLIES,
        form="find",
        clock=None,
        compare=None,
        when="",
        any={},
        fires="true",
        moment=rule.moment or begins,
        levels=(Level("note", "at once"),),
        evidence={"applies": rule.when or "true", **_looked_at(rule)},
    )
    if rule.clock is not None:
        yield replace(
            bare,
            id=rule.id + CLOCK,
            clock=replace(rule.clock, against_limit="", against_unit="", short_promise="at_once"),
            levels=(
                Level("note", "left", _EVER),
                Level("yellow", "within"),
                Level("red", "overrun"),
            ),
        )


def _looked_at(rule: Rule) -> dict[str, str]:
    """The columns that the population hangs on, as evidence; of personal ones only whether they are there."""
    if not rule.when:
        return {}
    import sqlglot
    from sqlglot import exp

    try:
        parsed = sqlglot.parse_one(rule.when, dialect="duckdb")
    except sqlglot.errors.ParseError as error:
        raise ExpressionError(str(error)) from error
    columns = {node.sql(dialect="duckdb"): node for node in parsed.find_all(exp.Column)}
    return {
        text: f"case when {text} is null then null else '(有)' end" if _personal(rule, node.name) else text
        for text, node in columns.items()
        if node.table not in ("setting",) and node.name != "found"
    }


def _personal(rule: Rule, name: str) -> bool:
    tables = [TABLES[rule.over], TABLES["cases"]]
    return any(name in table.by_name and table.by_name[name].personal for table in tables)
