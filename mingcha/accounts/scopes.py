"""What part of the city an account sees: its own office and everything below."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import Http404

from mingcha.accounts.models import Grant
from mingcha.accounts.places import Places, places
from mingcha.base.config import config

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Scope:
    """Rows that lie in one of these regions or belong to one of these agencies. None and None: every row.

    Regions and agencies include everything below those that were granted, and the agencies of the regions.
    """

    regions: frozenset[str] | None
    agencies: frozenset[str] | None

    def __post_init__(self) -> None:
        if (self.regions is None) != (self.agencies is None):
            raise ValueError("a scope is everything (None, None) or two sets")

    @property
    def everything(self) -> bool:
        """Whether nothing is cut away, rows without region and agency included."""
        return self.regions is None

    def holds(self, region_code: str | None, agency_code: str | None) -> bool:
        """Whether something of that region and agency lies in the scope."""
        if self.regions is None or self.agencies is None:
            return True
        return region_code in self.regions or agency_code in self.agencies

    def limit(
        self, rows: QuerySet[M], region: str | None = "region_code", agency: str | None = "agency_code"
    ) -> QuerySet[M]:
        """A queryset cut to the scope. `region` and `agency` name the columns; None where the table has none."""
        if self.regions is None or self.agencies is None:
            return rows
        inside = Q(pk__in=())
        if region:
            inside |= Q(**{f"{region}__in": sorted(self.regions)})
        if agency:
            inside |= Q(**{f"{agency}__in": sorted(self.agencies)})
        return rows.filter(inside)

    def find(
        self,
        rows: QuerySet[M],
        region: str | None = "region_code",
        agency: str | None = "agency_code",
        **what: Any,
    ) -> M:
        """The one row, or 404 both where there is none and where it lies elsewhere: ids of others tell nothing."""
        found = self.limit(rows, region, agency).filter(**what).first()
        if found is None:
            raise Http404("没有这一条,或不在您的权限范围内")
        return found


EVERYTHING = Scope(None, None)
NOTHING = Scope(frozenset(), frozenset())


def scope_of(grants: Iterable[Grant]) -> Scope:
    """What the grants together let see."""
    trees = places()
    regions: set[str] = set()
    agencies: set[str] = set()
    for grant in grants:
        if covers_everything(grant.region_code, grant.agency_code):
            return EVERYTHING
        more_regions, more_agencies = _reach(trees, grant)
        regions |= more_regions
        agencies |= more_agencies
    return Scope(frozenset(regions), frozenset(agencies))


def covers_everything(region_code: str, agency_code: str) -> bool:
    """Whether a grant reaches over the whole installation: no office named, or its own region."""
    return not agency_code and region_code in {"", config().region}


def _reach(trees: Places, grant: Grant) -> tuple[frozenset[str], frozenset[str]]:
    within = trees.regions_from(grant.region_code) if grant.region_code else None
    if not grant.agency_code:
        assert within is not None
        return within, trees.agencies_within(within)
    below = trees.agencies_from(grant.agency_code)
    if within is not None:
        # The agency named belongs to the grant wherever it sits; those below it only where the region reaches.
        known = trees.agencies
        below = frozenset(code for code in below if code == grant.agency_code or known[code].region in within)
    return frozenset(), below
