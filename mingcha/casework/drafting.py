"""The appeal that the system drafts 代拟申诉 where facts clear the officer: an outage, late data, a mended calendar.

It only says what the store shows; the officer reads, changes and files it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from mingcha.alerts.law import law_in_force
from mingcha.alerts.models import Alert, DifferenceLine
from mingcha.base import clock
from mingcha.intake.fact_models import FACTS
from mingcha.law.instants import instant, moment
from mingcha.law.sheet_view import when


def text(alert: Alert) -> str:
    """The draft; empty where nothing that is known speaks for the officer."""
    grounds = list(grounds_for(alert))
    if not grounds:
        return ""
    numbered = "\n".join(f"{number}. {ground}" for number, ground in enumerate(grounds, 1))
    return f"对监察信号“{alert.reason}”提出申诉。事实如下:\n{numbered}\n请据此撤销该信号。"


def grounds_for(alert: Alert) -> Iterator[str]:
    """What the store shows in favour of the officer, one sentence each."""
    yield from _outages(alert)
    yield from _late(alert)
    yield from _calendar(alert)


def _outages(alert: Alert) -> Iterator[str]:
    """Outages that reach into the time from the receipt of the case to the alert."""
    until = alert.lawful_at or clock.local_now()
    since = _begun(alert)
    rows: QuerySet[Any] = FACTS["outages"]._default_manager.filter(
        seen_to=None, started_at__lte=instant(until)
    )
    for row in rows.exclude(withdrawn=True).order_by("started_at"):
        if row.ended_at is not None and row.ended_at < since:
            continue
        end = when(moment(row.ended_at)) if row.ended_at is not None else "尚未恢复"
        yield (
            f"{when(moment(row.started_at))}至{end}系统故障({row.outage_no}"
            + (f",影响范围:{row.scope}" if row.scope else "")
            + "),数据不能按时报送。"
        )


def _begun(alert: Alert) -> int:
    """When what the alert is about began: the receipt of its case, else the first of its own moments (an instant)."""
    known = [instant(each) for each in (alert.since, alert.warn_at, alert.moment, alert.lawful_at) if each]
    if alert.case_no:
        case: Any = FACTS["cases"]._default_manager.filter(seen_to=None, case_no=alert.case_no).first()
        known += [case.received_at] if case is not None and case.received_at is not None else []
    return min(known, default=instant(clock.local_now()))


def _plain(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, datetime.min.time())  # type: ignore[arg-type]


def _late(alert: Alert) -> Iterator[str]:
    """What was done in time and only reported late."""
    if alert.ended_at is None or alert.due_at is None:
        return
    done, due = _plain(alert.ended_at), alert.due_at
    in_time = done <= due if isinstance(due, datetime) else done.date() <= due
    if in_time:
        yield f"该环节已于{when(alert.ended_at)}完成,在期限{when(alert.due_at)}之内,仅数据报送迟到。"


def _calendar(alert: Alert) -> Iterator[str]:
    """A difference list that would take the alert back."""
    lines = DifferenceLine.objects.filter(
        rule=alert.rule, about=alert.about, key=alert.key, subject=alert.subject, episode=alert.episode,
        kind=DifferenceLine.Kind.WITHDRAWN,
    )  # fmt: skip
    line = lines.select_related("difference").order_by("-pk").first()
    if line is not None:
        yield f"据重算差异单 {line.difference_id}({line.difference.cause}),该信号不再成立。"
        return
    _, calendar = law_in_force()
    if alert.provisional and alert.calendar_version and alert.calendar_version != calendar.version:
        yield f"该信号按暂定日历 {alert.calendar_version} 判定,现行日历为 {calendar.version}。"
