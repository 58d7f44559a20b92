"""Ratings that do not come from the citizen's own hand: entered by staff, or sent by a hotline or another system.

    recorded.take(recorded.subject(token, kind, agency, case_no), answer, channel="phone", by="…")

They are recorded under who entered them, so that nobody can pass off his own words as a citizen's unseen; a rating of a
case counts as that case's one rating, whoever brings it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from mingcha.evaluations import offers, taking, tokens
from mingcha.evaluations.answers import Answer
from mingcha.evaluations.models import NUMBER_LENGTH, Offer, Rating
from mingcha.evaluations.refused import NotTakenError
from mingcha.evaluations.taking import Subject, Taken


def subject(token: str, kind: str, agency_code: str, case_no: str = "") -> Subject:
    """What is rated. `token` is that of the form: sent twice it is taken once. Raises NotTakenError."""
    return _subject(tokens.rating_of(token), kind, agency_code, case_no)


def of_sender(sender: str, no: str, kind: str, agency_code: str, case_no: str = "") -> Subject:
    """As `subject`, for a sender that numbers its ratings itself: the same number again is the same rating."""
    own = f"{sender}-{no}"
    if len(own) > NUMBER_LENGTH:
        own = f"WB-{hashlib.sha256(own.encode()).hexdigest()[:32]}"
    return _subject(own, kind, agency_code, case_no)


def _subject(no: str, kind: str, agency_code: str, case_no: str) -> Subject:
    if kind == "case" and case_no:
        known = Offer.objects.filter(once=offers.once_of(case_no)).first()
        if known is not None:
            return taking.of_offer(known, no)
        return Subject(no, offers.once_of(case_no), "case", case_no, agency_code=agency_code)
    return Subject(no, f"{kind}:{no}", kind, case_no, agency_code=agency_code)


def take(subject: Subject, answer: Answer, *, channel: str, by: str, at: datetime | None = None) -> Taken:
    """Take it. Raises NotTakenError 409 where the case was rated, here or as another system reported."""
    known = Rating.objects.filter(no=subject.no).exists()
    if subject.kind == "case" and not known and offers.reported(subject.case_no):
        raise NotTakenError("已经评价过了,一事一评,不能重复评价", 409)
    return taking.take(subject, answer, channel=channel, by=by, at=at)
