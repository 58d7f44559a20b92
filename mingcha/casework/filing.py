"""Filing an appeal 申诉, and what decides it: the citizen's second evaluation, or the supervisor's investigation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mingcha.accounts.acts import By, RefusedError
from mingcha.alerts.models import Alert
from mingcha.alerts.reconcile import max_moment
from mingcha.base import clock
from mingcha.casework import clocks
from mingcha.casework.declare import Moment
from mingcha.casework.models import Matter
from mingcha.casework.moving import Start, begin, move
from mingcha.casework.proofs import Kept
from mingcha.casework.subjects import ALERT, officers_of, subject_of, title_of
from mingcha.casework.tables import APPEAL
from mingcha.casework.tables.appeal import last_day_to_rate

_APPEALABLE = (Alert.State.OPEN, Alert.State.CURED)


def shown_at(alert: Alert) -> Moment | None:
    """When the state it is in now was recorded and shown: when it was issued, or rose to its level since."""
    issued: Moment | None = alert.issued_at
    risen = {Alert.Level.RED: alert.red_at, Alert.Level.YELLOW: alert.yellow_at}.get(Alert.Level(alert.level))
    return issued if issued is None or risen is None else max_moment(issued, risen)


def last_day(alert: Alert) -> date | None:
    """The last day on which an appeal may be filed; None for an alert that was not issued."""
    shown = shown_at(alert)
    if shown is None:
        return None
    return clocks.working_days_after(shown, int(clocks.setting("appeal_days", alert.pack, 10)))


def explain_by(asked: Moment) -> date | None:
    """The day until which an alert is to be explained: working days after it was issued, or later asked for."""
    return clocks.working_days_after(asked, int(clocks.setting("explain_days", "zhengzhou-2021", 3)))


def why_not(alert: Alert) -> str:
    """Why no appeal can be filed against the alert now, in Chinese; empty where one can."""
    if alert.state not in _APPEALABLE or alert.issued_at is None:
        return f"信号现为“{Alert.State(alert.state).label}”,不需要申诉。"
    if clocks.setting("appealable", alert.pack, "all") == "abnormal" and not alert.abnormal:
        return "按现行设置,只有异常办件可以申诉。"
    filed = Matter.objects.filter(kind=APPEAL.name, subject_kind=ALERT, subject=subject_of(alert))
    if filed.count() >= int(clocks.setting("appeals_max", alert.pack, 1)):
        first = filed.order_by("-nth").first()
        return f"已申诉过({first.no if first else ''}),同一异常状态不能再次申诉。"
    last = last_day(alert)
    if last is not None and clock.local_now().date() > last:
        return f"申诉期限已于 {last:%Y-%m-%d} 届满(信号发出后10个工作日内)。"
    return ""


def file(alert: Alert, reason: str, by: By, evidence: Sequence[Kept] = ()) -> Matter:
    """File an appeal. Of an abnormal case the citizen is asked first; of anything else the office decides.

    Raises `RefusedError` where none can be filed, `ConflictError` where another has just been.
    """
    refused = why_not(alert)
    if refused:
        raise RefusedError(refused)
    subject = subject_of(alert)
    nth = Matter.objects.filter(kind=APPEAL.name, subject_kind=ALERT, subject=subject).count() + 1
    start = Start(
        APPEAL.name, title_of(alert), ALERT, subject, nth, alert,
        officer_code=officers_of([alert]).get(alert.case_no, ""),
        fact={"alert": subject, "case_no": alert.case_no or None, "judged_at": shown_at(alert)},
    )  # fmt: skip
    act = "file" if alert.abnormal and alert.case_no else "file_to_office"
    return begin(start, act, by, reason=reason, evidence=evidence)


def second_evaluation(
    case_no: str,
    evaluation_no: str,
    satisfied: bool,
    by: By,
    *,
    appeal: str = "",
    follows: str = "",
    at: Moment | None = None,
) -> list[Matter]:
    """The citizen has rated a second time: the open appeals of the case are decided by it. In the caller's transaction.

    `appeal`: the number of the one it answers, and no other is meant. `follows`: the evaluation rated anew, where no
    appeal is named; with neither every open appeal of the case is meant. Returns those decided; what comes after the
    last day decides nothing (the supervisor sees it on the case). Raises `ConflictError`.
    """
    day = _day(at or clock.local_now())
    waiting = Matter.objects.filter(kind=APPEAL.name, case_no=case_no, closed_at=None).exclude(case_no="")
    if appeal:
        waiting = waiting.filter(no=appeal)
    decided = []
    for matter in waiting.select_related("alert").order_by("pk"):
        last = last_day_to_rate(matter)
        if (last is not None and day > last) or not (appeal or _concerns(matter, follows)):
            continue
        act = "rated_well" if satisfied else "rated_badly"
        move(matter, act, by, fields={"second_evaluation_no": evaluation_no}, at=at)
        decided.append(matter)
    return decided


def _concerns(matter: Matter, follows: str) -> bool:
    """An alert that names one evaluation is rated anew by what follows that one."""
    alert = matter.alert
    if not follows or alert is None or not alert.abnormal:
        return True
    return follows in (alert.subject, alert.key) or not alert.subject


def _day(moment: Moment) -> date:
    return clocks.day_of(moment)


def appeals_open_to_the_citizen(case_no: str) -> list[tuple[Matter, date | None]]:
    """The appeals of a case that its applicant may read and rate anew, each with the last day."""
    waiting = Matter.objects.filter(kind=APPEAL.name, case_no=case_no, state="filed").exclude(case_no="")
    return [(matter, last_day_to_rate(matter)) for matter in waiting.select_related("alert").order_by("pk")]
