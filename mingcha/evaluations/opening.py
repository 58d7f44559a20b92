"""Bad reviews begin their loop 交办: those taken here by themselves, reported ones when a supervisor says so. A second
rating decides the appeal it answers, and begins a loop as any other where it is bad.

Where the office of a reporting system handles its reviews itself and reports the table `review_handling`, its rows are
the record, and no second loop is begun.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from django.db import transaction

from mingcha.accounts.acts import By, RefusedError
from mingcha.accounts.places import places
from mingcha.alerts.conflict import ConflictError
from mingcha.base import jobs
from mingcha.base.audit import SYSTEM
from mingcha.casework.filing import second_evaluation
from mingcha.casework.models import Matter
from mingcha.casework.moving import Start, begin_all
from mingcha.evaluations.loop import REVIEW, SUBJECT
from mingcha.evaluations.models import Offer, Rating
from mingcha.evaluations.scales import LEVELS, is_bad, is_satisfied
from mingcha.evaluations.taking import PUBLIC
from mingcha.evaluations.writing import fact_of
from mingcha.intake.fact_models import FACTS
from mingcha.law.instants import moment

AT_ONCE: Final = 200
_SECONDS: Final = 2


@jobs.every(_SECONDS)
def open_loops() -> int:
    """Begin the loop of the bad ratings that were taken here since, and let second ratings decide; how many."""
    waiting = Rating.objects.filter(opens=True).exclude(batch_no=None)
    if not waiting.exists():
        return 0
    with transaction.atomic():
        taken = list(waiting.select_for_update(skip_locked=True).order_by("id")[:AT_ONCE])
        facts = [fact_of(rating) for rating in taken]
        begin_all(_not_begun([row for row in facts if is_bad(row.get("level"))]), "assign", By(SYSTEM))
        asked = Offer.objects.filter(once__in=[rating.once for rating in taken]).exclude(appeal="")
        appeals = dict(asked.values_list("once", "appeal"))
        for rating, row in zip(taken, facts, strict=True):
            appeal = appeals.get(rating.once, "")
            if appeal or row.get("follows"):
                _decide(row, appeal)
        Rating.objects.filter(pk__in=[rating.pk for rating in taken]).update(opens=False)
    return len(taken)


def _not_begun(rows: list[dict[str, Any]]) -> list[Start]:
    """The loops that nobody has begun by hand meanwhile (`assign`)."""
    numbers = [row["evaluation_no"] for row in rows]
    begun = Matter.objects.filter(kind=REVIEW.name, subject_kind=SUBJECT, subject__in=numbers)
    there = set(begun.values_list("subject", flat=True))
    return [start_of(row) for row in rows if row["evaluation_no"] not in there]


def _decide(row: dict[str, Any], appeal: str) -> None:
    """A second rating decides the appeal it answers, else those about what it follows (河南 第九条(十)); one that
    somebody has just decided stays so."""
    content = is_satisfied(row.get("level"), row.get("satisfied"))
    if content is None or not row.get("case_no"):
        return
    with suppress(ConflictError), transaction.atomic():
        second_evaluation(
            row["case_no"],
            row["evaluation_no"],
            content,
            By(PUBLIC),
            appeal=appeal,
            follows=row.get("follows") or "",
            at=row["submitted_at"],
        )


def assign(no: str, by: By) -> Matter:
    """Begin the loop of a reported bad review. Raises RefusedError where there is nothing to begin, ConflictError where
    it was begun."""
    row = FACTS["evaluations"]._default_manager.filter(seen_to=None, evaluation_no=no).values().first()
    if row is None or not is_bad(row["level"], row["satisfied"]) or row["is_default"]:
        raise RefusedError(f"评价 {no} 不是差评,不需要交办。")
    if row["level"] is None:
        raise RefusedError("这条评价只有两档,没有五级满意度,差评处理的时限无从计算;请先更正评价。")
    if FACTS["review_handling"]._default_manager.filter(seen_to=None, evaluation_no=no).exists():
        raise RefusedError(f"评价 {no} 的处理情况由报送单位自行报送,不能重复交办。")
    return begin_all([start_of({**row, "submitted_at": moment(row["submitted_at"])})], "assign", by)[0]


def start_of(row: dict[str, Any]) -> Start:
    """What the matter knows of the evaluation: not the case, not the citizen, not the officer."""
    agency = row.get("agency_code") or ""
    found = places().agencies.get(agency)
    return Start(
        REVIEW.name,
        f"差评({LEVELS.get(row.get('level') or 0, '不满意')})",
        SUBJECT,
        row["evaluation_no"],
        agency_code=agency,
        region_code=found.region if found else "",
        told={
            "level": row.get("level"),
            "real_name": bool(row.get("real_name")),
            "submitted_at": row["submitted_at"],
        },
    )
