"""公示 for staff: opened by who may, looked at before, checked after; and what the public reads of it."""

from __future__ import annotations

import json
import re

from django.test import Client

from mingcha.accounts.models import Role
from mingcha.base import clock
from mingcha.base.models import AuditRow
from mingcha.casework.models import Matter, Transition
from mingcha.disclosure import publishing
from mingcha.disclosure.models import Month, Opened
from mingcha.intake.models import FACTS
from tests.server.disclosure.conftest import HERE, MONTH, OURS, THEIRS
from tests.server.pages.conftest import THERE


def text_of(answer, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


def test_a_supervisor_opens_and_closes_in_place(city, enter):
    browser = enter()
    assert "未开放" in text_of(browser.get("/disclosure/"))
    said = {"region": HERE, "what": "red_cards"}
    done = browser.post("/disclosure/switch/", {**said, "act": "open"}, follow=True)
    assert "已开放公示" in text_of(done) and Opened.objects.filter(closed_at=None).count() == 1
    again = browser.post("/disclosure/switch/", {**said, "act": "open"}, follow=True)
    assert "已由" in text_of(again)
    text_of(browser.post("/disclosure/switch/", {**said, "act": "close"}, follow=True))
    assert not Opened.objects.filter(closed_at=None).exists()
    assert set(AuditRow.objects.filter(act__startswith="disclosure.").values_list("act", flat=True)) == {
        "disclosure.open", "disclosure.close",
    }  # fmt: skip


def test_a_district_opens_nothing_of_another(city, enter):
    browser = enter(region=HERE)
    for region in (THERE, "410100000000", ""):
        answer = browser.post("/disclosure/switch/", {"region": region, "what": "red_cards", "act": "open"})
        assert answer.status_code == 404
    assert not Opened.objects.exists()
    assert "中原区" not in text_of(browser.get("/disclosure/"))


def test_who_only_reads_cannot_switch(city, enter):
    browser = enter(Role.LEADER)
    assert "开放</button>" not in text_of(browser.get("/disclosure/"))
    said = {"region": HERE, "what": "red_cards", "act": "open"}
    assert browser.post("/disclosure/switch/", said).status_code == 403


def test_the_present_month_is_looked_at_before_it_is_published(rated, opened, enter):
    rated("BJ1", [5] * 7, month=3)
    browser = enter()
    text = text_of(browser.get("/disclosure/preview/satisfaction/"))
    assert "还没有过完" in text and ">7<" in text
    for part in ("red_cards", "rectifications"):
        text_of(browser.get(f"/disclosure/preview/{part}/"))
    assert browser.get("/disclosure/preview/names/").status_code == 404


def test_months_are_shown_with_whether_they_fit(city, opened, enter):
    publishing.publish(MONTH)
    browser = enter()
    assert "相符" in text_of(browser.get("/disclosure/"))
    Month.objects.update(root="0" * 64)
    assert "不符" in text_of(browser.get("/disclosure/"))


def test_the_public_reads_a_month_and_takes_it_along(rated, opened):
    rated("BJ1", [5, 5, 5, 5, 5, 1])
    rated("BJ3", [5, 2], THEIRS)
    rated("BJ2", [4] * 5)
    row = publishing.publish(MONTH)
    assert row is not None
    browser = Client()
    assert "2026年2月" in text_of(browser.get("/public/open/"))
    page = text_of(browser.get(f"/public/open/{MONTH}/"))
    assert row.root in page and row.digest in page
    for part in ("satisfaction", "red_cards", "rectifications"):
        answer = browser.get(f"/public/open/{MONTH}/{part}/")
        assert "public, max-age" in answer["Cache-Control"]
        text_of(answer)
    taken = browser.get(f"/public/open/{MONTH}.json/")
    assert publishing.digest_of(taken.content.decode()) == row.digest
    assert json.loads(taken.content)["audit_root"] == row.root


def test_what_was_not_published_is_not_there(city, opened):
    browser = Client()
    for path in ("2026-01/", "x/", "2026-02.xml/", "2026-02/names/", "2026-02/satisfaction/", "..%2f/"):
        assert browser.get(f"/public/open/{path}").status_code == 404


def test_answers_are_shown_where_they_are_open(city, opened):
    assert "还没有公布的答复" in text_of(Client().get("/public/open/answers/"))


def test_every_published_answer_stands_on_some_page(rated, opened, monkeypatch):
    monkeypatch.setattr("mingcha.disclosure.answers.AT_ONCE", 2)
    rated("BJ1", [1] * 5)
    numbers = sorted(FACTS["evaluations"].objects.values_list("evaluation_no", flat=True))
    for place, number in enumerate(numbers):
        matter = Matter.objects.create(
            no=f"CP{place}", kind="review", state="published", subject_kind="evaluation", subject=number,
            agency_code=OURS, region_code=HERE, opened_at=clock.now(), changed_at=clock.now(),
        )  # fmt: skip
        Transition.objects.create(
            matter=matter, no=1, act="publish", before="rectified", after="published", actor="sun",
            lawful_at=clock.local_now(), recorded_at=clock.now(),
        )  # fmt: skip
    browser, shown, address = Client(), [], "/public/open/answers/"
    while address:
        page = text_of(browser.get(address))
        shown.append(page.count('<article class="answer">'))
        further = re.search(r'href="(\?page=\d+)">后面的', page)
        address = f"/public/open/answers/{further[1]}" if further else ""
    assert shown == [2, 2, 1]
    assert "后面没有了" in text_of(browser.get("/public/open/answers/?page=9"))
    assert text_of(browser.get("/public/open/answers/?page=x"))
