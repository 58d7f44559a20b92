"""审核后上报: a batch that waits counts only after somebody else than its sender has looked at it (郑州规则第十四条).

数据提供部门应对上报数据进行审核后上报。
"""

from __future__ import annotations

from django.db import transaction

from mingcha.base import audit, clock, jobs
from mingcha.intake.models import Batch
from mingcha.intake.receiving import APPLY


class ReviewError(ValueError):
    """Why the review cannot be recorded; Chinese, says what to do."""


def admit(batch: Batch, reviewer: str) -> None:
    """Let the batch count. Raises ReviewError: not waiting any more, or the reviewer sent it."""
    _decide(batch, reviewer, Batch.State.RECEIVED, "")
    batch.refresh_from_db()


def send_back(batch: Batch, reviewer: str, why: str) -> None:
    """Refuse the batch, with reasons that its sender reads. Raises ReviewError."""
    if not why.strip():
        raise ReviewError("写明退回的原因,报送人据此更正")
    _decide(batch, reviewer, Batch.State.REFUSED, f"审核退回:{why.strip()}")
    batch.refresh_from_db()


def _decide(batch: Batch, reviewer: str, state: Batch.State, why: str) -> None:
    if reviewer == batch.sent_by:
        raise ReviewError("报送人不能审核自己报送的批次,请由本部门另一人审核")
    with transaction.atomic():
        waiting = Batch.objects.filter(pk=batch.pk, state=Batch.State.WAITING)
        if not waiting.update(state=state, reviewed_by=reviewer, reviewed_at=clock.now(), why=why):
            present = Batch.objects.get(pk=batch.pk)
            by = f"{present.reviewed_by} 已审核过" if present.reviewed_by else "它不在待审核之列"
            raise ReviewError(f"批次 {batch.receipt} 现为“{present.get_state_display()}”,{by};刷新页面看结果")
        act = "batch.admitted" if state == Batch.State.RECEIVED else "batch.sent_back"
        audit.record(reviewer, act, f"batch:{batch.receipt}", purpose=why)
        if state == Batch.State.RECEIVED:
            jobs.put(APPLY, APPLY)
