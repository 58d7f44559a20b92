"""The standing folder of these tests; `cast_folders` lies one folder up."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from cast_folders import standing_city  # noqa: E402


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """See `standing_city`."""
    return standing_city(tmp_path / "city")
