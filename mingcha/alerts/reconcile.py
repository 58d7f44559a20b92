"""Findings -> alerts. The same judgement reconciled twice changes nothing; nothing is ever deleted.

| what the judgement says | what becomes of the alert |
|---|---|
| a finding that was not there | raised, one step a level reached; proposed first where it is a lead (线索) |
| another level | risen, or lowered with why |
| another moment, flag or fact behind it | updated |
| it has ended | cured |
| no longer found, and the rule gives time to mend what was reported | cured |
| no longer found, because a fact was corrected or the law is another | withdrawn |
| a later episode, or a rule that takes this one's place, is found | superseded |
| found again after it was withdrawn | reopened, unless a person withdrew it |
| cannot be judged any more | stays as it is, and says so |
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from mingcha.alerts import found, unjudged
from mingcha.alerts.changing import REFRESH, Move, change
from mingcha.alerts.found import Identity, Row
from mingcha.alerts.models import Alert, Change
from mingcha.alerts.transitions import LIVE, rank
from mingcha.alerts.units import Unit, abouts_of, unit_of
from mingcha.alerts.vanishing import Gone, Vanishing
from mingcha.base.audit import SYSTEM
from mingcha.engine.holds import in_force
from mingcha.engine.judge import Judgement
from mingcha.intake.archive.finding import archived_of
from mingcha.rules.model import JUDGED_FORMS, Rule, Rulebook

Known = Callable[[Unit], datetime]

_AT_ONCE = 500


@dataclass(frozen=True)
class Why:
    """What made the judgement necessary: told in every change. `law`: the law is another, not the facts."""

    text: str
    law: bool = False


@dataclass(frozen=True)
class Judged:
    """A judgement with what it was made of. `units` None: everything. `known(unit)`: since when the system could know
    what it says of the unit (local): nothing is issued before that."""

    judgement: Judgement
    book: Rulebook
    units: Collection[Unit] | None
    as_of: datetime
    batch_no: int | None
    known: Known
    present: Callable[[str, Collection[str]], Collection[str]]
    """Which of these keys of a table the facts hold."""
    doubted: frozenset[str] = frozenset()
    """Rules whose new alerts a person confirms first (`doubts`)."""


@dataclass
class Outcome:
    """The changes made, how many of each kind; units in which something was issued that a chain starts from."""

    made: list[Change] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    chained: set[Unit] = field(default_factory=set)


def reconcile(judged: Judged, why: Why, actor: str = SYSTEM) -> Outcome:
    """Make the alerts of the units judged say what the judgement says, in one transaction.

    Raises `ConflictError` where an alert was changed meanwhile; nothing is written then.
    """
    moves, unknown = _planned(judged, why)
    with transaction.atomic():
        made = change(moves, actor, batch_no=judged.batch_no, quiet=_quiet(judged.book), judging=True)
        unjudged.keep(unknown, not_asked(judged.book, judged.judgement), judged.units, judged.batch_no)
    outcome = Outcome()
    for row in made:
        outcome.counts[row.kind] = outcome.counts.get(row.kind, 0) + 1
    outcome.chained = _chained(moves, judged.book)
    outcome.made = made
    return outcome


def planned(judged: Judged, why: Why, seen: Callable[[Alert], None] = lambda _: None) -> list[Move]:
    """The moves that `reconcile` would make; `seen` is called with every alert it looks at, before."""
    return _planned(judged, why, seen)[0]


def _planned(
    judged: Judged, why: Why, seen: Callable[[Alert], None] = lambda _: None
) -> tuple[list[Move], list[Row]]:
    rows, unknown = _split(judged.judgement.findings)
    held = list(_held(judged))
    for alert in held:
        seen(alert)
    return list(_moves(rows, unknown, held, judged, why)), unknown


def _split(findings: pa.Table) -> tuple[dict[Identity, Row], list[Row]]:
    unknown = pc.equal(findings["level"], found.UNDETERMINED)
    sure = {found.identity(row): row for row in found.rows_of(findings.filter(pc.invert(unknown)))}
    return sure, list(found.rows_of(findings.filter(unknown)))


def _held(judged: Judged) -> Iterator[Alert]:
    """The alerts of the units that were raised by rules judged here, and by rules that are no more in force."""
    passed_over = not_asked(judged.book, judged.judgement)
    ours = Alert.objects.filter(origin=Alert.Origin.RULE).exclude(rule__in=passed_over)
    if judged.units is None:
        yield from ours.iterator(chunk_size=5_000)
        return
    by_unit: dict[str, list[str]] = {}
    for unit, key in judged.units:
        by_unit.setdefault(unit, []).append(key)
    for unit, keys in sorted(by_unit.items()):
        waiting = iter(sorted(keys))
        while part := list(islice(waiting, _AT_ONCE)):
            yield from ours.filter(about__in=abouts_of(unit), key__in=part)


def _moves(
    rows: Mapping[Identity, Row], unknown: Iterable[Row], held: list[Alert], judged: Judged, why: Why
) -> Iterator[Move]:
    by_identity = {found.identity_of(alert): alert for alert in held}
    for who, row in rows.items():
        alert = by_identity.get(who)
        if alert is None:
            yield from _of_new(row, judged, why)
        else:
            yield from _of_known(alert, row, judged, why)
    gone = [alert for alert in held if alert.found and found.identity_of(alert) not in rows]
    away = archived_of({alert.case_no for alert in gone})  # what is not looked at has not vanished
    gone = [alert for alert in gone if alert.case_no not in away]
    if gone:
        vanishing = Vanishing(rows, unknown, judged.book, judged.present, why.law)
        vanishing.look_for(gone)
        for alert in gone:
            yield from _of_gone(alert, vanishing.what(alert), judged, why)


def not_asked(book: Rulebook, judgement: Judgement) -> list[str]:
    """Rules in force that this judgement says nothing of: their tables were not reported, or they were left out."""
    in_book = {rule.id for pack in in_force(book) for rule in pack.rules if rule.form in JUDGED_FORMS}
    return sorted((in_book - set(judgement.judged)) | judgement.not_judged.keys())


# -- found --------------------------------------------------------------------------------------------------------


def _of_new(row: Row, judged: Judged, why: Why) -> Iterator[Move]:
    alert = Alert(
        rule=row["rule"], about=row["about"], key=row["key"], subject=row["subject"], episode=row["episode"],
        origin=Alert.Origin.RULE, known_at=judged.batch_no, level=Alert.Level.NONE, version=0,
    )  # fmt: skip
    yield from _opened(alert, Change.Kind.RAISED, row, judged, why)


def _opened(alert: Alert, kind: str, row: Row, judged: Judged, why: Why) -> Iterator[Move]:
    """Proposed, raised or reopened, then risen step by step to where the finding is, then cured if that is over."""
    facts = {**found.columns(row), "found": True, "known_at": judged.batch_no}
    (level, moment), *further = found.steps(row, judged.as_of)
    if row["lead"] or row["rule"] in judged.doubted:
        level, moment = row["level"], row["since"] or judged.as_of
        yield Move(alert, Change.Kind.PROPOSED, level, moment, why.text, facts={**facts, "issued_at": None})
        return
    issued = max_moment(moment, judged.known(unit_of(alert.about, alert.key))) if counts(row) else None
    yield Move(alert, kind, level, moment, why.text, issued, facts)
    for level, moment in further:
        yield Move(alert, Change.Kind.RISEN, level, moment, why.text)
    if row["ended_at"] is not None:
        yield Move(alert, Change.Kind.CURED, "", row["ended_at"], why.text)


def counts(row: Row) -> bool:
    """Whether a finding is issued to anybody: not one that is only provisional."""
    return row["level"] != Alert.Level.NONE or any(row[flag] for flag in ("abnormal", "manual", "lead"))


def _of_known(alert: Alert, row: Row, judged: Judged, why: Why) -> Iterator[Move]:
    if alert.state not in LIVE and not _still_said(alert, row):
        if not alert.found:
            yield from _opened(alert, Change.Kind.REOPENED, row, judged, why)
            return
        if (
            alert.state != Alert.State.CURED
        ):  # a person withdrew it: it stays withdrawn, with its present facts
            yield from _refreshed(alert, row)
            return
        yield from _opened(alert, Change.Kind.REOPENED, row, judged, why)
        return
    if alert.state == Alert.State.PROPOSED and not row["lead"] and row["rule"] not in judged.doubted:
        yield from _opened(alert, Change.Kind.RAISED, row, judged, why)
        return
    yield from _adjusted(alert, row, judged, why)


def _still_said(alert: Alert, row: Row) -> bool:
    """A cured alert whose finding is still that it has ended."""
    return alert.state == Alert.State.CURED and alert.found and row["ended_at"] is not None


def _refreshed(alert: Alert, row: Row) -> Iterator[Move]:
    differing = found.different(alert, row)
    if differing or not alert.found:
        yield Move(alert, REFRESH, facts={**differing, "found": True})


def _adjusted(alert: Alert, row: Row, judged: Judged, why: Why) -> Iterator[Move]:
    """The same alert with another level, other moments or facts; or merely the present's wording."""
    differing = found.different(alert, row)
    known = {**differing, "known_at": judged.batch_no}
    before, after = rank(alert.level), rank(row["level"])
    ends = alert.state == Alert.State.OPEN and row["ended_at"] is not None
    if after > before:
        ahead = [step for step in found.steps(row, judged.as_of) if rank(step[0]) > before]
        issued = None
        if alert.state != Alert.State.PROPOSED and alert.issued_at is None and counts(row):
            issued = max_moment(ahead[0][1], judged.known(unit_of(alert.about, alert.key)))
        for place, (level, moment) in enumerate(ahead):
            first = place == 0
            yield Move(
                alert, Change.Kind.RISEN, level, moment, why.text, issued if first else None, known if first else {}
            )  # fmt: skip
    elif after < before:
        moment = row["since"] or judged.as_of
        yield Move(alert, Change.Kind.LOWERED, row["level"], moment, why.text, facts=known)
    elif not ends and differing:
        kind = Change.Kind.UPDATED if found.matters(alert, differing) else REFRESH
        yield Move(alert, kind, lawful_at=row["since"], why=why.text, facts=known)
    if ends:
        yield Move(alert, Change.Kind.CURED, "", row["ended_at"], why.text, facts=known)


# -- no longer found ----------------------------------------------------------------------------------------------


def _of_gone(alert: Alert, gone: Gone, judged: Judged, why: Why) -> Iterator[Move]:
    """What becomes of an alert that was found before and is not now."""
    if gone.kind == found.UNDETERMINED:
        if gone.news:
            told = f"{why.text};{gone.why}"
            yield Move(
                alert,
                Change.Kind.UPDATED,
                lawful_at=alert.lawful_at,
                why=told,
                facts={"known_at": judged.batch_no},
            )
        return
    facts: dict[str, Any] = {"found": False, "known_at": judged.batch_no}
    over = alert.state in (Alert.State.WITHDRAWN, Alert.State.SUPERSEDED)
    if over or (alert.state == Alert.State.CURED and gone.kind != Change.Kind.WITHDRAWN):
        yield Move(alert, REFRESH, facts=facts)
        return
    at = judged.known(unit_of(alert.about, alert.key))
    if gone.kind == Change.Kind.CURED:
        facts |= {"ended_at": at, "standing": False, "next_at": None}
    yield Move(alert, gone.kind, "", at, f"{why.text};{gone.why}", facts=facts)


# -- what else they ask ---------------------------------------------------------------------------------------------


def max_moment(first: found.Moment, second: found.Moment) -> found.Moment:
    """The later of two moments of the law; a date alone begins its day."""
    return max(
        first,
        second,
        key=lambda at: at if isinstance(at, datetime) else datetime.combine(at, datetime.min.time()),
    )


def chain_rules(book: Rulebook) -> frozenset[str]:
    """Ids of rules with a level that comes some time after another was issued."""
    return frozenset(rule.id for rule in book.rules if gives_time(rule))


def gives_time(rule: Rule) -> bool:
    """Whether a rule's card comes only where what it warned of was not mended in time."""
    return any(level.kind == "after level" for level in rule.levels)


def _chained(moves: Iterable[Move], book: Rulebook) -> set[Unit]:
    chains = chain_rules(book)
    return {
        unit_of(move.alert.about, move.alert.key)
        for move in moves
        if move.issued_at is not None and move.alert.rule in chains and move.alert.state == Alert.State.OPEN
    }


def _quiet(book: Rulebook) -> set[tuple[str, str]]:
    """(rule, level) of which another rule tells already."""
    return {
        (named, level)
        for rule in book.rules
        for named, _, level in (entry.rpartition(".") for entry in rule.quiet)
    }
