"""What a person decides of an alert: confirm what was proposed, dismiss it, withdraw what was issued, end its task.

The decision names the version the person saw; where the alert has changed since, it is refused (409) and says what
happened. What a person has withdrawn stays withdrawn while the same finding lasts.
"""

from __future__ import annotations

from django.db import transaction

from mingcha.alerts import tasks
from mingcha.alerts.changing import ConflictError, Move, change
from mingcha.alerts.models import Alert, Change, Task
from mingcha.base import clock

SHORTEST_REASON = 2


class NoReasonError(ValueError):
    """A decision without a reason."""


def confirm(alert_id: int, version: int, actor: str, why: str) -> Alert:
    """Issue what was proposed: its chain starts now. Raises `ConflictError`, `NoReasonError`, Alert.DoesNotExist."""
    return _decided(alert_id, version, Change.Kind.CONFIRMED, actor, why)


def dismiss(alert_id: int, version: int, actor: str, why: str) -> Alert:
    """What was proposed is not so. Raises as `confirm`."""
    return _decided(alert_id, version, Change.Kind.DISMISSED, actor, why)


def withdraw(alert_id: int, version: int, actor: str, why: str) -> Alert:
    """Take back what was issued. Raises as `confirm`."""
    return _decided(alert_id, version, Change.Kind.WITHDRAWN, actor, why)


def moves(alert: Alert, kind: str, why: str) -> list[Move]:
    """The decision as moves, of an alert as it was read. What is confirmed and over already is cured at once."""
    now = clock.local_now()
    if kind != Change.Kind.CONFIRMED:
        return [Move(alert, kind, "", now, why)]
    made = [Move(alert, kind, "", alert.lawful_at or now, why, now, {"moment": alert.since or now})]
    if alert.ended_at is not None:
        made.append(Move(alert, Change.Kind.CURED, "", alert.ended_at, why))
    return made


def conclude(task: Task, found: bool, reasons: str, actor: str) -> None:
    """Found 属实 confirms what was only proposed, unfounded 不属实 takes the alert back; in one transaction.

    Raises `ConflictError`, `NoReasonError`.
    """
    why = reason(reasons)
    with transaction.atomic():
        # The alert before its task, as the judge locks them: else the two could wait for each other.
        alert = Alert.objects.select_for_update().get(pk=task.alert_id)
        tasks.conclude(task, found, why, actor)
        if alert.state == Alert.State.PROPOSED:
            change(moves(alert, Change.Kind.CONFIRMED if found else Change.Kind.DISMISSED, why), actor)
        elif not found and alert.state in (Alert.State.OPEN, Alert.State.CURED):
            change(moves(alert, Change.Kind.WITHDRAWN, why), actor)


def reason(why: str) -> str:
    """The reason without blanks around it. Raises `NoReasonError`."""
    if len(why.strip()) < SHORTEST_REASON:
        raise NoReasonError("请写明理由:它会记入信号的变动记录和审计")
    return why.strip()


def _decided(alert_id: int, version: int, kind: str, actor: str, why: str) -> Alert:
    alert = Alert.objects.get(pk=alert_id)
    if alert.version != version:
        raise _overtaken(alert)
    change(moves(alert, kind, reason(why)), actor)
    return alert


def _overtaken(alert: Alert) -> ConflictError:
    last = alert.changes.order_by("-no").first()
    what = f"由 {last.actor}“{Change.Kind(last.kind).label}”" if last else "有变动"
    return ConflictError(
        f"信号 {alert.rule} {alert.key} 刚才已{what},现为“{Alert.State(alert.state).label}”;请刷新后再定",
        alert.pk,
    )
