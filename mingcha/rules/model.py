"""What a rule and a pack are, once read: plain frozen records, no behaviour beyond look-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from mingcha.rules.levels import Level
from mingcha.rules.yaml_lines import nearest

FORMS = ("clock", "compare", "find", "indicator", "manual", "guard", "list")
CLASSES = ("TIME", "FLOW", "CONTENT", "DISCRETION", "INTEGRITY")
#: Forms that `judge` evaluates case by case (an indicator is measured, a manual rule is typed in by people).
JUDGED_FORMS = ("clock", "compare", "find", "guard", "list")

#: Forms that have stories beside them.
TESTED_FORMS = (*JUDGED_FORMS, "indicator")


@dataclass(frozen=True)
class Setting:
    """A reading of the law that a place may change; ``note`` says why the default is what it is."""

    name: str
    value: Any
    note: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Join:
    """A look-up of at most one row: a table or a SELECT, matched on ``on`` (its column -> expression here).

    ``empty`` = ``unknown`` makes ``found`` null where a guide table has no row at all for the item.
    """

    alias: str
    table: str = ""
    select: str = ""
    on: Mapping[str, str] = field(default_factory=dict)
    empty: str = "false"


@dataclass(frozen=True)
class PauseSource:
    """Rows of a child table of the case during which a clock does not run (停钟)."""

    name: str
    table: str
    start: str
    end: str
    label: str
    where: str = ""
    joins: tuple[Join, ...] = ()


@dataclass(frozen=True)
class Clock:
    """The declaration of a clock; every text is an expression over the row judged (clock.md)."""

    start: str
    stop: str = ""
    limit: str = ""
    unit: str = "'working_day'"
    due: str = ""
    pauses: tuple[str, ...] = ()
    ends: str = ""
    early_stop: str = "undetermined"
    overrun: str = "date"
    grain: str = "day"
    count_today: bool = False
    due_day_off: str = "moves"
    calendar: str = "hall"
    short_promise: str = "at_once"
    hours: str = ""
    extension_filed: str = ""
    extension_to: str = ""
    against_limit: str = ""
    against_unit: str = ""


@dataclass(frozen=True)
class Selection:
    """A table and an optional condition: ``item_materials where required``."""

    table: str
    where: str = ""


@dataclass(frozen=True)
class Compare:
    """What was reported, held against the guide.

    ``fires`` maps ``missing`` | ``foreign`` | ``matched`` to a further condition on the case ("true": none).
    """

    guide: Selection
    reported: Selection
    on: str
    fires: Mapping[str, str]
    stands: str = ""
    lapses: str = ""
    empty: str = "undetermined"


@dataclass(frozen=True)
class Measure:
    """An indicator: a SELECT whose columns are ``unit``, ``key``, ``numerator`` and ``denominator``."""

    select: str
    unit: str = ""


@dataclass(frozen=True)
class Rule:
    """One clause of the law made decidable."""

    id: str
    pack: str
    title: str
    law: str
    article: str
    text: str
    text_verified: bool
    klass: str
    form: str
    over: str
    levels: tuple[Level, ...]
    reason: str
    start_date: date | None = None
    end_date: date | None = None
    each: str = ""
    each_where: str = ""
    rows: str = ""
    about: tuple[str, ...] = ()
    subject: str | None = None
    when: str = ""
    needs: tuple[str, ...] = ()
    joins: tuple[Join, ...] = ()
    clock: Clock | None = None
    compare: Compare | None = None
    fires: str = ""
    any: Mapping[str, str] = field(default_factory=dict)
    measure: Measure | None = None
    flags: frozenset[str] = frozenset()
    moment: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    replaces: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()
    lasts: tuple[int, str] | None = None
    notes: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    file: Path = Path()
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict, compare=False, hash=False)
    version: str = ""

    @property
    def cites(self) -> str:
        """The citation a clerk reads: law and article."""
        return f"《{self.law}》{self.article}"

    def line(self, *path: str | int) -> int:
        """Line of the file on which ``path`` (keys from the top) stands; the nearest above it if unknown."""
        return nearest(self.lines, path)


@dataclass(frozen=True)
class Pack:
    """A regulation as rules: where and since when it holds, its settings and its sources of pauses."""

    id: str
    title: str
    law: str
    number: str
    regions: tuple[str, ...]
    start_date: date
    end_date: date | None
    over: tuple[str, ...]
    settings: Mapping[str, Setting]
    pauses: Mapping[str, PauseSource]
    rules: tuple[Rule, ...]
    file: Path = Path()
    version: str = ""
    notes: tuple[str, ...] = ()
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict, compare=False, hash=False)

    def line(self, *path: str | int) -> int:
        """Line of pack.yaml on which ``path`` stands; the nearest one above it if unknown."""
        return nearest(self.lines, path)


@dataclass(frozen=True)
class Rulebook:
    """Every pack at hand. ``adopted`` names packs that hold for every region and date (``--packs``)."""

    packs: tuple[Pack, ...]
    adopted: tuple[str, ...] = ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, in the order of packs and files."""
        return tuple(rule for pack in self.packs for rule in pack.rules)

    def pack(self, pack_id: str) -> Pack:
        """The pack of that name; KeyError if there is none."""
        for pack in self.packs:
            if pack.id == pack_id:
                return pack
        raise KeyError(pack_id)

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id; KeyError if there is none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def settings_of(self, pack: Pack) -> dict[str, Any]:
        """Settings a pack's expressions may use: those of the packs it overlays, then its own."""
        values: dict[str, Any] = {}
        for below in pack.over:
            if any(p.id == below for p in self.packs):
                values.update(self.settings_of(self.pack(below)))
        values.update({name: setting.value for name, setting in pack.settings.items()})
        return values

    def pauses_of(self, pack: Pack) -> dict[str, PauseSource]:
        """Pause sources a pack's clocks may name: those of the packs it overlays, then its own."""
        sources: dict[str, PauseSource] = {}
        for below in pack.over:
            if any(p.id == below for p in self.packs):
                sources.update(self.pauses_of(self.pack(below)))
        sources.update(pack.pauses)
        return sources
