"""What the page of a region shows, cut to what one may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mingcha.accounts.models import Grant
from mingcha.accounts.places import Agency, Places, Region
from mingcha.accounts.scopes import Scope
from mingcha.facts.codes import REGION_LEVEL

MOST_FOUND = 50
"""Regions and agencies each that a search shows."""


@dataclass(frozen=True)
class RegionLine:
    """A region with how many regions lie below it, and how many agencies and accounts in it and below."""

    region: Region
    level: str
    below: int
    agencies: int
    accounts: int


@dataclass(frozen=True)
class AgencyLine:
    """An agency, how deep it lies under those of the same region, and its accounts."""

    agency: Agency
    depth: int
    accounts: int
    region_name: str
    parent_name: str


def in_sight(trees: Places, scope: Scope, code: str) -> bool:
    """Whether the region is known and may be seen."""
    return code in trees.regions and (scope.regions is None or code in scope.regions)


def tops(trees: Places, scope: Scope) -> list[str]:
    """The highest regions that may be seen."""
    seen = [code for code in trees.regions if in_sight(trees, scope, code)]
    return sorted(code for code in seen if not in_sight(trees, scope, trees.regions[code].parent))


def opening(trees: Places, highest: list[str]) -> str:
    """The region to open with: down from the one at the top to the first that holds something; "" if several."""
    code = ""
    while len(highest) == 1 and not trees.agencies_in.get(code):
        code = highest[0]
        highest = trees.subregions(code)
    return code


def path_to(trees: Places, scope: Scope, code: str) -> list[Region]:
    """The regions above, the highest first, and the region itself."""
    path: list[Region] = []
    while in_sight(trees, scope, code) and trees.regions[code] not in path:
        path.insert(0, trees.regions[code])
        code = trees.regions[code].parent
    return path


class Counted:
    """Accounts in force by region and by agency."""

    def __init__(self) -> None:
        held = Grant.objects.filter(ended_at=None, account__is_active=True)
        pairs = set(held.values_list("account_id", "region_code", "agency_code"))
        self.regions = Counter(region for _, region, agency in pairs if region and not agency)
        self.agencies = Counter(agency for _, _, agency in pairs if agency)


def region_lines(trees: Places, codes: Iterable[str], counted: Counted) -> Iterator[RegionLine]:
    """Lines of the regions."""
    for code in codes:
        region, below = trees.regions[code], trees.regions_from(code)
        agencies = trees.agencies_within(below)
        accounts = sum(counted.regions[each] for each in below) + sum(
            counted.agencies[each] for each in agencies
        )
        label = REGION_LEVEL.values.get(region.level, region.level)
        yield RegionLine(region, label, len(below) - 1, len(agencies), accounts)


def agency_lines(trees: Places, codes: Iterable[str], counted: Counted) -> Iterator[AgencyLine]:
    """Lines of the agencies, those under another of them right below it."""
    members = sorted(codes)
    children: dict[str, list[str]] = {}
    for code in members:
        children.setdefault(trees.agencies[code].parent, []).append(code)
    roots = [code for code in members if trees.agencies[code].parent not in set(members)]
    waiting = [(code, 0) for code in reversed(roots)]
    shown: set[str] = set()
    while waiting:
        code, depth = waiting.pop()
        if code in shown:
            continue
        shown.add(code)
        agency = trees.agencies[code]
        names = trees.region_name(agency.region), trees.agency_name(agency.parent)
        yield AgencyLine(agency, depth, counted.agencies[code], *names)
        waiting += [(child, depth + 1) for child in reversed(children.get(code, []))]


def search(trees: Places, scope: Scope, text: str) -> tuple[list[str], list[str]]:
    """Codes of the regions and of the agencies whose name or code contains the text."""
    regions = [
        code
        for code, region in sorted(trees.regions.items())
        if in_sight(trees, scope, code) and (text in region.name or text in code)
    ]
    agencies = [
        code
        for code, agency in sorted(trees.agencies.items())
        if scope.holds(agency.region, code) and (text in agency.name or text in code)
    ]
    return regions[:MOST_FOUND], agencies[:MOST_FOUND]
