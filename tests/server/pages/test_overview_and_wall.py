"""The numbers of the overview and of the wall screen are those of the lists behind them."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from mingcha.accounts.acts import By
from mingcha.accounts.models import Role
from mingcha.accounts.policy import EVERYTHING
from mingcha.alerts.models import Alert
from mingcha.base import clock
from mingcha.pages.overview import numbers
from mingcha.pages.wall import tokens
from tests.server.pages.conftest import HERE, THERE


def test_every_open_number_leads_to_a_list_of_that_length(city, enter):
    browser = enter()
    answer = browser.get("/overview/")
    for level, count in answer.context["open"]:
        assert browser.get(f"/live/?mark={level}").context["list"].total == count
    assert browser.get("/live/?state=proposed").context["list"].total == answer.context["proposed"]
    assert browser.get("/undetermined/").context["list"].total == answer.context["undetermined"]
    for row in [*answer.context["agencies"]]:
        assert browser.get(f"/live/?agency={row.code}").context["list"].total == row.total
    for part in answer.context["parts"][1:]:
        assert browser.get(f"/live/?region={part.code}").context["list"].total == part.total


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
