"""After an outage it makes no difference which of the jobs that judge comes first (test-plan R2, R9)."""

from __future__ import annotations

import pytest

from mingcha.alerts import catching_up, sweep  # noqa: F401  their jobs
from mingcha.alerts.units import Lane
from mingcha.base import clock, jobs
from mingcha.base.models import Job
from tests.server.alerts.conftest import Town, at, town  # noqa: F401  a fixture

RULE = "henan-8.10"
BACK = "2026-03-05T09:00:00"


@pytest.mark.parametrize("judged", [True, False], ids=["", "before the first load was judged"])
@pytest.mark.parametrize("kind", ["alerts.everything", "alerts.sweep"])
def test_whichever_job_judges_first_after_an_outage_cards_are_issued_at_their_lawful_moments(
    town: Town,  # noqa: F811
    kind: str,
    judged: bool,
) -> None:
    town.report("2026-02-12T11:00:00", judged=judged, cases=[{"received_at": "2026-02-12 10:00"}])
    with at(BACK):
        Job.objects.all().delete()
        jobs.put(kind, kind)
        assert jobs.work_once()
        assert Job.objects.get(kind=kind).last_error == ""
    assert town.history(RULE) == [
        ("raised", "warning", "2026-02-15 00:00:00"),
        ("risen", "red", "2026-02-27 00:00:00"),
    ]
    assert str(town.one(RULE).issued_at) == "2026-02-15 00:00:00"
    with at(BACK):
        for lane in Lane:
            assert catching_up.catch_up(clock.local_now(), lane)
    assert len(town.history(RULE)) == 2
