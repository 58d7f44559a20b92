"""What a kind of matter declares: its states, its acts, the fact rows it writes, the clocks that run on them.

Other apps declare kinds of their own: `declare(Kind(...))` in a module that is imported with the app. A kind is data;
`moving` is the only thing that acts on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from mingcha.accounts import act_names

if TYPE_CHECKING:
    from mingcha.casework.models import Matter, Transition

Moment = datetime | date
Rows = Mapping[str, Sequence[Mapping[str, Any]]]

NEW: Final = ""
"""The state of a matter that is not there yet."""


class Holder(StrEnum):
    """Whose turn it is: in whose inbox a matter lies."""

    AGENCY = "agency"
    """The agency concerned: its liaison and officers."""
    OFFICE = "office"
    """The supervising office: the supervisors of the region."""
    LEADER = "leader"
    """Who decides for the supervising office."""
    CITIZEN = "citizen"
    """The applicant; nobody of the staff has to act."""
    NOBODY = ""


@dataclass(frozen=True)
class State:
    """A state of a matter.

    `rules`: the rules of the rulebook whose clocks run in it; the matter's due moment is the earliest of theirs, as the
    rules themselves say (`clocks.due_of`). `wakes`: when the system does the act `wakes_to` by itself.
    """

    name: str
    label: str
    holder: Holder = Holder.NOBODY
    rules: tuple[str, ...] = ()
    final: bool = False
    wakes: Callable[[Matter], Moment | None] | None = None
    wakes_to: str = ""


@dataclass(frozen=True)
class Entry:
    """What a person enters with an act. `column`: the column of the fact row that becomes so; without it the value is
    kept with the matter only. `options`: (value, label) of a closed list."""

    name: str
    label: str
    kind: str = "text"
    """text, long, day, moment or choice."""
    must: bool = True
    column: str = ""
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class Act:
    """One act: what it makes of which state (`moves`: before -> after), who may, what is demanded, what follows.

    `policy`: of `accounts.policies`; empty for what the system alone does. `apart_from`: acts whose last actor may not
    do this one (复核须由另一人). `stamps`: columns of the fact row that become the lawful moment of the act; `sets`:
    columns that become a value, None clears. `effect`: what else is done, in the same transaction. `key`: the key of
    the inbox.
    """

    name: str
    label: str
    moves: Mapping[str, str]
    policy: str
    consequence: str
    law: str
    reason: bool = False
    evidence: bool = False
    entries: tuple[Entry, ...] = ()
    apart_from: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()
    sets: Mapping[str, Any] = field(default_factory=dict)
    effect: Callable[[Matter, Transition], None] | None = None
    asked: str = "理由"
    """What the reason is called on the form: 情况说明, 答复, 理由."""
    silent: bool = False
    """Nobody is told: something else has told them."""
    tells_superior: bool = False
    """The supervisors and leaders of the region above are told too."""
    by_issuer: bool = False
    """Only the office that issued the matter may, or one above it."""
    key: str = ""
    style: str = "primary"


@dataclass(frozen=True)
class Kind:
    """A kind of matter.

    `table` and `key`: the fact table it writes and the column that holds the matter's number (or, with `keyed_by`
    "subject", what the matter is about). `beside`: further fact rows that its rules look at, of one matter. `prefix`:
    how its numbers begin. `aside`: the agency concerned does not learn of it by itself; a matter about an alert begins
    without that agency, and the effect of an act names it. `guard`: the policy without which only what was done since
    the agency was asked is shown, not what it is about.
    """

    name: str
    label: str
    prefix: str
    law: str
    states: tuple[State, ...]
    acts: tuple[Act, ...]
    table: str = ""
    key: str = ""
    keyed_by: str = "no"
    beside: Callable[[Matter], Rows] | None = None
    aside: bool = False
    guard: str = ""

    def state(self, name: str) -> State:
        """The state of that name. Raises KeyError."""
        return self._states[name]

    def act(self, name: str) -> Act:
        """The act of that name. Raises KeyError."""
        return self._acts[name]

    @property
    def _states(self) -> Mapping[str, State]:
        return {state.name: state for state in self.states}

    @property
    def _acts(self) -> Mapping[str, Act]:
        return {act.name: act for act in self.acts}

    def acts_from(self, state: str) -> tuple[Act, ...]:
        """The acts that a state allows, in the order declared."""
        return tuple(act for act in self.acts if state in act.moves)

    @property
    def issued(self) -> bool:
        """Whether some of it is left to the office that issued it."""
        return any(act.by_issuer for act in self.acts)

    @property
    def opening(self) -> tuple[Act, ...]:
        """The acts by which a matter begins."""
        return self.acts_from(NEW)


class DeclarationError(ValueError):
    """A kind that contradicts itself: a fault of the program, told when it is declared."""


_KINDS: dict[str, Kind] = {}


def declare(kind: Kind) -> Kind:
    """Make a kind known. Raises `DeclarationError` for one that contradicts itself or whose name is taken."""
    faults = list(_faults(kind))
    if kind.name in _KINDS and _KINDS[kind.name] is not kind:
        faults.append(f"kind {kind.name} is declared twice")
    if faults:
        raise DeclarationError("; ".join(faults))
    _KINDS[kind.name] = kind
    for act in kind.acts:
        act_names.ACTS[f"matter.{kind.name}.{act.name}"] = f"{kind.label}:{act.label}"
    return kind


def kinds() -> Mapping[str, Kind]:
    """Every kind by name."""
    return dict(_KINDS)


def kind_of(name: str) -> Kind:
    """The kind of that name. Raises KeyError."""
    return _KINDS[name]


def _faults(kind: Kind) -> list[str]:
    names = {state.name for state in kind.states}
    acts = {act.name for act in kind.acts}
    faults = []
    for act in kind.acts:
        unknown = (set(act.moves) | set(act.moves.values())) - names - {NEW}
        faults += [f"{kind.name}.{act.name}: no state {name}" for name in sorted(unknown)]
        faults += [f"{kind.name}.{act.name}: no act {name}" for name in act.apart_from if name not in acts]
        if NEW in act.moves.values():
            faults.append(f"{kind.name}.{act.name}: leads to nothing")
        faults += [
            f"{kind.name}.{act.name}: {name} is final"
            for name in act.moves
            if name and kind.state(name).final
        ]
    for state in kind.states:
        ways_on = [act for act in kind.acts_from(state.name) if set(act.moves.values()) - {state.name}]
        if state.final == bool(ways_on):
            faults.append(f"{kind.name}.{state.name}: final and with a way on, or neither")
        if state.rules and not kind.table:
            faults.append(f"{kind.name}.{state.name}: a clock without facts")
        if bool(state.wakes) != bool(state.wakes_to) or (state.wakes_to and state.wakes_to not in acts):
            faults.append(f"{kind.name}.{state.name}: wakes to no act")
    if not kind.opening:
        faults.append(f"{kind.name}: never begins")
    return faults
