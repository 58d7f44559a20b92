"""人工监察: what a rule hands to people, and what they find.

A task is assigned, investigated and concluded with reasons; found (属实) confirms what was only proposed, unfounded
(不属实) withdraws the alert. Each step is a row. Its own clock: the limit below in working days, from its opening.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

import numpy as np
from django.db import transaction

from mingcha.alerts import rows
from mingcha.alerts.conflict import ConflictError
from mingcha.alerts.law import law_in_force
from mingcha.alerts.models import Alert, Task, TaskStep
from mingcha.alerts.transitions import LIVE
from mingcha.base import audit, clock
from mingcha.law.calendar import Calendar
from mingcha.law.clock import Clocks, ClockSettings, run
from mingcha.law.instants import instant, moment
from mingcha.law.units import Unit

LIMIT: Final = 10
"""Working days for a task. No regulation names a limit; ten are what 河南规则第九条(十) gives an appeal."""

STEPS: Final[dict[str, tuple[str, ...]]] = {
    Task.State.ASSIGNED: (Task.State.WAITING, Task.State.ASSIGNED, Task.State.INVESTIGATING),
    Task.State.INVESTIGATING: (Task.State.WAITING, Task.State.ASSIGNED),
    Task.State.FOUND: (Task.State.ASSIGNED, Task.State.INVESTIGATING),
    Task.State.UNFOUNDED: (Task.State.ASSIGNED, Task.State.INVESTIGATING),
    Task.State.DROPPED: (Task.State.WAITING, Task.State.ASSIGNED, Task.State.INVESTIGATING),
}
"""State after -> states before; what is not here is refused."""

OPEN: Final = STEPS[Task.State.DROPPED]


def follow(alerts: Iterable[Alert], actor: str, as_of: datetime | None = None) -> None:
    """Open tasks for alerts that ask for manual supervision, and drop those whose alert is gone, in the caller's
    transaction."""
    known = {alert.pk: alert for alert in alerts if alert.manual}
    if not known:
        return
    now = clock.now()
    held = {task.alert_id: task for task in Task.objects.filter(alert_id__in=list(known))}
    due = due_after(as_of or clock.local_now(), law_in_force()[1])
    new = []
    for pk, alert in known.items():
        task = held.get(pk)
        if task is None and alert.state in LIVE:
            new.append(_new(alert, now, due))
        elif task is not None and task.state in OPEN and alert.state not in LIVE:
            _step(
                task, Task.State.DROPPED, actor, f"信号已{Alert.State(alert.state).label.removeprefix('已')}"
            )
        elif task is not None and task.state == Task.State.DROPPED and alert.state in LIVE:
            task.opened_at, task.due_at, task.closed_at = now, due, None
            _write(task, Task.State.WAITING, actor, "信号重新发出")
    rows.insert(new)
    rows.insert([TaskStep(task=task, no=1, state=task.state, at=now, actor=actor) for task in new])


def _new(alert: Alert, now: datetime, due: datetime | date | None) -> Task:
    return Task(
        alert=alert, region_code=alert.region_code, agency_code=alert.agency_code, opened_at=now, due_at=due
    )


def assign(task: Task, to: str, actor: str, note: str = "") -> None:
    """Hand the task to somebody, or to somebody else. Raises `ConflictError`."""
    task.assigned_to = to
    _step(task, Task.State.ASSIGNED, actor, f"交 {to} 承办" + (f":{note}" if note else ""))


def begin(task: Task, actor: str, note: str = "") -> None:
    """The investigation begins. Raises `ConflictError`."""
    _step(task, Task.State.INVESTIGATING, actor, note)


def conclude(task: Task, found: bool, reasons: str, actor: str) -> None:
    """Found or unfounded, with reasons, in the caller's transaction; what the alert becomes is `deciding.conclude`.

    Raises `ConflictError`.
    """
    task.conclusion = reasons
    _step(task, Task.State.FOUND if found else Task.State.UNFOUNDED, actor, reasons)


def _step(task: Task, state: str, actor: str, note: str) -> None:
    if task.state not in STEPS[state]:
        raise ConflictError(
            f"这项人工监察现在是“{Task.State(task.state).label}”,不能改为“{Task.State(state).label}”;请刷新后再定"
        )
    if state not in OPEN:
        task.closed_at = clock.now()
    _write(task, state, actor, note)


def _write(task: Task, state: str, actor: str, note: str) -> None:
    columns = ["state", "assigned_to", "closed_at", "conclusion", "opened_at", "due_at", "version"]
    version = task.version
    task.state, task.version = state, version + 1
    with transaction.atomic():
        if rows.update_at([task], columns, [version]) != 1:
            raise ConflictError("这项人工监察刚才已有变动,请刷新后再定")
        TaskStep.objects.create(
            task=task, no=task.version, state=state, at=clock.now(), actor=actor, note=note
        )
        audit.record(actor, f"task.{state}", f"task/{task.pk}", purpose=note, detail={"alert": task.alert_id})


def due_after(start: datetime, calendar: Calendar, limit: int = LIMIT) -> datetime | date | None:
    """The last day of so many working days from a moment; None where the calendar ends before."""
    clocks = Clocks(
        start=np.array([instant(start)]),
        limit=np.array([limit]),
        unit=np.array([int(Unit.WORKING_DAY)], np.int8),
    )
    times = run(calendar, clocks, ClockSettings(), instant(start))
    return moment(int(times.due[0]))
