"""The messages of one person: whom a message concerns is resolved here, when somebody looks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from mingcha.accounts.acts import By
from mingcha.accounts.models import Account, Role
from mingcha.accounts.policy import grants_in_force
from mingcha.accounts.scopes import scope_of
from mingcha.base import clock
from mingcha.base.remembering import remembered
from mingcha.notify.models import Inbox, Message, Seen

KEPT: Final = timedelta(days=90)
"""How far back a list of messages reaches; what happened before stands with its alert."""
_REMEMBERED: Final = 600
MANY: Final = 99
"""The count of unread messages goes no further: `99+`."""


def of(account: Account) -> QuerySet[Message]:
    """The messages that concern an account, newest first, not older than `KEPT` and than the account itself."""
    since = max(clock.now() - KEPT, account.date_joined)
    rows = Message.objects.filter(concerns(account), at__gte=since, id__gt=_older(account, since))
    return rows.order_by("-id")


def _older(account: Account, since: datetime) -> int:
    """Id of the newest message older than that, asked for once in some minutes: nothing before it need be looked
    through for every page."""

    def older() -> int:
        return Message.objects.filter(at__lt=since).order_by("-id").values_list("id", flat=True).first() or 0

    return remembered(("inbox", account.pk, account.date_joined, since.date()), older, _REMEMBERED)


def concerns(account: Account) -> Q:
    """Which messages concern an account: its own, and those to a role it holds where it holds it."""
    mine = Q(account_id=account.pk)
    for grant in grants_in_force(account):
        theirs = Q(roles__contains=f";{grant.role};")
        if grant.role == Role.OFFICER:
            theirs &= Q(officer_code__in=["", account.officer_code])
        scope = scope_of([grant])
        if scope.regions is not None and scope.agencies is not None:
            theirs &= Q(region_code__in=sorted(scope.regions)) | Q(agency_code__in=sorted(scope.agencies))
        mine |= theirs
    return mine


def unread(account: Account) -> int:
    """How many messages are unread, at most `MANY` + 1: counting stops there."""
    return len(_unread(account).values_list("id", flat=True)[: MANY + 1])


def _unread(account: Account) -> QuerySet[Message]:
    seen = Seen.objects.filter(account=account, message=OuterRef("pk"))
    return of(account).filter(~Exists(seen), id__gt=_read_up_to(account))


def _read_up_to(account: Account) -> int:
    found = Inbox.objects.filter(account=account).values_list("read_up_to", flat=True).first()
    return found or 0


def listed(account: Account, which: str = "all") -> QuerySet[Any]:
    """The messages of an account with `read_at` (None: unread, unless `read_before`) and `acknowledged_at`.

    `which`: `unread`, `cards` (yellow and red ones that were not acknowledged), or all.
    """
    seen = Seen.objects.filter(account=account, message=OuterRef("pk"))
    up_to = _read_up_to(account)
    rows: QuerySet[Any] = of(account).annotate(
        read_at=Subquery(seen.values("read_at")[:1]),
        acknowledged_at=Subquery(seen.values("acknowledged_at")[:1]),
        read_before=Q(id__lte=up_to) if up_to else Q(pk__in=[]),
    )
    if which == "cards":
        return rows.filter(level__in=["yellow", "red"], acknowledged_at=None)
    return rows.filter(read_at=None, id__gt=up_to) if which == "unread" else rows


def read(account: Account, messages: Collection[int]) -> int:
    """Note that the account has read these (ids); those that do not concern it are passed over. The number."""
    return _see(account, messages, None)


def acknowledge(account: Account, messages: Collection[int], by: By) -> int:
    """Note that the account has received these 确认收到; recorded in the audit chain. The number newly acknowledged.

    What is acknowledged is not sent outside any more.
    """
    return _see(account, messages, by)


def _see(account: Account, messages: Collection[int], acknowledging: By | None) -> int:
    now = clock.now()
    with transaction.atomic():
        mine = list(of(account).filter(id__in=messages).values_list("id", flat=True))
        done = set(
            Seen.objects.filter(account=account, message__in=mine).values_list("message_id", flat=True)
        )
        new = [Seen(account=account, message_id=each, read_at=now) for each in mine if each not in done]
        Seen.objects.bulk_create(new, ignore_conflicts=True)
        if acknowledging is None:
            return len(new)
        waiting = Seen.objects.filter(account=account, message__in=mine, acknowledged_at=None)
        told = list(waiting.values_list("message_id", flat=True))
        waiting.update(acknowledged_at=now)
        if told:
            acknowledging.record("messages.acknowledge", "消息", messages=told)
    return len(told)


def read_everything(account: Account, by: By) -> None:
    """Declare everything read up to now 全部已读: one act, however many there were; recorded in the audit chain."""
    newest = Message.objects.aggregate(newest=Max("id"))["newest"] or 0
    with transaction.atomic():
        Inbox.objects.get_or_create(account=account)
        if Inbox.objects.filter(account=account, read_up_to__lt=newest).update(read_up_to=newest):
            by.record("messages.read", f"消息/{account.username}", upto=newest)
