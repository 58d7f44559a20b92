"""Pass: every table named is a fact table, and of the kind its place asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mingcha.engine.candidates import UNIT_OF_ABOUT
from mingcha.engine.names import CHILDREN, COLUMNS, GUIDES
from mingcha.facts.schema import TABLES
from mingcha.rules.faults import Fault
from mingcha.rules.model import Pack, Rule, Rulebook

Place = tuple[str | int, ...]
_ADVICE = "表名见 docs/facts.md"


def tables(book: Rulebook, packs: Sequence[Pack]) -> Iterator[Fault]:
    """Tables that are not there, or cannot stand where they are named."""
    clocks = {rule.id for rule in book.rules if rule.clock}
    for pack in packs:
        for rule in pack.rules:
            for path, name in _clocks_read(rule):
                if name not in clocks:
                    message, advice = f"clock_rows 所指的 {name} 不是有时钟的规则", "核对规则号"
                    yield Fault(str(rule.file), rule.line(*path), message, advice, rule.id)
            for path, name in unknown_tables(rule):
                yield Fault(str(rule.file), rule.line(*path), f"没有事实表 {name}", _ADVICE, rule.id)
            for path, message, advice in _misplaced(rule):
                yield Fault(str(rule.file), rule.line(*path), message, advice, rule.id)
        yield from _of_pauses(pack)


def _clocks_read(rule: Rule) -> Iterator[tuple[Place, str]]:
    """Ids of the rules whose clocks a SELECT of this rule reads."""
    selects: list[tuple[Place, str]] = [(("rows",), rule.rows)]
    selects += [(("joins", join.alias, "select"), join.select) for join in rule.joins]
    for path, select in selects:
        yield from ((path, name) for name in re.findall(r"clock_rows\(\s*'([^']*)'", select))


def unknown_tables(rule: Rule) -> Iterator[tuple[Place, str]]:
    """Where a rule names a table that is not declared."""
    named: list[tuple[Place, str]] = [(("over",), rule.over), (("each", "table"), rule.each)]
    named += [(("needs", i), name) for i, name in enumerate(rule.needs)]
    named += [(("joins", join.alias, "table"), join.table) for join in rule.joins]
    if rule.compare:
        named += [(("compare", "guide"), rule.compare.guide.table)]
        named += [(("compare", "reported"), rule.compare.reported.table)]
    return ((path, name) for path, name in named if name and name not in COLUMNS)


def _misplaced(rule: Rule) -> Iterator[tuple[Place, str, str]]:
    children = f"可用:{' '.join(CHILDREN)}"
    if rule.each and rule.over != "cases":
        yield ("each",), "each 只能用于 over: cases", "去掉 each,或改 over"
    elif rule.each in COLUMNS and rule.each not in CHILDREN:
        yield ("each", "table"), f"{rule.each} 不是办件的子表", children
    for i, entry in enumerate(rule.about):
        table, _, column = entry.partition(".")
        if table not in UNIT_OF_ABOUT or not column:
            yield (
                ("about", i),
                f"about 写成“{entry}”",
                f"写成 表.列,表取 {' '.join(sorted(UNIT_OF_ABOUT))} 之一",
            )
    if rule.compare:
        yield from _compare_misplaced(rule)


def _compare_misplaced(rule: Rule) -> Iterator[tuple[Place, str, str]]:
    compare = rule.compare
    assert compare is not None
    guide, reported = compare.guide.table, compare.reported.table
    if rule.over != "cases" or rule.rows:
        yield ("over",), "对照(compare)只能监察办件", "写 over: cases,去掉 rows"
    if reported in COLUMNS and reported not in CHILDREN:
        yield ("compare", "reported"), f"{reported} 不是办件的子表", f"可用:{' '.join(CHILDREN)}"
    if guide in COLUMNS and guide not in (*GUIDES, reported):
        yield ("compare", "guide"), f"{guide} 不是办事指南的表", f"可用:{' '.join(GUIDES)}"
    matches = guide == reported
    for kind in compare.fires:
        if matches != (kind == "matched"):
            yield (
                ("compare", "fires"),
                f"对照 {guide} 与 {reported} 不能用 {kind}",
                ("与指南对照用 missing、foreign;与自身另一部分对照用 matched"),
            )
    for name in {guide, reported} & COLUMNS.keys():
        if compare.on not in COLUMNS[name]:
            yield ("compare", "on"), f"{name} 没有列 {compare.on}", f"可用:{' '.join(COLUMNS[name])}"


def _of_pauses(pack: Pack) -> Iterator[Fault]:
    for source in pack.pauses.values():
        place: Place = ("pauses", source.name, "table")
        if source.table not in CHILDREN:
            known = source.table in TABLES
            message = f"{source.table} 不是办件的子表" if known else f"没有事实表 {source.table}"
            yield Fault(str(pack.file), pack.line(*place), message, f"可用:{' '.join(CHILDREN)}")
