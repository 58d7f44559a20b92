"""What a person may do to a task, each with the question that is asked once: the consequence and the law."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from mingcha.accounts.models import Account, Grant, Role
from mingcha.accounts.scopes import scope_of
from mingcha.alerts import deciding, tasks
from mingcha.alerts.conflict import ConflictError
from mingcha.alerts.deciding import NoReasonError
from mingcha.alerts.manual import File
from mingcha.alerts.models import Task
from mingcha.pages.cards.files import attach_all

LONGEST: Final = 2000
"""Characters of a note or of reasons."""
_LAW: Final = "《河南省政务服务电子监察工作规则(试行)》第三条:电子监控与人工监察相结合"


class NotDoneError(ValueError):
    """What was asked is not done; says why and what to do, in Chinese."""


@dataclass(frozen=True)
class Asked:
    """What a person asks: who, to whom, with which words and files."""

    actor: str
    to: str = ""
    why: str = ""
    files: Sequence[File] = ()


@dataclass(frozen=True)
class Act:
    """One act. `states`: where it may be done; `holders`: only by whoever holds the task; `key` starts it."""

    name: str
    label: str
    key: str
    states: tuple[str, ...]
    consequence: str
    done: str
    run: Callable[[Task, Asked], None]
    holders: bool = False
    style: str = ""
    law: str = _LAW


def _take(task: Task, asked: Asked) -> None:
    if task.assigned_to == asked.actor:
        raise NotDoneError("这项人工监察已由您承办")
    tasks.assign(task, asked.actor, asked.actor, asked.why)


def _assign(task: Task, asked: Asked) -> None:
    if asked.to not in dict(candidates(task)):
        raise NotDoneError("请从列表中选一位管辖范围包括这个部门的监察员")
    tasks.assign(task, asked.to, asked.actor, asked.why)


def _begin(task: Task, asked: Asked) -> None:
    tasks.begin(task, asked.actor, asked.why)


def _record(task: Task, asked: Asked) -> None:
    if not asked.why and not asked.files:
        raise NotDoneError("请写明核查到的情况,或附上证据")
    with transaction.atomic():
        names = "、".join(file.name for file in asked.files)
        tasks.record(task, asked.actor, asked.why or f"附证据:{names[:LONGEST]}")
        attach_all(task.alert, asked.files, asked.actor)


def _found(task: Task, asked: Asked) -> None:
    deciding.conclude(task, True, asked.why, asked.actor)


def _unfounded(task: Task, asked: Asked) -> None:
    deciding.conclude(task, False, asked.why, asked.actor)


_WAITING, _ASSIGNED, _INVESTIGATING = Task.State.WAITING, Task.State.ASSIGNED, Task.State.INVESTIGATING

ACTS: Final = {
    act.name: act
    for act in (
        Act("take", "接办", "t", tasks.OPEN, "由您承办,期限不变;原来有承办人的,本人会收到消息。", "已由您承办", _take),
        Act("assign", "交办", "a", tasks.OPEN, "交给所选的监察员承办,期限不变;本人随即收到消息。", "已交办", _assign),
        Act(
            "begin", "开始核查", "b", (_ASSIGNED,), "记为核查中;自此可以记录核查到的情况、附上证据。",
            "已开始核查", _begin, holders=True, style="primary",
        ),
        Act(
            "record", "记录", "n", (_INVESTIGATING,), "情况与证据记入经过,以后不能删除。", "已记入经过",
            _record, holders=True,
        ),
        Act(
            "found", "属实", "y", (_ASSIGNED, _INVESTIGATING),
            "待确认的信号随即正式发出,通知有关部门,整改与升级的时限从此起算;已发出的保持不变。",
            "已认定属实,理由已记入信号的变动", _found, holders=True, style="primary",
        ),
        Act(
            "unfounded", "不属实", "u", (_ASSIGNED, _INVESTIGATING),
            "信号不再发出,已发出的撤回,不计入考核与通报;信号和全部变动仍保留,可查可复核。",
            "已认定不属实,理由已记入信号的变动", _unfounded, holders=True, style="danger",
        ),
    )
}  # fmt: skip


def offered(task: Task, username: str) -> list[Act]:
    """What this person may do now; nothing that would be refused."""
    mine = task.assigned_to == username
    return [
        act for act in ACTS.values()
        if task.state in act.states and (mine or not act.holders) and not (mine and act.name == "take")
    ]  # fmt: skip


def act_on(task: Task, act: Act, asked: Asked, version: str) -> None:
    """Do it to the task as the person saw it. Raises `NotDoneError`, `NoReasonError`, `EvidenceError`,
    `ConflictError`."""
    if version != str(task.version):
        raise ConflictError(f"{tasks.told_last(task)};请看过再定")
    if task.state not in act.states:
        raise ConflictError(f"{tasks.told_last(task)},不能{act.label}")
    if act.holders and task.assigned_to != asked.actor:
        raise NotDoneError(f"只有承办人能{act.label};请先接办")
    if len(asked.why) > LONGEST:
        raise NoReasonError(f"请不要超过 {LONGEST} 字;长的内容请附为文件")
    act.run(task, asked)


def candidates(task: Task) -> list[tuple[str, str]]:
    """(username, name) of the supervisors whose office reaches over the task."""
    grants = Grant.objects.filter(role=Role.SUPERVISOR, ended_at=None, account__is_active=True)
    held: dict[Account, list[Grant]] = {}
    for grant in grants.select_related("account").order_by("account__username"):
        held.setdefault(grant.account, []).append(grant)
    return [
        (account.username, account.name)
        for account, own in held.items()
        if scope_of(own).holds(task.region_code, task.agency_code)
    ]
