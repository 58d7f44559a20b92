"""What belongs to another office is not found, by whatever address (test-plan S1: ids of other orgs give 404)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from mingcha.accounts.models import Account, Role
from mingcha.alerts.models import Alert
from mingcha.api.keys import digest
from mingcha.api.models import ApiKey
from mingcha.base import clock
from mingcha.base.config import config
from mingcha.intake.models import FACTS, Batch, Source
from mingcha.intake.way_models import Refusal
from mingcha.law.instants import instant
from mingcha.notify.models import Message
from mingcha.pages.models import Wall

pytestmark = pytest.mark.django_db

Someone = Callable[..., Account]
CITY, EAST, WEST = "410100000000", "410102000000", "410103000000"
EAST_OFFICE, WEST_OFFICE = "11410102MB0000001A", "11410103MB0000002B"
NOW = "2026-03-02T01:00Z"


@dataclass
class Things:
    """One of everything, of the west."""

    alert: int
    refusal: int
    message: int
    wall: int
    key: int


@pytest.fixture
def west(someone: Someone, monkeypatch: pytest.MonkeyPatch) -> Things:
    monkeypatch.setattr(config(), "second_factor", [])
    _offices()
    keeper = someone("west", Role.SUPERVISOR, WEST)
    batch = _source()
    alert = Alert.objects.create(
        rule="henan-8.1", about="cases", key="W-1", case_no="W-1", region_code=WEST, agency_code=WEST_OFFICE,
        level="red", state="open", article="", reason="超期", raised_at=NOW, changed_at=NOW,
        lawful_at=datetime(2026, 3, 2, 9),
    )  # fmt: skip
    refusal = Refusal.objects.create(source=batch.source, at=NOW, way="file", name="x.csv", why="x")
    message = Message.objects.create(
        no=1, kind="alert.raised", title="超期", region_code=WEST, agency_code=WEST_OFFICE, at=clock.now(),
        roles=";supervisor;liaison;officer;",
    )  # fmt: skip
    wall = Wall.objects.create(name="西区", region_code=WEST, token_digest="x", made_by="west", made_at=NOW)
    key = ApiKey.objects.create(
        account=keeper, name="x", hint="x", digest=digest("x"), policies=[], made_by="west", made_at=clock.now(),
        expires_at=clock.now() + timedelta(days=1),
    )  # fmt: skip
    return Things(alert.pk, refusal.pk, message.pk, wall.pk, key.pk)


def _offices() -> None:
    for code, name, parent in ((CITY, "市", None), (EAST, "东区", CITY), (WEST, "西区", CITY)):
        level = "county" if parent else "city"
        FACTS["regions"].objects.create(
            seen_from=1, origin_id=0, code=code, name=name, level=level, parent_code=parent
        )
    for code, region in ((EAST_OFFICE, EAST), (WEST_OFFICE, WEST)):
        FACTS["agencies"].objects.create(seen_from=1, origin_id=0, code=code, name=code, region_code=region)


def _source() -> Batch:
    source = Source.objects.create(
        code="west", name="西区系统", way="file", region_code=WEST, agency_code=WEST_OFFICE
    )
    FACTS["cases"].objects.create(
        seen_from=1, origin_id=source.pk, case_no="W-1", item_code="W-ITEM", region_code=WEST,
        agency_code=WEST_OFFICE, received_at=instant(datetime(2026, 3, 2, 9)),
    )  # fmt: skip
    FACTS["items"].objects.create(
        seen_from=1,
        origin_id=source.pk,
        item_code="W-ITEM",
        version=1,
        name="西区事项",
        agency_code=WEST_OFFICE,
    )
    return Batch.objects.create(
        no=1, receipt="W-RECEIPT", source=source, key="1", way="file", form="csv", digest="", size=0,
        state="applied", received_at=NOW, applied_at=NOW,
    )  # fmt: skip


def addresses(things: Things) -> dict[str, str]:
    """Address of everything, by name."""
    named: dict[str, list[object]] = {
        "alert": [things.alert],
        "alert-act": [things.alert],
        "case": ["W-1"],
        "case-clocks": ["W-1"],
        "case-look": ["W-1"],
        "intake-source": ["west"],
        "intake-change": ["west"],
        "intake-keeper": ["west"],
        "intake-key": ["west"],
        "intake-nil": ["west"],
        "intake-batch": ["W-RECEIPT"],
        "intake-book": ["W-RECEIPT"],
        "intake-review": ["W-RECEIPT"],
        "intake-held": ["W-RECEIPT"],
        "intake-refusal": [things.refusal],
        "intake-settle": [things.refusal],
        "item": ["W-ITEM", 1],
        "message": [things.message],
        "wall-end": [things.wall],
        "key-end": [things.key],
        "organisation-region": [WEST],
    }
    return {name: reverse(name, args=args) for name, args in named.items()}


ROLES = [
    Role.SUPERVISOR,
    Role.LIAISON,
    Role.OFFICER,
    Role.LEADER,
    Role.ASSESSOR,
    Role.THIRD_PARTY,
    Role.REPORTING,
]


@pytest.mark.parametrize("role", ROLES)
def test_nothing_of_the_west_is_found_in_the_east(west: Things, someone: Someone, role: Role) -> None:
    agency = EAST_OFFICE if role in {Role.LIAISON, Role.OFFICER, Role.REPORTING} else ""
    browser = Client()
    browser.force_login(someone("east", role, EAST, agency))
    said = {"act": "withdraw", "why": "试一试别人的", "purpose": "试一试别人的", "version": "1"}
    for name, address in addresses(west).items():
        for answer in (browser.get(address), browser.post(address, said)):
            assert answer.status_code in (403, 404, 405), (name, answer.status_code)
    assert Alert.objects.get().state == "open"


def test_the_west_itself_finds_it(west: Things) -> None:
    """Else the test above would show nothing."""
    browser = Client()
    browser.force_login(Account.objects.get(username="west"))
    for name in ("alert", "case", "intake-source", "intake-batch", "intake-refusal", "item", "message",
                 "organisation-region"):  # fmt: skip
        assert browser.get(addresses(west)[name]).status_code in (200, 302), name


@pytest.mark.parametrize("role", ROLES)
def test_no_list_shows_what_belongs_elsewhere(west: Things, someone: Someone, role: Role) -> None:
    browser = Client()
    browser.force_login(
        someone("east", role, EAST, EAST_OFFICE if role in {Role.LIAISON, Role.OFFICER} else "")
    )
    for name in (
        "overview",
        "live",
        "cases",
        "intake",
        "intake-batches",
        "catalogue",
        "messages",
        "organisation",
    ):
        page = browser.get(reverse(name), follow=True).content.decode()
        page = re.sub(
            r"<select.*?</select>", "", page, flags=re.DOTALL
        )  # offices to choose from are no secret
        for told in ("超期</", "W-1</", "西区事项", "西区系统", "W-RECEIPT", WEST_OFFICE):
            assert told not in page, (name, told)
