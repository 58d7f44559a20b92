"""Who is told of a batch that was set aside 搁置: the administrators, and who answers for its source."""

from __future__ import annotations

from django.urls import reverse

from mingcha.accounts.models import Role
from mingcha.intake import setting_aside
from mingcha.intake.models import Batch
from mingcha.notify import messages

_ROLES = (Role.SYSTEM_ADMIN, Role.SUPERVISOR, Role.LIAISON, Role.REPORTING)


@setting_aside.tells
def tell(batch: Batch) -> None:
    """Write the message, in the transaction in which the batch was set aside."""
    source = batch.source
    keeper = source.keepers.filter(until=None).order_by("-since").first()
    answers = f"责任人 {keeper.name}" if keeper else "没有登记责任人"
    messages.write(
        [
            messages.Notice(
                kind="batch.set_aside",
                title=f"批次 {batch.receipt} 不能入库,已搁置",
                text=f"来源“{source.name}”({answers})。{batch.why}。其后的批次照常入库。",
                link=reverse("intake-batch", args=[batch.receipt]),
                subject=f"batch/{batch.receipt}",
                region_code=source.region_code,
                agency_code=source.agency_code,
                roles=_ROLES,
                data={"receipt": batch.receipt, "source": source.code},
            )
        ]
    )
