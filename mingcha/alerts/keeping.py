"""What of alerts keeps a case from being archived (`intake.archive.keeping`)."""

from __future__ import annotations

from collections.abc import Sequence

from mingcha.alerts.models import Alert, Task, Undetermined, Watch
from mingcha.intake.archive.keeping import keeps

_OPEN_TASKS = (Task.State.WAITING, Task.State.ASSIGNED, Task.State.INVESTIGATING)


@keeps("有未了结的信号")
def _open_alerts(cases: Sequence[str]) -> set[str]:
    alerts = Alert.objects.filter(case_no__in=cases, state__in=[Alert.State.PROPOSED, Alert.State.OPEN])
    return set(alerts.values_list("case_no", flat=True))


@keeps("时限还在走")
def _watched(cases: Sequence[str]) -> set[str]:
    return set(Watch.objects.filter(unit="case", key__in=cases).values_list("key", flat=True))


@keeps("还不可判定")
def _undetermined(cases: Sequence[str]) -> set[str]:
    rows = Undetermined.objects.filter(case_no__in=cases, settled_at=None)
    return set(rows.values_list("case_no", flat=True))


@keeps("人工监察没有办结")
def _tasks(cases: Sequence[str]) -> set[str]:
    tasks = Task.objects.filter(alert__case_no__in=cases, state__in=_OPEN_TASKS)
    return set(tasks.values_list("alert__case_no", flat=True))
