"""A small town over the standing cast, in which time is said and facts are reported through the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from mingcha.alerts import law
from mingcha.alerts.adopting import adopt
from mingcha.alerts.catching_up import catch_up
from mingcha.alerts.models import Alert, Change, Publication
from mingcha.alerts.units import Lane
from mingcha.base import clock
from mingcha.intake import applying
from mingcha.trials.stories import with_cast

SHANGHAI = ZoneInfo("Asia/Shanghai")
HENAN = ["henan-2019"]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


@contextmanager
def at(text: str) -> Iterator[None]:
    """It is that local time, and stays so."""
    with time_machine.travel(local(text).replace(tzinfo=SHANGHAI), tick=False):
        yield


class Town:
    """What happens, when; alerts as (rule, subject, episode) -> (level, state)."""

    def __init__(self) -> None:
        self.reported = False

    def report(self, when: str, *, judged: bool = True, **tables: list[dict[str, Any]]) -> int:
        """Facts arrive; the first time with the standing cast around them."""
        with at(when):
            told = with_cast({name: [_plain(row) for row in rows] for name, rows in tables.items()})
            if self.reported:
                told = {name: rows for name, rows in told.items() if name in tables}
            self.reported = True
            rows = {name: [_sent(row) for row in part] for name, part in told.items() if part}
            number = applying.write(rows, "报送")
            if judged:
                self._judge()
        return number

    def sweep(self, when: str) -> None:
        with at(when):
            self._judge()

    def _judge(self) -> None:
        for lane in Lane:
            assert catch_up(clock.local_now(), lane)

    def alerts(self, rule: str = "") -> dict[tuple[str, str, int], tuple[str, str]]:
        rows = Alert.objects.filter(rule=rule) if rule else Alert.objects.all()
        return {(a.rule, a.subject, a.episode): (a.level, a.state) for a in rows}

    def one(self, rule: str, episode: int = 1) -> Alert:
        return Alert.objects.get(rule=rule, episode=episode)

    def history(self, rule: str, episode: int = 1) -> list[tuple[str, str, str]]:
        """(kind, level, lawful moment) of every change."""
        rows = Change.objects.filter(alert__rule=rule, alert__episode=episode).order_by("no")
        return [(row.kind, row.level, str(row.lawful_at)) for row in rows]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "withdrawn"} | (
        {"withdrawn": True} if row.get("withdrawn") else {}
    )


def _sent(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("reported_at", "source_version")}


@pytest.fixture
def town(transactional_db: None) -> Iterator[Town]:
    law.forget()
    with at("2026-01-05T08:00:00"):
        adopt(HENAN, "领导小组", "试运行")
    yield Town()
    Publication.objects.all()
    law.forget()
