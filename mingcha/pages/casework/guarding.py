"""What of a guarded matter (`Kind.guard`) who reads: a complaint is the supervising office's, and of it the agency that
was asked to explain learns what it was asked, not what was said, when, or by whom it was filed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from mingcha.accounts.models import Account
from mingcha.accounts.policy import scope
from mingcha.casework.declare import Holder, kind_of
from mingcha.casework.models import Matter, Proof, Transition
from mingcha.complaints.models import Complaint
from mingcha.complaints.topics import TOPICS
from mingcha.facts import codes


def reads_all(reader: Account | None, matter: Matter) -> bool:
    """Whether the reader may know what the matter is about, and not only what was done since the agency was asked."""
    guard = kind_of(matter.kind).guard
    if not guard:
        return True
    return reader is not None and scope(reader, guard).holds(matter.region_code, matter.agency_code)


def titles(matters: Iterable[Matter]) -> dict[int, str]:
    """What guarded matters are about, for who `reads_all` of them; their own title is only their number."""
    guarded = [matter.pk for matter in matters if kind_of(matter.kind).guard]
    if not guarded:
        return {}
    rows = Complaint.objects.filter(matter__in=guarded)
    return {row.matter_id: _title(row) for row in rows}


def _title(complaint: Complaint) -> str:
    source = codes.COMPLAINT_SOURCE.values.get(complaint.source, complaint.source)
    topic = TOPICS.get(complaint.topic, complaint.topic)
    said = complaint.text if complaint.topic == "other" and complaint.text else topic
    return f"{source}:{said}"[:200]


def past_of(matter: Matter, reader: Account | None) -> list[Transition]:
    """What was done, the oldest first; of a guarded matter nothing from before it was the agency's turn."""
    rows = list(matter.transitions.order_by("no"))
    if reads_all(reader, matter):
        return rows
    asked = _first_asked(matter, rows)
    return rows[asked:] if asked is not None else []


def _first_asked(matter: Matter, rows: Sequence[Transition]) -> int | None:
    kind = kind_of(matter.kind)
    turns = (place for place, row in enumerate(rows) if kind.state(row.after).holder is Holder.AGENCY)
    return next(turns, None)


def proofs_of(matter: Matter, reader: Account | None) -> QuerySet[Proof]:
    """The files of what `past_of` tells."""
    rows = matter.proofs.order_by("pk")
    if reads_all(reader, matter):
        return rows
    return rows.filter(digest__in={digest for row in past_of(matter, reader) for digest in row.evidence})
