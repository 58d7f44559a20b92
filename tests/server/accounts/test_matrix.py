"""Role x address: every cell as declared, and no address without a declaration (test-plan S1, S2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from django.http import HttpResponse
from django.test import Client

from mingcha.accounts.models import Account, Grant, Role
from mingcha.accounts.policies import POLICIES, PUBLIC, TOKEN
from mingcha.accounts.policy import may
from mingcha.api.keys import OFFERED, digest
from mingcha.api.models import ApiKey
from mingcha.base import clock
from mingcha.base.config import config
from tests.server.accounts.addresses import API, Address, operations, pages

pytestmark = pytest.mark.one_database

REGION = "410105000000"
DECLARED = {*POLICIES, PUBLIC, TOKEN}


def test_every_page_declares_its_policy() -> None:
    assert [str(page) for page in pages() if page.policy not in DECLARED] == []


def test_every_operation_of_the_api_declares_its_policy() -> None:
    found = operations()
    assert found, "the API has operations"
    assert [str(operation) for operation in found if operation.policy not in POLICIES] == []


def test_nothing_of_the_api_stands_outside_its_table() -> None:
    """A plain view under the API's address would escape the test above."""
    assert [str(page) for page in pages() if page.route.startswith(API) and page.policy not in DECLARED] == []


@pytest.fixture(autouse=True)
def no_second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config(), "second_factor", [])


_number = count()


def caller() -> Client:
    """A browser at an address of its own: the limit of requests an address has is not what is tested."""
    n = next(_number)
    return Client(REMOTE_ADDR=f"10.{n // 62500}.{n // 250 % 250}.{n % 250 + 1}")


def someone(role: Role | None) -> Account:
    account = Account.objects.create(username=str(role), name=str(role))
    if role:
        Grant.objects.create(account=account, role=role, region_code=REGION, granted_by="test")
    return account


GUARDED = [page for page in pages() if page.policy in POLICIES]


def _to_the_login(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/login/?next=")


def cells(browser: Client, account: Account | None, page: Address) -> Iterator[str]:
    """What became of reading and of writing: the status, "refused" by the policy, or "login".

    405 is left out: the address does not know that method.
    """
    for method in ("GET", "POST"):
        answer = browser.generic(method, page.url)
        if account and _to_the_login(answer):  # what was asked before has ended the session
            browser.force_login(account)
            answer = browser.generic(method, page.url)
        said = str(answer.context["exception"]) if answer.status_code == 403 and answer.context else ""
        if answer.status_code == 302 and answer["Location"].startswith("/login/?next="):
            yield "login"
        elif f"没有“{POLICIES[page.policy].label}”的权限" in said:
            yield "refused"
        elif answer.status_code != 405:
            yield str(answer.status_code)


@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.django_db
def test_every_page_admits_a_role_exactly_where_its_policy_does(role: Role | None) -> None:
    browser, account, wrong, seen = caller(), someone(role), list[tuple[str, str]](), 0
    for page in GUARDED:
        admitted = may(account, page.policy)
        for cell in cells(browser, account, page):
            seen += 1
            if (cell == "refused") == admitted or cell in ("login", "500"):
                wrong.append((str(page), cell))
    assert wrong == []
    assert seen >= len(GUARDED)


@pytest.mark.parametrize("page", GUARDED, ids=str)
@pytest.mark.django_db
def test_a_page_sends_who_is_not_signed_in_to_the_login_page(page: Address) -> None:
    assert set(cells(caller(), None, page)) == {"login"}


@pytest.mark.parametrize("operation", operations(), ids=str)
@pytest.mark.django_db
def test_an_operation_of_the_api_answers_401_without_a_key(operation: Address) -> None:
    for method in operation.methods:
        answer = caller().generic(method, operation.url, content_type="application/json")
        assert answer.status_code == 401, answer.content


@pytest.mark.django_db
def test_a_session_of_the_pages_is_no_key_of_the_api() -> None:
    """Else the form of another site could use it."""
    account = someone(Role.SUPERVISOR)
    for operation in operations():
        for method in operation.methods:
            browser = caller()
            browser.force_login(account)
            answer = browser.generic(method, operation.url, content_type="application/json")
            assert answer.status_code == 401, str(operation)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.django_db
def test_a_key_reaches_what_both_its_account_and_itself_may(role: Role) -> None:
    account = someone(role)
    for operation in operations():
        if operation.policy not in OFFERED or "submit" in operation.route:
            continue
        for policies in ([operation.policy], []):
            text = f"mck_{role}-{operation}-{len(policies)}"
            ApiKey.objects.create(
                account=account, name="test", hint="test", digest=digest(text), policies=policies, made_by="test",
                made_at=clock.now(), expires_at=clock.now() + timedelta(days=1),
            )  # fmt: skip
            admitted = bool(policies) and may(account, operation.policy)
            for method in operation.methods:
                answer = caller().generic(
                    method,
                    operation.url,
                    "{}",
                    "application/json",
                    headers={"Authorization": f"Bearer {text}"},
                )
                refused = answer.status_code == 403 and "没有“" in answer.content.decode()
                # What is asked wrongly may be told first; nothing is read before the policy.
                assert refused != admitted or answer.status_code == 422, (str(operation), answer.content)
                assert answer.status_code != 500
