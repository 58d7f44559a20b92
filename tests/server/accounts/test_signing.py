"""Signing in and out: what is refused (test-plan S3), and what leaves a trace."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from mingcha.accounts import people, signing
from mingcha.accounts.models import Account, SignIn
from mingcha.accounts.settings import login_settings
from mingcha.api.limits import FAILURES_A_MINUTE
from mingcha.base import clock
from mingcha.base.config import config
from mingcha.base.models import AuditRow
from tests.server.accounts.conftest import PASSWORD, WHO

pytestmark = pytest.mark.django_db

Someone = Callable[..., Account]
Enter = Callable[..., Client]


def signed_in(client: Client) -> bool:
    return client.get("/own/").status_code == 200


def fail(client: Client, username: str = "zhang", times: int = 1) -> None:
    for _ in range(times):
        assert client.post("/login/", {"username": username, "password": "falsch"}).status_code == 400


def acts() -> list[str]:
    return list(AuditRow.objects.order_by("id").values_list("act", flat=True))


def test_name_and_password_sign_in_and_the_audit_says_from_where(someone: Someone, enter: Enter) -> None:
    someone()
    assert signed_in(enter())
    row = AuditRow.objects.get(act="login")
    assert (row.actor, row.about, row.address) == ("zhang", "account/zhang", "127.0.0.1")


def test_signing_out_ends_the_session_for_good(someone: Someone, enter: Enter) -> None:
    someone()
    client = enter()
    kept = client.cookies["sessionid"].value
    client.post("/logout/")
    client.cookies["sessionid"] = kept
    assert not signed_in(client)
    assert SignIn.objects.get().end == SignIn.End.LEFT
    assert acts()[-1] == "logout"


def test_a_link_cannot_sign_anybody_out(someone: Someone, enter: Enter) -> None:
    someone()
    client = enter()
    assert client.get("/logout/").status_code == 405
    assert signed_in(client)


@pytest.mark.parametrize("username", ["zhang", "nobody"])
def test_a_name_that_exists_and_one_that_does_not_are_answered_and_locked_alike(
    someone: Someone, client: Client, username: str
) -> None:
    someone()
    answers = set()
    for _ in range(config().lock_after + 2):
        answer = client.post("/login/", {"username": username, "password": "falsch"})
        text = answer.content.decode()
        assert answer.status_code == 400
        answers.add(text[text.index('role="alert"') : text.index("</div>", text.index('role="alert"'))])
    assert len(answers) == 1
    assert AuditRow.objects.filter(act="login.failed").count() == config().lock_after + 2


def test_a_locked_account_refuses_the_right_password_until_the_lock_is_over(
    someone: Someone, client: Client
) -> None:
    someone()
    now = clock.now()
    with time_machine.travel(now):
        fail(client, times=config().lock_after)
        assert client.post("/login/", {"username": "zhang", "password": PASSWORD}).status_code == 400
    with time_machine.travel(now + timedelta(minutes=config().lock_minutes - 1)):
        assert client.post("/login/", {"username": "zhang", "password": PASSWORD}).status_code == 400
    with time_machine.travel(now + timedelta(minutes=config().lock_minutes, seconds=2)):
        assert client.post("/login/", {"username": "zhang", "password": PASSWORD}).status_code == 302


def test_another_address_and_another_case_of_the_name_do_not_get_around_the_lock(
    someone: Someone, client: Client
) -> None:
    someone()
    fail(client, times=config().lock_after)
    elsewhere = Client(REMOTE_ADDR="10.1.2.3", HTTP_USER_AGENT="another")
    for name in ("zhang", " zhang ", "zhang"):
        answer = elsewhere.post("/login/", {"username": name, "password": PASSWORD})
        assert answer.status_code == 400


def test_one_persons_mistakes_do_not_lock_the_office(someone: Someone, client: Client, enter: Enter) -> None:
    someone("zhang")
    someone("li")
    fail(client, "zhang", config().lock_after)
    assert signed_in(enter("li"))


def test_unlocking_lets_in_at_once_and_is_recorded(someone: Someone, client: Client, enter: Enter) -> None:
    account = someone()
    fail(client, times=config().lock_after)
    assert signing.unlock(account, WHO)
    assert signed_in(enter())
    assert "account.unlock" in acts()


def test_success_forgets_earlier_mistakes(someone: Someone, client: Client, enter: Enter) -> None:
    someone()
    fail(client, times=config().lock_after - 1)
    enter()
    client.post("/logout/")
    fail(client, times=config().lock_after - 1)
    assert signed_in(enter())


def test_a_disabled_account_does_not_sign_in_and_its_sessions_are_over(
    someone: Someone, client: Client, enter: Enter
) -> None:
    account = someone()
    enter()
    people.disable(account, "调离", WHO)
    assert not signed_in(client)
    assert client.post("/login/", {"username": "zhang", "password": PASSWORD}).status_code == 400


def test_an_unknown_name_takes_as_long_as_a_wrong_password(
    someone: Someone, client: Client, settings: Settings
) -> None:
    """Four tries each, alternately; a name that answered at once would take less than half as long."""
    settings.PASSWORD_HASHERS = login_settings(config())["PASSWORD_HASHERS"]
    took: dict[str, list[float]] = {"known": [], "unknown": []}
    for i in range(4):
        someone(f"known{i}")
        for kind in took:
            start = time.perf_counter()
            fail(client, f"{kind}{i}")
            took[kind].append(time.perf_counter() - start)
    known, unknown = statistics.median(took["known"]), statistics.median(took["unknown"])
    assert 0.5 < known / unknown < 2


def test_signing_in_gives_the_session_a_new_key(someone: Someone, client: Client, enter: Enter) -> None:
    """Fixation: a key that someone planted is worth nothing afterwards."""
    someone()
    session = client.session
    session["planted"] = 1
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    enter()
    assert client.cookies["sessionid"].value != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert not signed_in(thief)


def test_a_session_without_use_ends_and_the_login_page_says_why(someone: Someone, enter: Enter) -> None:
    someone()
    now = clock.now()
    with time_machine.travel(now):
        client = enter()
    with time_machine.travel(now + timedelta(minutes=config().idle_minutes - 1)):
        assert signed_in(client)
    with time_machine.travel(now + timedelta(minutes=2 * config().idle_minutes - 2)):
        assert signed_in(client), "use keeps it alive"
    with time_machine.travel(now + timedelta(minutes=3 * config().idle_minutes)):
        assert not signed_in(client)
        assert "长时间没有操作" in client.get("/login/").content.decode()
    assert SignIn.objects.get().end == SignIn.End.IDLE


def test_a_page_that_refreshes_itself_is_no_use(someone: Someone, enter: Enter) -> None:
    someone()
    now = clock.now()
    with time_machine.travel(now):
        client = enter()
    with time_machine.travel(now + timedelta(minutes=config().idle_minutes - 1)):
        client.get("/own/?part=rows", headers={"HX-Request": "true"})
    with time_machine.travel(now + timedelta(minutes=config().idle_minutes + 1)):
        assert not signed_in(client)


def test_the_oldest_of_too_many_sessions_ends(someone: Someone, enter: Enter) -> None:
    someone()
    browsers = [enter(by=Client()) for _ in range(config().sessions_at_once + 1)]
    assert [signed_in(browser) for browser in browsers] == [False] + [True] * config().sessions_at_once
    assert SignIn.objects.get(end=SignIn.End.ELSEWHERE)


def test_a_session_ended_by_its_owner_elsewhere_is_nobodys(someone: Someone, enter: Enter) -> None:
    someone()
    here, there = enter(by=Client()), enter(by=Client())
    old = SignIn.objects.order_by("id").first()
    assert old is not None
    there.post(f"/own/sessions/{old.pk}/end/")
    assert not signed_in(here) and signed_in(there)


def test_nobody_ends_the_session_of_another(someone: Someone, enter: Enter) -> None:
    someone("zhang")
    someone("li")
    enter("zhang", by=Client())
    sign_in = SignIn.objects.get()
    assert enter("li", by=Client()).post(f"/own/sessions/{sign_in.pk}/end/").status_code == 404


def test_after_login_one_is_never_sent_to_another_host(someone: Someone, client: Client) -> None:
    someone()
    for target in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        answer = client.post("/login/", {"username": "zhang", "password": PASSWORD, "next": target})
        assert answer["Location"] == "/"
        client.post("/logout/")


def test_who_is_not_signed_in_is_asked_to_and_comes_back(someone: Someone, client: Client) -> None:
    someone()
    answer = client.get("/own/?x=1")
    assert answer["Location"] == "/login/?next=%2Fown%2F%3Fx%3D1"


def test_input_without_end_is_refused_without_hashing_it(someone: Someone, client: Client) -> None:
    someone()
    start = time.perf_counter()
    answer = client.post("/login/", {"username": "z" * 1000, "password": "x" * 1_000_000})
    assert answer.status_code == 400 and time.perf_counter() - start < 0.5


def test_a_name_with_nul_is_a_wrong_name(client: Client) -> None:
    assert client.post("/login/", {"username": "zh\x00ang", "password": "x\x00"}).status_code == 400


def test_a_password_typed_into_the_field_of_the_name_does_not_stand_in_the_audit(client: Client) -> None:
    client.post("/login/", {"username": "Geheim-Wort-1", "password": "x"})
    row = AuditRow.objects.get(act="login.failed")
    assert "Geheim" not in f"{row.actor}{row.about}{row.detail}"


def test_forms_without_the_token_are_refused(someone: Someone) -> None:
    someone()
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/login/", {"username": "zhang", "password": PASSWORD}).status_code == 403


def test_an_office_behind_one_address_signs_in_all_at_once(someone: Someone, enter: Enter) -> None:
    someone()
    for _ in range(FAILURES_A_MINUTE // 6 + 2):
        enter(by=Client())
