"""The duty roster 值守 and the daily log 日志: 郑州规则第八条 安排工作人员值守…并做好日常记录."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from mingcha.accounts.acts import By, RefusedError
from mingcha.accounts.models import Account, Grant, Role
from mingcha.alerts.law import law_in_force
from mingcha.base import clock
from mingcha.base.texts import storable
from mingcha.casework.duty_models import Duty, LogEntry
from mingcha.law.instants import day_number

LAW: Final = "《郑州市政务服务电子监察工作规则(试行)》第八条"
LONGEST: Final = 5_000
MOST_DAYS: Final = 62


@transaction.atomic
def put(day: date, last: date, account: Account, region_code: str, who: By) -> int:
    """Put a person on duty on the working days from `day` to `last`; how many. Raises RefusedError."""
    if last < day or (last - day).days >= MOST_DAYS:
        raise RefusedError(f"请写明起止日期,止不早于起,一次最多 {MOST_DAYS} 天。")
    if not Grant.objects.filter(account=account, role=Role.SUPERVISOR, ended_at=None).exists():
        raise RefusedError(f"{account.name} 不是监察员,不能排入值守。")
    _, calendar = law_in_force()
    days = [day + timedelta(days=n) for n in range((last - day).days + 1)]
    working = [each for each in days if calendar.is_working(0, day_number(each))] or days[:1]
    made = 0
    for each in working:
        try:
            with transaction.atomic():
                Duty.objects.create(
                    day=each, account=account, region_code=region_code, set_by=who.actor, set_at=clock.now()
                )
            made += 1
        except IntegrityError:
            continue  # is on duty that day already
    if not made:
        raise RefusedError(f"{account.name} 这些天都已排班。")
    who.record(
        "duty.put", f"account/{account.username}", days=made, first=str(working[0]), last=str(working[-1])
    )
    return made


@transaction.atomic
def end(duty: Duty, who: By) -> None:
    """Take a person off duty on a day. Raises RefusedError where it was done already."""
    ended = Duty.objects.filter(pk=duty.pk, ended_at=None).update(ended_at=clock.now(), ended_by=who.actor)
    if not ended:
        raise RefusedError("这一班已被取消。刷新页面即可看到。")
    who.record("duty.end", f"account/{duty.account.username}", day=str(duty.day))


@transaction.atomic
def write(day: date, region_code: str, text: str, handled: str, who: By) -> LogEntry:
    """Write into the log of a day, not of a day to come. Raises RefusedError."""
    text, handled = (storable(each).strip() for each in (text, handled))
    if len(text) < 2:
        raise RefusedError("请写明巡查的情况;没有异常的写“无异常”。")
    if max(len(text), len(handled)) > LONGEST:
        raise RefusedError(f"请不要超过 {LONGEST} 字。")
    if day > clock.local_now().date():
        raise RefusedError("不能写以后的日志。")
    entry = LogEntry.objects.create(
        day=day, region_code=region_code, author=who.actor, at=clock.now(), text=text, handled=handled
    )
    who.record("duty.log", f"log/{entry.pk}", day=str(day))
    return entry
