"""Ratings asked for and sent by other systems, through the web service."""

import pytest
from django.test import Client

from mingcha.accounts.models import Account, Grant, Role
from mingcha.api import keys
from mingcha.base import clock
from mingcha.evaluations.models import Rating
from mingcha.evaluations.opening import open_loops
from mingcha.evaluations.writing import write_taken
from tests.server.evaluations.asking import text
from tests.server.notify.cast import BY
from tests.server.public.conftest import Citizen, easy_puzzles, solve  # noqa: F401  a fixture


@pytest.fixture
def key(town):
    account = Account.objects.create(username="hotline", name="热线", password_changed_at=clock.now())
    Grant.objects.create(account=account, role=Role.SUPERVISOR, granted_by="test")
    _, token = keys.give(account, "热线", ["evaluations.record", "evaluations.read"], by=BY)
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


def post(path, body, key):
    return Client().post(f"/api/v1{path}", body, content_type="application/json", **key)


def test_a_system_asks_for_a_rating_and_gets_the_same_address_again(key):
    first = post("/ratings/offers", {"case_no": "BJ1", "way": "qr"}, key)
    assert first.status_code == 201, first.content
    again = post("/ratings/offers", {"case_no": "BJ1", "way": "qr"}, key).json()
    assert again == {**first.json(), "new": False}
    assert "请您评价" in text(Client().get(first.json()["url"]))
    assert post("/ratings/offers", {"case_no": "BJ3"}, key).status_code == 409
    assert post("/ratings/offers", {"case_no": "BJ404"}, key).status_code == 404


def test_a_hotline_sends_what_it_collected_once(key):
    sent = {
        "no": "12345-1",
        "kind": "case",
        "channel": "hotline",
        "case_no": "BJ1",
        "level": 1,
        "comment": "没人接",
        "tags": ["115"],
    }
    first = post("/ratings", sent, key)
    assert first.status_code == 201, first.content
    write_taken()
    open_loops()
    again = post("/ratings", sent, key).json()
    assert (again["no"], again["again"]) == (first.json()["no"], True)
    told = Client().get(f"/api/v1/ratings/{again['no']}", **key).json()
    assert told["bad"] and [step["what"] for step in told["steps"]] == ["已交办理单位处理"]
    other = post("/ratings", {**sent, "no": "12345-2"}, key)
    assert other.status_code == 409 and "一事一评" in other.json()["detail"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": 6},
        {"level": None},
        {"tags": ["510"]},
        {"case_no": ""},
        {"phone": "13800138000"},
        {"submitted_at": "2027-01-01"},
    ],
)
def test_a_wrong_rating_is_refused_with_its_place(key, wrong):
    sent = {"no": "1", "kind": "case", "channel": "phone", "case_no": "BJ1", "level": 1}
    answer = post("/ratings", {**sent, **wrong}, key)
    assert answer.status_code == 422 and answer.json()["faults"], answer.content
    assert not Rating.objects.exists()
