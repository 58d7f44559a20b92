"""What casework does by itself: ask for explanations, drop what is pointless, act when a period is over."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from mingcha.accounts.acts import By
from mingcha.alerts.models import Alert, Change
from mingcha.alerts.transitions import OPENING
from mingcha.base import clock
from mingcha.base.audit import SYSTEM
from mingcha.casework import clocks, telling
from mingcha.casework.declare import kind_of
from mingcha.casework.filing import explain_by, shown_at
from mingcha.casework.models import Mark, Matter
from mingcha.casework.moving import ConflictError, RefusedError, Start, begin_all, move
from mingcha.casework.subjects import ALERT, officers_of, subject_of, title_of
from mingcha.casework.tables import EXPLAIN, RECTIFY
from mingcha.law.instants import instant

_log = logging.getLogger("mingcha.casework")
_ASKED: Final = "explanations"
_OVERLAP: Final = timedelta(minutes=10)
"""Changes recorded this long before the mark are looked at again: they may have been committed late."""
AT_ONCE: Final = 500
SYSTEM_ITSELF: Final = By(SYSTEM)
_GONE: Final = (Alert.State.WITHDRAWN, Alert.State.SUPERSEDED)


def follow(now: datetime) -> int:
    """Do everything that is due by `now` (aware); how many matters were moved."""
    local = clock.local(now)
    return ask_for_explanations(now) + drop_the_pointless() + wake(local) + remind(local)


def ask_for_explanations(now: datetime) -> int:
    """Ask the agencies of what was issued as abnormal, yellow or red since the last time, where the pack holds.

    What was issued before casework began is not asked for.
    """
    mark, begun = Mark.objects.get_or_create(name=_ASKED, defaults={"at": now})
    if begun:
        return 0
    asked, waiting = 0, list(_unexplained(mark.at - _OVERLAP).values_list("pk", flat=True))
    for first in range(0, len(waiting), AT_ONCE):
        part = list(Alert.objects.filter(pk__in=waiting[first : first + AT_ONCE]).order_by("pk"))
        officers = officers_of(part)
        before = _asked_before(part)
        starts = [_start(alert, officers, before.get(alert.pk, 0)) for alert in part if _must_explain(alert)]
        begin_all(starts, "ask", SYSTEM_ITSELF)
        asked += len(starts)
    Mark.objects.filter(name=_ASKED).update(at=now)
    return asked


def _unexplained(since: datetime) -> QuerySet[Alert]:
    changed = Change.objects.filter(recorded_at__gte=since, kind__in=OPENING).values("alert_id")
    there = Matter.objects.filter(kind=EXPLAIN.name, alert=OuterRef("pk")).exclude(state="cancelled")
    wanted = Q(abnormal=True) | Q(level__in=[Alert.Level.YELLOW, Alert.Level.RED])
    alerts = Alert.objects.filter(wanted, pk__in=changed, state=Alert.State.OPEN).exclude(issued_at=None)
    return alerts.filter(~Exists(there)).exclude(agency_code="").order_by("pk")


def _must_explain(alert: Alert) -> bool:
    """Whether 郑州规则第九条 holds where the alert belongs."""
    return any(clocks.alerts(rule, alert.region_code) for rule in EXPLAIN.state("asked").rules)


def _asked_before(alerts: list[Alert]) -> dict[int, int]:
    """Alert -> how often it was asked for and cancelled: one that was taken back and raised again is asked for anew."""
    rows = Matter.objects.filter(kind=EXPLAIN.name, alert__in=alerts).order_by()
    return dict(rows.values_list("alert_id").annotate(Count("pk")))


def _start(alert: Alert, officers: Mapping[str, str], before: int) -> Start:
    subject = subject_of(alert)
    shown = shown_at(alert)
    assert shown is not None
    fact = {"alert": subject, "agency_code": alert.agency_code, "due_at": explain_by(shown)}
    officer = officers.get(alert.case_no, "")
    return Start(
        EXPLAIN.name, title_of(alert), ALERT, subject, before + 1, alert, officer_code=officer, fact=fact
    )


def drop_the_pointless() -> int:
    """Explanations and rectifications of alerts that were taken back are asked for no more."""
    kinds = (EXPLAIN.name, RECTIFY.name)
    gone = Matter.objects.filter(kind__in=kinds, closed_at=None, alert__state__in=_GONE).select_related(
        "alert"
    )
    return sum(
        _moved(matter, "cancel", f"信号已{Alert.State(matter.alert.state).label.removeprefix('已')}")
        for matter in _some(gone)
        if matter.alert is not None
    )


def wake(now: datetime) -> int:
    """Do the acts whose moment has come (local): each bears its own lawful moment, however late the system is."""
    due = Matter.objects.filter(wakes_at__lte=now).select_related("alert").order_by("wakes_at")
    moved = 0
    for matter in _some(due):
        act = kind_of(matter.kind).state(matter.state).wakes_to
        moved += _moved(matter, act, "", at=matter.wakes_at)
    return moved


def remind(now: datetime) -> int:
    """Tell whose turn it is that a matter is due today or on the next working day: once for each deadline."""
    last = clocks.working_days_after(now, 1)
    if last is None:
        return 0
    since, by = instant(datetime.combine(now, time())), instant(datetime.combine(last, time.max))
    due = Matter.objects.filter(closed_at=None, urgency__gte=since, urgency__lte=by)
    waiting = list(due.exclude(reminded=F("urgency")).order_by("urgency")[:AT_ONCE])
    with transaction.atomic():
        for matter in waiting:
            Matter.objects.filter(pk=matter.pk).update(reminded=matter.urgency)
        telling.remind(waiting)
    return len(waiting)


def _some(rows: QuerySet[Matter]) -> Iterator[Matter]:
    return iter(list(rows[:AT_ONCE]))


def _moved(matter: Matter, act: str, reason: str, at: datetime | None = None) -> bool:
    """Whether it was done; a person who was quicker has made it pointless."""
    try:
        move(matter, act, SYSTEM_ITSELF, reason=reason, at=at)
    except ConflictError:
        return False
    except RefusedError as error:
        _log.warning("matter not moved", extra={"matter": matter.no, "act": act, "why": str(error)})
        return False
    return True
