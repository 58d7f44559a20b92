"""The pages in a real browser: quiet, closed, accessible, by keyboard alone, deaf to payloads (U1, S4)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from mingcha.accounts.acts import By
from mingcha.alerts.models import Alert
from mingcha.pages.wall import tokens
from tests.server.chromium import CHROMIUM, needs_chromium

SIZES = [(1366, 768), (1920, 1080)]
SIZED = pytest.mark.parametrize(
    "size",
    [pytest.param(SIZES[0], id="1366"), pytest.param(SIZES[1], id="1920", marks=pytest.mark.nightly)],
)
PAGES = {
    "overview": "/overview/",
    "live": "/live/?state=all",
    "cases": "/cases/",
    "case": "/cases/of/BJ2/",
    "alert": "/alerts/{late}/",
    "undetermined": "/undetermined/",
    "search": "/search/?q=示例",
    "walls": "/walls/",
    "missing": "/no-such-page",
    "wall": "/wall/{token}/",
}

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def chromium(django_db_setup: None) -> Iterator[Browser]:
    """Playwright keeps an event loop in this thread, beside which the tests still look into the database."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class Watched:
    """A page of which everything is noted that ought not to happen."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.address, self.wrong = address, list[str]()
        self.page.on("console", lambda said: self._note(said.type in ("error", "warning"), said.text))
        self.page.on("pageerror", lambda error: self._note(True, str(error)))
        self.page.on(
            "request", lambda asked: self._note(not asked.url.startswith((address, "data:")), asked.url)
        )

    def _note(self, bad: bool, what: str) -> None:
        if bad:
            self.wrong.append(what)

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("networkidle")
        return self.page


@pytest.fixture
def opened(chromium, transactional_db, live_server, served_city, enter):
    """Opens pages as a supervisor of the whole city, at a size."""
    contexts: list[BrowserContext] = []

    def start(size: tuple[int, int] = SIZES[0]) -> Watched:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        contexts.append(context)
        session = enter().cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return Watched(context, live_server.url)

    yield start
    for context in contexts:
        context.close()


@SIZED
def test_pages_are_quiet_closed_accessible_and_deaf_to_payloads(opened, size):
    late = Alert.objects.get(rule="henan-8.1", case_no="BJ2").pk
    _, token = tokens.make("大厅", "", By("test"))
    watched = opened(size)
    for name, path in PAGES.items():
        page = watched.open(path.format(late=late, token=token))
        wrong = [what for what in watched.wrong if not (name == "missing" and "404" in what)]
        assert not wrong, (name, wrong)
        watched.wrong.clear()
        assert page.evaluate("window.pwned") is None, name
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, (name, wide)
        found = Axe().run(page).response["violations"]
        grave = [
            (v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in ("serious", "critical")
        ]
        assert not grave, (name, grave)


def test_the_list_is_walked_opened_and_searched_by_keyboard(opened):
    page = opened().open("/live/?state=all")
    rows = page.locator("tbody tr[data-href]")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(rows.nth(0)).to_have_class("here")
    target = rows.nth(0).get_attribute("data-href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{target}")
    page.keyboard.press("/")
    page.keyboard.type("BJ2")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/of/BJ2/")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_chosen_alerts_are_withdrawn_by_keyboard_after_one_question(opened):
    page = opened().open("/live/")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#batch")).to_be_visible()
    chosen = page.locator("tr.chosen").get_attribute("data-key")
    page.locator("[data-opens=ask-withdraw]").press("Enter")
    dialog = page.locator("#ask-withdraw")
    expect(dialog).to_contain_text("不再计入考核与通报")
    expect(dialog).to_contain_text("第八条(十)")
    dialog.locator("textarea").fill("核实后撤回")
    dialog.locator("button.danger").press("Enter")
    expect(page.locator(".notice")).to_contain_text("已撤回 1 条")
    assert Alert.objects.get(pk=chosen).state == "withdrawn"


def test_a_refresh_never_moves_what_one_is_reading(opened):
    page = opened().open("/live/")
    page.keyboard.press("j")
    before = page.locator("#rows tbody").inner_text()
    Alert.objects.filter(pk=page.locator("tr.here").get_attribute("data-key")).update(reason="改过的理由")
    page.evaluate("htmx.trigger(document.getElementById('rows'), 'now')")
    expect(page.locator("#fresh")).to_be_visible()
    assert page.locator("#rows tbody").inner_text() == before
    page.keyboard.press("r")
    expect(page.locator("#rows tbody")).to_contain_text("改过的理由")
    expect(page.locator("#fresh")).to_be_hidden()


def test_without_a_connection_the_page_says_so_and_keeps_what_it_shows(opened):
    watched = opened()
    page = watched.open("/live/")
    count = page.locator("tbody tr").count()
    page.context.set_offline(True)
    page.keyboard.press("r")
    expect(page.locator(".freshness")).to_contain_text("连接不上服务器")
    assert page.locator("tbody tr").count() == count > 0


def test_a_hidden_page_asks_nothing(opened):
    watched = opened()
    page = watched.open("/live/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.evaluate("htmx.trigger(document.getElementById('rows'), 'now')")
    page.wait_for_timeout(300)
    assert asked == []


def test_the_case_judges_itself_after_it_is_shown(opened):
    page = opened().open("/cases/of/BJ2/")
    expect(page.locator("section[aria-labelledby=clocks] figure.sheet svg").first).to_be_visible()
    expect(page.locator("section[aria-labelledby=clocks]")).to_contain_text("没有判定的规则")


def test_reading_needs_no_script(opened, chromium, live_server, enter):
    context = chromium.new_context(java_script_enabled=False)
    context.add_cookies(
        [{"name": "sessionid", "value": enter().cookies["sessionid"].value, "url": live_server.url}]
    )
    page = context.new_page()
    for path in ("/overview/", "/live/", "/cases/of/BJ2/"):
        assert page.goto(live_server.url + path).status == 200
        assert page.locator("main h1").inner_text()
    context.close()
