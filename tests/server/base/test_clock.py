"""The one clock of the server."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mingcha.base import clock


def test_a_clock_that_is_set_back_runs_on_from_there_and_is_right_again_afterwards() -> None:
    then, before = datetime(2026, 10, 27, 9), clock.now()
    with pytest.raises(RuntimeError), clock.set_back(then):
        assert then <= clock.local_now() <= clock.local_now() < then + timedelta(minutes=1)
        raise RuntimeError
    assert before <= clock.now() < before + timedelta(minutes=1)
