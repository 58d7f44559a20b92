"""Rating again after reading an appeal 二次评价 (河南规则第九条(十)): whatever the abnormal state was found by, and
whether the case was rated before or not.

The offer names the appeal, so that the rating decides that one and no other.
"""

from __future__ import annotations

from mingcha.casework.models import Matter
from mingcha.casework.tables.appeal import window_over
from mingcha.evaluations.offers import Offered, offer
from mingcha.intake.fact_models import FACTS


def offer_again(appeal: Matter, by: str = "") -> Offered:
    """Ask for the rating that decides an appeal; open until its window is over. Raises NotTakenError 409 where it was
    given."""
    return offer(
        case_no=appeal.case_no,
        follows=rated_before(appeal),
        appeal=appeal.no,
        until=window_over(appeal),
        by=by,
    )


def rated_before(appeal: Matter) -> str:
    """The rating whose place the new one takes: the one the abnormal state is about, else the last of the case;
    "" where nobody rated it."""
    rows = FACTS["evaluations"]._default_manager.filter(seen_to=None, case_no=appeal.case_no)
    rows = rows.exclude(withdrawn=True).exclude(is_default=True).order_by("submitted_at", "pk")
    given = dict(rows.values_list("evaluation_no", "follows"))
    later = {first: second for second, first in given.items() if first}
    about = appeal.alert.subject if appeal.alert else ""
    found = about if about in given else next(reversed(given), "")
    while found in later:
        found = later.pop(found)
    return found
