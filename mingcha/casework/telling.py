"""What follows from a move beside the matter: messages to whose turn it is now, and the audit row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mingcha.accounts.acts import By
from mingcha.accounts.models import Role
from mingcha.accounts.places import places
from mingcha.base import audit as audit_chain
from mingcha.casework import clocks
from mingcha.casework.declare import Act, Holder, kind_of
from mingcha.casework.models import Matter, Transition
from mingcha.law.sheet_view import when
from mingcha.notify import messages

Told = Iterable[tuple[Matter, Act, Transition]]

_ROLES = {
    Holder.AGENCY: (Role.LIAISON, Role.OFFICER),
    Holder.OFFICE: (Role.SUPERVISOR,),
    Holder.LEADER: (Role.LEADER,),
    Holder.CITIZEN: (Role.SUPERVISOR, Role.LIAISON, Role.OFFICER),
    Holder.NOBODY: (Role.SUPERVISOR, Role.LIAISON, Role.OFFICER),
}


def tell(told: Told) -> None:
    """Write the messages in the product: to those whose turn it is; of an end, to all concerned."""
    messages.write(notice for one in told for notice in _notices(*one))


def _notices(matter: Matter, act: Act, made: Transition) -> Iterator[messages.Notice]:
    if act.silent:
        return
    notice = _notice(matter, act, made)
    yield notice
    if act.tells_superior:
        above = places().regions.get(matter.region_code)
        region = above.parent if above and above.parent else matter.region_code
        yield replace(notice, region_code=region, agency_code="", roles=(Role.SUPERVISOR, Role.LEADER))


def _notice(matter: Matter, act: Act, made: Transition) -> messages.Notice:
    kind = kind_of(matter.kind)
    state = kind.state(made.after)
    due = f",应于{when(made.due_at)}前办理" if made.due_at is not None else ""
    return messages.Notice(
        kind=f"matter.{kind.name}.{act.name}",
        title=f"{kind.label}·{act.label}:{matter.title}",
        text=f"{matter.no} 现为“{state.label}”{due}。" + (f"\n{made.reason}" if made.reason else ""),
        level=matter.level,
        link=f"/casework/{matter.pk}/",
        subject=f"matter/{matter.pk}",
        case_no=matter.case_no,
        region_code=matter.region_code,
        agency_code=matter.agency_code,
        officer_code=matter.officer_code,
        data={"matter": matter.no, "kind": kind.name, "act": act.name, "state": made.after, "no": made.no},
        roles=_ROLES[state.holder],
    )


def remind(matters: Iterable[Matter]) -> None:
    """Write the messages that something is due soon, to those whose turn it is."""
    messages.write(_reminder(matter) for matter in matters)


def _after(matter: Matter) -> str:
    if clocks.alerts(matter.due_rule, matter.region_code):
        return f"逾期由规则 {matter.due_rule} 发出信号"
    return f"期限照规则 {matter.due_rule} 计算,它没有在这一地区施行,逾期不发信号"


def _reminder(matter: Matter) -> messages.Notice:
    kind = kind_of(matter.kind)
    state = kind.state(matter.state)
    return messages.Notice(
        kind=f"matter.{kind.name}.due",
        title=f"{kind.label}即将到期:{matter.title}",
        text=f"{matter.no} 现为“{state.label}”,应于{when(matter.due_at)}前办理;{_after(matter)}。",
        level=matter.level,
        link=f"/casework/{matter.pk}/",
        subject=f"matter/{matter.pk}",
        case_no=matter.case_no,
        region_code=matter.region_code,
        agency_code=matter.agency_code,
        officer_code=matter.officer_code,
        data={"matter": matter.no, "kind": kind.name, "state": matter.state},
        roles=_ROLES[state.holder],
    )


def audit(told: Told, by: By) -> None:
    """One audit row a move: what it says is in the chain."""
    audit_chain.record_all(
        audit_chain.row(
            by.actor,
            f"matter.{matter.kind}.{act.name}",
            f"matter/{matter.no}",
            purpose=made.reason,
            detail={
                "no": made.no, "before": made.before, "state": made.after, "evidence": list(made.evidence),
                "subject": f"{matter.subject_kind}/{matter.subject}", "lawful_at": made.lawful_at.isoformat(),
            },
            address=by.address,
        )
        for matter, act, made in told
    )  # fmt: skip
