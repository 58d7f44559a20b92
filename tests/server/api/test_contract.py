"""The document against the service: whatever schemathesis sends, the answer is one that is declared, never a 500.

Short here; the long run is `make nightly` (test-plan S5, D4).
"""

from __future__ import annotations

import json

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, assume, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from mingcha.accounts.models import Role
from mingcha.api import keys, limits
from mingcha.api.urls import api
from mingcha.intake import sources
from mingcha.intake.models import Source
from mingcha.notify import messages
from mingcha.server.wsgi import application
from tests.server.api.conftest import account, alert
from tests.server.notify.cast import BY, EAST, EAST_TAX, notice

pytestmark = pytest.mark.one_database

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]
AS_IN_LIFE = dict(
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


REFUSALS = {"expected-statuses": ["400", "401", "404", "405", "409", "411", "413", "415", "422"]}
CONFIG = SchemathesisConfig.from_dict({"checks": {"negative_data_rejection": REFUSALS}})
DOCUMENT = schemathesis.openapi.from_dict(
    json.loads(json.dumps(api.get_openapi_schema(), default=str)), config=CONFIG
)
DOCUMENT.app = application


@pytest.fixture
def heads(city, monkeypatch):
    """A city with something of everything, and the heads that admit to all of it."""
    monkeypatch.setattr(limits.Buckets, "_ask", lambda *_: 0.0)
    for signal in (request_started, request_finished):  # as Django's own test client does
        signal.disconnect(close_old_connections)
    alert()
    messages.write([notice()])
    owner = account(Role.SUPERVISOR, EAST)
    _, key = keys.give(owner, "测试", sorted(set(keys.OFFERED) - {"intake.submit"}), by=BY)
    source = Source.objects.create(
        code="east", name="东区", agency_code=EAST_TAX, region_code=EAST, way=Source.Way.WEB_SERVICE
    )
    yield {"read": f"Bearer {key}", "submit": f"Bearer {sources.make_key(source, actor='test')}"}

    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def said(case) -> bool:
    """Whether the address can say what is wrong in the query: an empty list is not sent, one value is a list of one."""
    lists = {each.name for each in case.operation.query if each.definition["schema"].get("type") == "array"}
    return not any(
        value in ([], {}) or (name in lists and not isinstance(value, list))
        for name, value in (case.query or {}).items()
    )


def check(case, heads):
    assume(said(case))
    way = "submit" if "/submit/" in case.operation.path else "read"
    plain = {"Authorization": heads[way], "Accept-Encoding": "identity"}  # the test's client unpacks nothing
    case.call_and_validate(headers=plain, checks=CHECKS)


@DOCUMENT.parametrize()
@settings(max_examples=12, **AS_IN_LIFE)
def test_every_answer_is_a_declared_one(case, heads):
    check(case, heads)


@pytest.mark.nightly
@DOCUMENT.parametrize()
@settings(max_examples=1500, **AS_IN_LIFE)
def test_every_answer_is_a_declared_one_at_length(case, heads):
    check(case, heads)


def test_the_document_is_openapi_3_1_and_says_the_problems_of_every_operation(client, db):
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            answers = operation["responses"]
            assert {"400", "401", "403", "404", "413", "422", "429", "503"} <= answers.keys(), (path, method)
            assert "application/problem+json" in answers["422"]["content"], (path, method)
            assert operation["security"] and operation["summary"] != operation["operationId"], (path, method)
