"""Free text as the public may read it: without the names, numbers and phones that the store knows of those in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from mingcha.accounts import masking
from mingcha.base.sealing import SealError
from mingcha.facts.schema import TABLES
from mingcha.intake import personal
from mingcha.pages.lookups import stored

_SHORTEST = 2
"""Characters of a name that is looked for; one character alone is in every text."""


def scrub(text: str | None, known: Iterable[str] = ()) -> str:
    """The text with every known value replaced, and whatever looks like an identity card or a mobile phone masked."""
    if not text:
        return ""
    parts = sorted({value for value in known if len(value) >= _SHORTEST}, key=len, reverse=True)
    if parts:
        text = re.sub("|".join(map(re.escape, parts)), "***", text)
    return masking.text(text)


def people_of(case: Any) -> list[str]:
    """Everything personal that is known of a case: of the applicant, and the names of the office's people."""
    table = TABLES["cases"]
    try:
        opened = personal.open_row(case.sealed, personal.about(table, {"case_no": case.case_no}))
    except SealError:
        opened = {}
    return [*opened.values(), *officers_of(case.agency_code)]


def officers_of(agency_code: str | None) -> list[str]:
    """Names of the people of an office."""
    if not agency_code:
        return []
    return list(stored("officers").filter(agency_code=agency_code).values_list("name", flat=True))
