"""The trees of regions and agencies, as they were last reported: what lies below what.

They are fact tables (`regions`, `agencies`), kept by intake, which stands above accounts; so the models are asked
of Django by name, as a foreign key would be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db.models import Count, Max, QuerySet


@dataclass(frozen=True)
class Region:
    """A region 行政区划; `parent` is "" at the top."""

    code: str
    name: str
    level: str
    parent: str


@dataclass(frozen=True)
class Agency:
    """An agency 部门; `parent` is "" at the top."""

    code: str
    name: str
    region: str
    parent: str


@dataclass(frozen=True)
class Places:
    """Both trees at one moment."""

    regions: Mapping[str, Region]
    agencies: Mapping[str, Agency]

    @cached_property
    def _regions_below(self) -> Mapping[str, list[str]]:
        return _children((region.code, region.parent) for region in self.regions.values())

    @cached_property
    def _agencies_below(self) -> Mapping[str, list[str]]:
        return _children((agency.code, agency.parent) for agency in self.agencies.values())

    @cached_property
    def agencies_in(self) -> Mapping[str, list[str]]:
        """Codes of the agencies of each region itself."""
        return _children((agency.code, agency.region) for agency in self.agencies.values())

    def subregions(self, code: str) -> list[str]:
        """Codes of the regions directly below; of "" those at the top."""
        return self._regions_below.get(code, [])

    def regions_from(self, code: str) -> frozenset[str]:
        """The region and all below it; itself alone where it is not known."""
        return _closure(code, self._regions_below)

    def agencies_from(self, code: str) -> frozenset[str]:
        """The agency and all below it; itself alone where it is not known."""
        return _closure(code, self._agencies_below)

    def agencies_within(self, regions: Iterable[str]) -> frozenset[str]:
        """The agencies of those regions."""
        return frozenset(code for region in regions for code in self.agencies_in.get(region, ()))

    def region_name(self, code: str) -> str:
        """Its name, or the code where it is not known."""
        region = self.regions.get(code)
        return region.name if region else code

    def agency_name(self, code: str) -> str:
        """Its name, or the code where it is not known."""
        agency = self.agencies.get(code)
        return agency.name if agency else code


def _children(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    below: dict[str, list[str]] = defaultdict(list)
    for code, parent in pairs:
        below[parent].append(code)
    return {parent: sorted(codes) for parent, codes in below.items()}


def _closure(code: str, below: Mapping[str, list[str]]) -> frozenset[str]:
    """Everything reached from the code. A ring in what was reported is walked once."""
    found = {code}
    waiting = [code]
    while waiting:
        fresh = [child for child in below.get(waiting.pop(), ()) if child not in found]
        found.update(fresh)
        waiting.extend(fresh)
    return frozenset(found)


def upper_region(code: str, known: Iterable[str]) -> str:
    """The region above one that names none: by the digits of GB/T 2260 (2 province, 4 city, 6 county, 9 township)."""
    codes = set(known)
    candidates = (code[:length].ljust(len(code), "0") for length in (9, 6, 4, 2) if length < len(code))
    return next((above for above in candidates if above != code and above in codes), "")


_kept: tuple[object, object, Places] | None = None
"""(last batch, fingerprint of the two tables, trees): replaced whole, so that threads need no lock."""


def places() -> Places:
    """The trees as known now. Read again only when a batch touched the two tables."""
    global _kept
    last = _model("Batch").objects.filter(applied_at__isnull=False).aggregate(last=Max("no"))["last"]
    if _kept and _kept[0] == last and last is not None:
        return _kept[2]
    mark = [_fingerprint(name) for name in ("FactRegions", "FactAgencies")]
    trees = _kept[2] if _kept and _kept[1] == mark else _read()
    _kept = (last, mark, trees)
    return trees


def _model(name: str) -> Any:
    return apps.get_model("intake", name)


def _fingerprint(name: str) -> dict[str, Any]:
    """A version never changes but by being closed, so these three numbers move with every change."""
    found: dict[str, Any] = _model(name).objects.aggregate(Count("pk"), Max("seen_from"), Max("seen_to"))
    return found


def _open(name: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = _model(name).objects.filter(seen_to=None).exclude(withdrawn=True)
    return rows


def _read() -> Places:
    regions = list(_open("FactRegions").values_list("code", "name", "level", "parent_code"))
    known = {code for code, *_ in regions}
    agencies = _open("FactAgencies").values_list("code", "name", "region_code", "parent_code")
    return Places(
        {
            code: Region(code, name, level, parent or upper_region(code, known))
            for code, name, level, parent in regions
        },
        {code: Agency(code, name, region, parent or "") for code, name, region, parent in agencies},
    )
