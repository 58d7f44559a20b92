"""The one function that changes alerts: `change`. What it does, it does in one transaction.

The alert (on the condition that nobody changed it meanwhile), its change, the counts of the day, the fact `issued` from
which chains start, the message in the product, the audit row: all of them or none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import IntegrityError, transaction

from mingcha.alerts import counting, effects, tasks
from mingcha.alerts.conflict import ConflictError
from mingcha.alerts.models import Alert, Change
from mingcha.alerts.transitions import LIVE, NEW, level_fits, state_after
from mingcha.base import clock, rows

__all__ = ["REFRESH", "ConflictError", "Move", "change"]

REFRESH: Final = "refresh"
"""Not a change: the present's wording, versions and next moment are written anew, and nothing is said of it."""


@dataclass(frozen=True)
class Move:
    """One change to be made of an alert as it was read (or of a new one, not saved yet).

    `level`: what it becomes; empty as it is. `lawful_at`: since when by the law. `issued_at`: when it was issued, of a
    change that issues it. `facts`: further columns of the alert that become so.
    """

    alert: Alert
    kind: str
    level: str = ""
    lawful_at: datetime | date | None = None
    why: str = ""
    issued_at: datetime | date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class _Changed:
    """An alert on its way through its moves."""

    alert: Alert
    new: bool
    read_at: int
    before: str
    columns: set[str] = field(default_factory=set)
    changes: list[Change] = field(default_factory=list)

    @property
    def closed(self) -> bool:
        return self.before in LIVE and self.alert.state not in LIVE


def change(
    moves: Iterable[Move],
    actor: str,
    *,
    batch_no: int | None = None,
    quiet: Iterable[tuple[str, str]] = (),
    judging: bool = False,
) -> list[Change]:
    """Make changes of alerts, those of one alert in order; returns their rows.

    `batch_no`: the last batch the changes rest on. `quiet`: (rule, level) that nobody is told of. `judging`: the caller
    judges again what starts from them; otherwise the fact `issued` has its units judged. The given alerts become the
    present. Raises `ConflictError` where an alert has changed since it was read or does not allow the change; then
    nothing was written.
    """
    at = clock.now()
    changed = _fold(moves, actor, at, batch_no)
    if not changed:
        return []
    with transaction.atomic():
        _write(changed)
        spoken = [one for one in changed if one.changes]
        made = [row for one in spoken for row in one.changes]
        for one in spoken:
            for row in one.changes:
                row.alert_id = one.alert.pk
        rows.insert(made)
        counting.count(made, {one.alert.pk: one.alert for one in spoken})
        effects.issue([one.alert for one in spoken if _reissue(one)], actor, judging=judging)
        effects.tell([(one.alert, one.changes) for one in spoken], frozenset(quiet))
        effects.audit([(one.alert, one.changes) for one in spoken], actor)
        tasks.follow([one.alert for one in spoken], actor)
    return made


def _fold(moves: Iterable[Move], actor: str, at: datetime, batch_no: int | None) -> list[_Changed]:
    """The moves of each alert, one after another, checked against the table."""
    held: dict[int, _Changed] = {}
    for move in moves:
        alert = move.alert
        one = held.get(id(alert))
        if one is None:
            new = alert.pk is None
            one = held[id(alert)] = _Changed(alert, new, alert.version, NEW if new else alert.state)
            if new:
                alert.version, alert.raised_at, alert.changed_at = 0, at, at
        _take(one, move, actor, at, batch_no)
    return list(held.values())


def _take(one: _Changed, move: Move, actor: str, at: datetime, batch_no: int | None) -> None:
    alert = one.alert
    for name, value in move.facts.items():
        setattr(alert, name, value)
    one.columns |= move.facts.keys()
    if move.kind == REFRESH:
        return
    before = NEW if not alert.version and one.new else alert.state
    level_before = "" if before == NEW else alert.level
    after, level = state_after(move.kind, before), move.level or alert.level
    if after is None or (before != NEW and not level_fits(move.kind, alert.level, level)):
        raise _refused(move, before)
    alert.state, alert.level = after, level
    alert.version, alert.changed_at = alert.version + 1, at
    if move.kind != Change.Kind.UPDATED:
        alert.lawful_at = move.lawful_at
    if move.issued_at is not None:
        alert.issued_at, alert.moment = move.issued_at, move.facts.get("moment", move.lawful_at)
    one.columns |= {"state", "level", "version", "changed_at", "lawful_at", "issued_at", "moment"}
    one.changes.append(
        Change(
            no=alert.version, kind=move.kind, level_before=level_before, level=level, state_before=before, state=after,
            lawful_at=move.lawful_at, recorded_at=at, actor=actor, why=move.why, batch_no=batch_no,
            reason=alert.reason,
        )
    )  # fmt: skip


def _refused(move: Move, before: str) -> ConflictError:
    state = Alert.State(before).label if before else "还没有发出"
    kind = Change.Kind(move.kind).label
    return ConflictError(
        f"信号 {move.alert.rule} {move.alert.key} 现在是“{state}”,不能“{kind}”;请刷新后再定", move.alert.pk
    )


def _write(changed: Sequence[_Changed]) -> None:
    new = [one.alert for one in changed if one.new]
    old = [one for one in changed if not one.new]
    try:
        with transaction.atomic():
            rows.insert(new)
    except IntegrityError as error:
        raise ConflictError("同一信号刚才已由另一次判定记下,请刷新后再看") from error
    columns = sorted({name for one in old for name in one.columns})
    versions = [one.read_at for one in old]
    if rows.update_at([one.alert for one in old], columns, versions) != len(old):
        raise _overtaken(old)


def _overtaken(old: Sequence[_Changed]) -> ConflictError:
    """What happened to the first alert that is not as it was read (found in the transaction that is given up)."""
    now = dict(Alert.objects.filter(pk__in=[one.alert.pk for one in old]).values_list("pk", "version"))
    for one in old:
        if now.get(one.alert.pk) == one.alert.version and one.changes:
            continue
        last = Change.objects.filter(alert_id=one.alert.pk).order_by("-no").first()
        if last is not None and last.no > one.read_at:
            when = clock.local(last.recorded_at)
            return ConflictError(
                f"信号 {one.alert.rule} {one.alert.key} 刚才已由 {last.actor} 于 {when:%Y-%m-%d %H:%M:%S} "
                f"“{Change.Kind(last.kind).label}”,现为“{Alert.State(last.state).label}”;请刷新后再定",
                one.alert.pk,
            )
    return ConflictError("信号刚才已有变动,请刷新后再定")


def _reissue(one: _Changed) -> bool:
    """Whether what the fact `issued` says of the alert has changed."""
    return one.alert.issued_at is not None and any(row.kind != Change.Kind.UPDATED for row in one.changes)
