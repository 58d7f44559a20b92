"""The lines of a difference list: what moves or changes of alerts mean in the words of `trials.compare_runs`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mingcha.alerts.changing import REFRESH, Move
from mingcha.alerts.models import Alert, Change, Difference, DifferenceLine
from mingcha.alerts.units import Unit, unit_of
from mingcha.base import audit, clock, rows
from mingcha.engine.record import FLAGS, MOMENTS

_ADDED, _WITHDRAWN = DifferenceLine.Kind.ADDED, DifferenceLine.Kind.WITHDRAWN
_CHANGED = DifferenceLine.Kind.CHANGED
_KINDS: Final[dict[str, str]] = {
    Change.Kind.PROPOSED: _ADDED,
    Change.Kind.RAISED: _ADDED,
    Change.Kind.REOPENED: _ADDED,
    Change.Kind.WITHDRAWN: _WITHDRAWN,
    Change.Kind.SUPERSEDED: _WITHDRAWN,
}
"""What a change is in a difference list; any other is `changed`."""
_SAID: Final = tuple(name for name in (*FLAGS, *MOMENTS) if name != "next_at")


@dataclass(frozen=True)
class Before:
    """An alert as it was before its moves."""

    level: str
    reason: str
    said: dict[str, Any]


def remember(before: dict[int, Before]) -> Callable[[Alert], None]:
    """Keeps what every alert says before it is moved, by its id in memory."""

    def seen(alert: Alert) -> None:
        said = {name: getattr(alert, name) for name in _SAID}
        before[id(alert)] = Before(alert.level, alert.reason, said)

    return seen


def lines(
    difference: Difference, moves: Iterable[Move], before: dict[int, Before]
) -> Iterator[DifferenceLine]:
    """One line an alert, of all its moves together."""
    by_alert: dict[int, list[Move]] = {}
    for move in moves:
        if move.kind != REFRESH:
            by_alert.setdefault(id(move.alert), []).append(move)
    for known, taken in by_alert.items():
        yield _line(difference, taken, before.get(known))


def _line(difference: Difference, taken: Sequence[Move], was: Before | None) -> DifferenceLine:
    alert = taken[0].alert
    kind = next((k for move in taken if (k := _KINDS.get(move.kind, _CHANGED)) != _CHANGED), _CHANGED)
    facts = {name: value for move in taken for name, value in move.facts.items()}
    gone = kind == _WITHDRAWN
    return DifferenceLine(
        difference=difference,
        kind=kind,
        rule=alert.rule,
        about=alert.about,
        key=alert.key,
        subject=alert.subject,
        episode=alert.episode,
        case_no=facts.get("case_no", alert.case_no),
        agency_code=facts.get("agency_code", alert.agency_code),
        region_code=facts.get("region_code", alert.region_code),
        level_before=was.level if was else "",
        level_after="" if gone else next((m.level for m in reversed(taken) if m.level), alert.level),
        fields=[name for name in _SAID if was and name in facts and was.said[name] != facts[name]],
        reason_before=was.reason if was else "",
        reason_after=taken[-1].why if gone else facts.get("reason", alert.reason),
    )


def count(difference: Difference, made: Sequence[DifferenceLine]) -> None:
    """Write how many lines of each kind there are into the list (not saved)."""
    kinds = [line.kind for line in made]
    difference.added = kinds.count(_ADDED)
    difference.withdrawn = kinds.count(_WITHDRAWN)
    difference.changed = kinds.count(_CHANGED)


def note(
    cause: str, changes: Iterable[Change], apart_from: Collection[Unit], as_of: datetime, batch_no: int | None
) -> None:
    """List changes that were made already (a new version of an item), as done by the system, but for units that the
    batch touched itself. In the caller's transaction; nothing where nothing came of it."""
    last = {row.alert_id: row for row in changes}
    held = Alert.objects.filter(pk__in=list(last))
    alerts = [alert for alert in held if unit_of(alert.about, alert.key) not in apart_from]
    if not alerts:
        return
    now = clock.now()
    made = Difference.objects.create(
        cause=cause[:300], made_at=now, made_by=audit.SYSTEM, as_of=as_of, known_at=batch_no,
        state=Difference.State.APPLIED, settled_at=now, settled_by=audit.SYSTEM, why="随新的事项目录即时执行",
    )  # fmt: skip
    told = [_of_change(made, alert, last[alert.pk]) for alert in alerts]
    rows.insert(told)
    count(made, told)
    made.save()
    audit.record(audit.SYSTEM, "difference.note", f"difference/{made.pk}", purpose=cause)


def _of_change(difference: Difference, alert: Alert, row: Change) -> DifferenceLine:
    return DifferenceLine(
        difference=difference,
        kind=_KINDS.get(row.kind, _CHANGED),
        rule=alert.rule,
        about=alert.about,
        key=alert.key,
        subject=alert.subject,
        episode=alert.episode,
        case_no=alert.case_no,
        agency_code=alert.agency_code,
        region_code=alert.region_code,
        level_before=row.level_before,
        level_after=row.level,
        reason_after=row.why,
    )
