"""Test-plan U1 and S4: every page that a role finds by its links, in a real browser at both sizes.

Each is quiet, closed, no wider than the window, without serious faults for axe, reachable by keyboard in all its acts,
and deaf to payloads in every text that the store holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, sync_playwright

from mingcha.accounts.acts import By
from mingcha.accounts.models import Account, Role
from mingcha.alerts.models import Publication
from mingcha.api.models import ApiKey
from mingcha.base import clock
from mingcha.intake import sources
from mingcha.notify import channels, messages, webhooks
from mingcha.notify.models import Subscription
from mingcha.pages.models import SavedView
from mingcha.pages.wall import tokens
from tests.server.chromium import CHROMIUM, needs_chromium
from tests.server.hard.browsing import Walker
from tests.server.hard.poison import poison
from tests.server.notify.cast import notice
from tests.server.pages.conftest import (  # noqa: F401  fixtures
    HERE,
    OURS,
    enter,
    quick_hashes,
    served_city,
)

pytestmark = [needs_chromium, pytest.mark.one_database]

SIZES = {"1366": (1366, 768), "1920": (1920, 1080)}
PLACES: dict[Role, tuple[str, str]] = {
    Role.SUPERVISOR: ("", ""), Role.LIAISON: (HERE, OURS), Role.OFFICER: (HERE, OURS), Role.LEADER: (HERE, ""),
    Role.REPORTING: (HERE, OURS),
}  # fmt: skip
EVERY = [
    pytest.param(
        role, size, most, marks=[pytest.mark.nightly] if long else [], id=f"{role.value}-{size}-{name}"
    )
    for name, long, most in (("nearest", False, 6), ("all", True, 200))
    for role in Role
    for size in SIZES
    if long or (role in (Role.SUPERVISOR, Role.SYSTEM_ADMIN) and size == "1366")
]


@pytest.fixture(scope="module")
def chromium(django_db_setup: None) -> Iterator[Browser]:
    """Playwright keeps an event loop in this thread, beside which the tests still look into the database."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def _furnish(account: Account) -> None:
    """What a city has beside its cases: sources, walls, views, messages, keys, webhooks, drafts of law."""
    by = By("周明")
    source = sources.register(
        {"code": "s1", "name": "示例系统", "way": "web_service"}, "责任人", "", actor="周明"
    )
    sources.make_key(source, actor="周明")
    tokens.make("大厅", "", by)
    SavedView.objects.create(account=account, list="live", name="我的红牌", query="level=red")
    messages.write(
        [notice(account_id=account.pk, link="/messages/"), notice(title="全市的", link="/messages/")]
    )
    ApiKey.objects.create(
        account=account, name="大数据局", hint="x", digest="0" * 64, policies=[], made_by="周明", made_at=clock.now(),
        expires_at=clock.now(),
    )  # fmt: skip
    webhooks.register(account, "督办系统", "https://hook.example/in", by)
    channel = channels.register(account, by, "mail", "someone@example.cn")
    Subscription.objects.create(channel=channel, timing=Subscription.Timing.AT_ONCE)
    Publication.objects.create(
        kind=Publication.Kind.CALENDAR, name="2027", title="二〇二七年安排", files={"2027.yaml": "year: 2027\n"},
        digest="0" * 64, why="通知", uploaded_by="周明", uploaded_at=clock.now(), faults=[],
    )  # fmt: skip


@pytest.mark.parametrize(("role", "size", "most"), EVERY)
def test_every_page_of_a_role_is_quiet_closed_accessible_by_keyboard_and_deaf_to_payloads(
    chromium: Browser,
    transactional_db: None,
    live_server: object,
    served_city: None,  # noqa: F811
    enter: Callable[..., Client],  # noqa: F811
    role: Role,
    size: str,
    most: int,
) -> None:
    region, agency = PLACES.get(role, ("", ""))
    client = enter(role, region, agency)
    _furnish(Account.objects.get(name="周明"))
    poisoned = poison()
    assert {"Account.name", "Source.name", "Message.title", "SavedView.name", "Wall.name"} <= set(poisoned)
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    address = live_server.url  # type: ignore[attr-defined]
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])
    try:
        walker, faults, seen = Walker(context, address), {}, []
        for name, path in walker.pages("/", most):
            seen.append(name)
            if wrong := walker.wrong():
                faults[f"{name} {path}"] = wrong
    finally:
        context.close()
    assert faults == {}
    assert len(seen) >= min(most, 3), seen
