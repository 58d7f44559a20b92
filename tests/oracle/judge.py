"""The naive judge: every rule, every row, in plain loops."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from oracle import (
    rules_ezhou,
    rules_henan_8,
    rules_henan_9,
    rules_pingdingshan,
    rules_state_council,
    rules_zhengzhou,
)
from oracle.days import Days
from oracle.times import Instant
from oracle.verdict import Judged, Rule, Signals, decide, unique
from oracle.world import Tables, World

MODULES = (
    rules_henan_8,
    rules_henan_9,
    rules_zhengzhou,
    rules_ezhou,
    rules_pingdingshan,
    rules_state_council,
)
RULES: tuple[Rule, ...] = tuple(rule for module in MODULES for rule in module.RULES)

PACKS: dict[str, tuple[str, date]] = {
    "henan-2019": ("41", date(2019, 3, 21)),
    "zhengzhou-2021": ("4101", date(2021, 7, 1)),
    "ezhou-2020": ("4207", date(2020, 6, 30)),
    "pingdingshan-2022": ("4104", date(2022, 6, 13)),
    "state-council": ("", date(2016, 12, 20)),
}
"""Where (prefix of the region code) and from when each pack holds; the last one only where adopted."""

ALL = tuple(PACKS)


@dataclass(frozen=True)
class Reading:
    """Packs adopted by name (none: by region and date) and how chains start."""

    adopted: tuple[str, ...] = ALL
    chain_from: str = "issued"
    live_from: Instant | None = None


def judge(
    tables: Tables,
    as_of: Instant,
    reading: Reading | None = None,
    *,
    days: Days | None = None,
    rules: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Findings of every rule (or of those named), those of level none with a moment ahead included."""
    reading = reading or Reading()
    world = World(tables, days or Days(), as_of)
    issued = world["issued"] if "issued" in tables else None
    signals = Signals(issued, reading.chain_from == "lawful", reading.live_from)
    found: list[dict[str, Any]] = []
    for rule in RULES:
        if not rules or rule.id in rules:
            found += unique(_findings(world, rule, reading, signals))
    return found


def _findings(world: World, rule: Rule, reading: Reading, signals: Signals) -> Iterator[dict[str, Any]]:
    for judged in rule.judge(world):
        if not holds(world, rule, judged, reading):
            continue
        finding = decide(world, rule, judged, signals)
        if finding:
            yield {**finding, "region_code": world.region_of(judged.row)}


def holds(world: World, rule: Rule, judged: Judged, reading: Reading) -> bool:
    """Whether the rule governs this row, and no rule that replaces it does."""
    if not _pack_holds(world, rule.pack, judged, reading):
        return False
    instead = [other for other in RULES if rule.id in other.replaces]
    return not any(_pack_holds(world, other.pack, judged, reading) for other in instead)


def _pack_holds(world: World, pack: str, judged: Judged, reading: Reading) -> bool:
    """The version in force on the clock's starting day (a find: its moment) governs; adopted, always."""
    if reading.adopted:
        return pack in reading.adopted
    prefix, since = PACKS[pack]
    region = world.region_of(judged.row)
    governs = judged.ask.start if judged.ask else judged.moment
    in_force = governs is None or governs.date() >= since
    return bool(prefix) and region is not None and region.startswith(prefix) and in_force
