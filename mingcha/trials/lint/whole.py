"""Last of all: each rule compiles as a whole, for every engine."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from mingcha.engine.candidates import Options
from mingcha.engine.plan import compile_rule
from mingcha.rules.expression import ExpressionError
from mingcha.rules.faults import Fault
from mingcha.rules.model import Pack, Rulebook
from mingcha.trials.lint.ground import grounds

DIALECTS = ("duckdb", "spark", "sqlite")


def whole(book: Rulebook, packs: Sequence[Pack], faulty: Collection[str]) -> Iterator[Fault]:
    """Rules without any other fault (not among ``faulty``) that still do not compile."""
    fixed = {"every_day": 1, "weekdays": 2}
    for ground in (g for g in grounds(book, packs) if g.rule.id not in faulty):
        for dialect in DIALECTS:
            options = Options(dialect, issued=True, layers=True, fixed_layers=fixed)
            try:
                compile_rule(book, ground.pack, ground.rule, options)
            except ExpressionError as error:
                yield ground.fault((), f"不能在 {dialect} 上执行:{error}")
                break
