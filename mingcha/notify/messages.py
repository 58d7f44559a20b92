"""Writing messages 消息: called by whatever makes something happen, inside its transaction (同步)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mingcha.accounts.models import Role
from mingcha.base import clock
from mingcha.base.rows import insert
from mingcha.notify.models import Message

THOSE_CONCERNED: Final = (Role.SUPERVISOR, Role.LIAISON, Role.OFFICER)
"""Who is told of an alert: supervisors of its region, liaison and officers of its agency."""


@dataclass(frozen=True)
class Notice:
    """What a message says and whom it concerns.

    `kind` names what happened, e.g. `alert.raised`; it is the type of the webhook's event too. `link` is a path
    in the product, `subject` names what it is about, e.g. `alert/17`. People of `roles` see it whose grant holds
    `region_code` and `agency_code`; with `officer_code`, of the officers only that one; with `account_id` that
    person besides. Without roles and account it is in nobody's list, but goes to webhooks and the feed of changes.
    `data` tells machines the same; neither it nor the texts hold personal data.
    """

    kind: str
    title: str
    text: str = ""
    level: str = ""
    link: str = ""
    subject: str = ""
    rule: str = ""
    case_no: str = ""
    region_code: str = ""
    agency_code: str = ""
    officer_code: str = ""
    roles: tuple[str, ...] = THOSE_CONCERNED
    account_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def write(notices: Iterable[Notice]) -> int:
    """Write the messages in the caller's transaction; the number of them. Titles are cut to 200 characters."""
    now = clock.now()
    return insert(
        Message(
            kind=notice.kind,
            level=notice.level,
            title=notice.title[:200],
            text=notice.text,
            link=notice.link,
            subject=notice.subject,
            rule=notice.rule,
            case_no=notice.case_no,
            region_code=notice.region_code,
            agency_code=notice.agency_code,
            officer_code=notice.officer_code,
            roles=spelled(notice.roles),
            account_id=notice.account_id,
            data=dict(notice.data),
            at=now,
        )
        for notice in notices
    )


def spelled(roles: Iterable[str]) -> str:
    """Roles as they are stored: `;liaison;supervisor;`, so that one is found by `;role;`."""
    named = sorted({str(role) for role in roles})
    return f";{';'.join(named)};" if named else ""
