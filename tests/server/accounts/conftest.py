"""People of the tests of signing in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from mingcha.accounts import passwords, people, places
from mingcha.accounts.acts import By
from mingcha.accounts.models import Account, Grant, Role
from mingcha.api import limits

PASSWORD = "Qing-Lang-2026"
WHO = By("test", "127.0.0.1")


@pytest.fixture(autouse=True)
def forget_the_trees() -> None:
    places._kept = None


@pytest.fixture(autouse=True)
def forget_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one address may ask is counted in the process; other tests test that."""
    for buckets in ("_failed", "_by_address"):
        monkeypatch.setattr(limits, buckets, limits.Buckets())


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> None:
    """A real hash costs a third of a second."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def someone(db: None) -> Callable[..., Account]:
    """Makes an account that has chosen its password, with a role where one is named."""

    def make(
        username: str = "zhang", role: Role | None = None, region: str = "", agency: str = ""
    ) -> Account:
        account, _ = people.create(username, "张三", WHO)
        passwords.change(account, PASSWORD, WHO)
        if role:
            Grant.objects.create(
                account=account, role=role, region_code=region, agency_code=agency, granted_by="test"
            )
        return Account.objects.get(pk=account.pk)

    return make


@pytest.fixture
def enter(client: Client) -> Callable[..., Client]:
    """Signs in over the login page."""

    def go(username: str = "zhang", password: str = PASSWORD, by: Client | None = None) -> Client:
        browser = by or client
        answer = browser.post("/login/", {"username": username, "password": password})
        assert answer.status_code == 302, answer.content.decode()
        return browser

    return go
