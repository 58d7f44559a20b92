"""Rating one's case, and rating it again after reading what the department says (河南规则第九条(十))."""

from __future__ import annotations

from datetime import datetime

import pytest

from mingcha.accounts.acts import By
from mingcha.alerts.models import Alert
from mingcha.casework import filing
from mingcha.casework.models import Matter
from mingcha.evaluations.models import Offer, Rating
from mingcha.evaluations.opening import open_loops
from mingcha.evaluations.writing import write_taken
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
    assert f'value="{appealed.no}"' in text
    answer = again(citizen, completed, appealed)
    assert answer.status_code == 302
    offer = Offer.objects.get()
    assert (offer.follows, offer.appeal) == ("PJ1", appealed.no)


STATES = {
    "zhengzhou-5.5b": ("warning", ""),
    "zhengzhou-5.5a": ("warning", "PH1"),
    "zhengzhou-7.2": ("none", "JC1"),
    "zhengzhou-7.3": ("none", "TS1"),
}
"""Abnormal states that are not ratings themselves: level and subject of each."""


def abnormal(rule: str) -> Alert:
    level, subject = STATES[rule]
    found = Alert.objects.filter(case_no="BJ2").first()
    assert found is not None
    found.pk, found.rule, found.subject, found.level, found.abnormal = None, rule, subject, level, True
    found.pack = "zhengzhou-2021"
    found.save(force_insert=True)
    return found


def again(citizen, place: str, matter: Matter):
    return citizen.browser.post(f"{place}rate/", {"again": matter.no})


def rate(citizen, place: str, matter: Matter, level: str) -> None:
    """The citizen rates after reading the appeal; what was said is written and followed."""
    answer = again(citizen, place, matter)
    assert answer.status_code == 302, answer.content.decode()
    assert citizen.browser.post(answer["Location"], {"level": level}).status_code == 302
    assert write_taken() == 1
    open_loops()


@pytest.mark.parametrize("rule", STATES)
@pytest.mark.parametrize(
    ("level", "state", "alert"), [("5", "revoked", "withdrawn"), ("1", "upheld", "open")]
)
def test_who_never_rated_decides_the_appeal_while_the_case_goes_on(citizen, rule, level, state, alert):
    """The abnormal state is no rating, and there is none that could be rated anew."""
    found = abnormal(rule)
    matter = filing.file(found, "当天系统故障", LI)
    beside = filing.file(abnormal(rule_beside(rule)), "另有原因", LI)
    rate(citizen, f"/public/case/{lookup.ticket('BJ2')}/", matter, level)
    assert Matter.objects.get(pk=matter.pk).state == state
    assert Alert.objects.get(pk=found.pk).state == alert
    assert Matter.objects.get(pk=beside.pk).state == "filed", "no other appeal of the case"
    said = Rating.objects.get().said
    assert (said["kind"], said.get("follows")) == ("visit", None)


def rule_beside(rule: str) -> str:
    """Another rule than that one."""
    return next(name for name in STATES if name != rule)


@pytest.mark.parametrize("rule", STATES)
def test_who_has_rated_decides_the_appeal_about_something_else(citizen, completed, rule):
    matter = filing.file(abnormal(rule), "当天系统故障", LI)
    rate(citizen, completed, matter, "4")
    assert Matter.objects.get(pk=matter.pk).state == "revoked"
    assert Rating.objects.get().said["follows"] == "PJ1"
    assert citizen.browser.post(f"{completed}rate/", {"again": matter.no}).status_code == 404


def test_two_appeals_of_a_case_are_answered_one_after_the_other_each_by_the_last_word(citizen, completed):
    first, second = (
        filing.file(abnormal(rule), "有原因", LI) for rule in ("zhengzhou-5.5b", "zhengzhou-7.3")
    )
    rate(citizen, completed, first, "4")
    rate(citizen, completed, second, "1")
    assert Matter.objects.get(pk=first.pk).state == "revoked"
    assert Matter.objects.get(pk=second.pk).state == "upheld"
    one, two = Rating.objects.order_by("id")
    assert (one.said["follows"], two.said["follows"]) == ("PJ1", one.no)


def test_an_appeal_is_answered_once(citizen, completed, appealed):
    place = again(citizen, completed, appealed)["Location"]
    citizen.browser.post(place, {"level": "5"})
    assert "已经评价过" in text_of(again(citizen, completed, appealed), 409)
    assert Rating.objects.count() == 1


def test_nobody_answers_the_appeal_of_another_case(citizen, completed, appealed):
    other = f"/public/case/{lookup.ticket('BJ1')}/"
    assert "没有要您评的" in text_of(again(citizen, other, appealed), 404)
    assert not Offer.objects.exists()


def test_without_an_appeal_there_is_nothing_to_read(citizen, completed):
    assert "没有要您评的" in text_of(citizen.browser.get(f"{completed}appeal/"), 404)


@pytest.mark.parametrize("path", ["rate/", "appeal/"])
def test_a_made_up_ticket_rates_nothing(citizen, path):
    place = f"/public/case/made-up/{path}"
    answer = citizen.browser.post(place) if path == "rate/" else citizen.browser.get(place)
    assert answer.status_code == 404 and not Offer.objects.exists()
