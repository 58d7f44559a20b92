"""No write without a trace (test-plan A2), and from where a request comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from mingcha.accounts.acts import By
from mingcha.accounts.address import address
from mingcha.accounts.models import Account, Role
from mingcha.accounts.policy import public
from mingcha.api.models import ApiKey
from mingcha.base import clock
from mingcha.base.config import config
from mingcha.base.models import AuditRow
from mingcha.intake.models import Source
from mingcha.server import urls as table

Someone = Callable[..., Account]


@public
def careless(request: HttpRequest) -> HttpResponse:
    """Writes and says nothing."""
    Source.objects.create(code=request.POST["code"], name="x", way="file")
    return HttpResponse()


@public
def careful(request: HttpRequest) -> HttpResponse:
    Source.objects.create(code="careful", name="x", way="file")
    By("someone").record("source.register", "source/careful")
    return HttpResponse()


@public
def raw(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute('update "intake_source" set name = %s', ["y"])
    return HttpResponse()


@public
def vain(request: HttpRequest) -> HttpResponse:
    Source.objects.filter(code="nobody").first()
    raise Http404


@public
def used(request: HttpRequest) -> HttpResponse:
    """As when a key is used: its moment of use is noted."""
    ApiKey.objects.filter(pk=1).update(used_at=clock.now())
    return HttpResponse()


urlpatterns = [
    path("used/", used),
    path("careless/", careless, name="careless"),
    path("careful/", careful),
    path("raw/", raw, name="raw"),
    path("vain/", vain),
    *table.urlpatterns,
]


@pytest.fixture(autouse=True)
def here(settings: object, db: None) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__  # type: ignore[attr-defined]
    yield


def test_a_write_that_recorded_nothing_is_recorded_by_the_net(someone: Someone, client: Client) -> None:
    client.force_login(someone("zhang", Role.SUPERVISOR))
    before = AuditRow.objects.count()
    client.post("/careless/", {"code": "s1"})
    row = AuditRow.objects.latest("id")
    assert AuditRow.objects.count() == before + 1
    assert (row.actor, row.act, row.about) == ("zhang", "write", "/careless/")
    assert row.detail == {"view": "careless", "tables": ["intake_source"]}


def test_sql_written_by_hand_is_seen_too(client: Client) -> None:
    client.post("/raw/")
    assert AuditRow.objects.get(act="write").detail["tables"] == ["intake_source"]


def test_an_act_that_recorded_itself_is_not_recorded_twice(client: Client) -> None:
    client.post("/careful/")
    assert list(AuditRow.objects.values_list("act", flat=True)) == ["source.register"]


def test_a_request_that_wrote_nothing_leaves_nothing(client: Client) -> None:
    client.post("/vain/")
    assert not AuditRow.objects.exists()


def test_that_a_key_was_used_is_noted_and_no_act(client: Client) -> None:
    client.post("/used/")
    assert not AuditRow.objects.exists()


def test_reading_pages_leaves_nothing_but_the_sign_in(someone: Someone, client: Client) -> None:
    client.force_login(someone("zhang", Role.SUPERVISOR))
    client.get("/own/")
    before = AuditRow.objects.count()
    client.get("/own/")
    client.get("/organisation/")
    assert AuditRow.objects.count() == before


# -- where a request comes from -----------------------------------------------------------------------------------


def asked(direct: str, forwarded: str = "") -> str:
    return address(RequestFactory().get("/", REMOTE_ADDR=direct, HTTP_X_FORWARDED_FOR=forwarded))


def test_what_a_client_writes_into_the_header_is_not_believed() -> None:
    assert asked("203.0.113.7", "10.0.0.1") == "203.0.113.7"


@pytest.mark.parametrize(
    ("forwarded", "found"),
    [
        ("198.51.100.9", "198.51.100.9"),
        ("1.1.1.1, 198.51.100.9", "198.51.100.9"),
        ("198.51.100.9, 10.0.0.2", "198.51.100.9"),
        ("2001:db8::1", "2001:db8::1"),
        ("<script>", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
)
def test_of_the_own_proxies_the_last_foreign_hop_is_believed(
    monkeypatch: pytest.MonkeyPatch, forwarded: str, found: str
) -> None:
    monkeypatch.setattr(config(), "proxies", ["10.0.0.1", "10.0.0.2"])
    assert asked("10.0.0.1", forwarded) == found
