"""From a rule's names to relations: which aliases its expressions may use and the joins they need.

Only what is used is joined. Every rule is compiled once against the declared tables, so that a wrong name is an
error of the rulebook and never of a night's run.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mingcha.engine.query import Base, alias_for
from mingcha.facts.schema import TABLES
from mingcha.law.units import Unit
from mingcha.rules.expression import KINDS, Compiled, ExpressionError, Scope, compile_expression
from mingcha.rules.functions import FUNCTIONS, TEXT
from mingcha.rules.model import Join, Rule
from mingcha.rules.select import CLOCK_ROWS, CompiledSelect, compile_select

GUIDES = ("item_steps", "item_materials", "item_fees", "item_specials", "item_outcomes", "item_risks")
"""Tables of the item's guide (办事指南): always matched on the case's resolved item version."""

COLUMNS: dict[str, dict[str, str]] = {
    name: {column.name: KINDS[column.kind] for column in table.columns} for name, table in TABLES.items()
}
"""Every fact table: column -> kind."""

RELATIONS: dict[str, dict[str, str]] = {
    **COLUMNS,
    "months": {"month": "text", "first": "instant", "last": "instant"},
    "workdays": {"day": "instant"},
    "days": {"day": "instant", "workdays_before": "bigint"},
    "today": {"day": "instant"},
    "clock_rows": {
        "case_no": "text", "agency_code": "text", "region_code": "text", "item_code": "text",
        "start": "instant", "stop": "instant", "due": "instant",
    },
}  # fmt: skip
"""What a SELECT in a rule may read."""

CASE_UNIT_COLUMNS = {**COLUMNS["cases"], "item_key": "bigint", "layer": "bigint", "hours": "bigint"}
CHILDREN = tuple(n for n, t in TABLES.items() if n != "cases" and t.unit == "case" and t.group == "case")
"""Tables whose rows hang on a case number."""

CARRIED = tuple(name for name in CHILDREN if TABLES[name].keys == ("case_no",))
"""Children of which a case has one row at most: the frame carries their columns, as ``<table>_<column>``."""

FRAME_COLUMNS = {**CASE_UNIT_COLUMNS, **{f"rows_of_{name}": "bigint" for name in CHILDREN}}


@dataclass
class Reads:
    """Columns read, by table; ``frame`` are columns of the case frame; ``selects`` are look-ups by name, as SQL."""

    tables: dict[str, set[str]] = field(default_factory=dict)
    frame: set[str] = field(default_factory=set)
    selects: dict[str, str] = field(default_factory=dict)

    def add(self, table: str, *columns: str) -> None:
        """Note that columns of a table are read."""
        self.tables.setdefault(table, set()).update(columns)

    def merge(self, other: Reads) -> None:
        """Add what another rule reads."""
        for table, columns in other.tables.items():
            self.add(table, *columns)
        self.frame |= other.frame
        self.selects |= other.selects


class Names:
    """Resolves the names of one rule and collects the joins and columns they need."""

    def __init__(self, rule: Rule, settings: Mapping[str, Any], dialect: str) -> None:
        self.rule, self.settings, self.dialect = rule, settings, dialect
        self.reads = Reads()
        self.used: set[str] = set()
        self.joins: dict[str, tuple[str, str]] = {}
        self.last_joins: dict[str, str] = {}
        self.single = True
        self._selects: dict[str, tuple[str, str]] = {}
        self._carried: dict[str, str] = {}
        self.over = rule.over
        if self.over not in TABLES:
            raise ExpressionError(f"没有事实表 {self.over}。表名见 docs/facts.md")
        self.row_columns, self.relation = self._rows()
        self.is_case = self.over == "cases" and not rule.rows
        self.has_case = self.is_case or ("case_no" in self.row_columns and _may_be_of_a_case(rule))
        if self.has_case and not self.is_case and not rule.rows:
            self.reads.add(self.over, "case_no")
        self._declare()

    def _rows(self) -> tuple[Mapping[str, str], str]:
        if self.rule.rows:
            compiled = self.select(self.rule.rows)
            return compiled.columns, f"({compiled.sql})"
        if self.over == "cases":
            return FRAME_COLUMNS, "f"
        return COLUMNS[self.over], f"v_{self.over}"

    def _declare(self) -> None:
        self.case = "r" if self.is_case else "c"
        aliases: dict[str, tuple[str, Mapping[str, str]]] = {"r": ("r", self.row_columns)}
        if self.has_case:
            aliases["c"] = (self.case, FRAME_COLUMNS)
            aliases["item"] = ("i", COLUMNS["items"])
        elif self.over.startswith("item_"):
            aliases["item"] = ("i", COLUMNS["items"])
        aliases["hall"] = ("hall", COLUMNS["halls"])
        aliases["agency"] = ("agency", COLUMNS["agencies"])
        if self.rule.each:
            aliases["each"] = ("each_", COLUMNS[self.rule.each])
        found = {"item": f"({self.case}.item_key >= 0)"} if self.has_case else {}
        self.scope = Scope(aliases, "r", self.settings, found)

    def select(self, text: str) -> CompiledSelect:
        """Compile a SELECT and remember what it reads."""
        compiled = compile_select(text, RELATIONS, self.settings, self.dialect)
        for table, columns in compiled.reads.items():
            if table == "cases":
                self.reads.frame |= columns & RELATIONS["cases"].keys()
            elif table.startswith(CLOCK_ROWS):
                self.reads.add(table)
            else:
                self.reads.add(table, *(columns & RELATIONS[table].keys()))
        return compiled

    def declare_join(self, join: Join) -> None:
        """Make a look-up's columns and ``found`` available; it is joined only if something uses it."""
        unique: Collection[str]
        if join.select:
            compiled = self.select(join.select)
            columns, unique = compiled.columns, compiled.unique or {""}
            relation = self._shared(join.alias, compiled)
        elif join.table in TABLES:
            relation, columns, unique = f"v_{join.table}", COLUMNS[join.table], TABLES[join.table].keys
        else:
            raise ExpressionError(f"联查 {join.alias} 的表“{join.table}”不存在。表名见 docs/facts.md")
        if join.table and not join.select:
            self.reads.add(join.table, *join.on)
        if self.is_case and join.table in CARRIED and join.on == {"case_no": "case_no"}:
            self._declare_carried(join.alias, join.table)
            return
        guide = join.table in GUIDES and not join.select
        keys = {column: self(text).sql for column, text in join.on.items()}
        alias = alias_for(join.alias, f"{relation} {keys} {join.empty}")
        on = [f"{alias}.{column} = {sql}" for column, sql in keys.items()]
        fixed = {"item_code", "version"} if guide else set()
        if not set(unique) <= set(join.on) | fixed:
            self.single = False
        if guide:
            self.use("c")
            self.reads.frame.add("item_key")
            relation = f"g_{join.table}"
            on.insert(0, f"{alias}.item_key = {self.case}.item_key")
        first = next(iter(join.on))
        unknown = [f"{sql} IS NULL" for sql in keys.values()]
        if guide:
            unknown.append(f"{self.case}.item_key < 0")
            if join.empty == "unknown":
                self.use("item")
                unknown.append(f"coalesce(i.n_{join.table}, 0) = 0")
        found = f"CASE WHEN {' OR '.join(unknown)} THEN NULL ELSE {alias}.{first} IS NOT NULL END"
        if not guide:
            found = f"({alias}.{first} IS NOT NULL)"
        self.joins[join.alias] = (alias, f"LEFT JOIN {relation} AS {alias} ON {' AND '.join(on)}")
        aliases = {**self.scope.aliases, join.alias: (alias, columns)}
        self.scope = replace(
            self.scope, aliases=aliases, found={**self.scope.found, join.alias: f"({found})"}
        )

    def nothing_known_of(self, alias: str) -> None:
        """The look-up's table was not reported: whether it has the row is unknown."""
        self.scope = replace(self.scope, found={**self.scope.found, alias: "CAST(NULL AS BOOLEAN)"})

    def _declare_carried(self, alias: str, table: str) -> None:
        """A row of which a case has one at most stands in the frame."""
        self._carried[alias] = table
        self.scope = replace(
            self.scope,
            aliases={**self.scope.aliases, alias: ("r", COLUMNS[table])},
            found={**self.scope.found, alias: f"(r.{table}_case_no IS NOT NULL)"},
            prefixes={**self.scope.prefixes, alias: f"{table}_"},
        )

    def _shared(self, alias: str, compiled: CompiledSelect) -> str:
        """A SELECT is run once for all rules that look it up, unless it has to wait for a rule's clock rows."""
        if any(table.startswith(CLOCK_ROWS) for table in compiled.reads):
            return f"({compiled.sql})"
        name = alias_for("j", compiled.sql)
        self._selects[alias] = (name, compiled.sql)
        return name

    def __call__(self, text: str) -> Compiled:
        """Compile an expression and remember what it reads."""
        compiled = compile_expression(text, self.scope, self.dialect)
        for alias, column in compiled.uses:
            self._note(alias, column)
        return compiled

    def unit(self, text: str) -> str:
        """SQL of the number of a clock's unit; items and guides have those of theirs as columns."""
        compiled = self(text)
        alias, _, column = text.strip().partition(".")
        guide = next(
            (j for j in self.rule.joins if j.alias == alias and j.table in GUIDES and not j.select), None
        )
        if alias == "item" and column in units_of("items"):
            return f"i.{column}_code"
        if guide is not None and column in units_of(guide.table):
            return f"{self.joins[alias][0]}.{column}_code"
        return unit_code(compiled.sql)

    def sql(self, text: str, default: str = "NULL") -> str:
        """SQL of an expression; ``default`` where there is none."""
        return self(text).sql if text else default

    def _note(self, alias: str, column: str) -> None:
        self.use(alias)
        if alias == "item":
            self.reads.frame.add("item_key")
            if column != "found":
                self.reads.add("items", column)
        elif alias == "c" or (alias == "r" and self.is_case):
            self.reads.frame.add(column)
        elif alias == "r":
            if not self.rule.rows:
                self.reads.add(self.over, column)
        elif alias in ("hall", "agency"):
            self.reads.add({"hall": "halls", "agency": "agencies"}[alias], column)
        elif alias == "each":
            self.reads.add(self.rule.each, column)
        elif alias in self._carried:
            table, name = self._carried[alias], "case_no" if column == "found" else column
            self.reads.add(table, name)
            self.reads.frame.add(f"{table}_{name}")
        else:
            join = next((j for j in self.rule.joins if j.alias == alias), None)
            if join and join.table and column != "found":
                self.reads.add(join.table, column)

    def use(self, alias: str) -> None:
        """Ask for an alias to be joined."""
        self.used.add(alias)
        if alias in self._selects:
            name, sql = self._selects[alias]
            self.reads.selects[name] = sql

    def reads_item(self) -> bool:
        """Does the rule depend on the case's item version?"""
        return self.has_case and ("item" in self.used or "item_key" in self.reads.frame)

    def base(self) -> Base:
        """Which rows there are, with the case of a child row and the children of a case."""
        case = ""
        if self.has_case and not self.is_case:
            case = "JOIN" if self.over in CHILDREN else "LEFT JOIN"
        return Base(self.relation, case, f"v_{self.rule.each}" if self.rule.each else "")

    def look_ups(self) -> dict[str, str]:
        """The further joins that are needed, by alias, each to at most one row."""
        found: dict[str, str] = {}
        if "item" in self.used:
            key = f"{self.case}.item_key" if self.has_case else "r.item_key"
            found["i"] = f"LEFT JOIN i_items AS i ON i.item_key = {key}"
        if "agency" in self.used:
            found["agency"] = f"LEFT JOIN v_agencies AS agency ON agency.code = {self.agency()}"
        if "hall" in self.used:
            found["hall"] = f"LEFT JOIN v_halls AS hall ON hall.code = {self.hall()}"
        found |= dict(self.joins[alias] for alias in self.joins if alias in self.used)
        return found | self.last_joins

    def column(self, name: str) -> str | None:
        """A column of the row judged, as SQL, or None where it has no such column."""
        if name not in self.row_columns:
            return None
        self._note("r", name)
        return f"r.{name}"

    def hall(self) -> str:
        """SQL of the hall the row belongs to."""
        own = "r.code" if self.over == "halls" and not self.rule.rows else self.column("hall_code")
        case = self._case_column("hall_code")
        return _first(own, case)

    def agency(self) -> str:
        """SQL of the agency the row belongs to."""
        own = "r.code" if self.over == "agencies" and not self.rule.rows else self.column("agency_code")
        return _first(own, self._case_column("agency_code"))

    def region(self) -> str:
        """SQL of the region the row belongs to: its own, else its hall's, else its agency's."""
        if self.is_case:
            self.reads.frame.add("region_code")
            return "r.region_code"
        options = [self.column("region_code"), self._case_column("region_code")]
        if self.over == "regions":
            options.insert(0, "r.code")
        if self.hall() != "NULL" and (not self.has_case or self.over not in CHILDREN):
            self.use("hall")
            self.reads.add("halls", "region_code")
            options.append("hall.region_code")
        if self.agency() != "NULL" and (not self.has_case or self.over not in CHILDREN):
            self.use("agency")
            self.reads.add("agencies", "region_code")
            options.append("agency.region_code")
        return _first(*options)

    def layer(self) -> str:
        """SQL of the calendar layer of a row without a case: its hall's, else its region's."""
        hall, region = self.hall(), self.region()
        self.last_joins["lh"] = f"LEFT JOIN m_layers AS lh ON lh.code = {hall}"
        self.last_joins["lr"] = f"LEFT JOIN m_layers AS lr ON lr.code = {region}"
        return "coalesce(lh.layer, lr.layer, 0)"

    def _case_column(self, name: str) -> str | None:
        if self.is_case or not self.has_case:
            return None
        self.reads.frame.add(name)
        return f"c.{name}"

    def unit_text(self, expression: Compiled) -> str:
        """An expression as text, for keys and subjects: an instant whole, a date alone as a date."""
        if expression.kind == "text":
            return expression.sql
        if expression.kind == "instant":
            return FUNCTIONS["time_text"].render(self.dialect, expression.sql)
        return f"CAST({expression.sql} AS {TEXT[self.dialect]})"


def _may_be_of_a_case(rule: Rule) -> bool:
    """What is about a window or an officer alone has nothing to do with the case that a row names."""
    return not rule.about or any(entry.startswith("cases.") for entry in rule.about)


def units_of(table: str) -> list[str]:
    """The columns of a table that name a unit of time."""
    return [name for name in COLUMNS[table] if name == "unit" or name.endswith("_unit")]


def unit_code(sql: str) -> str:
    """SQL of a unit's number, -1 where it is none."""
    for unit in Unit:
        if sql == f"('{unit.text}')":
            return str(int(unit))
    whens = " ".join(f"WHEN '{unit.text}' THEN {int(unit)}" for unit in Unit)
    return f"(CASE {sql} {whens} ELSE -1 END)"


def _first(*options: str | None) -> str:
    given = [option for option in options if option]
    if not given:
        return "NULL"
    return given[0] if len(given) == 1 else f"coalesce({', '.join(given)})"
