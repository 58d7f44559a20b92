"""Too often, too large, no sense: refused cheaply and in words, others still served (test-plan S8, D4)."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from mingcha.accounts.models import Role
from mingcha.api import limits
from mingcha.api.limits import Buckets
from mingcha.base.config import config
from tests.server.api.conftest import Api, account, api_of
from tests.server.notify.cast import EAST

PROBLEM = "application/problem+json"


def test_a_key_that_asks_too_often_waits_and_another_is_served(city):
    owner = account(Role.SUPERVISOR, EAST)
    busy, quiet = api_of(owner, per_minute=30), api_of(owner)
    statuses = [busy.get("/api/v1/alerts").status_code for _ in range(10)]
    assert statuses == [200] * 5 + [429] * 5
    refused = busy.get("/api/v1/alerts")
    assert int(refused["Retry-After"]) >= 1 and "频繁" in refused.json()["detail"]
    quiet.read("/alerts")


def test_guessing_keys_is_refused_before_the_database_is_asked(city, django_assert_num_queries):
    for _ in range(limits.FAILURES_A_MINUTE):
        Api("mck_" + "a" * 43).get("/api/v1/alerts")
    with django_assert_num_queries(0):
        refused = Api("mck_" + "b" * 43).get("/api/v1/alerts")
    assert refused.status_code == 429 and refused["Content-Type"] == PROBLEM
    elsewhere = Client(REMOTE_ADDR="10.9.8.7", headers={"Authorization": "Bearer mck_x"})
    assert elsewhere.get("/api/v1/alerts").status_code == 401


def test_signing_in_too_often_from_one_address_is_refused(db):
    statuses = {Client().post("/login", {"username": "x", "password": "y"}).status_code for _ in range(12)}
    assert 429 in statuses
    assert (
        Client(REMOTE_ADDR="10.9.8.7").post("/login", {"username": "x", "password": "y"}).status_code != 429
    )


def test_pages_opened_too_often_from_one_address_are_refused(db, monkeypatch):
    monkeypatch.setattr(config(), "requests_a_minute", 30)
    statuses = [Client().get("/api-is-not-here").status_code for _ in range(8)]
    assert statuses == [404] * 5 + [429] * 3
    assert Client(REMOTE_ADDR="10.9.8.7").get("/api-is-not-here").status_code == 404
    assert Client().get("/healthz").status_code == 200


def test_a_bucket_fills_again(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(limits.time, "monotonic", lambda: now[0])
    buckets = Buckets()
    assert [buckets.take("a", 60) for _ in range(11)].count(0.0) == 10
    assert buckets.take("b", 60) == 0
    now[0] += 1
    assert buckets.take("a", 60) == 0 and buckets.take("a", 60) > 0


def test_only_so_many_clients_are_remembered(monkeypatch):
    monkeypatch.setattr(limits, "MANY", 5)
    buckets = Buckets()
    for number in range(50):
        buckets.take(str(number), 60)
    assert len(buckets._held) == 5


def test_a_body_that_is_too_large_is_refused_before_it_is_read(east):
    answer = east.generic(
        "POST", "/api/v1/clock", b"{}", "application/json", CONTENT_LENGTH=str(limits.LARGEST_API_BODY + 1)
    )
    assert answer.status_code == 413 and answer["Content-Type"] == PROBLEM
    form = Client().generic("POST", "/login", b"", CONTENT_LENGTH=str(limits.LARGEST_FORM + 1))
    assert form.status_code == 413


@pytest.mark.parametrize("path", ["/cards/new/", "/intake/upload/", "/public/", "/publishing/pack/"])
def test_who_has_not_signed_in_sends_no_files(db, path):
    """Nor has it to be received: the answer is there before the body."""
    answer = Client().generic("POST", path, b"", CONTENT_LENGTH=str(limits.LARGEST_OF_STRANGERS + 1))
    assert answer.status_code == 413 and "请登录后再试" in answer.content.decode()


@pytest.mark.parametrize(("length", "status"), [("x", 400), ("-1", 400), ("9" * 30, 413), ("1٣", 400)])
def test_a_length_that_is_none_is_refused(east, length, status):
    answer = east.generic("POST", "/api/v1/clock", b"{}", "application/json", CONTENT_LENGTH=length)
    assert answer.status_code == status


def test_a_body_of_unsaid_length_is_refused(east):
    answer = east.generic("POST", "/api/v1/clock", b"", "application/json", HTTP_TRANSFER_ENCODING="chunked")
    assert answer.status_code == 411


@pytest.mark.parametrize(
    "path", ["/api/v1/cases/a%00b", "/api/v1/alerts?case_no=a%00b", "/messages/?show=%00", "/%00"]
)
def test_nul_in_the_address_is_refused(city, path):
    assert Client().get(path).status_code == 400


def deep(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


@pytest.mark.parametrize(
    "body",
    [
        deep(100_000), deep(40), b'{"a":' * 20_000 + b"1" + b"}" * 20_000, b"", b"nonsense", b"{", b'{"start": }',
        b'{"start": "2026-09-18", "start": "2026-09-19", "limit": 1}', b'{"start": "2026-09-18", "limit": NaN}',
        b'{"start": "2026-09-18", "limit": Infinity}', b'{"start": "2026-09-18", "limit": ' + b"9" * 10_000 + b"}",
        b'{"start": "2026-09-18", "limit": 1e999}', b'{"start": "\\ud800", "limit": 1}',
        b'{"start": "a\\u0000", "limit": 1}',
        b"\xff\xfe{\x00}\x00", '{"start": "二〇二六"}'.encode("gb18030"), b'[1,2,3]', b'"text"', b"null", b"1",
    ],
)  # fmt: skip
def test_json_that_has_no_single_meaning_is_refused(east, body):
    answer = east.generic("POST", "/api/v1/clock", body, "application/json")
    assert answer.status_code in (400, 422) and answer["Content-Type"] == PROBLEM
    assert "Cannot" not in answer.json()["detail"] and answer.json()["detail"]


def test_another_kind_of_content_is_refused(east):
    for kind in ("text/xml", "application/x-www-form-urlencoded", "image/png"):
        assert east.generic("POST", "/api/v1/clock", b"{}", kind).status_code == 415


def test_an_unknown_address_or_method_is_a_problem_too(east):
    assert east.read("/nonsense", 404)["advice"]
    refused = east.delete("/api/v1/alerts")
    assert refused.status_code == 405 and "GET" in refused["Allow"]


def test_sql_in_every_parameter_finds_nothing(east):
    for text in ("' OR 1=1 --", '"; DROP TABLE alerts_alert; --', "%' AND 1=1", "\\'; SELECT 1"):
        assert east.read("/alerts", case_no=text, rule=[text], agency=[text], region=[text])["items"] == []
        assert east.read("/cases", agency=[text], item=[text])["items"] == []
        east.read("/facts/cases", 404, key=text)


def test_webhooks_are_kept_by_api(east):
    asked = {"name": "督办系统", "url": "https://hook.example.com/in", "least_level": "red"}
    made = east.post("/api/v1/webhooks", json.dumps(asked), content_type="application/json")
    assert made.status_code == 201 and len(made.json()["secret"]) > 30
    number = made.json()["id"]
    listed = east.read("/webhooks")
    assert [each["id"] for each in listed] == [number] and "secret" not in listed[0]
    assert east.post(f"/api/v1/webhooks/{number}/test").status_code == 202
    assert east.delete(f"/api/v1/webhooks/{number}").status_code == 204
    assert east.read("/webhooks")[0]["disabled_why"] == "本人停用"
    assert east.post(f"/api/v1/webhooks/{number}/enable").json()["disabled_at"] is None
    inner = json.dumps(asked | {"url": "http://169.254.169.254/"})
    refused = east.post("/api/v1/webhooks", inner, content_type="application/json")
    assert refused.status_code == 422 and refused.json()["faults"][0]["where"] == "body.url"


def test_a_key_that_sees_less_than_its_account_keeps_no_webhook(city):
    owner = account(Role.SUPERVISOR, EAST)
    asked = json.dumps({"name": "x", "url": "https://hook.example.com/"})
    whole = api_of(owner, "alerts.read", "api.keys")
    number = whole.post("/api/v1/webhooks", asked, content_type="application/json").json()["id"]
    narrowed = api_of(owner, "alerts.read", "api.keys", agency_code="EAST-TAX")
    blind = api_of(owner, "api.keys")
    for key in (narrowed, blind):
        for path in ("webhooks", f"webhooks/{number}/enable"):
            refused = key.post(f"/api/v1/{path}", asked, content_type="application/json")
            assert refused.status_code == 403 and "小于账号" in refused.json()["detail"]
    assert len(whole.read("/webhooks")) == 1


def test_the_webhook_of_another_is_not_there(city, east):
    other = api_of(account(Role.LIAISON, EAST, "EAST-TAX"), "alerts.read", "api.keys")
    asked = json.dumps({"name": "x", "url": "https://hook.example.com/"})
    number = other.post("/api/v1/webhooks", asked, content_type="application/json").json()["id"]
    assert east.delete(f"/api/v1/webhooks/{number}").status_code == 404
    assert east.read("/webhooks") == []
