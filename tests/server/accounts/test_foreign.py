"""What belongs to another office is not found, by whatever address (test-plan S1: ids of other orgs give 404)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from mingcha.accounts.models import Account, Role, SignIn
from mingcha.accounts.policies import POLICIES
from mingcha.alerts.models import Alert, Difference, DifferenceLine, Evidence, Task
from mingcha.api.keys import digest
from mingcha.api.models import ApiKey
from mingcha.base import clock
from mingcha.base.config import config
from mingcha.casework.models import Matter, Proof, Transition
from mingcha.complaints.models import Complaint
from mingcha.intake.models import FACTS, Batch, Source
from mingcha.intake.way_models import Refusal
from mingcha.law.instants import instant
from mingcha.notify.models import Channel, Message, Mute, Webhook
from mingcha.pages.models import Wall
from tests.server.accounts.addresses import pages

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
    hook: int
    channel: int
    mute: int
    session: int
    order: int
    proof: int
    complaint: int
    about_complaint: int
    task: int
    evidence: int
    difference: int


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
    hook = Webhook.objects.create(account=keeper, name="x", url="https://x.example", made_at=NOW)
    channel = Channel.objects.create(account=keeper, kind="mail", hint="x", made_at=NOW)
    mute = Mute.objects.create(
        account=keeper, author="west", reason="x", since=NOW, until="2099-01-01T00:00Z"
    )
    session = SignIn.objects.create(account=keeper, session="x", started_at=NOW, used_at=NOW)
    work = _worked_on(alert)
    return Things(
        alert.pk, refusal.pk, message.pk, wall.pk, key.pk, hook.pk, channel.pk, mute.pk, session.pk, **work
    )


def _worked_on(alert: Alert) -> dict[str, int]:
    """What people do about the west: an order with a file, a bad review, a complaint, a task, a list of differences."""
    place = {"region_code": WEST, "agency_code": WEST_OFFICE}
    same = {"opened_at": NOW, "changed_at": NOW, "opened_by": "west", **place}
    order = Matter.objects.create(
        no="DB1",
        kind="order",
        state="issued",
        subject_kind="order",
        subject="DB1",
        title="西区督办",
        **same,
    )
    proof = Proof.objects.create(
        matter=order, digest="0" * 64, name="x.pdf", size=1, added_by="west", added_at=NOW
    )
    FACTS["evaluations"].objects.create(
        seen_from=1, origin_id=0, evaluation_no="W-EV", case_no="W-1", agency_code=WEST_OFFICE, level=1,
        submitted_at=instant(datetime(2026, 3, 2, 9)),
    )  # fmt: skip
    complained = Matter.objects.create(
        no="TS1", kind="complaint", state="registered", subject_kind="complaint", subject="TS1", title="西区投诉",
        fact={"agency_code": WEST_OFFICE, "received_at": "2026-03-02T09:00:00"}, **{**same, "agency_code": ""},
    )  # fmt: skip
    complaint = Complaint.objects.create(
        matter=complained, receipt="x", source="phone", topic="late", text="西区的事", agency_code=WEST_OFFICE
    )
    task = Task.objects.create(alert=alert, opened_at=NOW, **place)
    evidence = Evidence.objects.create(
        alert=alert, digest="0" * 64, name="x.pdf", size=1, added_by="west", added_at=NOW
    )
    difference = Difference.objects.create(
        cause="换日历", state="open", made_at=NOW, made_by="west", withdrawn=1
    )
    DifferenceLine.objects.create(
        difference=difference, kind="withdrawn", rule="henan-8.1", about="cases", key="W-1", case_no="W-1",
        level_before="red", reason_before="超期", **place,
    )  # fmt: skip
    return {
        "order": order.pk, "proof": proof.pk, "complaint": complaint.pk, "about_complaint": complained.pk,
        "task": task.pk, "evidence": evidence.pk, "difference": difference.pk,
    }  # fmt: skip


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
        "alert-certificate": [things.alert],
        "evidence-add": [things.alert],
        "evidence": [things.evidence],
        "task": [things.task],
        "task-act": [things.task],
        "matter": [things.order],
        "matter-act": [things.order],
        "matter-proof": [things.proof],
        "matter-about": [things.alert],
        "order-paper": [things.order],
        "evaluation": ["W-EV"],
        "evaluation-look": ["W-EV"],
        "evaluation-assign": ["W-EV"],
        "complaint": [things.complaint],
        "complaint-of": [things.about_complaint],
        "complaint-act": [things.complaint],
        "complaint-look": [things.complaint],
        "complaint-place": [things.complaint],
        "difference-accept": [things.difference],
        "difference-set-aside": [things.difference],
        "intake-feeds": ["west"],
        "intake-feed": ["west", "table"],
        "intake-feed-remove": ["west", "table"],
        "intake-feed-try": ["west", "table"],
        "channel-test": [things.channel],
        "channel-end": [things.channel],
        "unmute": [things.mute],
        "hook-test": [things.hook],
        "hook-switch": [things.hook],
        "session-end": [things.session],
    }
    return {name: reverse(name, args=args) for name, args in named.items()}


OF_NO_OFFICE = {
    "intake-template": "an empty form of a table",
    "intake-enter-row": "names a table, no row",
    "intake-take": "names a kind of file, cut to the scope (tests/server/intake/pages)",
    "disclosure-preview": "names a part of a month, cut to the scope (tests/server/disclosure)",
    "difference": "that a list was made is no secret; its lines are cut (below)",
}
"""Addresses with something in them that belongs to no office, and why."""
OWN = ("account.own", "messages.own")
"""Policies that are cut to the account, not to its office."""


def test_every_address_that_names_something_is_asked_for_here(west: Things) -> None:
    """Those of policies for the whole installation apart: law, organisation, accounts, audit."""
    naming = {
        page.name
        for page in pages()
        if "<" in page.route
        and page.policy in POLICIES
        and (POLICIES[page.policy].scoped or page.policy in OWN)
    }
    asked = addresses(west).keys()
    assert naming - asked == OF_NO_OFFICE.keys()
    assert not asked & OF_NO_OFFICE.keys()


def test_of_a_list_of_differences_only_ones_own_lines_are_shown(west: Things, someone: Someone) -> None:
    address = reverse("difference", args=[west.difference])
    told = {}
    for name, region in (("east", EAST), ("west2", WEST)):
        browser = Client()
        browser.force_login(someone(name, Role.SUPERVISOR, region))
        answer = browser.get(address)
        assert answer.status_code == 200
        told[name] = "W-1" in answer.content.decode()
    assert told == {"east": False, "west2": True}


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
    found = [
        (name, answer.status_code)
        for name, address in addresses(west).items()
        for answer in (browser.get(address), browser.post(address, said))
        if answer.status_code not in (403, 404, 405)
    ]
    assert found == []
    assert Alert.objects.get().state == "open"
    assert Matter.objects.count() == 2 and not Transition.objects.exists()


def test_the_west_itself_finds_it(west: Things) -> None:
    """Else the test above would show nothing."""
    browser = Client()
    browser.force_login(Account.objects.get(username="west"))
    for name in ("alert", "case", "intake-source", "intake-batch", "intake-refusal", "item", "message",
                 "organisation-region", "task", "matter", "order-paper", "evaluation"):  # fmt: skip
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
