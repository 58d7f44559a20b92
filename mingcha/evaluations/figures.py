"""Figures of ratings 评价统计: satisfaction, the mix of levels, how many were asked, how many bad ones put right.

What counts: a rating that somebody gave (默认评价 is counted apart and never as rated), that was not found mistaken or
malicious (不予采纳), and whose place no second one has taken (二次评价). On the five levels 非常满意, 满意 and 基本满意
are satisfied; one on Henan's two grades says it itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from mingcha.accounts.policy import Scope
from mingcha.evaluations.scales import BAD, LEVELS
from mingcha.intake.fact_models import FACTS
from mingcha.law.instants import DAY, day_number

GIVEN: Final = ~Q(is_default=True) | Q(is_default=None)
"""Not by default."""
RATED: Final = GIVEN & (Q(level__isnull=False) | Q(satisfied__isnull=False))
CONTENT: Final = RATED & (Q(satisfied=True) | Q(satisfied=None, level__gt=BAD))
BAD_ONES: Final = GIVEN & (Q(level__lte=BAD) | Q(level=None, satisfied=False))
"""Bad reviews: as `scales.is_bad` says of one."""
NOT_ADOPTED: Final = ("mistaken", "malicious")


@dataclass(frozen=True)
class Group:
    """Ratings of an agency, an item, or all. `graded`: those on the five levels, by level; `content` of `rated` are
    satisfied, on either scale; `defaults` are no ratings."""

    key: str
    rated: int
    content: int
    defaults: int
    graded: dict[int, int] = field(default_factory=dict)
    two_grades: int = 0

    @property
    def share(self) -> float | None:
        """满意率; None where nobody rated."""
        return self.content / self.rated if self.rated else None

    @property
    def bad(self) -> int:
        """Bad reviews on the five levels."""
        return sum(count for level, count in self.graded.items() if level <= BAD)


@dataclass(frozen=True)
class Share:
    """So many of so many, of an agency or ("") of all."""

    key: str
    numerator: int
    denominator: int

    @property
    def share(self) -> float | None:
        """None of nothing."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True)
class Period:
    """Days, both counted."""

    first: date
    last: date

    @property
    def marks(self) -> tuple[int, int]:
        """As stored instants: from the first, before the second."""
        return day_number(self.first) * DAY, (day_number(self.last) + 1) * DAY


def ratings(scope: Scope, period: Period | None = None) -> QuerySet[Any]:
    """The evaluations as known now that lie in a scope, adopted or not."""
    rows = _present("evaluations")
    if period is not None:
        since, before = period.marks
        rows = rows.filter(submitted_at__gte=since, submitted_at__lt=before)
    return scope.limit(rows, region=None)


def adopted(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Without those that were found mistaken or malicious."""
    refused = _present("review_handling").filter(
        evaluation_no=OuterRef("evaluation_no"), finding__in=NOT_ADOPTED
    )
    return rows.exclude(Q(level__lte=BAD) & Exists(refused))


def counted(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those adopted, without what was rated a second time: 根据二次评价数据重新进行考核 (河南规则第九条(十))."""
    second = adopted(_present("evaluations").filter(RATED, follows__isnull=False))
    return adopted(rows).exclude(evaluation_no__in=second.values("follows"))


def satisfaction(scope: Scope, period: Period, by: str = "") -> list[Group]:
    """Groups by "agency" or "item", or one of all (""); the largest first."""
    rows = counted(ratings(scope, period))
    if by == "item":
        case = _present("cases").filter(case_no=OuterRef("case_no"))
        rows = rows.annotate(group=Subquery(case.values("item_code")[:1]))
    elif by == "agency":
        rows = rows.annotate(group=F("agency_code"))
    levels = {f"level{level}": Count("pk", filter=GIVEN & Q(level=level)) for level in LEVELS}
    counts: dict[str, Any] = {
        "rated": Count("pk", filter=RATED),
        "content": Count("pk", filter=CONTENT),
        "defaults": Count("pk", filter=Q(is_default=True)),
        "two_grades": Count("pk", filter=GIVEN & Q(level=None, satisfied__isnull=False)),
        **levels,
    }
    found = rows.values("group").annotate(**counts).order_by() if by else [rows.aggregate(**counts)]
    groups = [_group(row) for row in found]
    return sorted(groups, key=lambda group: (-group.rated, group.key))


def together(groups: Iterable[Group]) -> Group:
    """Groups as one: what `satisfaction` says of all."""
    told = list(groups)
    return Group(
        "",
        sum(group.rated for group in told),
        sum(group.content for group in told),
        sum(group.defaults for group in told),
        {level: sum(group.graded[level] for group in told) for level in LEVELS},
        sum(group.two_grades for group in told),
    )


def shared(shares: Iterable[Share]) -> Share:
    """Shares as one."""
    told = list(shares)
    return Share("", sum(share.numerator for share in told), sum(share.denominator for share in told))


def _group(row: dict[str, Any]) -> Group:
    return Group(
        row.get("group") or "",
        row["rated"],
        row["content"],
        row["defaults"],
        {level: row[f"level{level}"] for level in LEVELS},
        row["two_grades"],
    )


def offered(scope: Scope, period: Period, by_agency: bool = False) -> list[Share]:
    """请评率: completed cases whose rating was asked for (规则 ezhou-offered), by agency or of all."""
    since, before = period.marks
    cases = _present("cases").filter(completed_at__gte=since, completed_at__lt=before)
    return _shares(scope.limit(cases), by_agency, Count("evaluation_offered_at"))


def pushed(scope: Scope, period: Period, by_agency: bool = False) -> list[Share]:
    """评价推送率: ratings that were sent to the provincial system (规则 ezhou-push)."""
    return _shares(ratings(scope, period), by_agency, Count("pushed_at"))


def put_right(scope: Scope, period: Period, by_agency: bool = False) -> list[Share]:
    """实名差评回访整改率: bad reviews under a name that were called back and rectified (规则 ezhou-real-name); the
    target is 100 %."""
    done = _present("review_handling").filter(
        evaluation_no=OuterRef("evaluation_no"), called_back_at__isnull=False, rectified_at__isnull=False
    )
    named = counted(ratings(scope, period)).filter(real_name=True, level__lte=BAD)
    named = named.annotate(done=Exists(done))
    return _shares(named, by_agency, Count("pk", filter=Q(done=True)))


def _shares(rows: QuerySet[Any], by_agency: bool, numerator: Count) -> list[Share]:
    counts = {"numerator": numerator, "denominator": Count("pk")}
    if not by_agency:
        found = rows.aggregate(**counts)
        return [Share("", found["numerator"], found["denominator"])]
    groups: Iterable[dict[str, Any]] = rows.values("agency_code").annotate(**counts).order_by()
    return [Share(row["agency_code"] or "", row["numerator"], row["denominator"]) for row in groups]


def _present(table: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = FACTS[table]._default_manager.filter(seen_to=None).exclude(withdrawn=True)
    return rows
