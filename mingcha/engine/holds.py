"""Where and when a pack holds: region codes by prefix, dates half open, adopted packs everywhere.

rule-catalogue: "A case's region is its own, else its hall's, else its agency's. The version in force on the
clock's starting day (a find: its moment) governs. Packs named with --packs are adopted for every region and date."
"""

from __future__ import annotations

from datetime import date

from mingcha.law.instants import instant
from mingcha.rules.functions import FUNCTIONS
from mingcha.rules.model import Pack, Rule, Rulebook


def in_force(book: Rulebook) -> tuple[Pack, ...]:
    """Packs that can hold anywhere: the adopted ones, where any are named, else those with regions of their own."""
    if book.adopted:
        return tuple(pack for pack in book.packs if pack.id in book.adopted)
    return tuple(pack for pack in book.packs if pack.regions)


def holds_in(book: Rulebook, pack: Pack, region: str) -> bool:
    """Whether a pack holds in a region at all, whenever."""
    return pack in in_force(book) and (pack.id in book.adopted or region.startswith(pack.regions))


def holds(book: Rulebook, pack: Pack, rule: Rule, region: str, moment: str, dialect: str) -> str:
    """SQL condition that ``rule`` governs a row of ``region`` whose governing moment is ``moment``; "" if always."""
    conditions = [_pack_holds(book, pack, region, moment, dialect, rule)]
    for other in in_force(book):
        for overlay in other.rules:
            if rule.id in overlay.replaces:
                elsewhere = _pack_holds(book, other, region, moment, dialect, overlay)
                conditions.append(f"NOT coalesce({elsewhere}, FALSE)" if elsewhere else "FALSE")
    return " AND ".join(condition for condition in conditions if condition)


def _pack_holds(book: Rulebook, pack: Pack, region: str, moment: str, dialect: str, rule: Rule) -> str:
    conditions = []
    start, end = pack.start_date, pack.end_date
    if pack.id in book.adopted:
        start, end = rule.start_date or date.min, rule.end_date
    else:
        starts = FUNCTIONS["starts_with"]
        prefixes = [starts.render(dialect, region, f"'{prefix}'") for prefix in pack.regions]
        conditions.append(f"({' OR '.join(prefixes)})")
        start = max(start, rule.start_date or date.min)
        end = min(filter(None, (end, rule.end_date)), default=None)
    if moment != "NULL":
        if start > date.min:
            conditions.append(f"coalesce({moment} >= {instant(start) - 1}, TRUE)")
        if end:
            conditions.append(f"coalesce({moment} < {instant(end) - 1}, TRUE)")
    return " AND ".join(conditions)
