"""Complaints that other systems reported 报送来的投诉: each that nobody has judged yet becomes a matter.

郑州规则第七条(三): 电子监察机构根据反馈问题判断是否属于异常办件. What was judged where it came from stays as it is; so
does what lies longer back than `SINCE`, the history of another system.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from mingcha.accounts import masking
from mingcha.accounts.acts import By
from mingcha.accounts.places import places
from mingcha.base import clock
from mingcha.base.audit import SYSTEM
from mingcha.base.config import config
from mingcha.base.jobs import every
from mingcha.casework.models import Matter
from mingcha.casework.moving import Start, begin_all
from mingcha.complaints.kind import COMPLAINT
from mingcha.complaints.models import Complaint
from mingcha.complaints.registering import receipt_digest
from mingcha.intake.fact_models import FACTS
from mingcha.law.instants import instant, moment

SINCE: Final = timedelta(days=60)
SUBJECT: Final = "complaint"
"""`subject_kind` of matters about a complaint that was reported."""
AT_ONCE: Final = 200
_KEPT: Final = ("source", "case_no", "agency_code", "about", "verified")


@every(60, "complaints.open")
def open_reported() -> int:
    """Begin the matters of those that came since; how many."""
    with transaction.atomic():
        rows = list(_waiting()[:AT_ONCE])
        matters = begin_all([_start(row) for row in rows], "register", By(SYSTEM))
        Complaint.objects.bulk_create(
            _complaint(row, matter) for row, matter in zip(rows, matters, strict=True)
        )
    return len(rows)


def _waiting() -> QuerySet[Any]:
    """Reported complaints that wait to be judged and are no matter yet, the oldest first."""
    ours = Matter.objects.filter(kind=COMPLAINT.name, subject=OuterRef("complaint_no"))
    rows: QuerySet[Any] = FACTS["complaints"]._default_manager.filter(seen_to=None).exclude(withdrawn=True)
    open_ones = rows.filter(Q(verified=None) | Q(verified="pending"))
    since = instant(clock.local_now() - SINCE)
    return open_ones.filter(~Exists(ours), received_at__gte=since).order_by("received_at", "pk")


def _start(row: Any) -> Start:
    region, fact = _region(row), {n: getattr(row, n) for n in _KEPT if getattr(row, n) is not None}
    return Start(
        kind=COMPLAINT.name,
        title="",
        subject_kind=SUBJECT,
        subject=row.complaint_no,
        region_code=region,
        fact={**fact, "region_code": region or None, "received_at": moment(row.received_at)},
    )


def _region(row: Any) -> str:
    """As reported, else of the agency complained of, else of the case, else the installation's own."""
    if row.region_code:
        return str(row.region_code)
    agency = places().agencies.get(row.agency_code or "")
    if agency is not None:
        return agency.region
    cases = FACTS["cases"]._default_manager.filter(seen_to=None, case_no=row.case_no or "")
    return cases.values_list("region_code", flat=True).first() or config().region


def _complaint(row: Any, matter: Matter) -> Complaint:
    """What was said is what was reported; nobody was given a number to ask by."""
    return Complaint(
        matter=matter,
        receipt=receipt_digest(secrets.token_hex(16)),
        source=row.source,
        topic="other",
        text=masking.text(row.about or ""),
        case_no=row.case_no or "",
        agency_code=row.agency_code or "",
        outside_no=row.complaint_no,
    )
