"""保护评价主体 (鄂州 三(三)): what rows say of who rated or complained, and whom it is kept from.

From a case its agency knows who applied: a rating beside the number of its case, or beside the very minute in which it
was given, names its author. So whoever does not oversee the rated agency gets the content without either; who it was
is asked of `looking`, for a purpose and on record. That an abnormal state names its case is the law's own doing
(docs/decisions/a-review-hides-its-reviewer.md).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from mingcha.accounts import masking
from mingcha.accounts.scopes import Scope
from mingcha.base.sealing import SealError
from mingcha.evaluations import taking
from mingcha.evaluations.models import Rating
from mingcha.facts.schema import TABLES
from mingcha.intake import personal
from mingcha.intake.fact_models import FACTS
from mingcha.law.instants import DATE_ALONE

OVERSEES: Final = "casework.supervise"
"""The policy under whose scope one oversees an agency."""
TOLD_TO: Final = {"evaluations": OVERSEES, "complaints": "complaints.read"}
"""Tables of which a row with its case tells who spoke, and the policy that lets read them so."""

_TELLING: Final = ("case_no", "service_seq")
_MOMENTS: Final = ("submitted_at", "reported_at")
_WORDS: Final = ("comment", "other_issue")

Reach = Callable[[str], Scope]
"""The scope of whoever asks under a policy."""


def kept_back(region_code: str | None, agency_code: str | None, reach: Reach) -> frozenset[str]:
    """The tables that whoever asks is not told beside a case of that region and agency."""
    return frozenset(
        table for table, policy in TOLD_TO.items() if not reach(policy).holds(region_code, agency_code)
    )


def without_authors(ratings: pa.Table, overseen: Scope) -> pa.Table:
    """Rows of `evaluations` in canonical form; those of agencies outside `overseen` without case and visit, with the
    day alone, numbers of people in their words masked."""
    if overseen.agencies is None:
        return ratings
    open_to = pc.is_in(ratings["agency_code"], value_set=pa.array(sorted(overseen.agencies), pa.string()))
    for name in ratings.column_names:
        column = ratings[name]
        if name in _TELLING:
            hidden: Any = pa.nulls(len(column), column.type)
        elif name in _MOMENTS:
            day = pc.floor_temporal(column, unit="day")
            hidden = pc.add(day, pa.scalar(DATE_ALONE, pa.duration("us")))
        elif name in _WORDS:
            hidden = pa.array([text and masking.text(text) for text in column.to_pylist()], column.type)
        else:
            continue
        place = ratings.column_names.index(name)
        ratings = ratings.set_column(place, ratings.schema.field(name), pc.if_else(open_to, column, hidden))
    return ratings


def author_of(no: str) -> list[str]:
    """What is known of whoever gave a rating: name and phone as they were left, and all that is personal of the case.
    To be struck out of texts, never to be shown: it is no look, and none is recorded."""
    rating = Rating.objects.filter(no=no).first()
    row = _present("evaluations").filter(evaluation_no=no).values("case_no").first()
    case_no = (row and row["case_no"]) or (rating.said.get("case_no") if rating else None)
    left = _left(rating) if rating else {}
    return [value for value in (left.get("name"), left.get("phone"), *_applicant(case_no)) if value]


def _left(rating: Rating) -> dict[str, str]:
    try:
        return taking.person_of(rating)
    except SealError:
        return {}


def _applicant(case_no: str | None) -> list[str]:
    case = _present("cases").filter(case_no=case_no).first() if case_no else None
    if case is None:
        return []
    try:
        return list(
            personal.open_row(case.sealed, personal.about(TABLES["cases"], {"case_no": case_no})).values()
        )
    except SealError:
        return []


def _present(table: str) -> Any:
    return FACTS[table]._default_manager.filter(seen_to=None).exclude(withdrawn=True)
