"""重算差异单: the list of all of them, counted within the reader's scope."""

from __future__ import annotations

import pytest

from mingcha.accounts.models import Role
from mingcha.alerts.models import Difference, DifferenceLine
from mingcha.base import clock
from mingcha.base.models import AuditRow
from tests.server.pages.conftest import HERE, OURS, PAYLOAD, THEIRS, THERE


@pytest.fixture
def lists(city):
    """One that waits, with a line here and two there; one applied by the system; one that came to nothing."""
    waiting = _made("日历改了" + PAYLOAD, "open", "sun", added=1, withdrawn=2)
    _line(waiting, "added", HERE, OURS)
    _line(waiting, "withdrawn", THERE, THEIRS)
    _line(waiting, "withdrawn", THERE, THEIRS)
    applied = _made("事项目录新版本", "applied", "系统", changed=1)
    _line(applied, "changed", HERE, OURS)
    return waiting, applied, _made("规则文字", "set_aside", "sun")


def _made(cause, state, maker, **counts):
    return Difference.objects.create(cause=cause, state=state, made_by=maker, made_at=clock.now(), **counts)


def _line(held, kind, region, agency):
    DifferenceLine.objects.create(
        difference=held,
        kind=kind,
        rule="henan-8.1",
        about="cases",
        key="BJ2",
        region_code=region,
        agency_code=agency,
    )


def listed(browser, query=""):
    return [line.href for line in browser.get(f"/differences/{query}").context["list"].lines]


def cells(browser, column):
    shown = browser.get("/differences/").context["list"]
    place = [head.column.name for head in shown.heads].index(column)
    return [line.cells[place].html for line in shown.lines]


def test_each_opens_the_page_that_decides_about_it(lists, enter):
    browser = enter()
    assert listed(browser) == [f"/differences/{held.pk}/" for held in reversed(lists)]
    for address in listed(browser):
        assert browser.get(address).status_code == 200
    text = browser.get("/differences/").content.decode()
    assert "重算差异单</a>" in text and "<img src=x" not in text


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("?state=open", [0]), ("?made_by=sun", [2, 0]), ("?what=adds", [0]), ("?what=withdraws", [0]),
        ("?what=changes", [1]), ("?what=nothing", [2]), ("?q=目录", [1]), ("?from=2026-03-05&to=2026-03-05", [2, 1, 0]),
        ("?to=2026-03-04", []), ("?state=gone", [2, 1, 0]), ("?sort=-withdraws", [0, 2, 1]),
    ],
)  # fmt: skip
def test_a_condition_keeps_what_it_names(lists, enter, query, places):
    assert listed(enter(), query) == [f"/differences/{lists[place].pk}/" for place in places]


def test_counts_above_the_list_are_the_lengths_of_the_lists(lists, enter):
    for browser in (enter(), enter(region=THERE)):
        for option in browser.get("/differences/").context["list"].facet:
            assert len(listed(browser, f"?state={option.value}")) == option.count, option


def test_a_district_counts_only_its_own_lines(lists, enter):
    assert cells(enter(), "withdraws") == ["0", "0", "2"]
    assert cells(enter(region=HERE), "withdraws") == ["0", "0", "0"]
    assert cells(enter(region=HERE), "adds") == ["0", "0", "1"]
    assert cells(enter(region=THERE), "withdraws") == ["0", "0", "2"]
    assert listed(enter(region=HERE), "?what=withdraws") == []


def test_the_list_is_taken_out_as_a_file_and_recorded(lists, enter):
    text = enter().get("/differences/?format=csv").content.decode("utf-8-sig")
    assert "事项目录新版本" in text and "已执行" in text
    assert AuditRow.objects.get(act="export").about == "list/differences"


def test_who_may_not_read_signals_does_not_read_what_changes_of_them(city, enter):
    assert enter(Role.THIRD_PARTY).get("/differences/").status_code == 403
    assert enter(Role.SYSTEM_ADMIN).get("/differences/").status_code == 403
