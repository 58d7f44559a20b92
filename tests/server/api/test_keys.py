"""Keys: shown once, kept as a digest, no more than their account may, and everything about them recorded."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from mingcha.accounts.models import Grant, Role
from mingcha.api import keys
from mingcha.api.keys import KeyRefusedError
from mingcha.api.models import ApiKey
from mingcha.base import clock
from mingcha.base.models import AuditRow
from tests.server.api.conftest import Api, account, alert, api_of
from tests.server.notify.cast import BY, CITY, EAST, EAST_TAX, WEST, WEST_TAX

pytestmark = pytest.mark.usefixtures("city")


def test_without_a_key_nothing_is_read():
    assert "密钥" in Api().read("/alerts", 401)["detail"]
    for wrong in ("mck_nonsense", "x" * 5000, "mck_" + "a" * 43, ""):
        Api(wrong).read("/alerts", 401)


def test_the_key_is_kept_only_as_its_digest_and_every_gift_is_recorded():
    owner = account(Role.SUPERVISOR, EAST)
    key, text = keys.give(owner, "督办系统", ["alerts.read"], by=BY)
    assert text not in str(ApiKey.objects.values().get()) and key.digest == keys.digest(text)
    row = AuditRow.objects.get(act="api.key.give")
    assert row.detail["policies"] == ["alerts.read"] and text not in str(row.detail)


def test_a_key_may_only_what_it_was_given():
    api = api_of(account(Role.SUPERVISOR, EAST), "alerts.read")
    api.read("/alerts")
    assert "看办件" in api.read("/cases", 403)["detail"]


def test_a_key_may_no_more_than_its_account():
    with pytest.raises(KeyRefusedError, match="自己没有权限"):
        api_of(account(Role.REPORTING, EAST, EAST_TAX), "alerts.read")
    owner = account(Role.SUPERVISOR, EAST)
    api = api_of(owner)
    Grant.objects.filter(account=owner).update(ended_at=clock.now())
    api.read("/alerts", 403)


def test_a_key_of_the_city_may_be_cut_to_one_district():
    alert("E-1"), alert("W-1", agency_code=WEST_TAX, region_code=WEST)
    owner = account(Role.SUPERVISOR, CITY)
    assert len(api_of(owner).read("/alerts")["items"]) == 2
    cut = api_of(owner, region_code=WEST).read("/alerts")["items"]
    assert [each["case_no"] for each in cut] == ["W-1"]
    one = api_of(owner, region_code=EAST, agency_code=EAST_TAX).read("/alerts")["items"]
    assert [each["case_no"] for each in one] == ["E-1"]


def test_a_key_cannot_be_cut_to_where_its_account_is_not():
    with pytest.raises(KeyRefusedError, match="不在账号的范围"):
        api_of(account(Role.SUPERVISOR, EAST), region_code=WEST)


def test_a_key_that_was_ended_or_ran_out_is_none():
    owner = account(Role.SUPERVISOR, EAST)
    key, text = keys.give(owner, "用途", ["alerts.read"], by=BY, days=1)
    Api(text).read("/alerts")
    with time_machine.travel(clock.now() + timedelta(days=2)):
        Api(text).read("/alerts", 401)
    assert keys.end(key, BY) and not keys.end(key, BY)
    Api(text).read("/alerts", 401)


def test_the_key_of_an_account_that_was_disabled_is_none():
    owner = account(Role.SUPERVISOR, EAST)
    api = api_of(owner)
    owner.is_active = False
    owner.save()
    api.read("/alerts", 401)


def test_the_use_of_a_key_is_recorded_once_an_hour_for_each_operation():
    api = api_of(account(Role.SUPERVISOR, EAST))
    for _ in range(3):
        api.read("/alerts")
    api.read("/cases")
    used = AuditRow.objects.filter(act="api.use")
    assert sorted(row.detail["operation"] for row in used) == ["GET api/v1/alerts", "GET api/v1/cases"]
    assert ApiKey.objects.get().used_at is not None


@pytest.mark.parametrize(
    ("name", "wanted", "days"),
    [
        ("", ["alerts.read"], 1),
        ("x", [], 1),
        ("x", ["audit.read"], 1),
        ("x", ["alerts.read"], 0),
        ("x", ["alerts.read"], 999),
    ],
)
def test_a_key_without_purpose_right_or_end_is_refused(name, wanted, days):
    owner = account(Role.SUPERVISOR, EAST)
    with pytest.raises(KeyRefusedError):
        keys.give(owner, name, wanted, by=BY, days=days)
