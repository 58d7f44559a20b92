"""Packs over packs (覆盖): province -> city -> county, by region code and date; and where they contradict.

A pack holds where a region code begins with one of its prefixes, from its first day to its last (half open).
A rule may take the place of one below it (``replaces``) or quiet it (``quiet``) there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from mingcha.rules.faults import Fault
from mingcha.rules.model import Pack, Rule, Rulebook


@dataclass(frozen=True)
class Extent:
    """Where and when something holds: prefixes of region codes (none: nowhere by itself), half-open dates."""

    regions: tuple[str, ...]
    start: date
    end: date | None

    def meets(self, other: Extent) -> bool:
        """Is there a place and a day on which both hold?"""
        return self.beside(other) and any(
            a.startswith(b) or b.startswith(a) for a in self.regions for b in other.regions
        )

    def beside(self, other: Extent) -> bool:
        """Is there a day on which both hold, wherever?"""
        return self.start < (other.end or date.max) and other.start < (self.end or date.max)

    def outside(self, other: Extent) -> tuple[str, ...]:
        """Its regions that do not lie within those of the other."""
        return tuple(x for x in self.regions if not any(x.startswith(y) for y in other.regions))


def extent(pack: Pack, rule: Rule | None = None) -> Extent:
    """Where a pack, or one rule of it, holds by itself."""
    start = max(filter(None, (pack.start_date, rule.start_date if rule else None)))
    end = min(filter(None, (pack.end_date, rule.end_date if rule else None)), default=None)
    return Extent(pack.regions, start, end)


def replacing(book: Rulebook, rule_id: str) -> list[tuple[Pack, Rule]]:
    """The rules that take a rule's place somewhere."""
    return [(pack, rule) for pack in book.packs for rule in pack.rules if rule_id in rule.replaces]


def quieting(book: Rulebook, rule_id: str) -> list[tuple[Pack, Rule, str]]:
    """The rules that quiet a level of a rule somewhere, with the name of the level."""
    return [
        (pack, rule, entry.rpartition(".")[2])
        for pack in book.packs
        for rule in pack.rules
        for entry in rule.quiet
        if entry.rpartition(".")[0] == rule_id
    ]


def conflicts(book: Rulebook) -> Iterator[Fault]:
    """Every contradiction between packs."""
    packs = {pack.id: pack for pack in book.packs}
    for pack in book.packs:
        for below in (packs[name] for name in pack.over if name in packs):
            yield from _nothing_below(pack, below)
        yield from _beyond_reach(pack, packs)
    for rule in book.rules:
        yield from _replaced_twice(book, rule)


def _nothing_below(pack: Pack, below: Pack) -> Iterator[Fault]:
    """A pack over one that never holds there. (One without regions only lends its settings and pauses.)"""
    upper, lower = extent(pack), extent(below)
    message = ""
    if not upper.beside(lower):
        message = f"{pack.id} 施行期间 {below.id} 都不适用,没有什么可以覆盖"
    elif lower.regions and (places := upper.outside(lower)):
        message = f"在 {'、'.join(places)} 没有 {below.id} 可以覆盖(它只适用于 {'、'.join(lower.regions)})"
    if message:
        yield Fault(str(pack.file), pack.line("over"), message, "改正 over、regions 或起止日")


def _beyond_reach(pack: Pack, packs: Mapping[str, Pack]) -> Iterator[Fault]:
    """Rules replaced or quieted that do not belong to a pack below."""
    below = set(_all_below(pack, packs))
    owners = {rule.id: owner.id for owner in packs.values() for rule in owner.rules}
    for rule in pack.rules:
        named = [("replaces", x) for x in rule.replaces] + [
            ("quiet", x.rpartition(".")[0]) for x in rule.quiet
        ]
        for key, other in named:
            if other in owners and owners[other] not in below:
                message = f"{key} 所指的 {other} 属于 {owners[other]},本规则包没有覆盖它"
                advice = f"在 pack.yaml 的 over 中写上 {owners[other]}"
                yield Fault(str(rule.file), rule.line(key), message, advice, rule.id)


def _all_below(pack: Pack, packs: Mapping[str, Pack]) -> Iterator[str]:
    for name in pack.over:
        if name in packs:
            yield name
            yield from _all_below(packs[name], packs)


def _replaced_twice(book: Rulebook, rule: Rule) -> Iterator[Fault]:
    for (a_pack, a), (b_pack, b) in combinations(replacing(book, rule.id), 2):
        settled = a.id in b.replaces or b.id in a.replaces
        if not settled and extent(a_pack, a).meets(extent(b_pack, b)):
            message = f"{rule.id} 在同一地方被 {a.id} 和 {b.id} 同时代替"
            advice = f"让下级的规则也代替上级的:在 {b.id} 的 replaces 中写上 {a.id},或反之"
            yield Fault(str(b.file), b.line("replaces"), message, advice, b.id)


def over_itself(packs: list[Pack]) -> dict[str, str]:
    """Packs that lie over themselves -> the way round; such an ``over`` would never end."""
    lower = {pack.id: pack.over for pack in packs}
    found = {}
    for pack in packs:
        way = _way_back(pack.id, pack.id, lower, ())
        if way:
            found[pack.id] = " → ".join(way)
    return found


def _way_back(
    name: str, goal: str, lower: Mapping[str, tuple[str, ...]], way: tuple[str, ...]
) -> tuple[str, ...]:
    for below in lower.get(name, ()):
        if below == goal:
            return (*way, name, goal)
        if below not in way and (found := _way_back(below, goal, lower, (*way, name))):
            return found
    return ()
