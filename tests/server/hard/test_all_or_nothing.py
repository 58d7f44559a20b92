"""What belongs to one transaction is there together or not at all, wherever it breaks off (test-plan R2, A2)."""

from __future__ import annotations

import pytest

from mingcha.alerts import changing, effects, judging, store, watching
from mingcha.alerts.catching_up import catch_up
from mingcha.alerts.models import Alert, Change, DayCount, Watch
from mingcha.base import clock
from mingcha.base.models import AuditRow
from mingcha.intake.fact_models import FACTS
from mingcha.intake.store_models import Touched
from mingcha.notify.models import Message
from tests.server.alerts.conftest import Town, at, town  # noqa: F401  a fixture

RECEIVED = {"received_at": "2026-02-12 10:00"}
DUE = "2026-02-15T00:00:05"
BREAKS: dict[str, tuple[object, str]] = {
    "the watch is kept": (watching, "keep"),
    "what was touched is settled": (store, "settle"),
    "messages are written": (effects, "tell"),
    "the fact issued is written": (effects, "issue"),
    "the audit row is written": (effects, "audit"),
    "the day is counted": (changing.counting, "count"),
    "what cannot be judged is kept": (judging.reconcile.__globals__["unjudged"], "keep"),
}
"""Where judging is broken off: before this is done."""


class Killed(BaseException):
    """As sudden as the end of the process."""


def _state() -> tuple[object, ...]:
    tables = (Alert, Change, DayCount, Message, AuditRow, Touched, FACTS["issued"])
    watched = list(Watch.objects.order_by("key").values_list("unit", "key", "look_again_at"))
    return (*(table._default_manager.count() for table in tables), watched)


@pytest.mark.parametrize("place", BREAKS)
def test_judging_that_breaks_off_leaves_nothing_and_is_made_up_for_at_once(
    town: Town,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    place: str,
) -> None:
    town.report("2026-02-12T11:00:00", cases=[RECEIVED])
    before = _state()
    module, name = BREAKS[place]

    def killed(*given: object, **named: object) -> None:
        raise Killed

    with monkeypatch.context() as broken, at(DUE), pytest.raises(Killed):
        broken.setattr(module, name, killed)
        catch_up(clock.local_now())
    assert _state() == before
    town.sweep(DUE)
    assert town.history("henan-8.10") == [("raised", "warning", "2026-02-15 00:00:00")]
    assert Message.objects.filter(kind="alert.raised").count() == 1
    assert DayCount.objects.get(rule="henan-8.10").raised == 1
