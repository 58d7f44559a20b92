"""The pages of 数据报送 in a real browser: no console error, no outside request, nothing serious for axe, keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from mingcha.intake.models import Batch
from tests.server.chromium import CHROMIUM, needs_chromium

from ..ways.conftest import CASES, ITEM
from .conftest import AGENCY

pytestmark = [needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def in_a_loop(monkeypatch):
    """Playwright runs a loop in this thread; the database is asked from it all the same."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def browse(live_server):
    """Open a page as a signed-in client; what the console and the network say is collected."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def opened(client, path):
            context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
            context.add_cookies(
                [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
            )
            page = context.new_page()
            page.troubles = []
            page.on("console", lambda m: m.type == "error" and page.troubles.append(m.text))
            page.on(
                "request",
                lambda r: r.url.startswith((live_server.url, "data:")) or page.troubles.append(r.url),
            )
            page.goto(live_server.url + path)
            return page

        yield opened
        browser.close()


def test_pages_are_quiet_and_accessible(browse, person, source):
    supervisor, liaison = person("supervisor"), person("liaison")
    for client, path in (
        (supervisor, "/intake/"),
        (supervisor, f"/intake/sources/{AGENCY}/"),
        (supervisor, "/intake/sources/new/"),
        (supervisor, "/intake/out/"),
        (liaison, "/intake/upload/"),
        (liaison, "/intake/enter/cases/"),
    ):
        page = browse(client, path)
        found = Axe().run(page).response["violations"]
        serious = [
            f"{v['id']}: {v['nodes'][0]['html'][:120]}"
            for v in found
            if v["impact"] in ("serious", "critical")
        ]
        assert not serious, (path, serious)
        assert not page.troubles, path


def test_a_file_is_uploaded_with_progress_and_ends_at_its_batch(browse, person, source, tmp_path):
    file = tmp_path / "cases.csv"
    file.write_text(CASES + "".join(f"U{n},{ITEM},2026-11-20\n" for n in range(20_000)))
    page = browse(person("liaison"), "/intake/upload/")
    page.set_input_files("#files", file)
    assert "cases.csv" in page.locator("[data-chosen]").inner_text()
    page.click("form[data-upload] button.primary")
    page.wait_for_url("**/intake/batches/*/", timeout=30_000)
    batch = Batch.objects.get(source=source)
    assert batch.receipt in page.title()
    assert page.locator(".notice.success").inner_text().startswith("cases.csv 已收下")
    assert not page.troubles


def test_a_source_is_opened_by_keyboard_alone(browse, person, source):
    page = browse(person("supervisor"), "/intake/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/intake/sources/{AGENCY}/")
