"""What follows from changes of alerts beside the alerts: the fact `issued`, messages, audit rows. One place each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mingcha.alerts.models import Alert, Change
from mingcha.alerts.transitions import CLOSING, LIVE, OPENING
from mingcha.base import audit as audit_chain
from mingcha.intake import applying, reading
from mingcha.notify import messages

Told = tuple[Alert, Sequence[Change]]

_ENDED = (Alert.State.CURED,)
_GONE = (Alert.State.WITHDRAWN, Alert.State.SUPERSEDED)


def issue(alerts: Iterable[Alert], actor: str, *, judging: bool) -> None:
    """Write the fact `issued` of alerts that were issued, as they are now; those withdrawn or superseded are taken
    back. It touches its units like any fact, so that chains are judged again; `judging`: whoever calls sees to that."""
    facts = [_issued(alert) for alert in alerts]
    if facts:
        no = applying.write({"issued": facts}, actor)
        if judging:
            reading.settle_touched([no])


def _issued(alert: Alert) -> dict[str, Any]:
    return {
        "rule": alert.rule,
        "about": alert.about,
        "key": alert.key,
        "subject": alert.subject,
        "episode": alert.episode,
        "level": alert.level,
        "moment": alert.moment,
        "issued_at": alert.issued_at,
        "ended_at": alert.ended_at if alert.state in _ENDED else None,
        "withdrawn": alert.state in _GONE,
    }


def tell(told: Iterable[Told], quiet: frozenset[tuple[str, str]]) -> None:
    """Write the messages in the product: one an alert, however many steps it took."""
    messages.write(notice for alert, changes in told if (notice := _notice(alert, changes, quiet)))


def _notice(
    alert: Alert, changes: Sequence[Change], quiet: frozenset[tuple[str, str]]
) -> messages.Notice | None:
    kind = _spoken_kind(changes)
    if kind is None:
        return None
    label = Alert.Level(alert.level).label if alert.level != Alert.Level.NONE else "线索"
    what = Change.Kind(kind).label
    silent = (alert.rule, alert.level) in quiet or (kind in OPENING and alert.state not in LIVE)
    why = changes[-1].why
    return messages.Notice(
        kind=f"alert.{kind}",
        title=f"{label}·{what}:{alert.case_no or alert.key} {alert.reason}",
        text=f"{alert.article}\n{alert.reason}" + (f"\n{why}" if why else ""),
        level=alert.level,
        link=f"/alerts/{alert.pk}/",
        subject=f"alert/{alert.pk}",
        rule=alert.rule,
        case_no=alert.case_no,
        region_code=alert.region_code,
        agency_code=alert.agency_code,
        data=_data(alert, kind),
        roles=() if silent else messages.THOSE_CONCERNED,
    )


def _spoken_kind(changes: Sequence[Change]) -> str | None:
    """The change people hear of: the end if there is one, else the last step up, else any but a mere update."""
    kinds = [row.kind for row in changes if row.kind != Change.Kind.UPDATED]
    opening = [kind for kind in kinds if kind in OPENING]
    closing = [kind for kind in kinds if kind in CLOSING]
    if opening and closing:
        return opening[-1]  # raised and over at once: what was wrong is the news
    return kinds[-1] if kinds else None


def _data(alert: Alert, kind: str) -> dict[str, Any]:
    return {
        "alert": alert.pk,
        "change": kind,
        "rule": alert.rule,
        "about": alert.about,
        "key": alert.key,
        "subject": alert.subject,
        "episode": alert.episode,
        "level": alert.level,
        "state": alert.state,
        "version": alert.version,
    }


def audit(told: Iterable[Told], actor: str) -> None:
    """One audit row a change: what it says is in the chain."""
    audit_chain.record_all(
        audit_chain.row(
            actor,
            f"alert.{row.kind}",
            f"alert/{alert.pk}",
            purpose=row.why,
            detail={
                "no": row.no, "rule": alert.rule, "about": alert.about, "key": alert.key, "subject": alert.subject,
                "episode": alert.episode, "level": row.level, "state": row.state,
                "lawful_at": None if row.lawful_at is None else row.lawful_at.isoformat(), "batch": row.batch_no,
            },
        )
        for alert, changes in told
        for row in changes
    )  # fmt: skip
