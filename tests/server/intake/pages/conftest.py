"""A city of two districts with an agency each, people of both, and a source of the first."""

import pytest
from django.test import Client

from mingcha.accounts import places
from mingcha.accounts.models import Account, Grant
from mingcha.intake import sources
from mingcha.intake.applying import write

AGENCY, OTHER = "11410105MB0000019A", "11410102MB0000027R"
REGION, OTHER_REGION = "410105000000", "410102000000"


@pytest.fixture
def city(db):
    places._kept = None
    write(
        {
            "regions": [
                {"code": "410100000000", "name": "郑州市", "level": "city"},
                {"code": REGION, "name": "金水区", "level": "county", "parent_code": "410100000000"},
                {"code": OTHER_REGION, "name": "中原区", "level": "county", "parent_code": "410100000000"},
            ],
            "agencies": [
                {"code": AGENCY, "name": "金水区示例局", "region_code": REGION},
                {"code": OTHER, "name": "中原区示例局", "region_code": OTHER_REGION},
            ],
        },
        "test",
    )
    yield
    places._kept = None


@pytest.fixture
def person(city):
    """A signed-in client of a role."""

    def made(role="liaison", region=REGION, agency=AGENCY, name=None):
        account = Account.objects.create(username=name or f"{role}{Account.objects.count()}", name="测试员")
        if role in ("supervisor", "leader"):
            agency = ""
        Grant.objects.create(
            account=account, role=role, region_code=region, agency_code=agency, granted_by="test"
        )
        client = Client()
        client.force_login(account, "django.contrib.auth.backends.ModelBackend")
        client.account = account
        return client

    return made


@pytest.fixture
def source(city):
    values = {"code": AGENCY, "name": "金水区示例局业务系统", "agency_code": AGENCY, "region_code": REGION,
              "way": "file", "best_rating": 5, "schedule": {"daily": True, "since": "2026-11-16"}}  # fmt: skip
    return sources.register(values, "张三", "13800000000", actor="管理员")
