"""Taking a rating 收评: durable before it is acknowledged, once, whoever it is from kept apart.

    take(subject, answer, channel="mobile")      # subject: what is rated (`of_offer`, `of_visit`, or one's own)

A rating that comes twice under one number changes nothing and is acknowledged as the first was; another rating of what
was rated is refused (409). Three hundred a second are taken by writing those that wait together (`grouping`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from django.db import connection, transaction

from mingcha.accounts import masking
from mingcha.base import audit, clock, keys, rows, sealing
from mingcha.base.models import AuditRow
from mingcha.evaluations import tokens
from mingcha.evaluations.answers import Answer
from mingcha.evaluations.grouping import Group
from mingcha.evaluations.models import Offer, Rating
from mingcha.evaluations.refused import NotTakenError
from mingcha.evaluations.scales import is_bad

CONTENT: Final = "comment"
PUBLIC: Final = "公众"
"""Who rates, in the audit."""


@dataclass(frozen=True)
class Subject:
    """What is rated. `once`: the name under which it is rated once."""

    no: str
    once: str
    kind: str
    case_no: str = ""
    service_seq: int | None = None
    window_code: str = ""
    officer_code: str = ""
    agency_code: str = ""
    follows: str = ""
    appeal: str = ""


@dataclass(frozen=True)
class Taken:
    """What became of a rating: its number, and whether one was there under it already, which stays as it is."""

    no: str
    again: bool


def of_offer(offer: Offer, no: str = "") -> Subject:
    """What an offer asks for. The rating is numbered anew, for who asked for it knows the number of the offer; `no` is
    that of the form that was sent (`tokens.of_form`), or of a sender who numbers its ratings itself."""
    return Subject(
        no or tokens.new_number(clock.local_now()),
        offer.once,
        offer.kind,
        offer.case_no,
        offer.service_seq,
        offer.window_code,
        offer.officer_code,
        offer.agency_code,
        offer.follows,
        offer.appeal,
    )


def take(
    subject: Subject,
    answer: Answer,
    *,
    channel: str,
    device: str = "",
    by: str = "",
    at: datetime | None = None,
) -> Taken:
    """Take a rating; committed when this returns (or with the caller's transaction, where there is one).

    `channel` is a code of `evaluation_channel`, `device` what it came from (`device_mark`), `by` who entered it for
    the citizen, `at` the local moment it was given where that was earlier. Raises NotTakenError 409 where what is rated
    was rated under another number.
    """
    submitted = (at or clock.local_now()).replace(microsecond=0)
    comment = answer.facts.get(CONTENT)
    shown = masking.text(comment) if comment else None
    said = {**_told(subject), **answer.facts, "channel": channel, "submitted_at": submitted.isoformat()}
    if shown is not None:
        said[CONTENT] = shown
    person = {"name": answer.name or None, "phone": answer.phone or None}
    if shown != comment:
        person["words"] = comment
    rating = Rating(
        no=subject.no,
        once=subject.once,
        said=said,
        sealed=_sealed(subject.no, person),
        device=device,
        taken_at=clock.now(),
        taken_by=by[:150],
        opens=bool(subject.follows or subject.appeal) or is_bad(answer.facts.get("level")),
    )
    return _group.put(rating)


def device_mark(address: str, agent: str, now: datetime) -> str:
    """What tells that two ratings of one day came from one device, and nothing else: a keyed digest of address and
    browser that changes every day."""
    told = f"{now:%Y%m%d}\n{address}\n{agent}".encode()
    return keys.mac(_device_key(), told).hex()[:44]


@lru_cache
def _device_key() -> bytes:
    return keys.key(keys.SEARCH, "rating device")


def person_of(rating: Rating) -> dict[str, str]:
    """Who gave it, opened: `name`, `phone`, and `words` where the comment named numbers. Whoever calls this has
    recorded the look (`looking`)."""
    return sealing.open_sealed(bytes(rating.sealed), about(rating.no)) if rating.sealed else {}


def _told(subject: Subject) -> dict[str, Any]:
    told: dict[str, Any] = {
        "evaluation_no": subject.no,
        "kind": subject.kind,
        "case_no": subject.case_no,
        "window_code": subject.window_code,
        "officer_code": subject.officer_code,
        "agency_code": subject.agency_code,
        "follows": subject.follows,
        "service_seq": subject.service_seq,
    }
    return {name: value for name, value in told.items() if value not in ("", None)}


def _sealed(no: str, person: dict[str, str | None]) -> bytes | None:
    if not any(person.values()):
        return None
    return sealing.seal(person, about(no))


def about(no: str) -> str:
    """What the sealed person of a rating is about."""
    return f"rating/{no}"


def _write(ratings: Sequence[Rating]) -> list[Taken]:
    """Together in one transaction; what became of each. One that was refused has no number."""
    with transaction.atomic():
        known = _known(ratings)
        fresh = {rating.no: rating for rating in reversed(ratings) if rating.no not in known}
        new = _insert(list(fresh.values())) if fresh else set()
        if missed := fresh.keys() - new:  # rated under another number, or by another process just now
            known |= _known([fresh[no] for no in missed])
        rows.insert([_recorded(fresh[no]) for no in sorted(new)])
    results = []
    for rating in ratings:
        results.append(Taken(rating.no if rating.no in new | known else "", rating.no in known))
        known |= {rating.no} & new
    return results


def _known(ratings: Sequence[Rating]) -> set[str]:
    """The numbers among them that are there."""
    places = ", ".join(["%s"] * len(ratings))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT no FROM {_TABLE} WHERE no IN ({places})", [r.no for r in ratings])  # noqa: S608
        return {no for (no,) in cursor.fetchall()}


def _recorded(rating: Rating) -> AuditRow:
    return audit.row(
        rating.taken_by or PUBLIC, "rating.taken", f"evaluations/{rating.no}", detail=_mark(rating)
    )


_TABLE: Final = f'"{Rating._meta.db_table}"'
_COLUMNS: Final = ("no", "once", "said", "sealed", "device", "taken_at", "taken_by", "opens")


def _insert(ratings: Sequence[Rating]) -> set[str]:
    """Insert those that are not there, by number and by what is rated; the numbers of the new ones."""
    fields: list[Any] = [Rating._meta.get_field(name) for name in _COLUMNS]
    row = f"({', '.join(['%s'] * len(fields))})"
    sql = (
        f"INSERT INTO {_TABLE} ({', '.join(_COLUMNS)}) "  # noqa: S608 names of our model
        f"VALUES {', '.join([row] * len(ratings))} ON CONFLICT DO NOTHING RETURNING no"
    )
    values = [
        field.get_db_prep_save(getattr(rating, field.attname), connection)
        for rating in ratings
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return {no for (no,) in cursor.fetchall()}


def _mark(rating: Rating) -> dict[str, Any]:
    return {"kind": rating.said["kind"], "channel": rating.said["channel"]}


class _Ratings(Group[Rating, Taken]):
    """The group of this process."""

    def put(self, item: Rating) -> Taken:
        """As `Group.put`; a rating that was refused is an error of its own."""
        taken = super().put(item)
        if not taken.no:
            raise NotTakenError("已经评价过了,一事一评,不能重复评价", 409)
        return taken


_group = _Ratings(_write)
