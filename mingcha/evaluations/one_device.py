"""Leads of good ratings that came from one device 同一设备代评: 鄂州方案三(三), 不得利用虚假手段获取好评.

Facts know no devices, and a device's mark is of one day and says nothing but that two ratings came from it. So the lead
is a matter, 问题线索, begun once a day for a device and the window or officer that it praised; people look into it.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from django.db.models import Count

from mingcha.accounts.acts import By
from mingcha.accounts.places import places
from mingcha.alerts.conflict import ConflictError
from mingcha.base import clock, jobs
from mingcha.base.audit import SYSTEM
from mingcha.base.config import config
from mingcha.casework import clocks
from mingcha.casework.models import Matter
from mingcha.casework.moving import Start, begin
from mingcha.casework.tables.clue import CLUE
from mingcha.evaluations.models import Rating

SUBJECT: Final = "device"
"""`subject_kind` of these matters; the subject is the mark's beginning with whom it praised."""
BEST: Final = 5
USUAL: Final = 5
"""So many of one day are a lead where no pack says (setting `device_ratings`)."""
_TERMINALS: Final = "window:"
"""How the marks of terminals begin: everybody at the window rates on them."""
_MARK: Final = 24
_SECONDS: Final = 900

Praised = tuple[str, str, str]
"""Officer, window, agency."""


@jobs.every(_SECONDS, "evaluations.devices")
def open_leads() -> int:
    """Begin the leads of the last day that are not begun yet; how many."""
    most = int(clocks.setting("device_ratings", "ezhou-2020", USUAL))
    given = Rating.objects.filter(taken_at__gte=clock.now() - timedelta(days=1), taken_by="")
    given = given.exclude(device="").exclude(device__startswith=_TERMINALS)
    many = given.values("device").annotate(n=Count("pk")).filter(n__gte=most).values_list("device", flat=True)
    begun = 0
    for device in many:
        told = Rating.objects.filter(device=device).values_list("said", flat=True)
        for praised, count in Counter(map(_praised, filter(_is_best, told))).items():
            if count >= most and any(praised[:2]):
                begun += _begin(device, praised, count)
    return begun


def _is_best(said: dict[str, Any]) -> bool:
    return said.get("level") == BEST


def _praised(said: dict[str, Any]) -> Praised:
    officer, window, agency = (
        said.get(name) or "" for name in ("officer_code", "window_code", "agency_code")
    )
    return officer, "" if officer else window, agency


def _begin(device: str, praised: Praised, count: int) -> int:
    """1 where the lead is new."""
    officer, window, agency = praised
    subject = f"{device[:_MARK]}:{officer or window}"
    if Matter.objects.filter(kind=CLUE.name, subject_kind=SUBJECT, subject=subject).exists():
        return 0
    trees = places()
    known = trees.agencies.get(agency)
    whom = (
        f"{trees.agency_name(agency) if known else ''}{'工作人员' if officer else '窗口'} {officer or window}"
    )
    start = Start(
        CLUE.name,
        f"疑似代填评价:{whom}",
        SUBJECT,
        subject,
        region_code=known.region if known else config().region,
    )
    reason = (
        f"同一设备一日内给{whom}评了 {count} 条“非常满意”,疑为索要、代填(鄂州方案三(三))。请核查,并非结论。"
    )
    with suppress(ConflictError):  # another worker was quicker
        begin(start, "register", By(SYSTEM), reason=reason, fields={"behaviour": "8"})
        return 1
    return 0
