"""What the public may read of ratings: figures without small groups, and handled bad reviews with their answers.

Nothing personal is in it: numbers of cases, names and phones are never read here; what a citizen wrote is masked.
Groups of fewer than `LEAST` ratings are not shown, and where that would leave a single gap that the sum betrays, the
next smallest is hidden too (补充隐藏).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import QuerySet

from mingcha.accounts import masking
from mingcha.accounts.places import places
from mingcha.accounts.policy import Scope
from mingcha.casework.models import Matter
from mingcha.evaluations import figures
from mingcha.evaluations.figures import Group, Period
from mingcha.evaluations.loop import REVIEW
from mingcha.evaluations.scales import LEVELS
from mingcha.facts.rating_tags import CURRENT
from mingcha.intake.fact_models import FACTS
from mingcha.law.instants import moment

LEAST: Final = 5
"""Ratings of a group that may be shown."""
MOST: Final = 200


@dataclass(frozen=True)
class Told:
    """A group as it is published; `group` None: too small to be shown."""

    key: str
    name: str
    group: Group | None


@dataclass(frozen=True)
class Answered:
    """A handled bad review as it is published."""

    no: str
    agency: str
    level: str
    day: date
    tags: tuple[str, ...]
    words: str
    answer: str
    rectified: str
    published_at: datetime | date


def scope_of(region: str = "") -> Scope:
    """The public sees a region and what lies below it; without one everything."""
    if not region:
        return Scope(None, None)
    regions = places().regions_from(region)
    return Scope(regions, places().agencies_within(regions))


def satisfaction(period: Period, by: str = "agency", region: str = "") -> list[Told]:
    """Satisfaction by "agency" or "item"; ratings without one are in no group."""
    groups = [group for group in figures.satisfaction(scope_of(region), period, by) if group.key]
    hidden = too_small(groups)
    names = _names(by, [group.key for group in groups])
    return [
        Told(group.key, names.get(group.key, group.key), None if group.key in hidden else group)
        for group in groups
    ]


def overall(period: Period, region: str = "") -> Group | None:
    """All ratings of the region; None where they are too few."""
    (whole,) = figures.satisfaction(scope_of(region), period)
    return whole if whole.rated >= LEAST else None


def too_small(groups: Iterable[Group]) -> frozenset[str]:
    """Keys of the groups that are hidden. A group that nobody rated hides nothing and needs no hiding."""
    sizes = sorted((group.rated, group.key) for group in groups if group.rated)
    small = [key for rated, key in sizes if rated < LEAST]
    if len(small) == 1 and len(sizes) > 1:
        small.append(sizes[1][1])
    return frozenset(small)


def answered(scope: Scope, first: int = 0, most: int = MOST) -> list[Answered]:
    """Published bad reviews with the answers to them, the latest first: `most` of them after the `first` ones. One
    whose review was taken back meanwhile is left out."""
    chosen = list(handled(scope).prefetch_related("transitions")[first : first + most])
    rows = {
        row["evaluation_no"]: row
        for row in FACTS["evaluations"]
        ._default_manager.filter(seen_to=None, evaluation_no__in=[matter.subject for matter in chosen])
        .exclude(withdrawn=True)
        .values("evaluation_no", "level", "submitted_at", "tags", "comment")
    }
    return [_answered(matter, rows[matter.subject]) for matter in chosen if matter.subject in rows]


def handled(scope: Scope) -> QuerySet[Matter]:
    """The matters whose answers were published, the latest first."""
    matters = Matter.objects.filter(kind=REVIEW.name, state="published")
    return scope.limit(matters).order_by("-changed_at", "-id")


def _answered(matter: Matter, row: dict[str, Any]) -> Answered:
    said = {each.act: each for each in matter.transitions.all()}
    submitted = moment(row["submitted_at"])
    assert submitted is not None
    return Answered(
        matter.subject,
        places().agency_name(matter.agency_code),
        LEVELS.get(row["level"], ""),
        submitted.date() if isinstance(submitted, datetime) else submitted,
        tuple(CURRENT.get(tag, tag) for tag in (row["tags"] or "").split(";") if tag),
        masking.text(row["comment"] or ""),
        masking.text(said["settle"].reason) if "settle" in said else "",
        masking.text(said["rectify"].reason) if "rectify" in said else "",
        said["publish"].lawful_at,
    )


def _names(by: str, keys: Sequence[str]) -> dict[str, str]:
    if by == "agency":
        return {key: places().agency_name(key) for key in keys}
    items = FACTS["items"]._default_manager.filter(seen_to=None, item_code__in=keys).order_by("version")
    return dict(items.values_list("item_code", "name"))
