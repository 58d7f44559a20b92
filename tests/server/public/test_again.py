"""Rating one's case, and rating it again after reading what the department says (河南规则第九条(十))."""

from __future__ import annotations

from datetime import datetime

import pytest

from mingcha.accounts.acts import By
from mingcha.alerts.models import Alert
from mingcha.casework import filing
from mingcha.casework.models import Matter
from mingcha.evaluations.models import Offer
from mingcha.intake import applying
from mingcha.pages.public import lookup
from tests.server.pages.conftest import OURS, PAYLOAD
from tests.server.public.conftest import NAME, PHONE

LI = By("li")


@pytest.fixture
def completed(citizen):
    """BJ2 is done, and was rated badly."""
    done = datetime(2026, 3, 4, 15)
    applying.write(
        {
            "cases": [{"case_no": "BJ2", "completed_at": done, "outcome": "granted"}],
            "evaluations": [
                {
                    "evaluation_no": "PJ1", "case_no": "BJ2", "kind": "case", "level": 1, "agency_code": OURS,
                    "submitted_at": done.replace(hour=16),
                }
            ],
        },
        "test",
    )  # fmt: skip
    return f"/public/case/{lookup.ticket('BJ2')}/"


@pytest.fixture
def appealed(completed) -> Matter:
    alert = Alert.objects.filter(case_no="BJ2").first()
    assert alert is not None
    alert.abnormal = True
    alert.save()
    return filing.file(alert, f"当天系统故障,申请人{NAME}{PAYLOAD}(电话{PHONE})知情", LI)


def text_of(answer, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


def test_a_completed_case_may_be_rated_from_its_page(citizen, city):
    done = datetime(2026, 3, 4, 15)
    applying.write({"cases": [{"case_no": "BJ2", "completed_at": done, "outcome": "granted"}]}, "test")
    place = f"/public/case/{lookup.ticket('BJ2')}/"
    text = text_of(citizen.browser.get(place))
    assert "已经办完:准予" in text and "给这次服务打分" in text
    answer = citizen.browser.post(f"{place}rate/")
    assert answer.status_code == 302 and answer["Location"].startswith("/rate/")
    text_of(citizen.browser.get(answer["Location"]))
    assert Offer.objects.get().case_no == "BJ2"


def test_a_case_that_goes_on_cannot_be_rated_yet(citizen):
    place = f"/public/case/{lookup.ticket('BJ2')}/"
    assert "给这次服务打分" not in text_of(citizen.browser.get(place))
    assert "还没有办结" in text_of(citizen.browser.post(f"{place}rate/"), 409)


def test_who_has_rated_is_told_so(citizen, completed):
    assert "已经评价过" in text_of(citizen.browser.post(f"{completed}rate/"), 409)


def test_the_citizen_reads_the_appeal_without_names_and_rates_again(citizen, completed, appealed):
    assert "提出了申诉" in text_of(citizen.browser.get(completed))
    text = text_of(citizen.browser.get(f"{completed}appeal/"))
    assert "当天系统故障" in text and NAME not in text and PHONE not in text
    assert filing.appeals_open_to_the_citizen("BJ2")[0][1] is not None and "含当天" in text
    answer = citizen.browser.post(f"{completed}rate/", {"again": "1"})
    assert answer.status_code == 302
    assert Offer.objects.get().follows == "PJ1"


def test_without_an_appeal_there_is_nothing_to_read(citizen, completed):
    assert "没有要您评的" in text_of(citizen.browser.get(f"{completed}appeal/"), 404)


@pytest.mark.parametrize("path", ["rate/", "appeal/"])
def test_a_made_up_ticket_rates_nothing(citizen, path):
    place = f"/public/case/made-up/{path}"
    answer = citizen.browser.post(place) if path == "rate/" else citizen.browser.get(place)
    assert answer.status_code == 404 and not Offer.objects.exists()
