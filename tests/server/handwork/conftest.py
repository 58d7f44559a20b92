"""The town of the pages, with what people have to look into by hand: two notices that were needed and never sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker

from mingcha.accounts.models import Account, Grant, Role
from mingcha.alerts.models import Task
from mingcha.base import clock
from mingcha.base.config import config
from tests.server.alerts.conftest import Town
from tests.server.pages.conftest import NOW, PAYLOAD, THEIRS, THERE, enter, forget, now, quick_hashes
from tests.server.pages.conftest import build as build_town

__all__ = ["enter", "quick_hashes"]

LEAD = "henan-8.2a"
PACKS = ["henan-2019", "zhengzhou-2021"]


def build() -> None:
    build_town(PACKS)
    town = Town()
    town.reported = True
    town.report(
        NOW,
        cases=[
            {"case_no": "BJ6", "received_at": "2026-02-12 10:00"},
            {
                "case_no": "BJ7",
                "received_at": "2026-02-12 10:00",
                "region_code": THERE,
                "agency_code": THEIRS,
            },
        ],
        corrections=[
            {"case_no": "BJ6", "notice_no": f"BZ6{PAYLOAD[:20]}", "needed_at": "2026-02-13 09:00"},
            {"case_no": "BJ7", "notice_no": "BZ7", "needed_at": "2026-02-13 09:00"},
        ],
    )


@pytest.fixture(autouse=True)
def no_second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Administrators would be sent to set it up before anything else."""
    monkeypatch.setattr(config(), "second_factor", [])


@pytest.fixture(scope="module")
def judged(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        forget()
        build()
    yield
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)
        forget()


@pytest.fixture
def city(judged: None, db: None) -> Iterator[None]:
    with now():
        yield


@pytest.fixture
def served_city(transactional_db: None) -> Iterator[None]:
    call_command("flush", verbosity=0, interactive=False)  # a module's town may stand there still
    forget()
    build()
    with now():
        yield
    forget()


@pytest.fixture
def task(city: None) -> Task:
    """Nobody has it yet."""
    return Task.objects.get(alert__case_no="BJ6", alert__rule=LEAD)


@pytest.fixture
def colleague(city: None) -> Account:
    """Another supervisor of the whole city."""
    made = Account.objects.create(username="liu", name="刘强", password_changed_at=clock.now())
    Grant.objects.create(
        account=made, role=Role.SUPERVISOR, region_code="", agency_code="", granted_by="test"
    )
    return made
