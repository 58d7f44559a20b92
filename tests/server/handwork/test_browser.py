"""The pages of hand work in a real browser: quiet, closed, accessible, deaf to payloads, by keyboard (U1, S4)."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from mingcha.alerts import evidence
from mingcha.alerts import tasks as tasks_of
from mingcha.alerts.models import Alert, Difference, Task
from mingcha.base import clock
from mingcha.base.config import config
from mingcha.intake import sources
from tests.server.chromium import needs_chromium
from tests.server.pages.conftest import HERE, OURS, PAYLOAD
from tests.server.pages.test_browser import SIZED, Watched, chromium, opened

__all__ = ["chromium", "opened"]

pytestmark = needs_chromium


@pytest.fixture
def stage(served_city):
    """A task under way, evidence, a difference list, a source that fetches; every text of theirs hostile."""
    task = Task.objects.get(alert__case_no="BJ6")
    tasks_of.assign(task, "liu", "sun", PAYLOAD)
    tasks_of.begin(task, "liu", PAYLOAD)
    alert = Alert.objects.get(rule="henan-8.1", case_no="BJ2")
    evidence.attach(alert, f"{PAYLOAD[:60]}.pdf", [b"%PDF-1.7"], "sun", PAYLOAD)
    Difference.objects.create(
        cause=PAYLOAD, state="open", made_by=PAYLOAD[:100], made_at=clock.now(), added=3
    )
    secret = config().home / "secrets" / "feed-qianzhi"
    secret.parent.mkdir(exist_ok=True)
    secret.write_text("postgresql://nobody@127.0.0.1:1/none")
    feed = {"database": "qianzhi", "table": "public.up_pro_accept", "mark": "cd_time", "as": "cases"}
    values = {
        "code": "qzk",
        "name": f"前置库{PAYLOAD}",
        "way": "exchange",
        "agency_code": OURS,
        "region_code": HERE,
    }
    sources.register({**values, "schedule": {"feeds": [feed]}}, "张三", "", actor="test")
    yield {"task": task.pk, "alert": alert.pk}
    secret.unlink(missing_ok=True)


PAGES = {
    "tasks": "/tasks/?state=all",
    "task": "/tasks/{task}/",
    "card": "/cards/new/?unit=case&key=BJ2",
    "alert": "/alerts/{alert}/",
    "differences": "/differences/",
    "person": "/cases/person/",
    "feeds": "/intake/sources/qzk/feeds/",
    "feed": "/intake/sources/qzk/feeds/table/",
    "topic": "/intake/sources/qzk/feeds/topic/",
}


def looked_at(watched: Watched, name: str) -> None:
    """Nothing on the page that ought not to be."""
    page = watched.page
    assert not watched.wrong, (name, watched.wrong)
    assert page.evaluate("window.pwned") is None, name
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, (name, wide)
    found = Axe().run(page).response["violations"]
    grave = [(v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in ("serious", "critical")]
    assert not grave, (name, grave)


def seen(page: Page) -> Page:
    page.wait_for_load_state("networkidle")
    return page


@SIZED
def test_pages_of_hand_work_are_quiet_accessible_and_deaf_to_payloads(stage, opened, size):
    watched = opened(size)
    for name, path in PAGES.items():
        watched.open(path.format(**stage))
        looked_at(watched, name)


@SIZED
def test_a_card_is_filled_in_seen_and_issued(stage, opened, size):
    watched = opened(size)
    page = watched.open("/cards/new/")
    page.get_by_label("编号").fill("BJ2")
    page.get_by_label("来源").select_option("media")
    page.get_by_label("条款").select_option("zhengzhou-16")
    page.get_by_role("radio", name="红牌").check()
    page.get_by_label("查实的情况").fill(f"媒体曝光,经查属实{PAYLOAD}")
    page.get_by_role("button", name="预览").click()
    expect(page.locator("#preview")).to_contain_text("第十八条")
    seen(page)
    looked_at(watched, "preview")
    files = [{"name": "报道.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 news"}]
    page.locator("#files").set_input_files(files)
    page.get_by_role("button", name="签发办件的红牌").click()
    page.wait_for_url("**/alerts/*/")
    expect(page.locator("main")).to_contain_text("报道.pdf")
    seen(page)
    looked_at(watched, "issued")
    with page.expect_download() as download:
        page.get_by_role("link", name="报道.pdf").click()
    assert download.value.suggested_filename == "报道.pdf"


def arrived(page, words):
    """The next page says so, and its keys are listened to: until its scripts have run they go nowhere."""
    expect(page.locator("main")).to_contain_text(words)
    page.wait_for_load_state("networkidle")


def test_a_task_is_taken_over_and_concluded_by_keyboard_alone(stage, opened):
    watched = opened()
    page = watched.open("/tasks/?q=BJ7")
    page.keyboard.press("j")
    page.keyboard.press("t")
    arrived(page, "已接办 1 项")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks/*/")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("b")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    arrived(page, "已开始核查")
    page.keyboard.press("n")
    page.keyboard.type("bhty 到窗口核对")  # letters typed into a field start nothing
    expect(page.locator("dialog[open]")).to_have_count(0)
    seen(page)
    looked_at(watched, "task under way")
    page.get_by_role("button", name="记入经过").press("Enter")
    arrived(page, "已记入经过")
    page.keyboard.press("u")
    page.keyboard.type("当面告知过,系统漏报")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("已认定不属实")
    seen(page)
    looked_at(watched, "task over")


def test_the_cases_of_a_person_are_found_and_the_address_says_nothing(stage, opened):
    watched = opened()
    page = watched.open("/cases/person/")
    page.get_by_label("内容").fill("410105199001010015")
    page.get_by_label("事由").fill("核实投诉人反映的办件")
    page.get_by_role("button", name="查找", exact=True).click()
    expect(page.locator("#rows")).to_contain_text("BJ2")
    seen(page)
    assert page.url.endswith("/cases/person/") and "410105199001010015" not in page.content()
    looked_at(watched, "found")


def test_a_feed_is_tried_in_place(stage, opened):
    watched = opened()
    page = watched.open("/intake/sources/qzk/feeds/")
    page.get_by_role("button", name="试读").click()
    expect(page.locator("main")).to_contain_text("读不了 qianzhi")
    seen(page)
    looked_at(watched, "tried")
