"""人工监察: what a rule hands to people, and what they find.

A task is assigned, investigated and concluded with reasons; found (属实) confirms what was only proposed, unfounded
(不属实) withdraws the alert. Each step is a row. Its own clock: the setting `task_days` of the alert's pack in working
days, from its opening.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

import numpy as np
from django.db import transaction

from mingcha.accounts.models import Account, Role
from mingcha.alerts.conflict import ConflictError
from mingcha.alerts.law import law_in_force, setting
from mingcha.alerts.models import Alert, Task, TaskStep
from mingcha.alerts.transitions import LIVE
from mingcha.base import audit, clock, jobs, rows
from mingcha.law.calendar import Calendar
from mingcha.law.clock import Clocks, ClockSettings, run
from mingcha.law.instants import day_number, instant, moment
from mingcha.law.sheet import Question
from mingcha.law.units import Unit
from mingcha.notify import messages

DAYS: Final = 10
"""Working days for a task where no pack in force says otherwise. No regulation names a limit; ten are what
河南规则第九条(十) gives an appeal."""

STEPS: Final[dict[str, tuple[str, ...]]] = {
    Task.State.ASSIGNED: (Task.State.WAITING, Task.State.ASSIGNED, Task.State.INVESTIGATING),
    Task.State.INVESTIGATING: (Task.State.WAITING, Task.State.ASSIGNED),
    Task.State.FOUND: (Task.State.ASSIGNED, Task.State.INVESTIGATING),
    Task.State.UNFOUNDED: (Task.State.ASSIGNED, Task.State.INVESTIGATING),
    Task.State.DROPPED: (Task.State.WAITING, Task.State.ASSIGNED, Task.State.INVESTIGATING),
}
"""State after -> states before; what is not here is refused."""

OPEN: Final = STEPS[Task.State.DROPPED]
"""States in which somebody has still to do something."""
_AT_ONCE: Final = 500


def follow(alerts: Iterable[Alert], actor: str, as_of: datetime | None = None) -> None:
    """Open tasks for alerts that ask for manual supervision, and drop those whose alert is gone, in the caller's
    transaction."""
    known = {alert.pk: alert for alert in alerts if alert.manual}
    if not known:
        return
    now = clock.now()
    held = {task.alert_id: task for task in Task.objects.filter(alert_id__in=list(known))}
    start, calendar = as_of or clock.local_now(), law_in_force()[1]
    due_of = {pack: due_after(start, calendar, days(pack)) for pack in {each.pack for each in known.values()}}
    new = []
    for pk, alert in known.items():
        task, due = held.get(pk), due_of[alert.pack]
        if task is None and alert.state in LIVE:
            new.append(_new(alert, now, due))
        elif task is not None and task.state in OPEN and alert.state not in LIVE:
            _step(
                task, Task.State.DROPPED, actor, f"信号已{Alert.State(alert.state).label.removeprefix('已')}"
            )
        elif task is not None and task.state == Task.State.DROPPED and alert.state in LIVE:
            task.opened_at, task.due_at, task.closed_at = now, due, None
            _write(task, Task.State.WAITING, actor, "信号重新发出")
            Task.objects.filter(pk=task.pk).update(told_late_at=None)
    rows.insert(new)
    rows.insert([TaskStep(task=task, no=1, state=task.state, at=now, actor=actor) for task in new])


def _new(alert: Alert, now: datetime, due: datetime | date | None) -> Task:
    return Task(
        alert=alert, region_code=alert.region_code, agency_code=alert.agency_code, opened_at=now, due_at=due
    )


def assign(task: Task, to: str, actor: str, note: str = "") -> None:
    """Hand the task to somebody, or to somebody else, who is told; to oneself: taken over. Raises `ConflictError`."""
    before, task.assigned_to = task.assigned_to, to
    taken = to == actor
    said = ("接办" + (f",原由 {before} 承办" if before else "")) if taken else f"交 {to} 承办"
    with transaction.atomic():
        _step(task, Task.State.ASSIGNED, actor, said + (f":{note}" if note else ""))
        told = {to} - {actor} | ({before} - {actor, to, ""})
        people = Account.objects.filter(username__in=told)
        messages.write(
            _notice(task, "task.assigned", said, f"{actor}:{said}", account.pk) for account in people
        )


def _notice(task: Task, kind: str, said: str, text: str, account: int | None) -> messages.Notice:
    """To one person; without an account to the supervisors of the place."""
    alert = task.alert
    return messages.Notice(
        kind=kind,
        title=f"人工监察:{alert.case_no or alert.key} {said}",
        text=f"{text}\n{alert.article}\n{alert.reason}",
        link=f"/tasks/{task.pk}/",
        subject=f"task/{task.pk}",
        rule=alert.rule,
        case_no=alert.case_no,
        region_code=task.region_code,
        agency_code=task.agency_code,
        roles=() if account else (Role.SUPERVISOR,),
        account_id=account,
    )


def begin(task: Task, actor: str, note: str = "") -> None:
    """The investigation begins. Raises `ConflictError`."""
    _step(task, Task.State.INVESTIGATING, actor, note)


def record(task: Task, actor: str, note: str) -> None:
    """What the investigation has come upon; nothing else changes. Raises `ConflictError`."""
    if task.state != Task.State.INVESTIGATING:
        raise _unfit(task, "记录核查情况")
    _write(task, task.state, actor, note, "task.recorded")


def conclude(task: Task, found: bool, reasons: str, actor: str) -> None:
    """Found or unfounded, with reasons, in the caller's transaction; what the alert becomes is `deciding.conclude`.

    Raises `ConflictError`.
    """
    task.conclusion = reasons
    _step(task, Task.State.FOUND if found else Task.State.UNFOUNDED, actor, reasons)


def _step(task: Task, state: str, actor: str, note: str) -> None:
    if task.state not in STEPS[state]:
        raise _unfit(task, f"改为“{Task.State(state).label}”")
    if state not in OPEN:
        task.closed_at = clock.now()
    _write(task, state, actor, note)


def _unfit(task: Task, what: str) -> ConflictError:
    return ConflictError(f"{told_last(task)},不能{what};请看过再定")


def told_last(task: Task) -> str:
    """What happened to the task last, in one sentence: for whom it has overtaken."""
    last = TaskStep.objects.filter(task_id=task.pk).order_by("-no").first()
    if last is None:
        return f"这项人工监察现在是“{Task.State(task.state).label}”"
    at, said = clock.local(last.at), f"({last.note[:60]})" if last.note else ""
    return (
        f"这项人工监察已由 {last.actor} 于 {at:%Y-%m-%d %H:%M:%S} 记为“{Task.State(last.state).label}”{said}"
    )


def _write(task: Task, state: str, actor: str, note: str, act: str = "") -> None:
    columns = ["state", "assigned_to", "closed_at", "conclusion", "opened_at", "due_at", "version"]
    version = task.version
    task.state, task.version = state, version + 1
    with transaction.atomic():
        if rows.update_at([task], columns, [version]) != 1:
            raise ConflictError(f"{told_last(task)};请看过再定")
        TaskStep.objects.create(
            task=task, no=task.version, state=state, at=clock.now(), actor=actor, note=note
        )
        audit.record(
            actor, act or f"task.{state}", f"task/{task.pk}", purpose=note, detail={"alert": task.alert_id}
        )


def days(pack: str) -> int:
    """Working days for a task of an alert of the pack."""
    return int(setting("task_days", pack, DAYS))


def due_after(start: datetime, calendar: Calendar, limit: int) -> datetime | date | None:
    """The last day of so many working days from a moment; None where the calendar ends before."""
    clocks = Clocks(
        start=np.array([instant(start)]),
        limit=np.array([limit]),
        unit=np.array([int(Unit.WORKING_DAY)], np.int8),
    )
    times = run(calendar, clocks, ClockSettings(), instant(start))
    return moment(int(times.due[0]))


def question(task: Task, calendar: Calendar, as_of: datetime) -> Question:
    """The task's clock, for its sheet. A due day that was fixed under another calendar or setting stays
    as it was fixed."""
    start, stop, limit = clock.local(task.opened_at), task.closed_at, days(task.alert.pack)
    kept = task.due_at is not None and task.due_at != due_after(start, calendar, limit)
    return Question(
        calendar=calendar,
        start=start,
        limit=limit,
        unit=Unit.WORKING_DAY,
        as_of=as_of,
        stop=clock.local(stop) if stop else None,
        due=task.due_at if kept else None,
        settings=ClockSettings(),
    )


def days_left(due: datetime | date | None, today: date, calendar: Calendar) -> int | None:
    """Working days after today up to the due day: 0 on the last one; below zero once it is past, one for each working
    day since. None without a due day."""
    if due is None:
        return None
    last, now = day_number(due.date() if isinstance(due, datetime) else due), day_number(today)
    between = sum(calendar.is_working(0, day) for day in range(min(last, now) + 1, max(last, now) + 1))
    return between if last >= now else -max(between, 1)


def tell_of_late(now: datetime) -> int:
    """Tell whoever holds a task whose last day is over, once; where nobody does, the supervisors of the place. `now`:
    local. How many were told of."""
    late = Task.objects.filter(state__in=OPEN, due_at__lt=now.date(), told_late_at=None).select_related(
        "alert"
    )
    told = 0
    for task in late.order_by("pk")[:_AT_ONCE]:
        with transaction.atomic():
            if not late.filter(pk=task.pk, version=task.version).update(told_late_at=clock.now()):
                continue  # somebody was quicker
            account = Account.objects.filter(username=task.assigned_to).values_list("pk", flat=True).first()
            said = f"已过期限({task.due_at})"
            messages.write(
                [_notice(task, "task.late", said, "期限内没有核查完;请尽快认定,或交他人承办。", account)]
            )
            told += 1
    return told


@jobs.every(600.0, "tasks.late", steps=True)
def _late_job(claim: jobs.Claim) -> None:
    tell_of_late(clock.local_now())
    with claim.last_step():
        pass
