"""The town of the pages' tests, with ratings in it and things opened to the public."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from mingcha.accounts.acts import By
from mingcha.disclosure import switches
from mingcha.intake import applying
from tests.server.pages.conftest import HERE, OURS, THEIRS, city, enter, judged, quick_hashes  # noqa: F401  fixtures

SUN = By("sun")
MONTH = "2026-02"


@pytest.fixture
def rated(city: None) -> Callable[..., None]:  # noqa: F811
    """Reports ratings of a case in the month: levels in order."""

    def report(case_no: str, levels: list[int], agency: str = OURS, month: int = 2, **more: object) -> None:
        same = {"case_no": case_no, "kind": "visit", "agency_code": agency, **more}
        rows = [
            {
                **same,
                "evaluation_no": f"{case_no}-{agency[-1]}{month}-{n}",
                "service_seq": n,
                "level": level,
                "submitted_at": datetime(2026, month, 10, 9, n % 60),
            }
            for n, level in enumerate(levels)
        ]
        applying.write({"evaluations": rows}, "test")

    return report


@pytest.fixture
def opened(city: None) -> None:  # noqa: F811
    for what in switches.What.values:
        switches.open_to_all("410100000000", what, SUN)


__all__ = ["HERE", "MONTH", "OURS", "SUN", "THEIRS"]
