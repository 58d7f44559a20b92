"""From a rule to the SQL of its candidates: every row that may be anything but compliant, with what judging needs.

The SQL only *selects* (which rows, which times and facts); moments and levels are decided in one place for all
engines (`mingcha.engine.moments`). A clock's candidates are narrowed by a bound that never drops a row: without its
pauses a clock has used at least as much, so what is not near its limit even then is compliant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mingcha.engine.holds import holds
from mingcha.engine.names import CHILDREN, GUIDES, Names, Reads
from mingcha.engine.query import Compared, Query
from mingcha.facts.schema import TABLES
from mingcha.rules.expression import ExpressionError
from mingcha.rules.levels import Level
from mingcha.rules.model import Pack, Rule, Rulebook
from mingcha.rules.select import CLOCK_ROWS

UNIT_OF_ABOUT = {
    "cases": "case", "halls": "hall", "agencies": "agency", "items": "item", "sources": "source", "offices": "office",
    "officers": "officer", "applicants": "applicant", "devices": "device", "regions": "region", "windows": "window",
}  # fmt: skip
"""What a finding is about -> the unit it belongs to."""

ABOUT_OF_UNIT = {
    "case": "cases", "hall": "halls", "agency": "agencies", "item": "items", "source": "sources", "office": "offices",
    "officer": "officers", "applicant": "applicants", "device": "devices", "region": "regions", "window": "windows",
    "evaluation": "cases", "complaint": "cases",
}  # fmt: skip
ELSE_ABOUT = {
    "evaluations": ("agencies.agency_code",),
    "complaints": ("agencies.agency_code",),
    "hall_checks": ("windows.window_code", "halls.hall_code"),
    "tickets": ("halls.hall_code",),
}
"""What a row with a case number is about where it has none after all."""


@dataclass(frozen=True)
class Options:
    """What the plan of a run depends on besides rulebook and facts."""

    dialect: str
    issued: bool = False
    layers: bool = False
    fixed_layers: Mapping[str, int] = field(default_factory=dict)

    @property
    def key(self) -> tuple[object, ...]:
        """What compiled rules may be kept under."""
        return (self.dialect, self.issued, self.layers, tuple(sorted(self.fixed_layers.items())))


@dataclass
class Candidates:
    """The query of one rule's candidates.

    ``evidence`` are labels of the columns e0, e1, ... in order. ``asked``: of a compare, kind -> SQL over the frame as
    ``r`` of the cases for which it matters at all; ``compared`` is what it says of a single row.
    """

    rule: Rule
    pack: Pack
    levels: tuple[Level, ...]
    query: Query
    reads: Reads
    about: tuple[str, ...]
    evidence: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    parts: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    compared: Compared | None = None
    silent: bool = False

    @property
    def borrowed(self) -> frozenset[str]:
        """The clock rows of other rules that it looks up: they are there only when those have been judged."""
        return frozenset(table for table in self.reads.tables if table.startswith(CLOCK_ROWS))

    @property
    def typed(self) -> Mapping[str, str]:
        """Columns that are no plain texts and numbers -> boolean, list, names (in order) or pauses."""
        evidence = {f"e{i}": kind for i, kind in enumerate(self.kinds) if kind in ("boolean", "list")}
        return {**evidence, **{f"names_{kind}": "names" for kind in self.asked}, "pauses": "pauses"}


class Builder:
    """Builds the candidates of one rule. One method per part of the SELECT."""

    def __init__(self, book: Rulebook, pack: Pack, rule: Rule, options: Options) -> None:
        self.book, self.pack, self.rule, self.options = book, pack, rule, options
        self.settings = {**book.settings_of(pack), **rule.settings}
        self.names = Names(rule, self.settings, options.dialect)
        self.levels = tuple(_numbered(level, self.settings) for level in rule.levels)
        for join in rule.joins:
            self.names.declare_join(join)
        self.columns: dict[str, str] = {}
        self.conditions: list[str] = []
        self.narrow_joins: dict[str, str] = {}
        self.narrow = ""
        self.early = ""
        self.kinds: list[str] = []

    # -- what every form has -------------------------------------------------------------------------------

    def identity(self) -> None:
        """about, key, subject, unit and the places the row belongs to."""
        names = self.names
        about = [entry.partition(".") for entry in self._about()]
        texts = [self._about_text(table, column or table) for table, _, column in about]
        whens = " ".join(
            f"WHEN {text} IS NOT NULL THEN '{table}'"
            for (table, _, _), text in zip(about, texts, strict=True)
        )
        self.columns["about"] = f"'{about[0][0]}'" if len(about) == 1 else f"CASE {whens} END"
        self.columns["key"] = texts[0] if len(texts) == 1 else f"coalesce({', '.join(texts)})"
        self.columns["subject"] = self._subject(about[0][2])
        self.columns["case_no"] = f"{names.case}.case_no" if names.has_case else "NULL"
        if about[0][0] != "cases" and names.has_case:  # it does not tell whose case it was
            self.columns["case_no"] = f"CASE WHEN {texts[0]} IS NULL THEN {names.case}.case_no END"
        if names.has_case:
            names.reads.frame |= {"case_no"}
        own_item = names.column("item_code") if not names.is_case else None
        self.columns["item_code"] = own_item or self._case("item_code")
        self.columns["agency_code"] = names.agency()
        self.columns["region_code"] = names.region()

    def _about_text(self, table: str, column: str) -> str:
        """The code of what a finding may be about; of an agency that the row does not name, its case's."""
        if (table, column) == ("agencies", "agency_code") and not self.rule.rows:
            return self.names.agency()
        return self.names.unit_text(self.names(column))

    def _case(self, column: str) -> str:
        if not self.names.has_case:
            return "NULL"
        self.names.reads.frame.add(column)
        return f"{self.names.case}.{column}"

    @property
    def about_tables(self) -> tuple[str, ...]:
        """What the rule's findings may be about."""
        return tuple(entry.partition(".")[0] for entry in self._about())

    def _about(self) -> tuple[str, ...]:
        if self.rule.about:
            return self.rule.about
        table = TABLES[self.rule.over]
        if self.names.has_case:
            return ("cases.case_no", *ELSE_ABOUT.get(self.rule.over, ()))
        return (f"{ABOUT_OF_UNIT.get(table.unit, self.rule.over)}.{table.unit_column}",)

    def _subject(self, key_column: str) -> str:
        names, rule = self.names, self.rule
        if rule.subject is not None:
            return names.unit_text(names(rule.subject)) if rule.subject else "''"
        if rule.each:
            seq = [c for c in TABLES[rule.each].keys if c != "case_no"]
            text = names.unit_text(names(f"each.{seq[0]}"))
            return f"coalesce({text}, '')"
        if rule.over == "cases":
            return "''"
        rest = [
            c for c in TABLES[rule.over].keys if c not in ("case_no", key_column) and c in names.row_columns
        ]
        if not rest:
            return "''"
        texts = [names.unit_text(names(column)) for column in rest]
        return texts[0] if len(texts) == 1 else "concat(" + ", ':', ".join(texts) + ")"

    def population(self) -> list[str]:
        """SQL of ``when`` and of what ``each`` leaves, condition by condition; none where the rule judges every row."""
        names, rule = self.names, self.rule
        parts = list(names(rule.when).parts) if rule.when else []
        if rule.each_where:
            where = names(rule.each_where).sql
            parts.append(f"(each_.case_no IS NULL OR coalesce({where}, TRUE))")
        if names.has_case and not names.is_case and rule.over not in CHILDREN:
            parts.append("(r.case_no IS NULL OR c.case_no IS NOT NULL)")
        return parts

    def cause(self) -> str:
        """SQL of why a verdict is unknown: the item first, then whatever value is missing."""
        names = self.names
        if "items" in self.rule.needs and names.has_case:
            names.reads.frame.add("item_key")
        if not names.reads_item():
            return "'missing_value'"
        key = f"{names.case}.item_key"
        return (
            f"CASE {key} WHEN -1 THEN 'missing_item' WHEN -2 THEN 'missing_version' "
            f"WHEN -3 THEN 'several_versions' ELSE 'missing_value' END"
        )

    def evidence(self) -> tuple[str, ...]:
        """Add the columns e0, e1, ... of declared evidence; returns their labels."""
        for i, text in enumerate(self.rule.evidence.values()):
            compiled = self.names(text)
            self.columns[f"e{i}"] = (
                f"CAST({compiled.sql} AS BIGINT)" if compiled.kind == "bigint" else compiled.sql
            )
            self.kinds.append(compiled.kind)
        return tuple(self.rule.evidence)

    def reported_at(self) -> str:
        """When the row that shows it arrived: a find's moment is never before it, unless it speaks of it itself."""
        moment = self.rule.moment
        if self.rule.rows or (moment and ("r", "reported_at") in self.names(moment).uses):
            return "NULL"
        return self.names.column("reported_at") or "NULL"

    def layer_of_chains(self) -> None:
        """A chain after a find counts by the calendar of the row's place."""
        if self.options.layers and any(level.kind == "after level" for level in self.levels):
            self.columns["layer"] = self.layer_of_place()

    def layer_of_place(self) -> str:
        """SQL of the index of the calendar layer that the row's place has; a case has that of its own."""
        names = self.names
        if not self.options.layers:
            return "0"
        if not names.has_case:
            return names.layer()
        names.reads.frame.add("layer")
        if names.base().case != "LEFT JOIN":
            return f"{names.case}.layer"
        names.reads.frame.add("case_no")
        return f"CASE WHEN {names.case}.case_no IS NULL THEN {names.layer()} ELSE {names.case}.layer END"

    def one_row_where_unknown(self) -> None:
        """Where the population itself is unknown a case gives one undetermined finding, not one per child row."""
        if self.rule.each and self.rule.when:
            unknown = f"({self.names.sql(self.rule.when)}) IS NULL"
            self.columns["subject"] = f"CASE WHEN {unknown} THEN '' ELSE {self.columns['subject']} END"

    def query(self, holding: str) -> Query:
        """The SELECT in its parts."""
        if self.options.issued:
            reads = ("rule", "about", "key", "subject", "episode", "issued_at", "moment", "ended_at")
            self.names.reads.add("issued", *reads)
        if holding:
            self.conditions.append(f"coalesce({holding}, FALSE)")
        pauses = self.rule.clock.pauses if self.rule.clock else ()
        return Query(
            base=self.names.base(),
            joins=self.names.look_ups(),
            columns=self.columns,
            conditions=self.conditions,
            narrow_joins=self.narrow_joins,
            narrow=self.narrow,
            early=self.early,
            pauses=pause_relation(self.pack, self.rule) if pauses else "",
            issued=self.rule.id if self.options.issued else "",
            single=self.names.single,
        )

    def built(self, holding: str, evidence: tuple[str, ...], parts: tuple[str, ...] = ()) -> Candidates:
        """Pack up."""
        needs = {self.rule.over, *self.rule.needs} | ({self.rule.each} if self.rule.each else set())
        needs |= {j.table for j in self.rule.joins if j.table and j.table in GUIDES}
        return Candidates(
            rule=self.rule,
            pack=self.pack,
            levels=self.levels,
            query=self.query(holding),
            reads=self.names.reads,
            about=self.about_tables,
            evidence=evidence,
            kinds=tuple(self.kinds),
            needs=frozenset(needs),
            parts=parts,
            pauses=self.rule.clock.pauses if self.rule.clock else (),
            settings=self.settings,
        )


def pause_relation(pack: Pack, rule: Rule) -> str:
    """Name of the relation with the merged list of pauses that a clock's sources give."""
    assert rule.clock is not None
    return f"p_{pack.id.replace('-', '_')}_{'_'.join(sorted(rule.clock.pauses))}"


def _numbered(level: Level, settings: Mapping[str, object]) -> Level:
    if isinstance(level.count, int):
        return level
    name = level.count.removeprefix("setting.")
    value = settings.get(name)
    if not isinstance(value, int):
        raise ExpressionError(f"等级 {level.name} 所用的设置 {name} 不存在或不是整数")
    return level.with_count(value)


def find_candidates(book: Rulebook, pack: Pack, rule: Rule, options: Options) -> Candidates:
    """Rows on which ``when`` and ``fires`` (or one of ``any``) hold, or may hold once a missing value is known."""
    b = Builder(book, pack, rule, options)
    b.identity()
    population = b.population()
    parts = {label: b.names.sql(text) for label, text in rule.any.items()}
    if parts:
        fires: tuple[str, ...] = (f"({' OR '.join(parts.values())})",)
    else:
        fires = b.names(rule.fires).parts if rule.fires else ("TRUE",)
    verdict = f"({' AND '.join([*population, *fires])})"
    b.one_row_where_unknown()
    moment = b.names.sql(rule.moment)
    b.columns.update(
        verdict=verdict, moment=f"CAST({moment} AS BIGINT)", reported_at=f"CAST({b.reported_at()} AS BIGINT)"
    )
    b.columns.update({f"part{i}": sql for i, sql in enumerate(parts.values())})
    b.layer_of_chains()
    evidence = b.evidence()
    b.columns["cause"] = b.cause()
    b.conditions += may_hold([*population, *fires])
    return b.built(
        holds(book, pack, rule, b.columns["region_code"], moment, options.dialect), evidence, tuple(parts)
    )


def may_hold(conditions: Iterable[str]) -> list[str]:
    """None is false. Each by itself, so that an engine can ask it before it joins what others need."""
    return [f"coalesce({condition}, TRUE)" for condition in conditions]
