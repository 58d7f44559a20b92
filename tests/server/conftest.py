"""Held of every request that any test here makes: what it writes, it records itself (test-plan A2)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from mingcha.accounts import trail
from tests.server.postgres import own_server

THE_NET_ITSELF = "test_trail"
ROLLED_BACK = frozenset({
    "test_of_two_supervisors_who_withdraw_one_card_at_once_one_does_and_the_other_is_told",
})  # fmt: skip
"""Tests in which a request takes back a whole transaction: the net sees the writing, not the taking back."""
_SAVEPOINT = re.compile(r'(ROLLBACK TO )?SAVEPOINT "?(\w+)')


class _Kept(trail._Watch):
    """What a request writes and does not take back: a test's own transaction makes savepoints of those in it."""

    def __init__(self) -> None:
        super().__init__()
        self.before: dict[str, set[str]] = {}

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if named := _SAVEPOINT.match(sql):
            if named[1]:
                self.tables = set(self.before.get(named[2], ()))
            else:
                self.before[named[2]] = set(self.tables)
        return super().__call__(execute, sql, params, many, context)


@pytest.fixture(scope="session")
def foreign() -> Iterator[str]:
    """Address of the other side's PostgreSQL: the server of `MINGCHA_TEST_PG`, or one started for the run."""
    if address := os.environ.get("MINGCHA_TEST_PG"):
        yield address
        return
    with own_server() as server:
        yield server.get_uri()


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> None:
    """What pages keep for a minute is of another test's store."""
    cache.clear()


@pytest.fixture(autouse=True)
def every_write_is_recorded_by_its_act(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The net under all acts (`accounts.trail`) catches nothing, whatever the method of the request."""
    if request.node.path.stem == THE_NET_ITSELF or request.node.originalname in ROLLED_BACK:
        yield
        return
    caught: list[str] = []
    true = trail.by

    def by(told: Any) -> Any:
        caught.append(f"{told.method} {told.path}")
        return true(told)

    monkeypatch.setattr(trail, "by", by)
    monkeypatch.setattr(trail, "_Watch", _Kept)
    monkeypatch.setattr(trail, "_SAFE", frozenset())
    yield
    assert caught == [], "wrote something and left no audit row of its own"
