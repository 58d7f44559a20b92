"""The town of the pages' tests, and the people who work on a complaint in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mingcha.accounts.acts import By
from mingcha.complaints.registering import Registered, Report, register
from tests.server.pages.conftest import city, enter, judged, quick_hashes, served_city  # noqa: F401  fixtures

SUN, ZHOU, LI = By("sun", "10.0.0.1"), By("zhou"), By("li")
"""Two supervisors and a liaison."""
TEXT = "承诺五天办完,过了两个星期还没有消息"


@pytest.fixture
def filed(city: None) -> Callable[..., Registered]:  # noqa: F811
    def make(by: By = SUN, **given: object) -> Registered:
        told = {"source": "phone", "topic": "late", "text": TEXT, "case_no": "BJ2", **given}
        return register(Report(**told), by)  # type: ignore[arg-type]

    return make
