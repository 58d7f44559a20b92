"""What of matters keeps a case from being archived (`intake.archive.keeping`)."""

from __future__ import annotations

from collections.abc import Sequence

from mingcha.casework.models import Matter
from mingcha.intake.archive.keeping import keeps


@keeps("有没有办结的事项")
def _open_matters(cases: Sequence[str]) -> set[str]:
    return set(Matter.objects.filter(case_no__in=cases, closed_at=None).values_list("case_no", flat=True))
