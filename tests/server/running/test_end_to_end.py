"""A served installation from outside: a case that overran comes in by the web service and is on the live page.

Also what is acknowledged while the web process is killed again and again (test-plan R1, the short form).
"""

from __future__ import annotations

import json
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.server.chromium import CHROMIUM, needs_chromium
from tests.server.running.served import Served, wait_for

pytestmark = pytest.mark.one_database

Make = Callable[[], Served]
REGION, AGENCY, ITEM = "410103000000", "11410103MB0000342U", "11410103MB0000342U4200000820000"
REGISTERS: dict[str, list[dict[str, Any]]] = {
    "regions": [
        {"code": "410000000000", "name": "河南省", "level": "province"},
        {"code": "410100000000", "name": "郑州市", "level": "city", "parent_code": "410000000000"},
        {"code": REGION, "name": "二七区", "level": "county", "parent_code": "410100000000"},
    ],
    "agencies": [{"code": AGENCY, "name": "二七区示例民政局", "region_code": REGION}],
    "items": [
        {
            "item_code": ITEM, "version": 1, "name": "示例登记", "agency_code": AGENCY, "kind": "promise",
            "statutory_limit": 20, "statutory_unit": "working_day", "promised_limit": 5, "promised_unit": "working_day",
            "published_at": "2025-01-02", "guide_url": "http://guide.example/1",
        }
    ],
}  # fmt: skip


def overrun(case_no: str) -> dict[str, Any]:
    """A case promised in five working days, decided after two months."""
    return {
        "case_no": case_no, "item_code": ITEM, "item_version": 1, "agency_code": AGENCY, "region_code": REGION,
        "channel": "window", "applicant_type": "person", "applicant_name": "张测试甲子",
        "received_at": "2026-03-02 09:10:00", "opinion": "accept", "opinion_at": "2026-03-02 09:30:00",
        "accepted_at": "2026-03-02 09:30:00", "completed_at": "2026-05-08 16:00:00", "outcome": "granted",
    }  # fmt: skip


@dataclass
class City:
    """A served installation with a source and a supervisor."""

    served: Served
    key: str
    password: str

    def submit(self, tables: dict[str, Any], key: str) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.served.address}/api/v1/submit/batches",
            json.dumps(tables).encode(),
            {
                "Authorization": f"Bearer {self.key}",
                "Content-Type": "application/json",
                "Idempotency-Key": key,
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            told: dict[str, Any] = json.load(answer)
            return told

    def receipt(self, number: str) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.served.address}/api/v1/submit/batches/{number}",
            headers={"Authorization": f"Bearer {self.key}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            told: dict[str, Any] = json.load(answer)
            return told


PREPARE = """
import os
from mingcha.server.start import set_up
set_up()
from mingcha.accounts import grants, people
from mingcha.accounts.acts import THE_HOST
from mingcha.accounts.models import Account, Role
from mingcha.intake import sources
source = sources.register({"code": "test", "name": "测试系统", "way": "web_service"}, "示例责任人", "", actor="测试")
account, password = people.create("jiancha", "示例监察员", THE_HOST)
Account.objects.filter(pk=account.pk).update(must_change_password=False)
grants.give(account, Role.SUPERVISOR, "", "", THE_HOST)
print(sources.make_key(source, actor="测试"), password)
"""


@pytest.fixture
def city(installation: Make) -> Iterator[City]:
    import subprocess
    import sys

    served = installation()
    done = subprocess.run(
        [sys.executable, "-c", PREPARE], env=served.environment, capture_output=True, text=True, check=True
    )
    key, password = done.stdout.split()[-2:]
    served.start("serve", "--processes", "1")
    served.wait_until_it_answers()
    yield City(served, key, password)
    served.stop()


@needs_chromium
def test_a_case_that_overran_is_on_the_live_page_and_still_there_after_a_restart(city: City) -> None:
    sync = pytest.importorskip("playwright.sync_api")
    told = city.submit({**REGISTERS, "cases": [overrun("ZS0001")]}, "first")
    assert told["state"] in ("received", "applying", "applied")
    with sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{city.served.address}/live")
        page.fill("input[name=username]", "jiancha")
        page.fill("input[name=password]", city.password)
        page.keyboard.press("Enter")
        live = f"{city.served.address}/live?state=all&q=ZS0001"

        def shown() -> bool:
            page.goto(live)
            return "红牌" in page.inner_text("#rows") and "ZS0001" in page.inner_text("#rows")

        page.wait_for_url(lambda address: "/login" not in address, timeout=60_000)
        wait_for(shown, 90)
        city.served.stop()
        city.served.start("serve", "--processes", "1")
        city.served.wait_until_it_answers()
        assert shown()
        browser.close()


KILLS = 4


def test_what_was_acknowledged_is_there_once_though_the_web_process_is_killed(city: City) -> None:
    city.submit({**REGISTERS, "cases": [overrun("ZS9999")]}, "registers")
    acknowledged: dict[str, str] = {}
    for round_ in range(KILLS):
        for number in range(5):
            name = f"ZS{round_}{number:03d}"
            acknowledged[name] = _submitted(city, name)
        for pid, line in city.served.children().items():
            if "mingcha.cli web" in line:
                os.kill(pid, signal.SIGKILL)
                break
    assert len(set(acknowledged.values())) == len(acknowledged)
    for name, number in acknowledged.items():
        counts = _applied(city, number)["counts"]["cases"]
        assert (counts["received"], counts["new"]) == (1, 1), name


def _submitted(city: City, name: str) -> str:
    """The receipt of a case that is sent under its own key until it is taken."""
    found: list[str] = []

    def sent() -> bool:
        try:
            found.append(city.submit({"cases": [overrun(name)]}, f"key-{name}")["receipt"])
        except OSError:
            return False
        return True

    wait_for(sent, 90)
    return found[0]


def _applied(city: City, number: str) -> dict[str, Any]:
    """What a receipt says once its batch is applied; while the web process comes back nobody answers."""
    found: list[dict[str, Any]] = []

    def applied() -> bool:
        try:
            found.append(city.receipt(number))
        except urllib.error.HTTPError:
            raise
        except OSError:
            return False
        return bool(found[-1]["state"] == "applied")

    wait_for(applied, 90)
    return found[-1]
