"""The small town of the alerts, with an abnormal case in it, and the people who work on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mingcha.accounts.acts import By
from mingcha.alerts.models import Alert
from mingcha.casework.proofs import Kept, keep
from tests.server.alerts.conftest import Town, town

__all__ = ["AGENCY", "LI", "MA", "SUN", "ZHOU", "proof", "red", "town"]

SUN, LI, ZHOU, MA = By("sun"), By("li"), By("zhou"), By("ma")
"""A supervisor; a liaison; another supervisor; the leader."""
AGENCY = "11410105MB0000019A"
RULE = "henan-8.10"


@pytest.fixture
def red(town: Town) -> Iterator[Alert]:
    """A case without an opinion for so long that its card is red."""
    town.report("2026-02-12T11:00:00", cases=[{"received_at": "2026-02-12 10:00"}])
    town.sweep("2026-02-27T00:00:05")
    yield town.one(RULE)


@pytest.fixture
def proof(tmp_path: object) -> Kept:
    return keep("整改照片.jpg", [b"\xff\xd8 photo"], "li")
