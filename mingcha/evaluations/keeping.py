"""What of ratings keeps a case from being archived: a review under way, whose matter does not name its case."""

from __future__ import annotations

from collections.abc import Sequence

from mingcha.casework.models import Matter
from mingcha.evaluations.loop import REVIEW, SUBJECT
from mingcha.intake.archive.keeping import keeps
from mingcha.intake.fact_models import FACTS


@keeps("有没有办结的差评")
def _open_reviews(cases: Sequence[str]) -> set[str]:
    rows = FACTS["evaluations"]._default_manager.filter(seen_to=None, case_no__in=cases)
    case_of = dict(rows.values_list("evaluation_no", "case_no"))
    under_way = Matter.objects.filter(
        kind=REVIEW.name, subject_kind=SUBJECT, subject__in=list(case_of), closed_at=None
    )
    return {case_of[no] for no in under_way.values_list("subject", flat=True)}
