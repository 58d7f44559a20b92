"""The demo city lives: opened, every page of casework and of ratings has something on it, made by real acts."""

from __future__ import annotations

import pytest

from mingcha.accounts.places import places
from mingcha.base import clock
from mingcha.base.config import config
from mingcha.base.models import AuditRow
from mingcha.casework.models import Matter, Transition
from mingcha.disclosure.models import Opened
from mingcha.disclosure.publishing import document, last_month
from mingcha.disclosure.switches import opened_regions
from mingcha.evaluations.models import Rating
from mingcha.server.demo_accounts import make_demo_accounts
from mingcha.server.demo_life import live
from mingcha.server.demo_open import open_city

pytestmark = pytest.mark.one_database

REVIEWS = {
    "assigned", "signed", "called", "reviewing", "confirmed", "rectifying", "checking", "rectified", "published",
    "not_adopted", "contested",
}  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_people_have_worked_in_a_city_that_is_opened_and_only_once() -> None:
    home = config().home
    open_city(home, 1_000, 1, lambda said: None)
    make_demo_accounts(home)
    live(lambda said: None)
    states: dict[str, set[str]] = {}
    for kind, state in Matter.objects.values_list("kind", "state"):
        states.setdefault(kind, set()).add(state)
    assert states["review"] >= REVIEWS
    assert states["explain"] >= {"asked", "submitted", "accepted", "cleared"}
    assert states["order"] >= {"issued", "answered", "closed", "escalated"}
    assert states["complaint"] >= {"registered", "asked", "verified", "proved", "answered", "dropped"}
    assert {"rectify", "accountability"} <= states.keys()
    assert Rating.objects.exclude(batch_no=None).count() > len(REVIEWS)
    assert not Rating.objects.filter(opens=True).exists()
    assert opened_regions() == {what: places().regions_from("410100000000") for what in Opened.What.values}
    done = Transition.objects.count()
    assert AuditRow.objects.filter(act__startswith="matter.").count() == done
    live(lambda said: None)
    assert Transition.objects.count() == done
    the_month_before_has_something_to_be_published()


def the_month_before_has_something_to_be_published() -> None:
    """The city's system is older than the demonstration: cards were issued and defects put right in its past."""
    told = document(last_month(clock.local_now()))
    assert sum(row["issued"] for row in told["red_cards"]) > 0
    assert (
        sum(row["demanded"] for row in told["rectifications"])
        == sum(row["accepted"] for row in told["rectifications"])
        > 0
    )
    moments = AuditRow.objects.order_by("pk").values_list("at", flat=True)
    assert list(moments) == sorted(moments)
