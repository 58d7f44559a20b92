"""What a person may do to an alert, each with the question that is asked once: the consequence and the law."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mingcha.alerts.changing import ConflictError, change
from mingcha.alerts.deciding import NoReasonError, moves, reason
from mingcha.alerts.models import Alert, Change
from mingcha.alerts.transitions import state_after

LONGEST = 1000
"""Characters of a reason."""


@dataclass(frozen=True)
class Act:
    """One act. `policy`: who may; `kind`: the change it makes; `style`: the class of its button."""

    name: str
    label: str
    policy: str
    kind: str
    consequence: str
    law: str
    style: str = "primary"


ACTS = {
    act.name: act
    for act in (
        Act(
            "confirm",
            "确认",
            "alerts.confirm",
            Change.Kind.CONFIRMED,
            "确认后监察信号正式发出,通知有关部门,整改与升级的时限从发出时起算。",
            "《河南省政务服务电子监察工作规则(试行)》第三条:电子监控与人工监察相结合",
        ),
        Act(
            "dismiss",
            "不予确认",
            "alerts.confirm",
            Change.Kind.DISMISSED,
            "信号不发出,不计入考核;理由记入变动,以后不能删除。",
            "《河南省政务服务电子监察工作规则(试行)》第三条:电子监控与人工监察相结合",
        ),
        Act(
            "withdraw",
            "撤回",
            "alerts.withdraw",
            Change.Kind.WITHDRAWN,
            "已发出的信号撤回,不再计入考核与通报;信号和全部变动仍保留,可查可复核。",
            "《河南省政务服务电子监察工作规则(试行)》第八条(十):异常办件申诉及二次评价",
            "danger",
        ),
    )
}


def allowed(alert: Alert, act: Act) -> bool:
    """Whether the alert's state allows the act."""
    return state_after(act.kind, alert.state) is not None


def act_on(alerts: Sequence[Alert], act: Act, why: str, actor: str) -> tuple[int, list[str]]:
    """Do it to each as it was read; how many, and in Chinese why not to the others.

    Raises `NoReasonError` where there is no reason.
    """
    why = reason(why)
    if len(why) > LONGEST:
        raise NoReasonError(f"理由请不要超过 {LONGEST} 字")
    fitting = [alert for alert in alerts if allowed(alert, act)]
    refused = [_unfit(alert, act) for alert in alerts if not allowed(alert, act)]
    try:
        change([move for alert in fitting for move in moves(alert, act.kind, why)], actor)
        return len(fitting), refused
    except ConflictError as error:
        if len(fitting) == 1:
            return 0, [*refused, str(error)]
    return _one_by_one(fitting, act, why, actor, refused)


def _one_by_one(
    alerts: Sequence[Alert], act: Act, why: str, actor: str, refused: list[str]
) -> tuple[int, list[str]]:
    """Somebody was quicker with one of them: the others are not to suffer for it."""
    seen = {alert.pk: alert.changed_at for alert in alerts}
    done = 0
    for alert in Alert.objects.filter(pk__in=seen).order_by("pk"):
        if alert.changed_at != seen[alert.pk]:
            refused.append(f"{alert.key} 刚才已有变动,现为“{Alert.State(alert.state).label}”;请刷新后再定")
            continue
        try:
            change(moves(alert, act.kind, why), actor)
            done += 1
        except ConflictError as error:
            refused.append(str(error))
    return done, refused


def _unfit(alert: Alert, act: Act) -> str:
    return f"{alert.key} 现在是“{Alert.State(alert.state).label}”,不能{act.label}"
