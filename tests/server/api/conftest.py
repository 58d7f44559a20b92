from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from mingcha.accounts.models import Account, Grant, Role
from mingcha.alerts.models import Alert, Change
from mingcha.api import keys, limits
from mingcha.intake.applying import write
from tests.server.notify.cast import BY, CITY, EAST, EAST_TAX, WEST, WEST_TAX

ITEM = "11410000000000000X3000123456789"


@pytest.fixture(autouse=True)
def fresh():
    """No use is remembered from the test before."""
    cache.clear()
    for buckets in (limits._by_key, limits._by_address, limits._failed):
        buckets._held.clear()


@pytest.fixture
def city(db):
    """Two districts, a case in each, judged facts of the eastern one."""
    case = {
        "item_code": ITEM, "received_at": datetime(2026, 9, 17, 9, 0), "accepted_at": datetime(2026, 9, 18, 9, 30),
        "opinion": "accept", "opinion_at": datetime(2026, 9, 18, 9, 30), "applicant_name": "张三丰",
        "applicant_id": "410105199001011234", "contact_phone": "13812345678",
    }  # fmt: skip
    write(
        {
            "regions": [
                {"code": CITY, "name": "市", "level": "city", "parent_code": None},
                {"code": EAST, "name": "东区", "level": "county", "parent_code": CITY},
                {"code": WEST, "name": "西区", "level": "county", "parent_code": CITY},
            ],
            "agencies": [
                {"code": EAST_TAX, "name": "东区税务局", "region_code": EAST},
                {"code": WEST_TAX, "name": "西区税务局", "region_code": WEST},
            ],
            "items": [
                {
                    "item_code": ITEM, "version": 1, "name": "设立登记", "agency_code": EAST_TAX, "kind": "promise",
                    "promised_limit": 10, "promised_unit": "working_day", "statutory_limit": 20,
                    "statutory_unit": "working_day",
                }
            ],
            "cases": [
                case | {"case_no": "E-1", "agency_code": EAST_TAX, "region_code": EAST},
                case | {"case_no": "W-1", "agency_code": WEST_TAX, "region_code": WEST},
            ],
            "steps": [{"case_no": "E-1", "seq": 1, "name": "受理", "started_at": datetime(2026, 9, 18, 9, 30)}],
        },
        "test",
    )  # fmt: skip


def alert(key: str = "E-1", **more: Any) -> Alert:
    """A red card of the eastern tax office, with its first change."""
    told: dict[str, Any] = {
        "rule": "henan-8.1", "about": "cases", "key": key, "case_no": key, "agency_code": EAST_TAX, "region_code": EAST,
        "level": "red", "state": "open", "article": "第八条(一)", "reason": "超期",
        "evidence": '{"clock": {"limit": 10}}',
        "due_at": date(2026, 10, 9), "lawful_at": datetime(2026, 10, 10), "raised_at": datetime.now(UTC),
        "changed_at": datetime.now(UTC),
    }  # fmt: skip
    made = Alert.objects.create(**told | more)
    Change.objects.create(
        alert=made, no=1, kind="raised", level=made.level, state=made.state, lawful_at=made.lawful_at,
        recorded_at=made.raised_at, actor="系统", reason=made.reason,
    )  # fmt: skip
    return made


def account(role: Role, region: str = "", agency: str = "") -> Account:
    made = Account.objects.create(username=f"{role}-{region}-{agency}", name="某人")
    Grant.objects.create(account=made, role=role, region_code=region, agency_code=agency, granted_by="test")
    return made


class Api(Client):
    """A client with a key."""

    def __init__(self, key: str = "") -> None:
        super().__init__(headers={"Authorization": f"Bearer {key}"} if key else None)

    def read(self, path: str, status: int = 200, **query: Any) -> Any:
        answer = self.get(f"/api/v1{path}", query)
        assert answer.status_code == status, answer.content.decode()
        if status >= 400:
            assert answer["Content-Type"] == "application/problem+json" and answer.json()["status"] == status
        return answer.json()


def api_of(owner: Account, *policies: str, **more: Any) -> Api:
    given = list(policies) or ["alerts.read", "cases.read"]
    return Api(keys.give(owner, "测试", given, by=BY, **more)[1])


@pytest.fixture
def east(city) -> Api:
    """The key of a supervisor of the east, with everything a supervisor may."""
    return api_of(account(Role.SUPERVISOR, EAST), *(set(keys.OFFERED) - {"intake.submit"}))
