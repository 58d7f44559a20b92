"""Ratings and offers become facts 入库: every five seconds, those that were taken since, in one batch of the store.

The batch, its rows and the mark that they are written are one transaction with the end of the job: a rating is a fact
once, whatever breaks. From there it is judged like any reported one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from mingcha.base import jobs
from mingcha.evaluations.models import Offer, Rating
from mingcha.intake import applying
from mingcha.intake.fact_models import FACTS

ACTOR: Final = "好差评"
AT_ONCE: Final = 2_000
_SECONDS: Final = 5
"""Each batch is judged: fewer and larger ones leave the processor to the citizens."""


@jobs.every(_SECONDS)
def write_taken() -> int:
    """Write what waits, at most `AT_ONCE` of each; how many ratings. Cheap where nothing does."""
    ratings = Rating.objects.filter(batch_no=None)
    offers = Offer.objects.filter(batch_no=None, kind="case")
    if not ratings.exists() and not offers.exists():
        return 0
    with transaction.atomic():
        taken = list(ratings.select_for_update(skip_locked=True).order_by("id")[:AT_ONCE])
        asked = list(offers.select_for_update(skip_locked=True).order_by("id")[:AT_ONCE])
        no = applying.write({"evaluations": [fact_of(r) for r in taken], "cases": _offered(asked)}, ACTOR)
        Rating.objects.filter(pk__in=[rating.pk for rating in taken]).update(batch_no=no)
        Offer.objects.filter(pk__in=[offer.pk for offer in asked]).update(batch_no=no)
    return len(taken)


def fact_of(rating: Rating) -> dict[str, Any]:
    """A rating as a row of `evaluations`."""
    return {**rating.said, "submitted_at": datetime.fromisoformat(rating.said["submitted_at"])}


def _offered(offers: Iterable[Offer]) -> list[dict[str, Any]]:
    """When the rating of a case was first asked for; what its own system said of it stays."""
    first = {offer.case_no: offer.offered_at for offer in offers if not offer.follows}
    cases = FACTS["cases"]._default_manager.filter(seen_to=None).exclude(withdrawn=True)
    open_ones = cases.filter(case_no__in=list(first), evaluation_offered_at=None)
    waiting = open_ones.values_list("case_no", flat=True)
    return [{"case_no": case_no, "evaluation_offered_at": first[case_no]} for case_no in waiting]
