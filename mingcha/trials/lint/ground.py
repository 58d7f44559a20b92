"""The ground a rule's expressions stand on: its rows, look-ups and settings, with every name resolved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mingcha.engine.names import COLUMNS, Names
from mingcha.rules.expression import ExpressionError
from mingcha.rules.faults import Fault
from mingcha.rules.model import JUDGED_FORMS, Join, Pack, Rule, Rulebook
from mingcha.trials.lint.tables import unknown_tables

DIALECT = "duckdb"
"""Names and kinds do not depend on the engine; `whole` compiles for each."""

RESERVED = frozenset({"r", "c", "item", "hall", "agency", "each", "setting"})
"""Aliases that mean something already."""


@dataclass
class Ground:
    """A rule with its names, or the faults why it has none."""

    pack: Pack
    rule: Rule
    names: Names | None
    faults: list[Fault] = field(default_factory=list)

    def fault(
        self, path: tuple[str | int, ...], message: str, advice: str = "对照 docs/rules.md 改正"
    ) -> Fault:
        """A fault at the line of ``path`` in the rule's file."""
        return Fault(str(self.rule.file), self.rule.line(*path), message, advice, self.rule.id)


def grounds(book: Rulebook, packs: Sequence[Pack]) -> Iterator[Ground]:
    """Every rule that has expressions to judge by. Rules with unknown tables are left to `tables`."""
    for pack in packs:
        for rule in pack.rules:
            if rule.form in JUDGED_FORMS and rule.over in COLUMNS and not any(unknown_tables(rule)):
                yield _ground(book, pack, rule)


def _ground(book: Rulebook, pack: Pack, rule: Rule) -> Ground:
    found = Ground(pack, rule, None)
    try:
        found.names = Names(rule, {**book.settings_of(pack), **rule.settings}, DIALECT)
    except ExpressionError as error:
        found.faults.append(found.fault(("rows",), str(error)))
        return found
    for join in rule.joins:
        found.faults += _join_faults(found, found.names, join)
    return found


def _join_faults(ground: Ground, names: Names, join: Join) -> Iterator[Fault]:
    path = ("joins", join.alias)
    if join.alias in RESERVED:
        yield ground.fault(path, f"联查不能叫 {join.alias},这个名称另有所指", "另取一个别名")
        return
    if bool(join.table) == bool(join.select):
        yield ground.fault(path, f"联查 {join.alias} 要有 table 或 select 之一", "写明查哪里")
        return
    if not join.on:
        return
    try:
        names.declare_join(join)
    except ExpressionError as error:
        yield ground.fault((*path, "select" if join.select else "on"), str(error))
        return
    columns = names.scope.aliases[join.alias][1]
    for column in join.on:
        if column not in columns:
            advice = f"可用:{' '.join(columns)}"
            yield ground.fault((*path, "on", column), f"联查 {join.alias} 没有列 {column}", advice)
