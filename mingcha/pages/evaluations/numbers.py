"""The numbers of the overview: the period in question, by agency or item, small groups hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from mingcha.accounts.policy import Scope
from mingcha.base.remembering import remembered
from mingcha.casework.clocks import is_over
from mingcha.casework.models import Matter
from mingcha.evaluations import figures
from mingcha.evaluations.figures import Group, Period, Share
from mingcha.evaluations.loop import REVIEW
from mingcha.evaluations.published import LEAST, too_small
from mingcha.evaluations.scales import LEVELS
from mingcha.pages import lookups

MOST = 30
"""Lines of a table of the overview; the rest are in the list."""
KEPT = 60
"""Seconds for which the figures of a scope are kept: they are counted over a quarter of a year."""


@dataclass(frozen=True)
class Line:
    """An agency or item; `hidden`: too few ratings to be told apart."""

    key: str
    name: str
    group: Group
    hidden: bool
    offered: Share | None = None

    @property
    def parts(self) -> list[tuple[int, str, int, str]]:
        """(level, label, count, width in per cent) of the five levels."""
        return parts_of(self.group)


def parts_of(group: Group) -> list[tuple[int, str, int, str]]:
    """The mix of levels as a bar."""
    whole = sum(group.graded.values()) or 1
    return [
        (level, label, group.graded[level], f"{group.graded[level] / whole * 100:.2f}")
        for level, label in LEVELS.items()
    ]


def period_of(days: str, today: date) -> tuple[str, Period]:
    """The period asked for, in days; ninety where that is none."""
    chosen = days if days in ("30", "90", "366") else "90"
    return chosen, Period(today - timedelta(days=int(chosen) - 1), today)


def overview(scope: Scope, period: Period, by: str) -> dict[str, Any]:
    """Everything the page shows, counted anew once a minute. `by`: "agency" or "item"."""
    return dict(remembered(("ratings", scope, period, by), lambda: _overview(scope, period, by), KEPT))


def _overview(scope: Scope, period: Period, by: str) -> dict[str, Any]:
    groups = figures.satisfaction(scope, period, by)
    asked = figures.offered(scope, period, by_agency=True)
    whole = figures.together(groups)
    (pushed,) = figures.pushed(scope, period)
    (named,) = figures.put_right(scope, period)
    return {
        "whole": whole,
        "parts": parts_of(whole),
        "offered": figures.shared(asked),
        "pushed": pushed,
        "named": named,
        "lines": lines(groups, {} if by == "item" else {share.key: share for share in asked}, by),
        "least": LEAST,
    }


def lines(groups: Sequence[Group], asked: Mapping[str, Share], by: str) -> list[Line]:
    """Agencies or items with the most ratings, and how many were asked for one."""
    groups = [group for group in groups if group.key]
    hidden = too_small(groups)
    groups = groups[:MOST]
    keys = [group.key for group in groups]
    names = (
        lookups.item_names(keys) if by == "item" else {key: lookups.trees().agency_name(key) for key in keys}
    )
    return [
        Line(group.key, names.get(group.key, group.key), group, group.key in hidden, asked.get(group.key))
        for group in groups
    ]


def loops(scope: Scope, now: datetime) -> dict[str, int]:
    """Loops of bad reviews that are under way, and how many of them are late."""
    matters = scope.limit(Matter.objects.filter(kind=REVIEW.name, closed_at=None))
    due = list(matters.values_list("due_at", flat=True))
    return {"open": len(due), "late": sum(is_over(moment, now) for moment in due)}
