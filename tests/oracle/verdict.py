"""From what a rule says of one row to its finding: the common readings of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from oracle.clock import Answer, Ask, Moment, answer
from oracle.days import Days
from oracle.logic import Three, both
from oracle.times import Instant, as_start, as_stop, date_alone, midnight_after, months_on
from oracle.world import Row, World

AS_A_FACT = ("within", "stopped left", "differs", "fires")
"""Kinds of levels that a clock's stop does not end: they tell what has happened."""

OF_PAUSES = ("pause_ends_before_start", "open_pause_at_stop")
NEVER = datetime(9999, 12, 31)
COLOURS = ("none", "note", "warning", "yellow", "red")


@dataclass(frozen=True)
class Level:
    """When a level begins.

    kind: at once | overrun | left (n) | late (n unit) | chain (n working days after `of`) | within |
    stopped left (n) | differs | fires.
    """

    name: str
    kind: str
    n: int = 0
    unit: str = "working_day"
    of: str = ""


@dataclass
class Judged:
    """What a rule says of one row: what it is about, whether it applies, and a clock or a find.

    `moment`: of a find, the time the catalogue names; `reported`: when the row that shows it arrived;
    `given_due`: what "differs" compares the due day with; `beyond`: whether "fires"; `extended`: (filed, to)
    of an extension.
    """

    about: str
    key: str | None
    row: Row
    subject: str = ""
    applies: Three = True
    ask: Ask | None = None
    fires: Three = None
    moment: Instant | None = None
    reported: Instant | None = None
    cause: str = "missing_value"
    given_due: Instant | None = None
    beyond: Three = None
    lasts_months: int = 0
    extended: tuple[Instant | None, Instant | None] | None = None


@dataclass(frozen=True)
class Rule:
    """One rule as the catalogue lists it."""

    id: str
    pack: str
    levels: tuple[Level, ...]
    judge: Any
    needs: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


@dataclass
class Decision:
    """What is decided of one row."""

    moments: dict[str, Moment] = field(default_factory=dict)
    reached: dict[str, bool] = field(default_factory=dict)
    """Whether a level is reached by as_of; `comes`: it is, or will be if nothing else happens."""
    comes: set[str] = field(default_factory=set)
    cause: str = ""
    due: Instant | None = None
    stop: Instant | None = None
    ended: Instant | None = None


def decide(world: World, rule: Rule, judged: Judged, signals: Signals) -> dict[str, Any] | None:
    """The finding of one row, of level none where a moment lies ahead; None where there is nothing to say."""
    if judged.applies is False:
        return None
    decision = _of_clock(world, rule, judged) if judged.ask else _of_find(world, rule, judged, signals)
    if decision is None:
        return None
    _chains(world, rule, judged, decision, signals)
    return _written(world, rule, judged, decision, signals)


# -- clocks ----------------------------------------------------------------------------------------


def _of_clock(world: World, rule: Rule, judged: Judged) -> Decision | None:
    ask = _asked(world, rule, judged)
    if ask.start is None and (ask.stop is None or ask.early_in_time):
        return None
    found = answer(world.days, ask, world.as_of)
    if found.cause in OF_PAUSES and _in_time_anyway(world, rule, judged, ask):
        return None
    kinds = {level.kind for level in rule.levels}
    decision = Decision(cause=found.cause, due=found.due, stop=ask.stop, ended=ask.stop)
    if found.cause in ("missing_limit", "missing_unit") and judged.cause != "missing_value":
        decision.cause = judged.cause
    if "fires" in kinds:
        decision.due = None
        decision.cause = decision.cause or ("" if judged.beyond is not None else judged.cause)
    for level in rule.levels:
        moment = _clock_moment(level, ask, found, judged)
        if moment is not None:
            decision.moments[level.name] = moment
            come = _reached(moment, ask.stop, level, world.as_of)
            decision.reached[level.name] = not decision.cause and come
            decision.comes |= {level.name} if _reached(moment, ask.stop, level, NEVER) else set()
    if any(decision.reached.values()):
        decision.cause = decision.cause or _open_question(judged, ask)
    if kinds & set(AS_A_FACT):
        decision.ended = None
    if judged.lasts_months and decision.moments:
        _ends_by_itself(judged, decision)
    return decision


def _open_question(judged: Judged, ask: Ask) -> str:
    """Why nobody can tell whether the rule applies, or whether a pause stands."""
    if judged.applies is None:
        return judged.cause
    return "missing_guide" if ask.doubtful else ""


def _asked(world: World, rule: Rule, judged: Judged) -> Ask:
    """The clock with the thresholds of the rule's levels and its extension, if that counts."""
    assert judged.ask is not None
    ask = replace(
        judged.ask,
        left=tuple(level.n for level in rule.levels if level.kind in ("left", "stopped left")),
        late=tuple((level.n, level.unit) for level in rule.levels if level.kind == "late"),
    )
    return _extended(world.days, ask, judged.extended, world.as_of) if judged.extended else ask


def _in_time_anyway(world: World, rule: Rule, judged: Judged, ask: Ask) -> bool:
    """A stopped clock that comes to no level even without its pauses is compliant, whatever they are."""
    if ask.stop is None or any(level.kind == "differs" for level in rule.levels):
        return False
    plain = answer(world.days, replace(ask, pauses=[]), world.as_of)
    moments = [(level, _clock_moment(level, ask, plain, judged)) for level in rule.levels]
    return not any(_reached(moment, ask.stop, level, world.as_of) for level, moment in moments if moment)


def _extended(days: Days, ask: Ask, extension: tuple[Instant | None, Instant | None], as_of: Instant) -> Ask:
    """An extension counts where it was filed not after the due day without it, and lies after it."""
    filed, to = extension
    due = answer(days, ask, as_of).due
    if filed and to and due and filed.date() <= due.date() < to.date():
        return replace(ask, due=to)
    return ask


def _clock_moment(level: Level, ask: Ask, found: Answer, judged: Judged) -> Moment | None:
    if level.kind == "left":
        return found.left.get(level.n, Moment(None))
    if level.kind == "stopped left":
        near, over = found.left.get(level.n, Moment(None)), found.overrun
        inside = (
            ask.stop and near.at and _is_late(near, ask.stop) and not (over.at and _is_late(over, ask.stop))
        )
        return Moment(as_start(ask.stop) if ask.stop and inside else None, near.provisional)
    if level.kind == "overrun":
        return found.overrun
    if level.kind == "late":
        return found.late.get((level.n, level.unit), Moment(None))
    if level.kind == "within":
        over = found.overrun
        late = over.at is None or ask.stop is None or _is_late(over, ask.stop)
        return Moment(None if late or ask.stop is None else as_start(ask.stop))
    if level.kind == "differs":
        given = judged.given_due
        differs = given is not None and found.due is not None and given.date() != found.due.date()
        return Moment(as_start(ask.start) if differs and ask.start else None, found.due_provisional)
    if level.kind == "fires":
        return Moment(as_start(judged.moment) if judged.beyond and judged.moment else None)
    return None


def _is_late(over: Moment, stop: Instant) -> bool:
    assert over.at is not None
    stopped = as_stop(stop)
    return stopped > over.at or (over.by_date and stopped == over.at)


def _reached(moment: Moment, stop: Instant | None, level: Level, as_of: Instant) -> bool:
    """A level is reached when the clock was not stopped at or before its moment."""
    if moment.at is None or as_start(moment.at) > as_of:
        return False
    if level.kind in AS_A_FACT or stop is None:
        return True
    return _is_late(moment, stop)


def _ends_by_itself(judged: Judged, decision: Decision) -> None:
    begin = next(iter(decision.moments.values())).at
    if begin is None:
        decision.ended = decision.due = None
        return
    last = months_on(begin.date(), judged.lasts_months)
    decision.ended, decision.due = midnight_after(last), date_alone(last)


# -- finds -----------------------------------------------------------------------------------------


def _of_find(world: World, rule: Rule, judged: Judged, signals: Signals) -> Decision | None:
    verdict = both(judged.applies, judged.fires)
    if verdict is False:
        return None
    if verdict is None:
        return Decision(cause=judged.cause)
    at = max((t for t in (judged.moment, judged.reported) if t), default=None)
    issued = signals.open_episode(rule.id, judged)
    if issued and issued["moment"]:
        at = issued["moment"]
    at = at and as_start(at)
    decision = Decision()
    for level in rule.levels:
        if level.kind == "at once":
            decision.moments[level.name] = Moment(at)
            decision.reached[level.name] = at is None or at <= world.as_of
            decision.comes.add(level.name)
    return decision


# -- chains and episodes ---------------------------------------------------------------------------


@dataclass
class Signals:
    """The table `issued`: what was said to people, and when."""

    rows: list[Row] | None
    from_lawful: bool = False
    live_from: Instant | None = None

    def of(self, rule: str, judged: Judged) -> list[Row]:
        key = (rule, judged.about, judged.key, judged.subject)
        return [r for r in self.rows or [] if (r["rule"], r["about"], r["key"], r["subject"]) == key]

    def open_episode(self, rule: str, judged: Judged) -> Row | None:
        rows = [row for row in self.of(rule, judged) if row["ended_at"] is None]
        return max(rows, key=lambda row: row["episode"], default=None)

    def episode(self, rule: str, judged: Judged, ended: bool) -> Row | None:
        """The signal that stands for this finding: the open one; of one that has ended, its last."""
        opened = self.open_episode(rule, judged)
        if opened or not ended:
            return opened
        return max(self.of(rule, judged), key=lambda row: row["episode"], default=None)

    def last(self, rule: str, judged: Judged) -> int:
        return max((row["episode"] for row in self.of(rule, judged)), default=0)


def _chains(world: World, rule: Rule, judged: Judged, decision: Decision, signals: Signals) -> None:
    """ "N working days after LEVEL": overrun of a second clock that starts when that level was issued."""
    for level in rule.levels:
        if level.kind != "chain" or level.of not in decision.moments:
            continue
        base = decision.moments[level.of]
        signal = signals.episode(rule.id, judged, _has_ended(decision, world.as_of))
        start = base.at
        if signals.rows is not None and not signals.from_lawful and base.at:
            early = signals.live_from is not None and base.at < signals.live_from
            start = signal["issued_at"] if signal and signal["issued_at"] else (base.at if early else None)
        if start is None:
            decision.moments[level.name] = Moment(None)
            decision.reached[level.name] = False
            continue
        second = Ask(start, limit=level.n, layer=world.layer_of(judged.row))
        over = answer(world.days, second, world.as_of).overrun
        over = replace(over, provisional=over.provisional or base.provisional)
        decision.moments[level.name] = over
        comes = decision.reached[level.of] and _reached(over, decision.stop, level, world.as_of)
        decision.reached[level.name] = comes
        if level.of in decision.comes and _reached(over, decision.stop, level, NEVER):
            decision.comes.add(level.name)


def _has_ended(decision: Decision, as_of: Instant) -> bool:
    return decision.ended is not None and as_start(decision.ended) <= as_of


# -- writing up ------------------------------------------------------------------------------------


def _written(
    world: World, rule: Rule, judged: Judged, decision: Decision, signals: Signals
) -> dict[str, Any] | None:
    withheld = decision.reached.get("red", False) and decision.moments["red"].provisional
    reached = [
        name for name in decision.moments if decision.reached[name] and not (name == "red" and withheld)
    ]
    coloured = [name for name in COLOURS if name in reached]
    level = coloured[-1] if coloured else "none"
    since = next((decision.moments[name].at for name in (coloured[-1:] or reached)), None)
    next_at = _next(decision, world.as_of)
    known = bool(reached) and not decision.cause
    if not (known or withheld or decision.cause or next_at):
        return None
    has_ended = known and _has_ended(decision, world.as_of)
    signal = signals.episode(rule.id, judged, _has_ended(decision, world.as_of))
    moments = {
        f"{name}_at": decision.moments[name].at if name in decision.moments else None for name in COLOURS[2:]
    }
    warn = moments.pop("warning_at")
    return {
        "rule": rule.id,
        "about": judged.about,
        "key": judged.key,
        "subject": judged.subject,
        "episode": signal["episode"] if signal else signals.last(rule.id, judged) + 1,
        "level": "undetermined" if decision.cause else level,
        "cause": decision.cause or None,
        "abnormal": known and ("abnormal" in reached or "abnormal" in rule.flags),
        "manual": known and ("manual" in reached or "manual" in rule.flags),
        "lead": known and ("lead" in reached or "lead" in rule.flags),
        "provisional": not decision.cause
        and any(decision.reached[name] and decision.moments[name].provisional for name in decision.moments),
        "standing": known and not has_ended,
        "since": None if decision.cause else since,
        "warn_at": warn,
        **moments,
        "due_at": decision.due,
        "next_at": next_at,
        "ended_at": decision.ended if has_ended else None,
    }


def _next(decision: Decision, as_of: Instant) -> Instant | None:
    """The next moment at which a level may begin or a listing ends, if nothing else happens."""
    if decision.cause:
        return None
    ahead = [m.at for name, m in decision.moments.items() if m.at and m.at > as_of and name in decision.comes]
    ends = decision.ended and decision.ended > as_of and (ahead or any(decision.reached.values()))
    return min([*ahead, decision.ended] if ends and decision.ended else ahead, default=None)


def unique(findings: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    """One finding per (rule, about, key, subject)."""
    kept: dict[tuple[Any, ...], dict[str, Any]] = {}
    for finding in findings:
        kept.setdefault(tuple(finding[name] for name in ("rule", "about", "key", "subject")), finding)
    return list(kept.values())
