"""An installation of its own for a test that writes keys."""

from __future__ import annotations

import pytest

from mingcha.base import keys, sealing, tokens
from mingcha.base.config import config


def forget() -> None:
    """What this process remembers of its keys."""
    keys.folder.cache_clear()
    keys.audit_key.cache_clear()
    tokens._keyed.cache_clear()
    sealing._algorithms.clear()
    sealing._latest = (0, sealing._latest[1])


@pytest.fixture
def own_home(tmp_path, monkeypatch):
    """A home with no keys yet."""
    monkeypatch.setattr(config(), "home", tmp_path)
    forget()
    yield tmp_path
    forget()
