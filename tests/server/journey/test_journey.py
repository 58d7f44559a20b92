"""One case from first signal to published answer, day by day in a real browser.

A warning, a red card that a make-up Saturday brings a day earlier, its explanation and rectification; then a bad
review, its loop, and what the public reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from mingcha.accounts.acts import By
from mingcha.accounts.models import Account, Grant, Role
from mingcha.alerts.adopting import adopt
from mingcha.alerts.catching_up import catch_up
from mingcha.alerts.models import Alert
from mingcha.alerts.units import Lane
from mingcha.base import clock
from mingcha.casework.following import follow
from mingcha.casework.models import Matter
from mingcha.disclosure import switches
from mingcha.evaluations import offers
from mingcha.evaluations.opening import open_loops
from mingcha.evaluations.writing import write_taken
from mingcha.intake import applying
from tests.server.alerts.conftest import SHANGHAI, Town, at
from tests.server.chromium import needs_chromium
from tests.server.pages.conftest import forget, quick_hashes
from tests.server.pages.test_browser import Watched, chromium

__all__ = ["chromium", "quick_hashes"]
pytestmark = [needs_chromium, pytest.mark.one_database]

COUNTY, OFFICE = "410105000000", "11410105MB0000019A"
PACKS = ["henan-2019", "zhengzhou-2021", "ezhou-2020"]
PROOF = {"name": "整改证明.txt", "mimeType": "text/plain", "buffer": "已退还材料".encode()}
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


class Life:
    """The town on its days, and the people in it, each at a screen of their own."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.people = {
            "周明": self._person("zhou", "周明", Role.SUPERVISOR, COUNTY),
            "吴华": self._person("wu", "吴华", Role.SUPERVISOR, COUNTY),
            "李联络": self._person("li", "李联络", Role.LIAISON, COUNTY, OFFICE),
        }
        self.wrong: list[str] = []

    def _person(self, username: str, name: str, role: Role, region: str, agency: str = "") -> Account:
        account = Account.objects.create(username=username, name=name, password_changed_at=clock.now())
        Grant.objects.create(
            account=account, role=role, region_code=region, agency_code=agency, granted_by="test"
        )
        return account

    @contextmanager
    def day(self, when: str) -> Iterator[None]:
        """It is then, time goes on, and what the worker does by itself has been done."""
        with time_machine.travel(datetime.fromisoformat(when).replace(tzinfo=SHANGHAI), tick=True):
            self.work()
            yield
            self.work()

    def work(self) -> None:
        """What a worker does every few seconds."""
        write_taken()
        open_loops()
        for lane in Lane:
            assert catch_up(clock.local_now(), lane)
        follow(clock.now())

    @contextmanager
    def screen(self, who: str = "") -> Iterator[Watched]:
        """The screen of one of them, signed in; a phone of the public without a name."""
        context = self.browser.new_context(
            viewport=DESK if who else PHONE, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        if who:
            client = Client()
            client.force_login(self.people[who], "django.contrib.auth.backends.ModelBackend")
            session = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": self.address}])
        watched = Watched(context, self.address)
        yield watched
        assert not watched.wrong, watched.wrong
        context.close()

    def act(
        self, who: str, matter: Matter, name: str, why: str = "", file: bool = False, **fields: str
    ) -> None:
        """One act on a matter's page, as a person does it: the button, the form, the answer."""
        with self.screen(who) as watched:
            _do(watched.open(f"/casework/{matter.pk}/"), name, why, file, fields)


def _do(page: Page, name: str, why: str, file: bool, fields: dict[str, str]) -> None:
    button = page.locator(f'[data-opens="ask-{name}"]')
    if not button.is_visible():  # in a menu
        page.locator("details", has=button).locator("summary").click()
    button.click()
    asked = page.locator(f"#ask-{name}")
    for field, value in fields.items():
        entry = asked.locator(f'[name="{field}"]')
        if entry.evaluate("element => element.tagName") == "SELECT":
            entry.select_option(value)
        else:
            entry.fill(value)
    if why:
        asked.locator('[name="why"]').fill(why)
    if file:
        asked.locator('[name="files"]').set_input_files([PROOF])
    asked.locator('button[name="act"]').click()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".notice.success")).to_be_visible()


@pytest.fixture
def life(chromium: Browser, transactional_db: None, live_server: Any) -> Iterator[Life]:
    forget()
    with at("2026-09-01T08:00:00"):
        adopt(PACKS, "领导小组", "试运行")
        living = Life(chromium, live_server.url)
        living.work()
    yield living
    forget()


def _matter(kind: str) -> Matter:
    return Matter.objects.get(kind=kind)


def _the_case_is_late(life: Life) -> None:
    """Five working days from 29 September, over the holiday, with Saturday 10 October worked: due on the 12th."""
    Town().report(
        "2026-09-29T10:05:00",
        judged=False,
        items=[{"promised_limit": 5, "promised_unit": "working_day", "kind": "promise"}],
        cases=[
            {
                "case_no": "LC1", "received_at": "2026-09-29 09:00", "opinion": "accept",
                "opinion_at": "2026-09-29 10:00", "accepted_at": "2026-09-29 10:00", "window_code": "C1",
            }
        ],
    )  # fmt: skip
    with life.day("2026-10-08T17:30:00"):
        assert not Alert.objects.filter(rule="henan-8.1").exists()
    with life.day("2026-10-09T09:00:00"), life.screen("周明") as watched:
        page = watched.open("/live/")
        expect(page.locator("tbody")).to_contain_text("预警")
        expect(page.locator("tbody")).to_contain_text("LC1")
    with life.day("2026-10-12T17:00:00"):
        assert Alert.objects.get(rule="henan-8.1").level == Alert.Level.WARNING
    with life.day("2026-10-13T08:30:00"), life.screen("周明") as watched:
        alert = Alert.objects.get(rule="henan-8.1")
        assert alert.level == Alert.Level.RED
        page = watched.open(f"/alerts/{alert.pk}/")
        expect(page.locator("body")).to_contain_text("应于2026-10-12 周一")
        expect(page.locator("figure.sheet").first).to_contain_text("班")


def _the_agency_answers_for_it(life: Life) -> None:
    with life.day("2026-10-14T10:00:00"):
        matter = Matter.objects.get(kind="explain", alert__rule="henan-8.1")
        assert str(matter.due_at) == "2026-10-16"
        life.act("李联络", matter, "submit", "经办人外出学习,未及时审查。", cause="staff")
    with life.day("2026-10-15T09:30:00"):
        done = {"case_no": "LC1", "completed_at": datetime(2026, 10, 15, 9, 20), "outcome": "granted"}
        known = {"item_code": "11410105MB0000019A4410118001000", "received_at": datetime(2026, 9, 29, 9)}
        same = {"agency_code": OFFICE, "region_code": COUNTY, "channel": "window"}
        applying.write({"cases": [{**same, **known, **done}]}, "报送")
        life.act("周明", Matter.objects.get(kind="explain", alert__rule="henan-8.1"), "accept")
        alert = Alert.objects.get(rule="henan-8.1")
        with life.screen("周明") as watched:
            page = watched.open(f"/alerts/{alert.pk}/")
            _do(page, "order", "安排B角,报送整改情况。", False, {"due_at": "2026-10-20"})
    with life.day("2026-10-16T11:00:00"):
        life.act("李联络", _matter("rectify"), "submit", "已安排B角。", file=True)
    with life.day("2026-10-16T15:00:00"):
        life.act("周明", _matter("rectify"), "accept")
        assert _matter("rectify").closed_at is not None


def _the_citizen_rates_it_badly(life: Life) -> str:
    with life.day("2026-10-16T16:00:00"):
        token = offers.offer(case_no="LC1", by="li").token
        with life.screen() as watched:
            page = watched.open(f"/rate/{token}/")
            page.click("label[for=l1]")
            page.fill("#comment", "说好五个工作日,拖到第八天才办好。")
            page.click("form.rate button:not([type=button])")
            page.wait_for_load_state("networkidle")
            expect(page.locator("body")).to_contain_text("接下来")
            rated = urlsplit(page.url).path
    return rated


def _the_review_goes_round(life: Life) -> None:
    with life.day("2026-10-19T09:00:00"):
        life.act("李联络", _matter("review"), "sign")
        life.act("李联络", _matter("review"), "call_back", "匿名评价,调阅了全部记录。", reached="anonymous")
    with life.day("2026-10-20T09:00:00"):
        life.act("李联络", _matter("review"), "confirm", "确已超过承诺时限。")
        life.act("李联络", _matter("review"), "settle", "向您致歉,该事项已安排双岗审查。")
    with life.day("2026-10-26T09:00:00"):
        life.act("李联络", _matter("review"), "rectify", "双岗已到位,近一周无超期。", file=True)
    with life.day("2026-10-27T09:00:00"):
        life.act("吴华", _matter("review"), "accept")
        life.act("吴华", _matter("review"), "publish")
    assert _matter("review").state == "published"
    assert not Alert.objects.filter(rule__startswith="ezhou-", state=Alert.State.OPEN).exists()


def test_a_red_card_and_a_bad_review_from_first_signal_to_published_answer(life: Life) -> None:
    _the_case_is_late(life)
    _the_agency_answers_for_it(life)
    rated = _the_citizen_rates_it_badly(life)
    _the_review_goes_round(life)
    with life.day("2026-10-28T09:00:00"):
        switches.open_to_all(COUNTY, switches.What.ANSWERS, By("wu"))
        with life.screen() as watched:
            page = watched.open(rated)
            expect(page.locator("ol.past")).to_contain_text("处理结果已公开")
            page = watched.open("/public/open/answers/")
            expect(page.locator("article.answer")).to_contain_text("向您致歉,该事项已安排双岗审查。")
            expect(page.locator("article.answer")).to_contain_text("拖到第八天才办好")
            assert "LC1" not in page.content()
