"""Who gave a rating 评价人: shown to whom the law lets see it, for a purpose, and every look is in the audit.

鄂州 三(三): 保护评价主体私人信息,规范信息查询权限. A supervisor may look; the agency's liaison only while the loop
of the bad review is the agency's to work on (call back, rectify); an officer never. The number of the case is part of
who it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import transaction

from mingcha.accounts.acts import By, RefusedError
from mingcha.accounts.masking import SHORTEST_PURPOSE, scrub
from mingcha.casework.declare import Holder
from mingcha.casework.models import Matter
from mingcha.casework.moving import move
from mingcha.evaluations import taking
from mingcha.evaluations.loop import REVIEW, SUBJECT
from mingcha.evaluations.models import Rating
from mingcha.evaluations.protecting import author_of
from mingcha.intake.fact_models import FACTS

ACT: Final = "rating.look"


@dataclass(frozen=True)
class Person:
    """Whose rating it is. Empty where the citizen said nothing; `words`: the comment as it was written."""

    name: str
    phone: str
    case_no: str
    words: str


def matter_of(no: str) -> Matter | None:
    """The loop of an evaluation."""
    return Matter.objects.filter(kind=REVIEW.name, subject_kind=SUBJECT, subject=no).first()


def contest(no: str, reason: str) -> None:
    """The citizen objects to the review not being adopted. Raises RefusedError where there is nothing to object to,
    ConflictError where the time is over. The agency reads it: who wrote it is struck out."""
    matter = matter_of(no)
    if matter is None:
        raise RefusedError("这条评价没有可以提出异议的认定。")
    move(matter, "contest", By(taking.PUBLIC), reason=scrub(reason, author_of(no)))


def why_not(no: str, supervises: bool) -> str:
    """Why this person may not look now, in Chinese; empty where they may. `supervises`: they oversee the agency."""
    if supervises:
        return ""
    matter = matter_of(no)
    if matter is None or matter.holder != Holder.AGENCY:
        return "只有在本单位回访、整改这条差评期间才能查看评价人;其他时候请与监察机构联系。"
    return ""


def look(no: str, purpose: str, supervises: bool, by: By) -> Person:
    """Who gave the rating; the look is recorded with its purpose first. Raises RefusedError."""
    purpose = " ".join(purpose.split())
    refused = why_not(no, supervises)
    if refused:
        raise RefusedError(refused)
    if len(purpose) < SHORTEST_PURPOSE:
        raise RefusedError(f"请写明查看评价人的事由(至少 {SHORTEST_PURPOSE} 个字),例如:回访核实差评。")
    with transaction.atomic():
        by.record(ACT, f"evaluations/{no}", purpose=purpose[:300])
        rating = Rating.objects.filter(no=no).first()
        rows = FACTS["evaluations"]._default_manager.filter(seen_to=None, evaluation_no=no)
        row = rows.values("case_no").first()
        known = taking.person_of(rating) if rating else {}
        case_no = (row["case_no"] if row else (rating.said.get("case_no") if rating else "")) or ""
    return Person(known.get("name", ""), known.get("phone", ""), case_no, known.get("words", ""))


def same_device(no: str) -> int:
    """How many other ratings came from the same device that day: a sign for whoever verifies, no verdict."""
    rating = Rating.objects.filter(no=no).exclude(device="").first()
    if rating is None or rating.device.startswith("window:"):
        return 0
    return Rating.objects.filter(device=rating.device).exclude(pk=rating.pk).count()
