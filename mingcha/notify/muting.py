"""Mutes 静音: who quiets what until when, and why. Only what goes outside is muted, never the message itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from mingcha.accounts.acts import By
from mingcha.accounts.models import Account
from mingcha.accounts.policy import may, scope
from mingcha.base import clock
from mingcha.notify.models import Message, Mute

LONGEST: Final = timedelta(days=31)


class MuteError(ValueError):
    """A mute that cannot be: says why and what to do."""


def mute(
    author: Account,
    reason: str,
    until: datetime,
    by: By,
    *,
    everybody: bool = False,
    region_code: str = "",
    agency_code: str = "",
    rule: str = "",
    case_no: str = "",
) -> Mute:
    """Begin a mute for the author, or with `everybody` for all in a region or agency of the author's scope.

    Recorded in the audit chain. Raises `MuteError`: no reason, an end that is past or more than `LONGEST` ahead, or
    no right to mute for others there.
    """
    now = clock.now()
    if not reason.strip():
        raise MuteError("请写明静音的事由")
    if not now < until <= now + LONGEST:
        raise MuteError(f"结束时间须在今后 {LONGEST.days} 天之内;更长的请到期后再设")
    if everybody and not _may_quiet_others(author, region_code, agency_code):
        raise MuteError("只有监察员可以为本辖区的区划或部门设置全员静音;请填写辖区内的区划或部门")
    with transaction.atomic():
        held = Mute.objects.create(
            account=None if everybody else author,
            region_code=region_code,
            agency_code=agency_code,
            rule=rule,
            case_no=case_no,
            author=author.username,
            reason=reason.strip()[:300],
            since=now,
            until=until,
        )
        by.record("notify.mute", f"静音/{held.pk}", held.reason, **_told(held))
    return held


def end(author: Account, mute_id: int, by: By) -> bool:
    """End a mute before its time: one's own, or as supervisor one of one's scope. False where there is none."""
    with transaction.atomic():
        held = shown(author).filter(pk=mute_id, ended_at=None, until__gt=clock.now()).first()
        if held is None or (
            held.account_id is None and not _may_quiet_others(author, held.region_code, held.agency_code)
        ):
            return False
        held.ended_by, held.ended_at = author.username, clock.now()
        held.save(update_fields=["ended_by", "ended_at"])
        by.record("notify.unmute", f"静音/{held.pk}", **_told(held))
    return True


def shown(account: Account) -> QuerySet[Mute]:
    """The mutes that concern an account, its own and those for everybody, past ones too; newest first."""
    reach = scope(account, "alerts.read")
    mine = Q(account=account)
    for_all = Mute.objects.filter(account=None)
    return (Mute.objects.filter(mine) | reach.limit(for_all)).order_by("-since")


def holding(now: datetime) -> list[Mute]:
    """The mutes that hold at a moment."""
    return list(Mute.objects.filter(until__gt=now, since__lte=now, ended_at=None))


def is_muted(message: Message, account_id: int, mutes: Iterable[Mute]) -> bool:
    """Whether one of the mutes quiets this message for this account."""
    return any(
        each.account_id in (None, account_id)
        and each.region_code in ("", message.region_code)
        and each.agency_code in ("", message.agency_code)
        and each.rule in ("", message.rule)
        and each.case_no in ("", message.case_no)
        for each in mutes
    )


def _may_quiet_others(author: Account, region_code: str, agency_code: str) -> bool:
    named = bool(region_code or agency_code)
    return (
        named
        and may(author, "alerts.confirm")
        and scope(author, "alerts.confirm").holds(region_code, agency_code)
    )


def _told(held: Mute) -> dict[str, str]:
    return {
        "until": held.until.isoformat(),
        "whom": "everybody" if held.account_id is None else "self",
        "region": held.region_code,
        "agency": held.agency_code,
        "rule": held.rule,
        "case": held.case_no,
    }
