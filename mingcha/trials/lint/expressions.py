"""Pass: every expression is understood, and gives the kind of value that its place needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mingcha.engine.names import COLUMNS, GUIDES, RELATIONS, Names
from mingcha.rules.expression import KIND_LABELS, ExpressionError, Scope, compile_expression
from mingcha.rules.faults import Fault
from mingcha.rules.model import Clock, Compare, Pack, PauseSource, Rule, Rulebook
from mingcha.rules.select import compile_select
from mingcha.trials.lint.ground import DIALECT, Ground, grounds
from mingcha.trials.lint.tables import Place

ANY = ""
MEASURE_COLUMNS = ("unit", "key", "numerator", "denominator")

Expected = tuple[Place, str, str]
"""Where an expression stands, its text, the kind of its value ("" for any)."""


def expressions(book: Rulebook, packs: Sequence[Pack]) -> Iterator[Fault]:
    """Expressions that cannot be understood or give a value of the wrong kind."""
    for ground in grounds(book, packs):
        yield from ground.faults
        if ground.names is not None:
            scope = ground.names.scope
            yield from (
                ground.fault(path, message, advice)
                for path, message, advice in _faults(_of_rule(ground.rule), scope)
            )
            yield from _of_compare(ground, ground.names.settings)
            yield from _of_clock_pauses(book, ground)
    for pack in packs:
        for source in pack.pauses.values():
            yield from _of_pause(book, pack, source)
        for rule in pack.rules:
            yield from _of_measure(rule, {**book.settings_of(pack), **rule.settings})


def _faults(expected: Iterable[Expected], scope: Scope) -> Iterator[tuple[Place, str, str]]:
    for path, text, kind in expected:
        if not text:
            continue
        try:
            given = compile_expression(text, scope, DIALECT).kind
        except ExpressionError as error:
            yield path, str(error), "改正这个表达式"
            continue
        if kind and given not in (kind, "null"):
            have = KIND_LABELS.get(given, given)
            yield path, f"这里要一个{KIND_LABELS[kind]},“{text}”给的是{have}", "改正这个表达式"


def _of_rule(rule: Rule) -> Iterator[Expected]:
    yield ("when",), rule.when, "boolean"
    yield ("fires",), rule.fires, "boolean"
    yield ("moment",), rule.moment, "instant"
    yield ("subject",), rule.subject or "", ANY
    yield ("each", "where"), rule.each_where, "boolean"
    for label, text in rule.any.items():
        yield ("any", label), text, "boolean"
    for i, entry in enumerate(rule.about):
        yield ("about", i), entry.partition(".")[2], ANY
    for label, text in rule.evidence.items():
        yield ("evidence", label), text, ANY
    for level in rule.levels:
        yield ("levels", level.name), level.expression, "instant"
    if rule.clock:
        yield from _of_clock(rule.clock)
    if rule.compare:
        for kind, condition in rule.compare.fires.items():
            yield ("compare", "fires", kind), condition, "boolean"


def _of_clock(clock: Clock) -> Iterator[Expected]:
    texts = {
        "start": (clock.start, "instant"),
        "stop": (clock.stop, "instant"),
        "due": (clock.due, "instant"),
        "limit": (clock.limit, "bigint"),
        "unit": (clock.unit, "text"),
        "ends": (clock.ends, "boolean"),
    }
    for key, (text, kind) in texts.items():
        yield ("clock", key), text, kind
    yield ("clock", "extension", "filed"), clock.extension_filed, "instant"
    yield ("clock", "extension", "to"), clock.extension_to, "instant"
    yield ("clock", "against", "limit"), clock.against_limit, "bigint"
    yield ("clock", "against", "unit"), clock.against_unit, "text"


def _of_compare(ground: Ground, settings: Mapping[str, Any]) -> Iterator[Fault]:
    compare = ground.rule.compare
    if compare is None:
        return
    for table, expected in _conditions_on_rows(compare):
        scope = Scope({"t": ("t", COLUMNS[table])}, "t", settings)
        for path, message, advice in _faults(expected, scope):
            yield ground.fault(path, message, advice)


def _conditions_on_rows(compare: Compare) -> Iterator[tuple[str, list[Expected]]]:
    """What a compare says of single rows; only the row's own columns may be used."""
    yield (
        compare.reported.table,
        [
            (("compare", "reported"), compare.reported.where, "boolean"),
            (("compare", "stands"), compare.stands, "boolean"),
            (("compare", "lapses"), compare.lapses, "instant"),
        ],
    )
    if compare.guide.table in (*GUIDES, compare.reported.table):
        yield compare.guide.table, [(("compare", "guide"), compare.guide.where, "boolean")]


def _of_clock_pauses(book: Rulebook, ground: Ground) -> Iterator[Fault]:
    sources = book.pauses_of(ground.pack)
    for i, name in enumerate(ground.rule.clock.pauses if ground.rule.clock else ()):
        if name not in sources:
            advice = f"可用:{' '.join(sources)};在 pack.yaml 的 pauses 中写明"
            yield ground.fault(("clock", "pauses", i), f"没有停钟来源 {name}", advice)


def _of_measure(rule: Rule, settings: Mapping[str, Any]) -> Iterator[Fault]:
    if rule.measure is None:
        return
    line = rule.line("measure", "select")
    try:
        columns = compile_select(rule.measure.select, RELATIONS, settings, DIALECT).columns
    except ExpressionError as error:
        yield Fault(str(rule.file), line, str(error), "改正这个 SELECT", rule.id)
        return
    if missing := [name for name in MEASURE_COLUMNS if name not in columns]:
        advice = f"用 as 命名:{' '.join(MEASURE_COLUMNS)}"
        yield Fault(str(rule.file), line, f"指标的 SELECT 没有列 {' '.join(missing)}", advice, rule.id)


def _of_pause(book: Rulebook, pack: Pack, source: PauseSource) -> Iterator[Fault]:
    if source.table not in COLUMNS:
        return
    place: Place = ("pauses", source.name)
    rows = Rule(
        id=source.name, pack=pack.id, title="", law="", article="", text="", text_verified=True, klass="",
        form="find", over=source.table, levels=(), reason="",
    )  # fmt: skip
    names = Names(rows, book.settings_of(pack), DIALECT)
    for join in source.joins:
        try:
            names.declare_join(join)
        except ExpressionError as error:
            line = pack.line(*place, "joins", join.alias)
            yield Fault(str(pack.file), line, str(error), "改正这个联查")
            return
    expected = [
        ((*place, "start"), source.start, "instant"),
        ((*place, "end"), source.end, "instant"),
        ((*place, "where"), source.where, "boolean"),
    ]
    for path, message, advice in _faults(expected, names.scope):
        yield Fault(str(pack.file), pack.line(*path), message, advice)
