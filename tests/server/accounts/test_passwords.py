"""What a password must be, and when it must change (test-plan S3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client

from mingcha.accounts import passwords
from mingcha.accounts.models import Account
from mingcha.base import clock
from mingcha.base.config import config
from tests.server.accounts.conftest import PASSWORD, WHO

pytestmark = pytest.mark.django_db

Someone = Callable[..., Account]
Enter = Callable[..., Client]


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("Ab1!efghi", "10"),
        ("abcdefghijkl1", "还缺"),
        ("1234567890", "还缺"),
        ("Zhang-2026-x", "相似"),
        ("Password123", "常见"),
        (PASSWORD, "最近 5 次"),
    ],
)
def test_a_bad_password_is_refused_with_the_reason(someone: Someone, password: str, says: str) -> None:
    account = someone("zhang-2026")
    with pytest.raises(ValidationError) as refused:
        passwords.change(account, password, WHO)
    assert says in "".join(refused.value.messages)


def test_none_of_the_last_five_comes_again_and_the_sixth_may(someone: Someone) -> None:
    account = someone()
    used = [PASSWORD, *(f"Neues-Wort-{number}" for number in range(5))]
    for new in used[1:]:
        passwords.change(account, new, WHO)
    for old in used[1:]:
        with pytest.raises(ValidationError):
            passwords.change(account, old, WHO)
    passwords.change(account, used[0], WHO)


def test_a_temporary_password_is_good_for_nothing_but_choosing_ones_own(
    someone: Someone, enter: Enter
) -> None:
    account = someone()
    given = passwords.reset(account, WHO)
    client = enter(password=given)
    assert client.get("/organisation/")["Location"] == "/own/password/"
    same = {"old": given, "new": given, "again": given}
    assert client.post("/own/password/", same).status_code == 400
    fresh = {"old": given, "new": "Neues-Wort-1", "again": "Neues-Wort-1"}
    assert client.post("/own/password/", fresh).status_code == 302
    assert client.get("/own/").status_code == 200
    assert Client().post("/login/", {"username": "zhang", "password": given}).status_code == 400


def test_a_password_runs_out(someone: Someone, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    account = someone()
    days = config().password_days
    assert not passwords.must_change(account, clock.now() + timedelta(days=days - 1))
    assert passwords.must_change(account, clock.now() + timedelta(days=days, minutes=1))
    monkeypatch.setattr(config(), "password_days", 0)
    assert not passwords.must_change(account, clock.now() + timedelta(days=10_000))


def test_changing_the_password_ends_the_sessions_elsewhere_and_keeps_this_one(
    someone: Someone, enter: Enter
) -> None:
    someone()
    here, there = enter(by=Client()), enter(by=Client())
    key = here.cookies["sessionid"].value
    here.post("/own/password/", {"old": PASSWORD, "new": "Neues-Wort-1", "again": "Neues-Wort-1"})
    assert here.get("/own/").status_code == 200
    assert here.cookies["sessionid"].value != key
    assert there.get("/own/").status_code == 302


def test_who_sits_down_at_an_open_session_cannot_change_the_password_nor_guess_it(
    someone: Someone, enter: Enter
) -> None:
    someone()
    client = enter()
    guess = {"old": "falsch", "new": "Neues-Wort-1", "again": "Neues-Wort-1"}
    for _ in range(config().lock_after):
        assert client.post("/own/password/", guess).status_code == 400
    assert client.post("/own/password/", guess | {"old": PASSWORD}).status_code == 400, "locked by now"


def test_temporary_passwords_differ_and_pass_the_rules(someone: Someone) -> None:
    account = someone()
    made = {passwords.temporary() for _ in range(50)}
    assert len(made) == 50
    for password in list(made)[:5]:
        passwords.validate_password(password, account)


def test_an_expired_password_still_signs_in_to_be_changed(someone: Someone, enter: Enter) -> None:
    someone()
    with time_machine.travel(clock.now() + timedelta(days=config().password_days + 1)):
        client = enter()
        assert client.get("/organisation/")["Location"] == "/own/password/"
        assert "口令已用满" in client.get("/own/password/").content.decode()
