"""Casework in a real browser: quiet, closed, accessible, deaf to payloads, by keyboard alone (U1, S4).

MINGCHA_SHOTS=folder keeps a picture of every page.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from mingcha.accounts.models import Role
from mingcha.alerts.models import Alert
from mingcha.casework import duty, filing
from mingcha.casework.filing import explain_by
from mingcha.casework.models import Matter
from mingcha.casework.moving import Start, begin, move
from mingcha.casework.subjects import ALERT, subject_of, title_of
from tests.server.alerts.conftest import at
from tests.server.casework.conftest import LI, SUN
from tests.server.chromium import needs_chromium
from tests.server.pages.conftest import HERE, OURS, PAYLOAD, THEIRS, THERE, enter, quick_hashes, served_city
from tests.server.pages.test_browser import SIZED, SIZES, Watched, chromium

__all__ = ["chromium", "enter", "quick_hashes", "served_city"]
pytestmark = needs_chromium
SHOTS = os.environ.get("MINGCHA_SHOTS", "")


def _work() -> None:
    """Something of every kind, some of it late."""
    red = Alert.objects.get(case_no="BJ1", rule="henan-8.10")
    late = Alert.objects.get(case_no="BJ2", rule="henan-8.1")
    for number, alert in enumerate((red, late)):
        subject = subject_of(alert)
        fact = {"alert": subject, "agency_code": alert.agency_code, "due_at": explain_by(alert.issued_at)}
        matter = begin(Start("explain", title_of(alert), ALERT, subject, alert=alert, fact=fact), "ask", SUN)
        if number:
            move(matter, "submit", LI, reason=f"系统停机{PAYLOAD}", fields={"cause": "system"})
    filing.file(late, "三月一日系统停机,数据未能及时报送", LI)
    for number, day in enumerate((date(2026, 3, 4), date(2026, 3, 5), date(2026, 3, 6), date(2026, 3, 20))):
        place = (
            {"agency_code": OURS, "region_code": HERE}
            if number % 2
            else {"agency_code": THEIRS, "region_code": THERE}
        )
        start = Start(
            "order",
            f"督办第{number + 1}件:窗口长时间无人受理{PAYLOAD}",
            fact={"agency_code": place["agency_code"]},
            **place,
        )
        with at("2026-03-02T09:00:00"):
            order = begin(start, "issue", SUN, reason=f"限期整改,并报送情况{PAYLOAD}", fields={"due_at": day})
        if number == 1:
            move(order, "answer", LI, reason="已调整窗口排班,安排专人巡查")
    start = Start("accountability", title_of(red), ALERT, subject_of(red), alert=red)
    begin(
        start,
        "propose",
        SUN,
        reason="同类问题第三次发生",
        fields={"severity": "serious", "measure": "criticism"},
    )


@pytest.fixture
def opened(chromium, transactional_db, live_server, served_city, enter):
    """Opens pages as somebody with a role, at a size."""
    contexts = []
    _work()

    def start(size: tuple[int, int] = SIZES[0], role: Role = Role.SUPERVISOR, *office: str) -> Watched:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        contexts.append(context)
        session = enter(role, *office).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return Watched(context, live_server.url)

    yield start
    for context in contexts:
        context.close()


def _pages() -> dict[str, str]:
    order = Matter.objects.filter(kind="order", agency_code=OURS).latest("pk")
    appeal = Matter.objects.get(kind="appeal")
    return {
        "inbox": "/inbox/",
        "matters": "/casework/?state=all",
        "order": f"/casework/{order.pk}/",
        "paper": f"/casework/{order.pk}/paper/",
        "appeal": f"/casework/{appeal.pk}/",
        "order-new": "/casework/orders/new/",
        "roster": "/duty/?month=2026-03",
        "log": "/duty/log/?day=2026-03-05",
        "alert": f"/alerts/{appeal.alert_id}/",
    }


@SIZED
def test_pages_are_quiet_closed_accessible_and_deaf_to_payloads(opened, size):
    watched = opened(size)
    duty.write(date(2026, 3, 5), "", f"上午巡查:示例窗口排队较长{PAYLOAD}", "已通知大厅增开窗口", SUN)
    for name, path in _pages().items():
        page = watched.open(path)
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{size[0]}.png")
        assert not watched.wrong, (name, watched.wrong)
        assert page.evaluate("window.pwned") is None, name
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, (name, wide)
        found = Axe().run(page).response["violations"]
        grave = [
            (v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in ("serious", "critical")
        ]
        assert not grave, (name, grave)


def test_a_liaison_explains_from_the_inbox_by_keyboard_alone(opened):
    watched = opened(SIZES[0], Role.LIAISON, HERE, OURS)
    page = watched.open("/inbox/?kind=explain")
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.locator("#ask-s")).to_be_visible()
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / "explain-1366.png")
    page.locator("#s-cause").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("系统停机,未能及时报送")
    page.locator("#ask-s button.primary").press("Enter")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".notice.success")).to_contain_text("已提交 1 项")
    assert Matter.objects.filter(kind="explain", state="submitted").count() == 2
    assert not watched.wrong


def test_a_supervisor_closes_an_answered_order_with_one_key(opened):
    order = Matter.objects.filter(kind="order", agency_code=OURS, state="answered").get()
    page = opened().open(f"/casework/{order.pk}/")
    page.keyboard.press("a")
    expect(page.locator("#ask-close")).to_be_visible()
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / "close-1366.png")
    page.locator("#ask-close button.primary").press("Enter")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".notice.success")).to_contain_text("已办结")
