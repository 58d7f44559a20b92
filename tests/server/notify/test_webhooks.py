"""Webhooks: CloudEvents, signed, tried again under one id, switched off visibly."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import hmac as sm_hmac

from mingcha.accounts.models import Role
from mingcha.base import outbox
from mingcha.base.models import AuditRow, Outgoing
from mingcha.law.load import load_calendar
from mingcha.notify import dispatch, inbox, messages, webhooks
from mingcha.notify.models import Webhook
from mingcha.notify.outside.guard import NotAdmittedError
from tests.server.notify.cast import BY, EAST, EAST_TAX, WEST, notice, person

pytestmark = pytest.mark.usefixtures("city")
CALENDAR = load_calendar()


@pytest.fixture
def owner():
    return person(Role.SUPERVISOR, EAST)


def hooked(owner, posts, **filters) -> tuple[Webhook, str]:
    return webhooks.register(owner, "督办系统", f"{posts.url}/in", BY, **filters)


def deliver() -> int:
    dispatch.hand_on(CALENDAR)
    return sum(iter(outbox.send_once, False))


def test_an_alert_is_told_as_a_cloud_event(owner, posts):
    hooked(owner, posts)
    messages.write([notice()])
    deliver()
    post = posts.posts[0]
    event = json.loads(post.body)
    assert post.headers["content-type"].startswith("application/cloudevents+json")
    assert {
        "specversion",
        "id",
        "source",
        "type",
        "time",
        "subject",
        "datacontenttype",
        "data",
    } == event.keys()
    assert (
        event["specversion"] == "1.0"
        and event["type"] == "mingcha.alert.raised"
        and event["subject"] == "alert/1"
    )
    assert event["data"]["level"] == "red" and event["data"]["alert"] == 1
    assert datetime.fromisoformat(event["time"]).tzinfo is not None


def test_the_signature_covers_id_moment_and_body(owner, posts):
    _, secret = hooked(owner, posts)
    messages.write([notice()])
    deliver()
    post = posts.posts[0]
    told = post.headers["mingcha-id"], post.headers["mingcha-timestamp"]
    assert abs(datetime.now(UTC).timestamp() - int(told[1])) < 60
    signed = f"{told[0]}.{told[1]}.".encode() + post.body
    made = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    assert post.headers["mingcha-signature"] == f"sha256={made}"


def test_the_signature_may_be_of_sm3(owner, posts):
    _, secret = hooked(owner, posts, signing="sm3")
    messages.write([notice()])
    deliver()
    post = posts.posts[0]
    made = sm_hmac.HMAC(secret.encode(), hashes.SM3())
    made.update(f"{post.headers['mingcha-id']}.{post.headers['mingcha-timestamp']}.".encode() + post.body)
    assert post.headers["mingcha-signature"] == f"sm3={made.finalize().hex()}"


def test_an_event_is_tried_again_under_one_id_until_it_is_taken(owner, posts):
    hook, _ = hooked(owner, posts)
    messages.write([notice()])
    posts.status = 503
    deliver()
    hook.refresh_from_db()
    assert hook.failures == 1 and "503" in hook.last_error
    posts.status = 200
    Outgoing.objects.update(next_at=datetime.now(UTC))
    assert outbox.send_once() and not outbox.send_once()
    assert len({post.headers["mingcha-id"] for post in posts.posts}) == 1 and len(posts.posts) == 2
    hook.refresh_from_db()
    assert hook.failures == 0 and hook.delivered_at is not None


def test_only_what_passes_the_filter_and_lies_in_the_owners_office_is_told(owner, posts):
    hooked(owner, posts, what="alert.", least_level="yellow", rule="henan-8.1", agency_code=EAST_TAX)
    messages.write(
        [
            notice(title="此事"),
            notice(level="warning"),
            notice(rule="henan-8.7"),
            notice(kind="task.assigned"),
            notice(agency_code="EAST-WATER"),  # another office of the same district
            notice(region_code=WEST, agency_code="WEST-TAX"),
            notice(account_id=owner.pk, roles=()),
        ]
    )
    deliver()
    assert [json.loads(post.body)["data"]["title"] for post in posts.posts] == ["此事"]


def test_an_event_that_concerns_nobody_in_the_product_is_told_to_machines(owner, posts):
    hooked(owner, posts)
    messages.write([notice(roles=(), title="降级")])
    deliver()
    assert inbox.unread(owner) == 0 and len(posts.posts) == 1


def test_a_hook_that_fails_too_long_is_switched_off_and_its_owner_told(owner, posts):
    hook, _ = hooked(owner, posts)
    posts.status = 500
    start = datetime(2026, 10, 14, 2, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        messages.write(notice() for _ in range(webhooks.MOST_FAILURES))
        deliver()
        hook.refresh_from_db()
        assert hook.failures == webhooks.MOST_FAILURES and hook.disabled_at is None  # a storm is no reason
        clock.shift(webhooks.FAILING_FOR + timedelta(minutes=1))
        outbox.send_once()
        hook.refresh_from_db()
        assert hook.disabled_at is not None and "没有一次送达" in hook.disabled_why
        assert inbox.of(owner).filter(kind="webhook.disabled").count() == 1
        assert AuditRow.objects.filter(act="webhook.disable").count() == 1
        told = len(posts.posts)
        messages.write([notice()])
        deliver()
        assert len(posts.posts) == told
        posts.status = 200
        webhooks.enable(hook, BY)
        messages.write([notice(title="又通了")])
        deliver()
    assert json.loads(posts.posts[-1].body)["data"]["title"] == "又通了"


def test_a_redirect_is_no_delivery(owner, posts):
    hooked(owner, posts)
    posts.status, posts.headers = 307, {"Location": "http://127.0.0.1:1/"}
    messages.write([notice()])
    deliver()
    assert Outgoing.objects.get().state == Outgoing.State.WAITING


def test_the_test_event_is_signed_and_delivered_like_any_other(owner, posts):
    hook, _ = hooked(owner, posts)
    webhooks.test(hook, BY)
    deliver()
    assert json.loads(posts.posts[0].body)["type"] == "mingcha.test"
    assert posts.posts[0].headers["mingcha-signature"].startswith("sha256=")


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "https://user:pw@example.com/", "ftp://x/", "nonsense"])
def test_an_address_that_must_not_be_reached_is_refused_when_it_is_written(owner, url):
    with pytest.raises(NotAdmittedError):
        webhooks.register(owner, "回调", url, BY)
    assert not Webhook.objects.exists()


def test_an_inner_address_behind_https_is_refused_when_it_is_sent(owner):
    hook, _ = webhooks.register(owner, "回调", "https://127.0.0.1:9/in", BY)
    messages.write([notice()])
    deliver()
    hook.refresh_from_db()
    assert "内网" in hook.last_error


def test_the_signing_key_is_sealed_at_rest(owner, posts):
    hook, secret = hooked(owner, posts)
    assert secret.encode() not in bytes(Webhook.objects.get(pk=hook.pk).secret)
