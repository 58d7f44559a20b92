"""Small things: filters name one's own sources, search is offered to who may search, failures of stories in words."""

from __future__ import annotations

import pytest

from mingcha.accounts.models import Role
from mingcha.intake import sources
from mingcha.trials.testing import difference
from tests.server.pages.conftest import HERE, OURS, THEIRS, THERE


@pytest.mark.parametrize("address", ["/intake/batches/", "/intake/refusals/"])
def test_the_filter_of_sources_names_only_those_of_ones_office(city, enter, address):
    for code, name, agency, region in (("a", "金水来源", OURS, HERE), ("b", "中原来源", THEIRS, THERE)):
        values = {"code": code, "name": name, "way": "file", "agency_code": agency, "region_code": region}
        sources.register(values, "张三", "", actor="test")
    text = enter(region=HERE).get(address).content.decode()
    assert "金水来源" in text and "中原来源" not in text
    assert "没有“b”这一项" in enter(region=HERE).get(f"{address}?source=b").content.decode()
    assert "中原来源" in enter().get(address).content.decode()


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR, Role.REPORTING])
def test_search_is_not_offered_to_who_may_not_search(city, enter, role):
    browser = enter(role)
    assert 'action="/search/"' not in browser.get("/messages/").content.decode()
    assert browser.get("/search/?q=BJ2").status_code == 403
    assert 'action="/search/"' in enter(Role.LEADER).get("/messages/").content.decode()


def test_what_a_story_found_instead_is_told_in_words():
    found = {
        "level": "red",
        "subject": "",
        "since": None,
        "evidence": '{"facts": {"办件": "BJ1"}, "rows": []}',
    }
    assert difference([], [found]) == "期望 0 条,得到 1 条:第 1 条 级别 red"
    told = difference([{"evidence": {"办件": "BJ2"}}], [found])
    assert told.startswith("第 1 条 evidence 期望 办件 为 BJ2,得到 facts 为 办件 为 BJ1")
    assert not set("{}[]'") & set(told)
