"""Logs are JSON without personal data; health and metrics answer for whom they are meant."""

from __future__ import annotations

import json
import logging

import pytest
from django.db import OperationalError
from django.test import Client
from pydantic import SecretStr

from mingcha.base import clock, health, jobs, keys, logs, metrics, outbox
from mingcha.base.models import Outgoing


def line(message: str, *args: object, error: Exception | None = None, **extra: object) -> dict:
    record = logging.makeLogRecord(
        {"msg": message, "args": args, "levelname": "ERROR", "name": "mingcha.x", **extra}
    )
    if error is not None:
        try:
            raise error
        except Exception as raised:
            record.exc_info = (type(raised), raised, raised.__traceback__)
    text = logs.JsonLines().format(record)
    assert "\n" not in text
    return json.loads(text)


def test_a_line_holds_the_message_and_what_extra_says():
    told = line("job failed", job=7, kind="judge")
    assert (told["message"], told["job"], told["kind"], told["level"]) == ("job failed", 7, "judge", "error")


@pytest.mark.parametrize("number", ["41040219900101123X", "410402900101123", "13800138000", "+8613800138000"])
def test_numbers_of_persons_are_masked_wherever_they_slip_in(number):
    told = json.dumps(
        line(f"x {number} y", error=ValueError(f"bad {number}"), note=f"n {number}"), ensure_ascii=False
    )
    assert number not in told
    assert "****" in told


def test_a_case_number_is_left_readable():
    assert logs.masked("4104022026000001") == "4104022026000001"


def test_of_a_database_error_only_the_first_line_is_kept():
    told = line("x", error=OperationalError("duplicate key\nDETAIL: Key (name)=(张三) already exists."))
    assert told["error"] == "OperationalError: duplicate key"
    assert told["where"][-1].endswith(" line")


@pytest.mark.django_db
def test_the_process_is_alive(client: Client):
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_it_is_ready_when_tables_and_keys_are_right(client: Client, own_home):
    assert client.get("/readyz").json() == {"ready": True, "problems": []}


@pytest.mark.django_db
def test_it_is_not_ready_with_other_keys(client: Client, own_home):
    keys.check()
    (own_home / "secrets" / "audit").write_text("ab" * 32)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["problems"]) == (503, ["密钥与库里的数据不符"])


@pytest.mark.django_db
def test_it_is_not_ready_without_its_database(client: Client, monkeypatch):
    def away() -> list[str]:
        raise OperationalError("no connection")

    monkeypatch.setattr(health, "_tables", away)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["problems"]) == (503, ["连不上数据库"])


@pytest.mark.django_db
def test_metrics_tell_requests_jobs_and_messages(client: Client):
    jobs.put("judge", "k", run_at=clock.now())
    outbox.put("hook", "", {}, "k")
    Outgoing.objects.update(state=Outgoing.State.GIVEN_UP)
    client.get("/healthz")
    page = client.get("/metrics").content.decode()
    assert 'mingcha_requests_total{method="GET",route="healthz",status="200"}' in page
    assert 'mingcha_jobs{kind="judge",state="ready"} 1.0' in page
    assert 'mingcha_outgoing{channel="hook",state="given_up"} 1.0' in page
    assert "mingcha_audit_unsealed" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "about", [{"REMOTE_ADDR": "10.0.0.8"}, {"HTTP_X_FORWARDED_FOR": "10.0.0.8"}, {"REMOTE_ADDR": ""}]
)
def test_metrics_are_for_this_machine_alone(client: Client, about):
    assert client.get("/metrics", **about).status_code == 403


@pytest.mark.django_db
def test_metrics_are_for_who_brings_the_token(client: Client, monkeypatch):
    monkeypatch.setattr(health.config(), "metrics_token", SecretStr("s3cret"))
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer wrong").status_code == 403
    assert (
        client.get("/metrics", HTTP_AUTHORIZATION="Bearer s3cret", REMOTE_ADDR="10.0.0.8").status_code == 200
    )


@pytest.mark.django_db
def test_a_request_is_logged_by_its_route_and_without_its_query(client: Client, caplog):
    with caplog.at_level(logging.INFO, "mingcha.request"):
        client.get("/healthz?name=张三")
    record = caplog.records[-1]
    assert (record.route, record.status) == ("healthz", 200)
    assert "张三" not in str(vars(record))


def test_other_parts_register_their_numbers(monkeypatch):
    monkeypatch.setattr(metrics, "_states", {})
    metrics.state("mingcha_alerts_open", "未了结", ("level",))(lambda: {("red",): 3})
    assert b'mingcha_alerts_open{level="red"} 3.0' in metrics.page()
