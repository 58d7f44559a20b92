"""Free text as the public may read it: without the names, numbers and phones that the store knows of those in it."""

from __future__ import annotations

from typing import Any

from mingcha.accounts.masking import scrub
from mingcha.base.sealing import SealError
from mingcha.evaluations.protecting import author_of
from mingcha.facts.schema import TABLES
from mingcha.intake import personal
from mingcha.pages.lookups import stored

__all__ = ["officers_of", "people_of", "people_of_rating", "scrub"]


def people_of(case: Any) -> list[str]:
    """Everything personal that is known of a case: of the applicant, and the names of the office's people."""
    table = TABLES["cases"]
    try:
        opened = personal.open_row(case.sealed, personal.about(table, {"case_no": case.case_no}))
    except SealError:
        opened = {}
    return [*opened.values(), *officers_of(case.agency_code)]


def people_of_rating(no: str) -> list[str]:
    """Everything personal that is known around a rating: who gave it, whose case it is, the people of the office."""
    rated = stored("evaluations").filter(evaluation_no=no).values("agency_code", "case_no").first() or {}
    agencies = {rated.get("agency_code")}
    if case_no := rated.get("case_no"):
        agencies |= set(stored("cases").filter(case_no=case_no).values_list("agency_code", flat=True))
    return [*author_of(no), *(name for agency in agencies for name in officers_of(agency))]


def officers_of(agency_code: str | None) -> list[str]:
    """Names of the people of an office."""
    if not agency_code:
        return []
    return list(stored("officers").filter(agency_code=agency_code).values_list("name", flat=True))
