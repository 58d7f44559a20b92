"""The one function that changes matters: `move` (and `move_all`, many in one transaction). `begin` opens them by it.

The matter (on the condition that nobody changed it meanwhile), the transition, its files, what the act does to the
alert, the fact row on which the clocks of the rulebook run, the messages, the audit row: all of them or none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction

from mingcha.accounts.acts import By, RefusedError
from mingcha.alerts.conflict import ConflictError
from mingcha.alerts.models import Alert
from mingcha.base import clock, rows
from mingcha.casework import clocks, entering, fact_rows, telling
from mingcha.casework.declare import NEW, Act, Holder, Kind, Moment, kind_of
from mingcha.casework.models import UNHURRIED, Matter, Transition
from mingcha.casework.offices import office_of
from mingcha.casework.proofs import Kept, attach_all
from mingcha.law.instants import instant

__all__ = ["ConflictError", "RefusedError", "Start", "Step", "begin", "begin_all", "move", "move_all"]

_CHANGED: Final = (
    "state", "holder", "person", "group", "due_at", "urgency", "due_rule", "wakes_at", "closed_at", "changed_at",
    "fact", "told", "title", "version",
)  # fmt: skip


@dataclass(frozen=True)
class Start:
    """What a matter that begins is about. `fact`: columns of its fact row as they are from the start; `alert` gives
    case, item, agency, region and level where they are not said. Without a title it is called by its number."""

    kind: str
    title: str
    subject_kind: str = ""
    subject: str = ""
    nth: int = 1
    alert: Alert | None = None
    parent: Matter | None = None
    group: str = ""
    case_no: str = ""
    item_code: str = ""
    agency_code: str = ""
    region_code: str = ""
    officer_code: str = ""
    level: str = ""
    person: str = ""
    fact: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One act on a matter as it was read (or on a new one). `fields`: what the act's entries ask; `fact`: further
    columns of the fact row that become so; `at`: the lawful moment, now without it;
    `person`: who has it in hand from now on; `group`: what is done together bears one name."""

    matter: Matter
    act: str
    reason: str = ""
    evidence: Sequence[Kept] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    fact: Mapping[str, Any] = field(default_factory=dict)
    at: Moment | None = None
    person: str | None = None
    group: str | None = None


@dataclass
class _Moved:
    """A matter on its way through its act."""

    matter: Matter
    kind: Kind
    act: Act
    step: Step
    transition: Transition
    read_at: int
    new: bool


def move(
    matter: Matter,
    act: str,
    by: By,
    *,
    reason: str = "",
    evidence: Sequence[Kept] = (),
    fields: Mapping[str, Any] | None = None,
    fact: Mapping[str, Any] | None = None,
    at: Moment | None = None,
    person: str | None = None,
) -> Transition:
    """Do one act on a matter. The given matter becomes the present.

    Whether the person may (`Act.policy`, and the matter in scope) the view has asked. Raises `ConflictError` where the
    matter has changed since it was read or its state does not allow the act, `RefusedError` where a reason, evidence or
    entry is wanting; then nothing was written.
    """
    step = Step(matter, act, reason, evidence, fields or {}, fact or {}, at, person)
    return move_all([step], by)[0]


def begin(start: Start, act: str, by: By, **given: Any) -> Matter:
    """Open one matter by one of its kind's opening acts; the rest as `move`. A second one about the same subject is a
    `ConflictError`."""
    return begin_all([start], act, by, **given)[0]


def begin_all(starts: Iterable[Start], act: str, by: By, **given: Any) -> list[Matter]:
    """Open many matters by the same act in one transaction."""
    matters = [_new(start, by) for start in starts]
    _issued(matters, act, by)
    move_all([Step(matter, act, **given) for matter in matters], by)
    return matters


def move_all(steps: Iterable[Step], by: By) -> list[Transition]:
    """Do acts on several matters, one each, in one transaction: all or none. Raises as `move`."""
    now = clock.now()
    moved = [_checked(step, by, now) for step in steps]
    if not moved:
        return []
    with transaction.atomic():
        _settle(moved)
        _write(moved)
        rows.insert([one.transition for one in moved])
        attach_all((one.matter, one.step.evidence) for one in moved if one.step.evidence)
        for one in moved:
            if one.act.effect is not None:
                one.act.effect(one.matter, one.transition)
        # After the effects: alerts are locked before numbers of batches, as by the judge.
        fact_rows.write([one.matter for one in moved], by.actor)
        telling.tell([(one.matter, one.act, one.transition) for one in moved])
        telling.audit([(one.matter, one.act, one.transition) for one in moved], by)
    return [one.transition for one in moved]


def _new(start: Start, by: By) -> Matter:
    alert, now = start.alert, clock.now()
    concerned = alert.agency_code if alert and not kind_of(start.kind).aside else ""
    return Matter(
        no="", kind=start.kind, state=NEW, subject_kind=start.subject_kind, subject=start.subject, nth=start.nth,
        alert=alert, parent=start.parent, group=start.group, title=start.title[:200],
        case_no=start.case_no or (alert.case_no if alert else ""),
        item_code=start.item_code or (alert.item_code if alert else ""),
        agency_code=start.agency_code or concerned,
        region_code=start.region_code or (alert.region_code if alert else ""),
        officer_code=start.officer_code, level=start.level or (alert.level if alert else ""), person=start.person,
        opened_at=now, opened_by=by.actor, changed_at=now, version=0,
        fact={name: fact_rows.plain(value) for name, value in start.fact.items()},
        told={name: fact_rows.plain(value) for name, value in start.told.items()},
    )  # fmt: skip


def _issued(matters: Sequence[Matter], act: str, by: By) -> None:
    """Of what only the issuer may end, who issued it."""
    issued = [matter for matter in matters if kind_of(matter.kind).issued]
    if not issued:
        return
    office = office_of(by.actor, kind_of(issued[0].kind).act(act).policy)
    for matter in issued:
        matter.issuer = office(matter.region_code, matter.agency_code)


# -- what the table allows -------------------------------------------------------------------------------------------


def _checked(step: Step, by: By, now: datetime) -> _Moved:
    matter = step.matter
    kind = kind_of(matter.kind)
    act = kind.act(step.act)
    after = act.moves.get(matter.state)
    if after is None:
        raise ConflictError(_unfit(matter, kind, act))
    reason, entered = entering.reason_of(act, step.reason), entering.cleaned(act, step.fields)
    if act.evidence and not step.evidence:
        raise RefusedError(f"“{act.label}”须附证据文件,请选择文件后再提交。")
    _apart(matter, act, by)
    lawful = step.at or clock.local_now()
    kept = {name: fact_rows.plain(value) for name, value in entered.items()}
    transition = Transition(
        matter=matter, no=matter.version + 1, act=act.name, before=matter.state, after=after, actor=by.actor,
        reason=reason, evidence=[file.digest for file in step.evidence], entered=kept, lawful_at=lawful,
        recorded_at=now,
    )  # fmt: skip
    moved = _Moved(matter, kind, act, step, transition, matter.version, new=matter.pk is None)
    _take(moved, kept, now)
    return moved


def _apart(matter: Matter, act: Act, by: By) -> None:
    """What one has done, another has to review."""
    if not act.apart_from or matter.pk is None:
        return
    last = matter.transitions.filter(act__in=act.apart_from).order_by("-no").first()
    if last is not None and last.actor == by.actor:
        done = kind_of(matter.kind).act(last.act).label
        raise RefusedError(f"“{done}”是您本人办的,“{act.label}”须由另一人办理(复核)。")


def _take(one: _Moved, entered: Mapping[str, Any], now: datetime) -> None:
    """The matter as the act makes it, its deadline aside."""
    matter, act, transition = one.matter, one.act, one.transition
    columns = {entry.column: entered.get(entry.name) for entry in act.entries if entry.column}
    columns = {name: value for name, value in columns.items() if value is not None}
    stamped = dict.fromkeys(act.stamps, fact_rows.plain(transition.lawful_at))
    further = {name: fact_rows.plain(value) for name, value in {**act.sets, **one.step.fact}.items()}
    matter.fact = {**matter.fact, **columns, **stamped, **further}
    matter.told = {**matter.told, **entered}
    if one.step.person is not None:
        matter.person = one.step.person
    if one.step.group is not None:
        matter.group = one.step.group
    state = one.kind.state(transition.after)
    matter.state, matter.holder = state.name, str(state.holder)
    matter.closed_at = now if state.final else None
    matter.changed_at, matter.version = now, transition.no


def _settle(moved: Sequence[_Moved]) -> None:
    """Numbers of new matters, and when each is due and wakes now."""
    new = [one.matter for one in moved if one.new]
    for matter, number in zip(new, rows.fresh_ids(Matter, len(new)) if new else (), strict=True):
        matter.pk = number
        matter.no = f"{kind_of(matter.kind).prefix}{clock.local(matter.opened_at):%Y%m%d}-{number:05d}"
        matter.title = matter.title or matter.no
        if not matter.subject:
            matter.subject_kind, matter.subject = "self", matter.no
    due = clocks.due_of([one.matter for one in moved])
    for one in moved:
        matter = one.matter
        state = one.kind.state(matter.state)
        matter.due_at, matter.due_rule = due.get(id(matter), (None, ""))
        matter.urgency = UNHURRIED if matter.due_at is None else instant(matter.due_at)
        matter.wakes_at = state.wakes(matter) if state.wakes else None
        one.transition.due_at = matter.due_at


# -- written on the condition that nobody was quicker ---------------------------------------------------------------


def _write(moved: Sequence[_Moved]) -> None:
    new = [one.matter for one in moved if one.new]
    try:
        with transaction.atomic():
            Matter.objects.bulk_create(new)
    except IntegrityError as error:
        raise ConflictError(_twice(new)) from error
    for one in moved:
        one.transition.matter_id = one.matter.pk
    old = [one for one in moved if not one.new]
    if rows.update_at([one.matter for one in old], _CHANGED, [one.read_at for one in old]) != len(old):
        raise ConflictError(_overtaken(old))


def _twice(new: Sequence[Matter]) -> str:
    for matter in new:
        there = Matter.objects.filter(
            kind=matter.kind, subject_kind=matter.subject_kind, subject=matter.subject, nth=matter.nth
        ).first()
        if there is not None:
            kind = kind_of(there.kind)
            return (
                f"已有{kind.label} {there.no}(由 {there.opened_by} 发起,现为“{kind.state(there.state).label}”),"
                "不能重复发起;请打开那一项办理"
            )
    return "同一事项刚才已由他人发起,请刷新后再看"


def _overtaken(old: Sequence[_Moved]) -> str:
    """What happened to the first matter that is not as it was read."""
    for one in old:
        last = Transition.objects.filter(matter_id=one.matter.pk).order_by("-no").first()
        if last is not None and last.no > one.read_at:
            when = clock.local(last.recorded_at)
            return (
                f"{one.kind.label} {one.matter.no} 刚才已由 {last.actor} 于 {when:%Y-%m-%d %H:%M:%S} "
                f"“{one.kind.act(last.act).label}”,现为“{one.kind.state(last.after).label}”;请刷新后再办"
            )
    return "事项刚才已有变动,请刷新后再办"


def _unfit(matter: Matter, kind: Kind, act: Act) -> str:
    now = kind.state(matter.state).label if matter.state else "还没有发起"
    return f"{kind.label} {matter.no} 现在是“{now}”,不能“{act.label}”;请刷新后再办".replace("  ", " ")


def holder_label(matter: Matter) -> str:
    """Whose turn it is, in words."""
    return {
        Holder.AGENCY: "责任部门", Holder.OFFICE: "监察机构", Holder.LEADER: "领导", Holder.CITIZEN: "申请人",
    }.get(Holder(matter.holder), "—")  # fmt: skip
