"""Set aside 搁置: a batch that fails in a way nobody foresaw must not hold up those behind it.

After `MOST_TRIES` tries (or `MOST_DEATHS` of the process that applied it) the batch is set aside: nothing of it is in
the store, its payload is kept, those concerned are told, and those behind it go on in their order. A person has it
taken up again, when the cause is mended, or refuses it. What the environment is to blame for (database away, disk
full) is not counted: then every batch would fail.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Max

from mingcha.base import audit, jobs, metrics
from mingcha.intake import undoing
from mingcha.intake.models import Batch
from mingcha.intake.receiving import APPLY

MOST_TRIES: Final = 3
MOST_DEATHS: Final = 5
"""A process that was killed says nothing of the batch's part in it, so that it is given a little more time."""
_ENVIRONMENT: Final = (OperationalError, InterfaceError, OSError, MemoryError)
_log = logging.getLogger("mingcha.apply")
_tellers: list[Callable[[Batch], None]] = []


class NotSetAsideError(ValueError):
    """The batch is not, or no longer, set aside; Chinese, says how it stands."""


def tells(teller: Callable[[Batch], None]) -> Callable[[Batch], None]:
    """Register what tells people that a batch was set aside, in the transaction in which it was."""
    _tellers.append(teller)
    return teller


def count_try(batch: Batch) -> bool:
    """Count a try before it is made, where the one before may have killed its process; False where the batch has
    killed too many and is set aside instead."""
    if batch.tries >= MOST_DEATHS:
        _set_aside(batch, f"入库的进程 {batch.tries} 次中断,没有留下错误")
        return False
    batch.tries += 1
    batch.save(update_fields=["tries"])
    return True


def after_failure(batch: Batch, error: Exception, *, counted: bool) -> bool:
    """Count a try that failed; whether the batch is set aside now, so that the next can go on.

    `counted`: the try was counted before it was made. Called outside of any transaction.
    """
    present = Batch.objects.get(pk=batch.pk)
    if isinstance(error, _ENVIRONMENT):
        if counted:
            Batch.objects.filter(pk=batch.pk, tries__gt=0).update(tries=F("tries") - 1)
        return False
    if not counted:
        present.tries += 1
        present.save(update_fields=["tries"])
    if present.tries < MOST_TRIES:
        return False
    _log.error(
        "batch set aside", extra={"receipt": batch.receipt, "error": type(error).__name__}, exc_info=error
    )
    # The error's own text may hold values of rows; it stands in the log of this machine alone.
    _set_aside(present, f"入库时出错({type(error).__name__}),已试 {present.tries} 次")
    return True


def take_up(batch: Batch, actor: str) -> None:
    """Have a batch applied that was set aside. Raises NotSetAsideError."""
    with transaction.atomic():
        _move(batch, Batch.State.RECEIVED, "")
        audit.record(actor, "batch.taken_up", f"batch:{batch.receipt}")
        jobs.put(APPLY, APPLY)


def refuse(batch: Batch, actor: str, why: str) -> None:
    """Refuse a batch that was set aside, with reasons that its sender reads. Raises NotSetAsideError."""
    if not why.strip():
        raise NotSetAsideError("写明不再入库的原因,报送人据此处理")
    with transaction.atomic():
        _move(batch, Batch.State.REFUSED, f"搁置后不再入库:{why.strip()}")
        audit.record(actor, "batch.given_up", f"batch:{batch.receipt}", purpose=why)


def _move(batch: Batch, state: Batch.State, why: str) -> None:
    held = Batch.objects.filter(pk=batch.pk, state=Batch.State.SET_ASIDE)
    if not (held.exists() and held.update(state=state, why=why, tries=0)):
        batch.refresh_from_db()
        raise NotSetAsideError(
            f"批次 {batch.receipt} 现为“{batch.get_state_display()}”,已不在搁置之列;刷新后再看"
        )
    batch.refresh_from_db()


def _set_aside(batch: Batch, why: str) -> None:
    advice = "原文完好地保存着;请管理员查日志,改正后重新入库,或写明原因不再入库"
    with transaction.atomic():
        undoing.undo(batch)
        batch.state, batch.why, batch.tries = Batch.State.SET_ASIDE, f"{why}。{advice}", 0
        batch.overtaken_at = batch.overtaken_at or Batch.objects.aggregate(last=Max("no"))["last"] or 0
        batch.save(update_fields=["state", "why", "tries", "overtaken_at"])
        audit.record(audit.SYSTEM, "batch.set_aside", f"batch:{batch.receipt}", purpose=why)
        for tell in _tellers:
            tell(batch)


@metrics.state("mingcha_batches_set_aside", "搁置的批次数")
def _held() -> float:
    return Batch.objects.filter(state=Batch.State.SET_ASIDE).count()
