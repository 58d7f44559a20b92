"""Many good ratings of one device are a lead, once, without the agency knowing."""

from __future__ import annotations

import pytest

from mingcha.casework.models import Matter
from mingcha.evaluations import taking
from mingcha.evaluations.answers import read
from mingcha.evaluations.one_device import USUAL, open_leads
from tests.server.evaluations.conftest import AGENCY


def rated(
    count: int, *, device: str = "mark of a day", level: str = "5", officer: str = "R1", by: str = ""
) -> None:
    for _ in range(count):
        no = f"PJ{next(NUMBERS)}"
        subject = taking.Subject(no, f"visit:{no}", "visit", officer_code=officer, agency_code=AGENCY)
        taking.take(subject, read({"level": level}), channel="qr", device=device, by=by)


NUMBERS = iter(range(1, 1000))


def test_five_best_ratings_of_one_device_for_one_officer_are_a_lead_once(town: None) -> None:
    rated(USUAL)
    assert (open_leads(), open_leads()) == (1, 0)
    lead = Matter.objects.get(kind="clue")
    assert "R1" in lead.title and lead.agency_code == "" and lead.state == "registered"
    assert f"{USUAL} 条" in lead.transitions.get().reason


@pytest.mark.parametrize(
    "told",
    [{"count": USUAL - 1}, {"count": USUAL, "level": "4"}, {"count": USUAL, "device": "window:C1"},
     {"count": USUAL, "device": ""}, {"count": USUAL, "by": "jiancha"}],
)  # fmt: skip
def test_fewer_worse_from_a_terminal_unknown_or_entered_by_staff_are_none(town: None, told: dict) -> None:
    rated(**told)
    assert open_leads() == 0 and not Matter.objects.filter(kind="clue").exists()


def test_ratings_of_two_officers_are_counted_apart(town: None) -> None:
    rated(USUAL - 1)
    rated(1, officer="R2")
    assert open_leads() == 0
    rated(1)
    assert open_leads() == 1
