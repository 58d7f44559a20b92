"""The numbers of the overview and of the wall screen are those of the lists behind them."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client

from mingcha.accounts.acts import By
from mingcha.accounts.models import Role
from mingcha.accounts.policy import EVERYTHING
from mingcha.alerts import deciding
from mingcha.alerts.changing import Move, change
from mingcha.alerts.models import Alert
from mingcha.base import clock
from mingcha.pages.overview import numbers
from mingcha.pages.wall import tokens
from tests.server.pages.conftest import HERE, OURS, THERE


def test_every_open_number_leads_to_a_list_of_that_length(city, enter):
    browser = enter()
    answer = browser.get("/overview/")
    for level, count in answer.context["open"]:
        assert browser.get(f"/live/?state=open&mark={level}").context["list"].total == count
    assert browser.get("/live/?state=proposed").context["list"].total == answer.context["proposed"]
    assert browser.get("/undetermined/").context["list"].total == answer.context["undetermined"]
    for row in [*answer.context["agencies"]]:
        assert browser.get(f"/live/?state=open&agency={row.code}").context["list"].total == row.total
    for part in answer.context["parts"][1:]:
        assert browser.get(f"/live/?state=open&region={part.code}").context["list"].total == part.total


def test_what_is_only_proposed_is_among_no_open_number_of_the_overview_or_the_wall(city, enter, screen):
    def told():
        cache.clear()
        shown = enter().get("/overview/").context
        wall = Client().get(f"/wall/{screen[1]}/").context
        return [shown["open"], wall["open"], shown["agencies"], wall["parts"]], shown["proposed"]

    before, waiting = told()
    _raise_one("P1", "proposed")
    assert told() == (before, waiting + 1)


def test_every_number_of_a_day_leads_to_as_many_signals_whatever_has_become_of_them(city, enter):
    now = clock.local_now()
    today = now.date()
    cured = _raise_one("Q1", "raised", level="red", at=now - timedelta(days=3))
    change([Move(cured, "cured", "", now)], "test")
    again = _raise_one("Q2", "raised", level="red", at=now)
    for kind in ("withdrawn", "reopened", "withdrawn"):
        change([Move(again, kind, "", now)], "test")
    unsure = _raise_one("Q3", "proposed", level="yellow", at=now)
    change([Move(unsure, "risen", "red", now)], "test")
    deciding.dismiss(unsure.pk, unsure.version, "sun", "不属实")
    browser = enter()
    page = browser.get("/overview/")
    _tiles_lead_to_their_number(browser, page)
    for day, counts in page.context["trend"].lines:
        for level, count in counts:
            assert length(browser, f"/live/?state=all&event={level}&from={day}&to={day}") == count, (
                day,
                level,
            )
    for link in page.context["chart"]["links"]:
        assert browser.get(link).status_code == 200
    third = today - timedelta(days=3)
    listed = browser.get(f"/live/?state=all&event=red&from={third}&to={third}").context["list"]
    assert str(cured.pk) in {line.key for line in listed.lines}


def _tiles_lead_to_their_number(browser, page):
    tiles = re.findall(
        r'<li><a href="([^"]+)">.*?<strong>([\d,]+)</strong>',
        page.content.decode().partition('<div class="overview">')[0],
    )
    assert len(tiles) == 5 + 6
    for address, number in tiles:
        assert length(browser, unescape(address)) == int(number.replace(",", "")), address


def length(browser, address: str) -> int:
    return browser.get(address).context["list"].total


def _raise_one(key, kind, level="warning", at=None):
    alert = Alert(
        rule="henan-8.10", about="cases", key=key, agency_code=OURS, region_code=HERE, level="none", version=0,
        article="条", reason="由",
    )  # fmt: skip
    change([Move(alert, kind, level, at or clock.local_now())], "test")
    return alert


def test_cases_received_today_are_those_of_the_list(city, enter):
    browser = enter()
    today = clock.local_now().date()
    told = browser.get("/overview/").context["compared"][0]
    assert told.today == browser.get(f"/cases/?from={today}&to={today}").context["list"].total == 1


def test_the_trend_counts_each_lawful_day(city):
    trend = numbers.trend(EVERYTHING, clock.local_now().date())
    reds = Alert.objects.filter(level="red", lawful_at__gte=clock.local_now().replace(month=2, day=5)).count()
    assert sum(trend.levels["red"]) >= reds > 0
    assert len(trend.days) == 30 and trend.days[-1] == clock.local_now().date()


def test_heat_counts_every_case_of_four_weeks_once(city):
    today = clock.local_now().date()
    heat = numbers.heat(EVERYTHING, today)
    assert sum(map(sum, heat.rows)) == numbers.received(EVERYTHING, today.replace(month=2, day=6), today) == 3
    assert heat.rows[3][heat.hours.index(9)] == 1  # 2026-03-05 was a Thursday


def test_the_day_of_last_year_exists_on_leap_days_too():
    from datetime import date

    assert numbers.a_year_before(date(2028, 2, 29)) == date(2027, 2, 28)


def test_a_district_sees_its_own_numbers_only(city, enter):
    there = enter(region=THERE).get("/overview/").context
    assert (
        sum(count for _, count in there["open"])
        == Alert.objects.filter(
            region_code=THERE, state="open", level__in=["red", "yellow", "warning", "note"]
        ).count()
    )
    assert [part.code for part in there["parts"]] == [THERE]


def test_home_leads_to_the_first_page_of_each_role(city, enter):
    for role in Role:
        answer = enter(role).get("/", follow=True)
        assert answer.status_code == 200, role


@pytest.fixture
def screen(city):
    return tokens.make("一楼大厅", "", By("test"))


def test_the_wall_needs_no_login_and_holds_no_personal_data(screen):
    browser = Client()
    answer = browser.get(f"/wall/{screen[1]}/")
    text = answer.content.decode()
    assert answer.status_code == 200 and not answer.cookies
    assert "未了结" in text and "csrfmiddlewaretoken" not in text
    for private in ("张三", "13800138000", "410105199001010015", "BJ1", "BJ2", "周明"):
        assert private not in text, private
    assert not re.search(r"\d{11}", re.sub(r"<script.*?</script>", "", text, flags=re.S))


def test_a_wrong_or_ended_token_shows_nothing(screen):
    wall, token = screen
    assert Client().get("/wall/nosuch/").status_code == 404
    tokens.end(wall, By("test"))
    assert Client().get(f"/wall/{token}/").status_code == 404
    assert Client().get(f"/wall/{token}/?part=numbers").status_code == 404


def test_the_token_is_not_kept(screen):
    wall, token = screen
    assert token not in str(vars(wall))


def test_a_supervisor_makes_walls_of_the_own_region_only(city, enter):
    browser = enter(region=HERE)
    made = browser.post("/walls/make/", {"name": "大厅", "region": HERE})
    address = re.search(r"http://testserver(/wall/[\w-]+/)", made.content.decode())[1]
    assert Client().get(address).status_code == 200
    for region in (THERE, "", "nosuch"):
        browser.post("/walls/make/", {"name": "大厅", "region": region})
    assert tokens.Wall.objects.count() == 1
    other = enter(region=THERE)
    assert other.post(f"/walls/{tokens.Wall.objects.get().pk}/end/").status_code == 404
    assert enter(Role.LEADER).get("/walls/").status_code == 403
