import gzip
import http.client
import json
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from mingcha.intake import sources
from mingcha.intake.applying import apply_next
from mingcha.intake.models import Batch, NilReport, Refusal

from .conftest import CASES

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def call(live_server, source):
    """Send one request to the served port, signed by the source's key; (status, answer)."""
    key = sources.make_key(source, actor="管理员")
    host = urlsplit(live_server.url)

    def sent(method, path, body=None, kind="text/csv", key=key, **headers):
        connection = http.client.HTTPConnection(host.hostname, host.port, timeout=20)
        named = {"Content-Type": kind, "Authorization": f"Bearer {key}", **headers}
        with suppress(
            BrokenPipeError
        ):  # what is refused by its headers is answered while the body is still being sent
            connection.request(method, "/api/v1/submit" + path, body, named)
        response = connection.getresponse()
        data = response.read()
        connection.close()
        plain = response.getheader("Content-Type", "").split(";")[0]
        return response.status, json.loads(data) if plain.endswith("json") else data

    return sent


def test_csv_is_received_and_the_receipt_finds_it_again(call):
    status, receipt = call(
        "POST", "/batches?table=cases", CASES.encode(), **{"Idempotency-Key": "2026-11-22/1"}
    )
    assert (status, receipt["state"], receipt["key"]) == (202, "received", "2026-11-22/1")
    status, found = call("GET", f"/batches/{receipt['receipt']}")
    assert (status, found["digest"]) == (200, receipt["digest"])


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", '[{"case_no": "B1"}]'),
        ("application/x-ndjson; charset=utf-8", '{"case_no": "B1"}\n'),
        ("application/json", '{"cases": [{"case_no": "B1"}]}'),
    ],
)
def test_every_form_is_taken_plain_and_packed(call, kind, body):
    table = "" if body.startswith('{"cases"') else "?table=cases"
    assert call("POST", "/batches" + table, body.encode(), kind)[0] == 202
    packed = gzip.compress(body.encode(), mtime=0)
    assert call("POST", "/batches" + table, packed, kind, **{"Content-Encoding": "gzip"})[0] == 202


def test_the_source_of_what_is_entered_by_hand_takes_nothing_by_its_key(call, source):
    type(source).objects.filter(pk=source.pk).update(way="form")
    status, problem = call("POST", "/batches?table=cases", CASES.encode())
    assert (status, "只收手工填报" in problem["detail"]) == (403, True)
    assert Batch.objects.count() == 0


def test_sent_again_under_its_key_a_batch_gets_its_receipt_and_other_content_a_conflict(call):
    key = {"Idempotency-Key": "k"}
    first = call("POST", "/batches?table=cases", CASES.encode(), **key)[1]
    assert call("POST", "/batches?table=cases", CASES.encode(), **key)[1]["receipt"] == first["receipt"]
    status, problem = call("POST", "/batches?table=cases", b"case_no\nB9\n", **key)
    assert (status, problem["status"]) == (409, 409)
    assert first["receipt"] in problem["detail"]


@pytest.mark.parametrize(
    ("body", "kind", "headers", "status"),
    [
        (b"x", "application/pdf", {}, 415),
        (b"x", "text/csv", {"Content-Encoding": "br"}, 415),
        (b"", "text/csv", {}, 422),
        (b"[" * 10_000, "application/json", {}, 422),
        (b'[{"a": NaN}]', "application/json", {}, 422),
        (b'[{"a": 1, "a": 1}]', "application/json", {}, 422),
        (b'[{"a": "\\udcff"}]', "application/json", {}, 422),
        (b'[{"a": ' + b"9" * 100_000 + b"}]", "application/json", {}, 202),
        ("办件编号,密级\nB1,机密\n".encode(), "text/csv", {}, 422),
    ],
)  # fmt: skip
def test_a_refused_body_is_a_problem_in_chinese_and_stands_in_the_quarantine(
    call, body, kind, headers, status
):
    answered, problem = call("POST", "/batches?table=cases", body, kind, **headers)
    assert answered == status
    if status >= 400:
        assert problem["detail"]
        assert problem["advice"]
        assert Refusal.objects.get().why.startswith(problem["detail"])
        assert Batch.objects.count() == 0


def test_a_length_that_is_missing_or_beyond_all_bounds_is_told_before_reading(call):
    def chunks():
        yield CASES.encode()

    assert call("POST", "/batches?table=cases", chunks())[0] == 411
    connection_length = {"Content-Length": str(2 << 30)}
    assert call("POST", "/batches?table=cases", None, **connection_length)[0] == 413


def test_without_the_key_of_an_active_source_nothing_is_heard(call, source):
    assert call("POST", "/batches?table=cases", CASES.encode(), key="mcs_nothing")[0] == 401
    source.active = False
    source.save()
    assert call("POST", "/batches?table=cases", CASES.encode())[0] == 401


def test_a_new_key_ends_the_one_before(call, source):
    new = sources.make_key(source, actor="管理员")
    assert call("POST", "/nil")[0] == 401
    assert call("POST", "/nil", key=new)[0] == 202


def test_the_batches_of_other_sources_are_not_found(call, source):
    other = sources.register(
        {"code": "另一系统", "name": "另一系统", "way": "web_service", "best_rating": 5},
        "李四",
        "",
        actor="管理员",
    )
    receipt = call("POST", "/batches?table=cases", CASES.encode())[1]["receipt"]
    key = sources.make_key(other, actor="管理员")
    assert call("GET", f"/batches/{receipt}", key=key)[0] == 404
    assert call("GET", "/batches/none")[0] == 404


def test_nothing_to_report_is_reported_too(call, source):
    status, answer = call("POST", "/nil")
    assert (status, answer["source"]) == (202, source.code)
    assert NilReport.objects.get().source == source


def test_a_batch_may_ask_for_review(call):
    assert call("POST", "/batches?table=cases&review=true", CASES.encode())[1]["state"] == "waiting"


def test_signs_that_no_database_keeps_are_refused_or_faults_and_never_an_error(call):
    status, problem = call("POST", "/batches", b'{"cas\\u0000es": [{"a": 1}]}', "application/json")
    assert status == 422 and "cases" in problem["detail"]
    assert Refusal.objects.get().why.startswith(problem["detail"])
    rows = '[{"case_no": "B\\u00001", "item_code": "x\\u0000", "received_at": "2026-11-20 09:30"}]'
    assert call("POST", "/batches?table=cases", rows.encode(), "application/json")[0] == 202
    while (batch := apply_next()) is not None:
        assert batch.counts["cases"]["received"] == 1
        assert batch.state in (Batch.State.APPLIED, Batch.State.REFUSED)
