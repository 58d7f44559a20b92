"""Difference lists 重算差异单: what another law makes of what was judged, first told, then done by a person.

`make` judges the whole store by the other law and changes nothing: its lines are what reconciling would change.
`apply` puts the law in force and makes the changes, in one transaction, as a recorded act. New versions of items are
applied at once, since facts may arrive in any order, and are listed (`differing.note`) as done by the system.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mingcha.alerts import differing, law, store
from mingcha.alerts.catching_up import caught_up
from mingcha.alerts.conflict import ConflictError
from mingcha.alerts.doubts import doubted
from mingcha.alerts.judging import Order, judge_everything, judgement_of
from mingcha.alerts.models import Difference, Publication
from mingcha.alerts.reconcile import Judged, Outcome, Why, planned
from mingcha.base import audit, clock, jobs, rows

MAKE = "difference.make"
APPLY = "difference.apply"
UNSETTLED = (Difference.State.MAKING, Difference.State.OPEN, Difference.State.APPLYING)


def ask(cause: str, actor: str, publication: Publication | None = None) -> Difference:
    """A list still to be made, by a job, so that whoever asked sees it at once. In the caller's transaction."""
    asked = Difference.objects.create(
        cause=cause[:300], publication=publication, made_at=clock.now(), made_by=actor
    )
    audit.record(actor, "difference.ask", f"difference/{asked.pk}", purpose=cause)
    jobs.put(MAKE, str(asked.pk), {"difference": asked.pk})
    return asked


def make(difference: Difference, as_of: datetime) -> None:
    """Judge by the law as it would be and write the lines, anew where they were written before. Changes no alert."""
    other = law_of(difference)
    judgement, facts, batch_no = judgement_of(None, as_of, None, other)
    present = store.present_in(facts)
    judged = Judged(judgement, other[0], None, as_of, batch_no, lambda _: as_of, present, doubted())
    before: dict[int, differing.Before] = {}
    moves = planned(judged, Why(difference.cause, law=True), seen=differing.remember(before))
    made = list(differing.lines(difference, moves, before))
    with transaction.atomic():
        difference.lines.all().delete()
        rows.insert(made)
        differing.count(difference, made)
        difference.as_of, difference.known_at, difference.state = as_of, batch_no, Difference.State.OPEN
        difference.save()


def law_of(difference: Difference) -> law.Law:
    """The law the list is about: with its publication in force, or without one that is to end."""
    publication = difference.publication
    if publication is None:
        return law.law_in_force(fresh=True)
    if ends(difference):
        return law.law_without(publication)
    return law.law_with(publication)


def ends(difference: Difference) -> bool:
    """Whether what the list is about is to end; else it comes into force. Raises `ConflictError` where it is past."""
    publication = difference.publication
    if publication is None:
        return False
    state = Publication.State(publication.state)
    if state not in (Publication.State.APPROVED, Publication.State.IN_FORCE):
        raise ConflictError(
            f"《{publication.title}》现在是“{state.label}”,这张差异单已经过时,不能执行;请选“不执行”"
        )
    return state == Publication.State.IN_FORCE


def refusal(difference: Difference, actor: str) -> str:
    """Why this person may not have the list applied; empty where they may. The law ends by two persons, as it began."""
    try:
        if ends(difference) and difference.made_by == actor:
            return "提出停用的人不能执行自己提出的差异单;请由另一人执行"
    except ConflictError as error:
        return str(error)
    return ""


def accept(difference: Difference, actor: str, why: str) -> None:
    """Have the list applied by a job, as an act of `actor`.

    Raises `ConflictError` where it is settled already, is past, or must be accepted by somebody else.
    """
    with transaction.atomic():
        _move(difference, Difference.State.OPEN, Difference.State.APPLYING, settled_by=actor, why=why)
        if refused := refusal(difference, actor):
            raise ConflictError(refused)
        audit.record(actor, "difference.accept", f"difference/{difference.pk}", purpose=why)
        jobs.put(APPLY, str(difference.pk), {"difference": difference.pk})


def apply(difference: Difference) -> None:
    """Put the law in force and make the alerts so, for whoever accepted it. Raises `ConflictError`."""
    with caught_up() as as_of:
        other, actor, why = law_of(difference), difference.settled_by, difference.why

        def act(outcome: Outcome) -> None:
            now = clock.now()
            _move(difference, Difference.State.APPLYING, Difference.State.APPLIED, settled_at=now)
            _put_in_force(difference, actor)
            audit.record(
                actor, "difference.apply", f"difference/{difference.pk}", purpose=why,
                detail={"changes": outcome.counts},
            )  # fmt: skip

        told = Why(f"重算差异单 {difference.pk}:{difference.cause}", law=True)
        judge_everything(Order(as_of, told, lambda _: as_of, actor=actor, law=other, also=act))
    law.forget()


def set_aside(difference: Difference, actor: str, why: str) -> None:
    """Leave everything as it is; the publication does not come into force. Raises `ConflictError`."""
    with transaction.atomic():
        now = clock.now()
        _move(
            difference, Difference.State.OPEN, Difference.State.SET_ASIDE, settled_at=now, settled_by=actor, why=why
        )  # fmt: skip
        publication = difference.publication
        if publication is not None and publication.state == Publication.State.APPROVED:
            Publication.objects.filter(pk=publication.pk).update(state=Publication.State.REFUSED)
        audit.record(actor, "difference.set_aside", f"difference/{difference.pk}", purpose=why)


def _lapse(difference: Difference, past: ConflictError) -> None:
    """Nobody is waiting for the answer of a job: a list that cannot be made or applied any more says so itself."""
    why = f"{difference.why};{past}".lstrip(";")
    with transaction.atomic():
        state = difference.state
        if state not in (Difference.State.MAKING, Difference.State.APPLYING):
            return
        _move(difference, state, Difference.State.SET_ASIDE, settled_at=clock.now(), why=why)
        audit.record(audit.SYSTEM, "difference.lapse", f"difference/{difference.pk}", purpose=str(past))


def _move(difference: Difference, before: str, after: str, **columns: object) -> None:
    """From one state to another, if nobody was quicker."""
    ours = Difference.objects.filter(pk=difference.pk, state=before)
    moved = ours.update(state=after, **columns)
    difference.refresh_from_db()
    if moved != 1:
        label = Difference.State(difference.state).label
        by = f"({difference.settled_by})" if difference.settled_by else ""
        raise ConflictError(f"重算差异单 {difference.pk} 现在是“{label}”{by},请刷新后再定")


def _put_in_force(difference: Difference, actor: str) -> None:
    publication = difference.publication
    if publication is None:
        return
    now, ending = clock.now(), ends(difference)
    held = Publication.objects.filter(
        kind=publication.kind, name=publication.name, state=Publication.State.IN_FORCE
    )
    held.update(state=Publication.State.ENDED, ended_at=now, ended_by=actor)
    if not ending:
        ours = Publication.objects.filter(pk=publication.pk)
        ours.update(state=Publication.State.IN_FORCE, in_force_at=now)


# -- jobs ---------------------------------------------------------------------------------------------------------


@jobs.handles(MAKE, steps=True)
def _make_job(claim: jobs.Claim) -> None:
    difference = Difference.objects.get(pk=claim.payload["difference"])
    if difference.state in (Difference.State.MAKING, Difference.State.OPEN):
        try:
            make(difference, clock.local_now())
        except ConflictError as past:
            _lapse(difference, past)
    with claim.last_step():
        pass


@jobs.handles(APPLY, steps=True)
def _apply_job(claim: jobs.Claim) -> None:
    difference = Difference.objects.get(pk=claim.payload["difference"])
    if difference.state == Difference.State.APPLYING:
        try:
            apply(difference)
        except ConflictError as past:
            _lapse(difference, past)
    with claim.last_step():
        pass
