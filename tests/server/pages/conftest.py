"""A town with two districts in which things have gone wrong, out of the store and the judge; and who looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from mingcha.accounts import places
from mingcha.accounts.models import Account, Grant, Role
from mingcha.alerts import law
from mingcha.alerts.adopting import adopt
from mingcha.base import clock
from tests.server.alerts.conftest import HENAN, SHANGHAI, Town, at

NOW = "2026-03-05T10:00:00"
HERE, THERE = "410105000000", "410102000000"
OURS, THEIRS = "11410105MB0000019A", "11410102MB0000025R"
PAYLOAD = """<img src=x onerror="window.pwned=1">'"><script>window.pwned=1</script>"""
"""Put into every text that somebody may report."""

LATE = {
    "received_at": "2026-02-02 09:00",
    "opinion": "accept",
    "opinion_at": "2026-02-02 10:00",
    "accepted_at": "2026-02-02 10:00",
}


def _cases() -> list[dict[str, object]]:
    silent = {"received_at": "2026-02-12 10:00"}
    person = {
        "applicant_name": f"张三{PAYLOAD}",
        "applicant_id_type": "111",
        "applicant_id": "410105199001010015",
        "contact_phone": "13800138000",
    }
    return [
        {**silent, "case_no": "BJ1"},
        {**LATE, **person, "case_no": "BJ2", "source_system": PAYLOAD, "reject_reason": PAYLOAD},
        {**silent, "case_no": "BJ3", "region_code": THERE, "agency_code": THEIRS},
        {"received_at": "2026-03-05 09:00", "case_no": f"BJ4/{PAYLOAD[:28]}"},
    ]


def build(packs: list[str] = HENAN) -> None:
    """Report everything at `NOW` and judge it by these packs. Takes a second or two."""
    law.forget()
    with at("2026-01-05T08:00:00"):
        adopt(packs, "领导小组", "试运行")
    town = Town()
    town.report(
        NOW,
        regions=[
            {"code": "410100000000", "name": "郑州市", "level": "city"},
            {"code": HERE, "name": f"金水区{PAYLOAD}", "level": "county", "parent_code": "410100000000"},
            {"code": THERE, "name": "中原区", "level": "county", "parent_code": "410100000000"},
        ],
        agencies=[
            {"code": OURS, "name": f"金水区示例局{PAYLOAD}", "region_code": HERE},
            {"code": THEIRS, "name": "中原区示例局", "region_code": THERE},
        ],
        items=[{"name": f"示例许可证核发{PAYLOAD}"}],
        cases=_cases(),
        steps=[
            {
                "case_no": "BJ2",
                "seq": 1,
                "name": f"受理{PAYLOAD}",
                "started_at": "2026-02-02 09:30",
                "finished_at": "2026-02-02 10:00",
            },
            {"case_no": "BJ2", "seq": 2, "name": "审查", "started_at": "2026-02-03 09:00"},
        ],
        corrections=[
            {
                "case_no": "BJ2",
                "notice_no": f"BZ{PAYLOAD[:20]}",
                "needed_at": "2026-02-04 09:00",
                "notified_at": "2026-02-04 09:30",
                "supplied_at": "2026-02-05 09:30",
                "confirmed_at": "2026-02-05 10:00",
            }
        ],
    )


def forget() -> None:
    """What this process remembers of a store that is another now."""
    law.forget()
    cache.clear()
    places._kept = None


@contextmanager
def now() -> Iterator[None]:
    """It is `NOW`, and time goes on."""
    forget()
    with time_machine.travel(datetime.fromisoformat(NOW).replace(tzinfo=SHANGHAI), tick=True):
        yield


@pytest.fixture(scope="module")
def judged(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The town in the store, once for a module: every test is rolled back."""
    with django_db_blocker.unblock():
        forget()
        build()
    yield
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)
        forget()


@pytest.fixture
def city(judged: None, db: None) -> Iterator[None]:
    """Judged up to `NOW`; it stays about `NOW` for the test."""
    with now():
        yield


@pytest.fixture
def served_city(transactional_db: None) -> Iterator[None]:
    """The same for tests with a server of their own: what they change is seen by it."""
    call_command("flush", verbosity=0, interactive=False)  # a module's town may stand there still
    forget()
    build()
    with now():
        yield
    forget()


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def enter(db: None) -> Callable[..., Client]:
    """A browser of somebody with a role, at once signed in."""

    def go(role: Role = Role.SUPERVISOR, region: str = "", agency: str = "", name: str = "周明") -> Client:
        account = Account.objects.create(
            username=f"u{Account.objects.count()}", name=name, password_changed_at=clock.now()
        )
        Grant.objects.create(
            account=account, role=role, region_code=region, agency_code=agency, granted_by="test"
        )
        client = Client()
        client.force_login(account, "django.contrib.auth.backends.ModelBackend")
        return client

    return go
