"""The public pages in a real browser: phone and desk, quiet, closed, accessible, with and without a script (U1)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect, sync_playwright

from mingcha.disclosure import publishing, switches
from mingcha.pages.public import challenge, lookup
from tests.server.chromium import CHROMIUM, needs_chromium
from tests.server.disclosure.conftest import SUN
from tests.server.pages.conftest import PAYLOAD
from tests.server.pages.test_browser import Watched

SIZES = {"phone": (390, 844), "desk": (1366, 768)}
pytestmark = needs_chromium


@pytest.fixture(scope="module")
def chromium(django_db_setup: None) -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, live_server, served_city):
    """Opens a browser of nobody at a size."""
    contexts = []

    def start(size: str = "phone", **more: object) -> Watched:
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai", **more
        )
        contexts.append(context)
        return Watched(context, live_server.url)

    yield start
    for context in contexts:
        context.close()


def _paths() -> list[str]:
    switches.open_to_all("410100000000", "satisfaction", SUN)
    switches.open_to_all("410100000000", "answers", SUN)
    publishing.publish("2026-02")
    item = lookup.stored("items").values_list("item_code", flat=True).first()
    ticket = lookup.ticket("BJ2")
    return [
        "/public/", "/public/case/", f"/public/case/{ticket}/", "/public/guides/", f"/public/guides/{item}/",
        "/public/complain/", f"/public/complain/?ticket={ticket}", "/public/complaint/", "/public/open/",
        "/public/open/2026-02/", "/public/open/2026-02/satisfaction/", "/public/open/answers/",
    ]  # fmt: skip


def test_pages_are_quiet_closed_accessible_and_fit_phone_and_desk(visit):
    paths = _paths()
    for size, path in product(SIZES, paths):
        watched = visit(size)
        page = watched.open(path)
        assert not watched.wrong, (path, watched.wrong)
        assert page.evaluate("window.pwned") is None, path
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, (size, path)
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 16
        found = Axe().run(page).response["violations"]
        grave = [
            (v["id"], v["nodes"][0]["html"][:160]) for v in found if v["impact"] in ("serious", "critical")
        ]
        assert not grave, (size, path, grave)
        assert not page.context.cookies(), path
        page.close()


def test_a_case_is_looked_up_on_a_phone_while_the_puzzle_is_solved_beside(visit):
    watched = visit()
    page = watched.open("/public/case/")
    page.get_by_label("办件编号").fill("BJ2")
    page.get_by_label("手机号后四位").fill("8000")
    page.get_by_role("button", name="查询").press("Enter")
    page.wait_for_url("**/public/case/*/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("正在办理")
    expect(page.locator("figure.narrow svg")).to_be_visible()
    expect(page.locator("figure.broad")).to_be_hidden()
    assert watched.wrong == []


def test_the_hardest_puzzle_is_solved_within_seconds(visit, monkeypatch):
    monkeypatch.setattr(challenge, "BITS", 16)
    page = visit().open("/public/case/")
    begun = time.monotonic()
    expect(page.locator("[data-state]")).to_have_text("验证完成。", timeout=20_000)
    assert time.monotonic() - begun < 20
    assert challenge.solves(
        page.locator("[data-puzzle]").get_attribute("data-puzzle"),
        page.locator("[name=answer]").input_value(),
        16,
    )


def test_a_complaint_is_made_and_asked_for_by_its_number(visit):
    page = visit().open("/public/complain/")
    page.get_by_label("让人来回跑").check()
    page.get_by_label("怎么回事?").fill(f"跑了三趟还没有受理{PAYLOAD}")
    page.get_by_role("button", name="提交").click()
    number = page.locator(".receipt").inner_text()
    page.get_by_role("link", name="查结果").click()
    page.get_by_label("查询号").fill(number.lower())
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已经收到,正在核查")


def test_without_a_script_one_does_a_sum(visit, monkeypatch):
    monkeypatch.setattr(challenge, "SOONEST", timedelta(0))
    watched = visit(java_script_enabled=False)
    page = watched.page
    page.goto(watched.address + "/public/case/")
    digits = "零一二三四五六七八九十"
    asked = page.locator("label[for=total]").inner_text()
    total = sum(digits.index(sign) for sign in asked if sign in digits)
    page.fill("[name=case_no]", "BJ2")
    page.fill("[name=digits]", "8000")
    page.fill("[name=total]", str(total))
    page.click("form button")
    page.wait_for_url("**/public/case/*/")
    assert "正在办理" in page.locator("h1").inner_text()


def test_a_guide_is_printed_on_paper_without_buttons(visit):
    item = lookup.stored("items").values_list("item_code", flat=True).first()
    page = visit("desk").open(f"/public/guides/{item}/")
    page.emulate_media(media="print")
    expect(page.locator("header nav")).to_be_hidden()
    expect(page.get_by_role("button", name="打印")).to_be_hidden()
    expect(page.locator("svg.qr")).to_be_visible()
    expect(page.locator("footer .printed")).to_be_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
