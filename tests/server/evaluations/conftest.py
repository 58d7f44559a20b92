"""A town with a completed case and a window; who looks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mingcha.accounts import places
from mingcha.alerts import law
from mingcha.alerts.adopting import adopt
from tests.server.alerts.conftest import Town, at

NOW = "2026-03-05T10:00:00"
AGENCY = "11410105MB0000019A"
PACKS = ["henan-2019", "ezhou-2020"]
CASES = [
    {"case_no": "BJ1", "completed_at": "2026-03-05 09:30:00", "outcome": "granted"},
    {"case_no": "BJ2", "completed_at": "2026-03-05 09:40:00", "outcome": "granted"},
    {"case_no": "BJ3"},
]


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    """At 10 o'clock on 5 March 2026, a Thursday, two cases are completed and one is not."""
    law.forget()
    places._kept = None
    with at("2026-01-05T08:00:00"):
        adopt(PACKS, "领导小组", "试运行")
    made = Town()
    made.report(NOW, judged=False, cases=CASES)
    with at(NOW):
        yield made
    law.forget()
    places._kept = None
