"""What of complaints keeps a case from being archived: one under way, whose matter may not name its case yet."""

from __future__ import annotations

from collections.abc import Sequence

from mingcha.complaints.models import Complaint
from mingcha.intake.archive.keeping import keeps


@keeps("有没有办结的投诉")
def _open_complaints(cases: Sequence[str]) -> set[str]:
    open_ones = Complaint.objects.filter(case_no__in=cases, matter__closed_at=None)
    return set(open_ones.values_list("case_no", flat=True))
