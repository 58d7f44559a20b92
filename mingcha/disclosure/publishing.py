"""Publishing a month 月度公示: once it is over, what is open is counted, written down word for word, and never changed.

The page carries the root of the month in the audit chain: every verdict and every withdrawal of the month is in it.
Whoever holds a certificate with its proof reckons the root from it (`audit_proofs.month_root_of`), and `mingcha audit
verify` reckons it from the chain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction

from mingcha.accounts.places import Places, places
from mingcha.base import audit, clock
from mingcha.base.audit_proofs import month_root
from mingcha.base.config import config
from mingcha.base.jobs import every
from mingcha.disclosure import counting, switches
from mingcha.disclosure.counting import Span, span_of
from mingcha.disclosure.models import Month, Opened
from mingcha.intake.fact_models import FACTS

_COUNTED: Final[dict[str, Callable[[Span, frozenset[str]], Any]]] = {
    Opened.What.SATISFACTION: counting.satisfaction,
    Opened.What.RED_CARDS: counting.red_cards,
    Opened.What.RECTIFICATIONS: counting.rectifications,
}
"""What is counted by month; answers are published one by one."""


@every(3600, "disclosure.publish")
def publish_what_is_due() -> None:
    """Publish every month that is over and was not published yet, the oldest first: whoever was away for a month still
    publishes it."""
    for month in due(clock.local_now()):
        publish(month)


def due(now: datetime) -> list[str]:
    """The months to be published at a local moment: those not published of which anything was open while they should
    have been, in the month after them."""
    opened = [
        (_month_of(each.opened_at), _month_of(each.closed_at) if each.closed_at else f"{now:%Y-%m}")
        for each in Opened.objects.all()
    ]
    if not opened:
        return []
    published = set(Month.objects.values_list("month", flat=True))
    found, after = [], now.replace(day=1)
    while (month := last_month(after)) >= last_month(_first_day(min(opened)[0])):
        if month not in published and any(first <= f"{after:%Y-%m}" <= last for first, last in opened):
            found.append(month)
        after = _first_day(month)
    return found[::-1]


def last_month(now: datetime) -> str:
    """The month before."""
    return f"{now.replace(day=1) - timedelta(days=1):%Y-%m}"


def _month_of(moment: datetime) -> str:
    return f"{clock.local(moment):%Y-%m}"


def _first_day(month: str) -> datetime:
    return span_of(month).first


def publish(month: str) -> Month | None:
    """Publish a month that is over; None where nothing is open or it was published before.

    Raises `NotSealedError` before it is over, ValueError for what is no month.
    """
    if Month.objects.filter(month=month).exists() or not Opened.objects.filter(closed_at=None).exists():
        return None
    now, root = clock.now(), month_root(month)
    text = json.dumps(
        {**document(month), "audit_root": root, "published_at": f"{clock.local(now):%Y-%m-%d %H:%M}"},
        ensure_ascii=False,
        indent=1,
    )
    digest = digest_of(text)
    try:
        with transaction.atomic():
            row = Month.objects.create(month=month, text=text, digest=digest, root=root, made_at=now)
            audit.record(
                audit.SYSTEM,
                "disclosure.month",
                f"disclosure/{month}",
                detail={"digest": digest, "root": root},
            )
    except IntegrityError:
        return None  # another process was quicker
    return row


def document(month: str) -> dict[str, Any]:
    """What would be published of a month by what is open now, without root and date."""
    span, trees = span_of(month), places()
    open_agencies = switches.opened_agencies()
    parts = {
        what: count(span, open_agencies[what]) for what, count in _COUNTED.items() if open_agencies[what]
    }
    return {
        "site": config().site_name,
        "month": month,
        "opened": sorted(Opened.objects.filter(closed_at=None).values_list("region_code", "what")),
        **{str(what): part for what, part in parts.items()},
        "verdicts": counting.verdicts(span),
        "names": _names(trees, parts),
    }


def _names(trees: Places, parts: dict[str, Any]) -> dict[str, Any]:
    """Names of the agencies and items that are told, and where the agencies are: as they were called then."""
    rows = [
        row
        for part in parts.values()
        for row in ([*part["agencies"], *part["items"]] if isinstance(part, dict) else part)
    ]
    agencies = sorted({row["agency"] for row in rows})
    items = sorted({row["item"] for row in rows if row.get("item")})
    known = FACTS["items"]._default_manager.filter(seen_to=None, item_code__in=items).order_by("version")
    return {
        "agencies": {code: trees.agency_name(code) for code in agencies},
        "regions": {
            code: trees.region_name(trees.agencies[code].region)
            for code in agencies
            if code in trees.agencies
        },
        "items": dict(known.values_list("item_code", "name")),
    }


def digest_of(text: str) -> str:
    """SHA-256 of a month's text, as anybody can reckon it from the file."""
    return hashlib.sha256(text.encode()).hexdigest()
