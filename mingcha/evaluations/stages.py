"""Where a bad review stands 处理阶段, by the fact row of its handling, whoever wrote it: the loop here, or a report.

Each stage holds the condition in SQL and in Python side by side; the first that fits is the stage.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from mingcha.intake.fact_models import FACTS

Handling = Mapping[str, Any]


@dataclass(frozen=True)
class Stage:
    """A stage: its condition on the row of `review_handling`."""

    name: str
    label: str
    fits: Callable[[Handling], bool]
    where: Q


_REFUSED: Final = ("mistaken", "malicious")
STAGES: Final[tuple[Stage, ...]] = (
    Stage("published", "已公开", lambda h: h["published_at"] is not None, Q(published_at__isnull=False)),
    Stage("refused", "不予采纳", lambda h: h["finding"] in _REFUSED, Q(finding__in=_REFUSED)),
    Stage("done", "已整改,待公开", lambda h: h["feedback_at"] is not None, Q(feedback_at__isnull=False)),
    Stage("mending", "待整改", lambda h: h["settled_at"] is not None, Q(settled_at__isnull=False)),
    Stage("found", "属实,待办结", lambda h: h["confirmed_at"] is not None, Q(confirmed_at__isnull=False)),
    Stage("called", "待核定", lambda h: h["called_back_at"] is not None, Q(called_back_at__isnull=False)),
    Stage("signed", "待回访核实", lambda h: h["signed_at"] is not None, Q(signed_at__isnull=False)),
    Stage("assigned", "待签收", lambda h: True, Q()),
)
UNASSIGNED: Final = ("unassigned", "未交办")
LABELS: Final = {stage.name: stage.label for stage in STAGES} | dict([UNASSIGNED])


def stage_of(handling: Handling | None) -> str:
    """The name of the stage; "unassigned" without a row."""
    if handling is None:
        return UNASSIGNED[0]
    return next(stage.name for stage in STAGES if stage.fits(handling))


def counts(rows: QuerySet[Any]) -> dict[str, int]:
    """How many of the evaluations stand at each stage."""
    handled = FACTS["review_handling"]._default_manager.filter(seen_to=None).exclude(withdrawn=True)
    mine = handled.filter(evaluation_no__in=rows.order_by().values("evaluation_no"))
    found = Counter(stage_of(row) for row in mine.values(*_COLUMNS))
    return {**found, UNASSIGNED[0]: rows.order_by().count() - found.total()}


_COLUMNS: Final = (
    "published_at", "finding", "feedback_at", "settled_at", "confirmed_at", "called_back_at", "signed_at",
)  # fmt: skip


def at(rows: QuerySet[Any], name: str) -> QuerySet[Any]:
    """The evaluations that stand at a stage. Raises KeyError for one that is none."""
    handled = FACTS["review_handling"]._default_manager.filter(seen_to=None).exclude(withdrawn=True)
    mine = handled.filter(evaluation_no=OuterRef("evaluation_no"))
    if name == UNASSIGNED[0]:
        return rows.exclude(Exists(mine))
    names = [stage.name for stage in STAGES]
    place = names.index(name) if name in names else None
    if place is None:
        raise KeyError(name)
    for earlier in STAGES[:place]:
        mine = mine.exclude(earlier.where)
    return rows.filter(Exists(mine.filter(STAGES[place].where)))
