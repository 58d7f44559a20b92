"""Which change an alert allows in which state, and what it becomes: a table, and nothing else decides it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import BooleanField, Func

from mingcha.alerts.models import Alert, Change

NEW: Final = ""
"""The state of an alert that is not there yet."""

_PROPOSED, _OPEN, _CURED = Alert.State.PROPOSED, Alert.State.OPEN, Alert.State.CURED
_WITHDRAWN, _SUPERSEDED = Alert.State.WITHDRAWN, Alert.State.SUPERSEDED
_OVER: Final[tuple[str, ...]] = (_CURED, _WITHDRAWN, _SUPERSEDED)
_ANY_BUT_GONE: Final[tuple[str, ...]] = (_PROPOSED, _OPEN, _CURED)
_AS_IT_IS: Final[dict[str, str]] = {_PROPOSED: _PROPOSED, _OPEN: _OPEN, _CURED: _CURED}

TRANSITIONS: Final[Mapping[str, Mapping[str, str]]] = {
    Change.Kind.PROPOSED: {NEW: _PROPOSED, **dict.fromkeys(_OVER, _PROPOSED)},
    Change.Kind.RAISED: {NEW: _OPEN, _PROPOSED: _OPEN},
    Change.Kind.RISEN: _AS_IT_IS,
    Change.Kind.LOWERED: _AS_IT_IS,
    Change.Kind.UPDATED: {**_AS_IT_IS, _WITHDRAWN: _WITHDRAWN, _SUPERSEDED: _SUPERSEDED},
    Change.Kind.CURED: {_PROPOSED: _CURED, _OPEN: _CURED},
    Change.Kind.WITHDRAWN: dict.fromkeys(_ANY_BUT_GONE, _WITHDRAWN),
    Change.Kind.SUPERSEDED: dict.fromkeys(_ANY_BUT_GONE, _SUPERSEDED),
    Change.Kind.REOPENED: dict.fromkeys(_OVER, _OPEN),
    Change.Kind.CONFIRMED: {_PROPOSED: _OPEN},
    Change.Kind.DISMISSED: {_PROPOSED: _WITHDRAWN},
}
"""Kind of change -> state before -> state after; what is not here is refused."""

LEVELS: Final = (Alert.Level.NONE, Alert.Level.NOTE, Alert.Level.WARNING, Alert.Level.YELLOW, Alert.Level.RED)
"""In rising order."""

OPENING: Final = frozenset(
    {Change.Kind.RAISED, Change.Kind.CONFIRMED, Change.Kind.REOPENED, Change.Kind.RISEN}
)
"""Changes by which an alert reaches a level: counted as raised on their lawful day."""

CLOSING: Final = frozenset(
    {Change.Kind.CURED, Change.Kind.WITHDRAWN, Change.Kind.SUPERSEDED, Change.Kind.DISMISSED}
)
"""Changes after which nothing is asked of anybody any more."""

LIVE: Final = (_PROPOSED, _OPEN)
"""States in which something is asked of somebody."""


class _Live(Func):
    """Whether a state is one of `LIVE`, in the very words of the index of open alerts: SQLite uses an index over a part
    of the rows only where it reads its condition in the query, not where the values are bound."""

    template = "%(expressions)s IN ('proposed', 'open')"
    output_field = BooleanField()


IS_LIVE: Final = _Live("state")
"""`Alert.objects.filter(IS_LIVE)`: those of which something is asked of somebody."""


def rank(level: str) -> int:
    """0 for none to 4 for red."""
    return LEVELS.index(Alert.Level(level))


def state_after(kind: str, state: str) -> str | None:
    """What the change makes of that state; None where it is not allowed."""
    return TRANSITIONS[kind].get(state)


def level_fits(kind: str, before: str, after: str) -> bool:
    """Whether the level may go from one to the other by this change: up by rising, down by lowering, and not at all by
    what ends or only updates an alert. A level is never lost on the way."""
    if kind == Change.Kind.RISEN:
        return rank(after) > rank(before)
    if kind == Change.Kind.LOWERED:
        return rank(after) < rank(before)
    if kind in CLOSING or kind in (Change.Kind.UPDATED, Change.Kind.CONFIRMED):
        return before == after
    return True
