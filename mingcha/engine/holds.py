"""Where and when a pack holds: region codes by prefix, dates half open, adopted packs everywhere.

rule-catalogue: "A case's region is its own, else its hall's, else its agency's. The version in force on the
clock's starting day (a find: its moment) governs. Packs named with --packs are adopted for every region and date."
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mingcha.law.instants import instant
from mingcha.rules.functions import FUNCTIONS
from mingcha.rules.model import Pack, Rule, Rulebook


@dataclass(frozen=True)
class Unheld:
    """How many cases lie in no pack, and why: they are judged by nothing, which is not the same as in order."""

    nowhere: int = 0
    """Neither they nor their hall nor their agency name a region."""
    elsewhere: int = 0
    """Their region is none of any pack's."""
    untimely: int = 0
    """The packs of their region began after they were completed, or had ended before they were received."""

    @property
    def total(self) -> int:
        """Cases in no pack."""
        return self.nowhere + self.elsewhere + self.untimely


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
        conditions.append(_in_regions(pack, region, dialect))
        start = max(start, rule.start_date or date.min)
        end = min(filter(None, (end, rule.end_date)), default=None)
    if moment != "NULL":
        if start > date.min:
            conditions.append(f"coalesce({moment} >= {instant(start) - 1}, TRUE)")
        if end:
            conditions.append(f"coalesce({moment} < {instant(end) - 1}, TRUE)")
    return " AND ".join(conditions)


def unheld_sql(book: Rulebook, now: str, dialect: str) -> str:
    """SQL over the frame of one row with the fields of `Unheld`; "" where packs are adopted for every case.

    A case lies in a pack where its region is one of the pack's and it was being handled, from its receipt to its
    completion (or ``now``), while the pack was in force: on some moment of it a rule may hold.
    """
    if book.adopted:
        return ""
    packs = in_force(book)
    here = " OR ".join(_in_regions(pack, "region_code", dialect) for pack in packs) or "FALSE"
    held = " OR ".join(_meets(pack, now, dialect) for pack in packs) or "FALSE"
    reasons = {
        "nowhere": "region_code IS NULL",
        "elsewhere": f"region_code IS NOT NULL AND NOT ({here})",
        "untimely": f"({here}) AND NOT ({held})",
    }
    counts = (f"sum(CASE WHEN {why} THEN 1 ELSE 0 END) AS {name}" for name, why in reasons.items())
    return f"SELECT {', '.join(counts)} FROM f"


def _meets(pack: Pack, now: str, dialect: str) -> str:
    conditions = [_in_regions(pack, "region_code", dialect)]
    conditions.append(f"coalesce(completed_at, {now}) >= {instant(pack.start_date) - 1}")
    if pack.end_date:
        conditions.append(f"received_at < {instant(pack.end_date) - 1}")
    return f"({' AND '.join(conditions)})"


def _in_regions(pack: Pack, region: str, dialect: str) -> str:
    starts = FUNCTIONS["starts_with"]
    prefixes = [starts.render(dialect, region, f"'{prefix}'") for prefix in pack.regions]
    return f"({' OR '.join(prefixes)})"
