"""Asking for a rating 请评: one for a case (一事一评), one for each visit (一次一评), one second rating (追评).

    offered = offer(case_no="BJ1", way=Offer.Way.PAGE, by="…")
    offered.token        # what the QR code and the address of the page carry

Every offer is a row: the share of completed cases whose rating was asked for (规则 ezhou-offered) is counted over
`cases.evaluation_offered_at`, which `writing` fills from here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from mingcha.base import clock
from mingcha.evaluations import tokens
from mingcha.evaluations.models import Offer, Rating
from mingcha.evaluations.refused import NotTakenError
from mingcha.intake.fact_models import FACTS

LASTS: Final = {
    Offer.Way.PAGE: timedelta(days=15),
    Offer.Way.QR: timedelta(days=3),
    Offer.Way.SMS: timedelta(days=15),
    Offer.Way.KIOSK: timedelta(minutes=10),
}
"""How long an offer is open, by its way; a code lies printed where others may scan it, and lasts shortest of what is
taken home (docs/decisions/a-printed-code-runs-out-soon.md)."""


_LONGEST: Final = 150
"""A longer number of a case stands as its digest in what is unique."""


@dataclass(frozen=True)
class Offered:
    """An offer with the token that opens it; `new`: it was not there before."""

    offer: Offer
    token: str
    new: bool


def offer(
    *,
    case_no: str,
    way: str = Offer.Way.PAGE,
    service_seq: int | None = None,
    window_code: str = "",
    follows: str = "",
    appeal: str = "",
    until: datetime | None = None,
    by: str = "",
) -> Offered:
    """Ask for the rating of a completed case, of a visit (`service_seq`) of a case under way, or a second rating of
    what was rated (`follows`). The same thing asked again gives the same offer, open anew where it had run out unused.

    `appeal`: the appeal that the rating decides, once each, whether the case is completed and was rated or not
    (`again.offer_again`). `until`: the local moment from which nobody needs it any more.

    Raises NotTakenError: 404 for an unknown case or first rating, 409 where it is not completed or was rated.
    """
    case = _case(case_no)
    if follows:
        service_seq = _followed(case_no, follows).service_seq
    elif service_seq is None and case.completed_at is None and not appeal:
        raise NotTakenError(f"办件 {case_no} 还没有办结,办结后再请评;到厅服务请写明第几次服务", 409)
    now = clock.local_now()
    once = once_of(case_no, service_seq, follows, appeal)
    lasts = now + LASTS[Offer.Way(way)]
    if _is_rated(once, case_no, service_seq):
        raise NotTakenError("已经评价过了,一事一评,不能重复评价", 409)
    made = Offer(
        no=tokens.new_number(now),
        once=once,
        kind="case" if service_seq is None and (follows or case.completed_at is not None) else "visit",
        case_no=case_no,
        service_seq=service_seq,
        window_code=window_code or case.window_code or "",
        officer_code=case.officer_code or "",
        agency_code=case.agency_code or "",
        item_code=case.item_code or "",
        follows=follows,
        appeal=appeal,
        way=way,
        offered_at=now,
        offered_by=by[:150],
        expires_at=lasts if until is None else min(lasts, until),
    )
    return _kept(made, now)


def _kept(made: Offer, now: datetime) -> Offered:
    """Kept once: whoever asks again, or at the same time, gets the one that is there."""
    try:
        with transaction.atomic():
            made.save(force_insert=True)
        return Offered(made, tokens.of_rating(made.no), True)
    except IntegrityError:
        known = Offer.objects.get(once=made.once)
    if known.expires_at <= now or known.follows != made.follows:
        known.expires_at, known.way, known.follows = made.expires_at, made.way, made.follows
        known.save(update_fields=["expires_at", "way", "follows"])
    return Offered(known, tokens.of_rating(known.no), False)


@dataclass(frozen=True)
class Opened:
    """An offer that its token opened; `rated`: what is asked for was rated, by this offer or otherwise."""

    offer: Offer
    rated: bool


_OPENING: Final = """
    SELECT o.*,
      EXISTS (SELECT 1 FROM evaluations_rating AS r WHERE r.once = o.once) AS rated_here,
      o.follows = '' AND o.appeal = '' AND o.case_no <> '' AND EXISTS (
        SELECT 1 FROM fact_evaluations AS e
        WHERE e.case_no = o.case_no AND e.seen_to IS NULL AND e.kind = o.kind AND e.follows IS NULL
          AND (o.service_seq IS NULL OR e.service_seq = o.service_seq)
          AND NOT coalesce(e.withdrawn, FALSE) AND NOT coalesce(e.is_default, FALSE)
      ) AS rated_elsewhere
    FROM evaluations_offer AS o WHERE o.no = %s
"""
"""One statement, as `_is_rated` asks in two: three hundred of them are asked a second."""


def opened(token: str, now: datetime | None = None) -> Opened:
    """The offer of a token, open or already rated. Raises NotTakenError: 404 unknown, 410 run out."""
    found: Any = next(iter(Offer.objects.raw(_OPENING, [tokens.rating_of(token)])), None)
    if found is None:
        raise NotTakenError("没有找到这次评价,请重新扫码,或向窗口工作人员索取", 404)
    was_rated = bool(found.rated_here or found.rated_elsewhere)
    if found.expires_at <= (now or clock.local_now()) and not was_rated:
        raise NotTakenError("评价已过有效期,请向窗口工作人员重新索取二维码,或拨打 12345 反映", 410)
    return Opened(found, was_rated)


def rated(offer: Offer) -> bool:
    """Whether what is asked for was rated, by this offer or otherwise."""
    return _is_rated(offer.once, offer.case_no, offer.service_seq)


def waiting_at(window_code: str, now: datetime) -> Offer | None:
    """The newest offer that waits at a window's terminal and was not rated."""
    open_ones = Offer.objects.filter(window_code=window_code, way=Offer.Way.KIOSK, expires_at__gt=now)
    newest = open_ones.order_by("-offered_at", "-id").first()
    return newest if newest is not None and not rated(newest) else None


def once_of(case_no: str, service_seq: int | None = None, follows: str = "", appeal: str = "") -> str:
    """The name under which a case, a visit or a second rating is rated once; an appeal is answered once."""
    if appeal:
        return f"appeal:{appeal}"
    named = follows or case_no
    if len(named) > _LONGEST:
        named = hashlib.sha256(named.encode()).hexdigest()
    if follows:
        return f"follow:{named}"
    return f"case:{named}" if service_seq is None else f"visit:{named}:{service_seq}"


def _is_rated(once: str, case_no: str, service_seq: int | None) -> bool:
    """Here, or as another system reported; what stands by default is no rating, a second rating comes only by us."""
    if Rating.objects.filter(once=once).exists():
        return True
    return False if once.startswith(("follow:", "appeal:")) else reported(case_no, service_seq)


def reported(case_no: str, service_seq: int | None = None) -> bool:
    """Whether the facts hold a rating of the case, or of that visit of it."""
    kind = "case" if service_seq is None else "visit"
    rows = _present("evaluations").filter(case_no=case_no, kind=kind, follows=None)
    if service_seq is not None:
        rows = rows.filter(service_seq=service_seq)
    return rows.exclude(is_default=True).exists()


def rated_before(case_no: str) -> bool:
    """Whether a case was rated, here or elsewhere."""
    return _is_rated(once_of(case_no), case_no, None)


def _present(table: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = FACTS[table]._default_manager.filter(seen_to=None).exclude(withdrawn=True)
    return rows


def _followed(case_no: str, no: str) -> Any:
    """The first rating of a second one, which is about the same: the case, or that visit."""
    found = _present("evaluations").filter(case_no=case_no, evaluation_no=no).first()
    if found is None:
        raise NotTakenError(f"办件 {case_no} 没有编号为 {no[:40]} 的评价,请核对编号", 404)
    return found


def _case(case_no: str) -> Any:
    found = _present("cases").filter(case_no=case_no).first() if case_no and "\0" not in case_no else None
    if found is None:
        raise NotTakenError(f"没有编号为 {case_no[:40]} 的办件,请核对编号", 404)
    return found
