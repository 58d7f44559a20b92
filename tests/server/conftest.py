"""Held of every request that any test here makes: what it writes, it records itself (test-plan A2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mingcha.accounts import trail

THE_NET_ITSELF = "test_trail"
ROLLED_BACK = frozenset({
    "test_of_two_supervisors_who_withdraw_one_card_at_once_one_does_and_the_other_is_told",
})  # fmt: skip
"""Tests in which a request writes and takes it back: the net sees the writing and cannot see the taking back."""


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
    monkeypatch.setattr(trail, "_SAFE", frozenset())
    yield
    assert caught == [], "wrote something and left no audit row of its own"
