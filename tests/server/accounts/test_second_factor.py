"""The second factor cannot be gone around (test-plan S3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from mingcha.accounts import second_factor
from mingcha.accounts.models import Account, Role
from mingcha.base import clock
from mingcha.base.config import config
from mingcha.base.models import AuditRow
from tests.server.accounts.conftest import PASSWORD, WHO

pytestmark = pytest.mark.django_db

Someone = Callable[..., Account]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_now(secret: str = SECRET) -> str:
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(clock.now().timestamp()) // 30)))


@pytest.fixture
def person(someone: Someone) -> Account:
    return someone("zhang", Role.LEADER)


@pytest.fixture
def recovery(person: Account) -> list[str]:
    """The recovery codes; the phone was set up a minute ago."""
    with time_machine.travel(clock.now() - timedelta(minutes=1)):
        codes = second_factor.set_up(person, SECRET, code_now(), WHO)
    assert codes
    return codes


def enter(client: Client) -> str:
    answer = client.post("/login/", {"username": "zhang", "password": PASSWORD})
    return str(answer["Location"])


def signed_in(client: Client) -> bool:
    return client.get("/own/").status_code == 200


def test_the_password_alone_signs_nobody_in(recovery: list[str], client: Client) -> None:
    assert enter(client).startswith("/login/code/")
    for address in ("/own/", "/organisation/", "/own/code/", "/own/password/"):
        assert client.get(address)["Location"].startswith("/login/?next="), address
    assert not signed_in(client)
    assert client.post("/login/code/", {"code": code_now()})["Location"] == "/"
    assert signed_in(client)
    assert "动态验证码" in AuditRow.objects.filter(act="login").latest("id").detail["how"]


def test_a_code_counts_once(recovery: list[str], client: Client) -> None:
    code = code_now()
    enter(client)
    client.post("/login/code/", {"code": code})
    thief = Client()
    enter(thief)
    assert thief.post("/login/code/", {"code": code}).status_code == 400
    assert not signed_in(thief)


def test_a_code_of_long_ago_or_of_another_secret_is_wrong(recovery: list[str], client: Client) -> None:
    with time_machine.travel(clock.now() - timedelta(minutes=3)):
        old = code_now()
    enter(client)
    for wrong in (old, code_now("A" * 32), "", "000000x", "1" * 300):
        assert client.post("/login/code/", {"code": wrong}).status_code in (400, 302)
    assert not signed_in(client)


def test_guessing_codes_locks_the_account_and_the_half_sign_in_is_over(
    recovery: list[str], client: Client
) -> None:
    enter(client)
    for _ in range(config().lock_after):
        client.post("/login/code/", {"code": "000000"})
    assert client.post("/login/code/", {"code": code_now()})["Location"] == "/login/"
    assert client.post("/login/", {"username": "zhang", "password": PASSWORD}).status_code == 400
    assert AuditRow.objects.filter(act="login.failed", about="account/zhang").count() >= config().lock_after


def test_the_password_between_guesses_does_not_forget_them(recovery: list[str], client: Client) -> None:
    for _ in range(config().lock_after):
        enter(client)
        client.post("/login/code/", {"code": "000000"})
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    assert elsewhere.post("/login/", {"username": "zhang", "password": PASSWORD}).status_code == 400


def test_the_half_sign_in_lasts_five_minutes(recovery: list[str], client: Client) -> None:
    now = clock.now()
    with time_machine.travel(now):
        enter(client)
    with time_machine.travel(now + timedelta(minutes=6)):
        assert client.post("/login/code/", {"code": code_now()})["Location"] == "/login/"
        assert not signed_in(client)


def test_a_recovery_code_counts_once(recovery: list[str], client: Client) -> None:
    enter(client)
    client.post("/login/code/", {"code": recovery[0]})
    assert signed_in(client)
    again = Client()
    enter(again)
    assert again.post("/login/code/", {"code": recovery[0]}).status_code == 400
    again.post("/login/code/", {"code": recovery[1]})
    assert signed_in(again)


def test_who_must_have_one_sets_it_up_before_anything_else(
    someone: Someone, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config(), "second_factor", ["auditor"])
    someone("zhang", Role.AUDITOR)
    enter(client)
    assert client.get("/audit/")["Location"] == "/own/code/"
    page = client.get("/own/code/").content.decode()
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert found and page.count("data:image/svg+xml") == 1
    assert client.post("/own/code/", {"code": "000000"}).status_code == 400
    done = client.post("/own/code/", {"code": code_now(found[1].replace(" ", ""))})
    assert len(re.findall(r"<li><code>\d+</code>", done.content.decode())) == 10
    assert client.get("/audit/").status_code == 200


def test_it_is_given_up_only_with_the_password(recovery: list[str], client: Client, person: Account) -> None:
    enter(client)
    client.post("/login/code/", {"code": code_now()})
    client.post("/own/code/remove/", {"password": "falsch"})
    assert second_factor.is_set_up(person)
    client.post("/own/code/remove/", {"password": PASSWORD})
    assert not second_factor.is_set_up(person)


def test_the_secret_is_sealed_in_the_database(recovery: list[str]) -> None:
    for kept in Authenticator.objects.all():
        assert SECRET not in str(kept.data) and not any(code in str(kept.data) for code in recovery)
