"""The standing cast: a city with two districts, and people in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mingcha.accounts.acts import By
from mingcha.accounts.models import Account, Grant, Role
from mingcha.intake.models import FACTS
from mingcha.notify.messages import Notice

CITY, EAST, WEST = "410100000000", "410102000000", "410103000000"
EAST_TAX, EAST_WATER, WEST_TAX = "EAST-TAX", "EAST-WATER", "WEST-TAX"
BY = By("test")


def build_city() -> None:
    put("regions", code=CITY, name="市", level="city")
    put("regions", code=EAST, name="东区", level="county", parent_code=CITY)
    put("regions", code=WEST, name="西区", level="county", parent_code=CITY)
    put("agencies", code=EAST_TAX, name="东区税务局", region_code=EAST)
    put("agencies", code=EAST_WATER, name="东区水利局", region_code=EAST)
    put("agencies", code=WEST_TAX, name="西区税务局", region_code=WEST)


def put(table: str, **row: Any) -> None:
    FACTS[table].objects.create(seen_from=1, origin_id=0, **row)


def person(role: Role, region: str = "", agency: str = "", name: str = "", **more: Any) -> Account:
    account = Account.objects.create(
        username=name or f"{role}-{region}-{agency}",
        name="某人",
        date_joined=datetime(2020, 1, 1, tzinfo=UTC),
        **more,
    )
    Grant.objects.create(
        account=account, role=role, region_code=region, agency_code=agency, granted_by="test"
    )
    return account


def notice(**more: Any) -> Notice:
    """A red card of the tax office of the eastern district."""
    told: dict[str, Any] = {
        "kind": "alert.raised",
        "title": "红牌·发出:D-1 超期",
        "text": "河南省政务服务电子监察工作规则(试行)第八条(一)\n自2026-09-18受理,应于2026-10-14前办结",
        "level": "red",
        "link": "/alerts/1/",
        "subject": "alert/1",
        "rule": "henan-8.1",
        "case_no": "D-1",
        "region_code": EAST,
        "agency_code": EAST_TAX,
        "data": {"alert": 1, "change": "raised"},
    }
    return Notice(**told | more)
