"""Whoever asks for the pages: somebody with a role, and what the answer says."""

from __future__ import annotations

from typing import Any

from django.test import Client

from mingcha.accounts.models import Account, Grant
from mingcha.base import clock


def person(role: str, agency: str = "", name: str = "周明") -> Client:
    """Somebody signed in with a role in an agency."""
    account = Account.objects.create(
        username=f"u{Account.objects.count()}", name=name, password_changed_at=clock.now()
    )
    Grant.objects.create(account=account, role=role, agency_code=agency, granted_by="test")
    client = Client()
    client.force_login(account, "django.contrib.auth.backends.ModelBackend")
    return client


def text(answer: Any, status: int = 200) -> str:
    """What an answer says, which has to have that status."""
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()
