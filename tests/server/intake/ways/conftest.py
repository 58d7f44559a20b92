"""A registered source, and what it sends."""

import pytest

from mingcha.intake import sources
from mingcha.intake.incoming import taken_in
from mingcha.intake.receiving import receive

CASES = "办件编号,实施编码,收件时间\nBJ1,11410105MB0000019A4410118001000,2026-11-20 09:30\n"
ITEM = "11410105MB0000019A4410118001000"


@pytest.fixture
def source(db):
    values = {"code": "示例业务系统", "name": "示例业务系统", "agency_code": "11410105MB0000019A",
              "region_code": "410105000000", "way": "web_service", "best_rating": 5, "schedule": {}}  # fmt: skip
    return sources.register(values, "张三", "13800000000", actor="管理员")


@pytest.fixture
def send(source):
    """Receive bytes or text as the source."""

    def sent(content, form="csv", **named):
        data = content.encode() if isinstance(content, str) else content
        with taken_in([data]) as incoming:
            return receive(named.pop("source", source), incoming, form, **named)

    return sent
