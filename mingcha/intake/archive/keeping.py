"""What keeps a case in the live tables: each part above says so of its own (an open alert, a task, an appeal)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from mingcha.base import clock
from mingcha.intake.archive.tables import CASES
from mingcha.intake.fact_models import FACTS
from mingcha.intake.store_models import Touched
from mingcha.law.instants import instant

Keeper = Callable[[Sequence[str]], set[str]]
"""Gives those of some cases that it keeps."""

_keepers: dict[str, Keeper] = {}


def keeps(why: str) -> Callable[[Keeper], Keeper]:
    """Register what keeps cases, under the reason that people read."""

    def register(keeper: Keeper) -> Keeper:
        _keepers[why] = keeper
        return keeper

    return register


def kept(cases: Sequence[str]) -> dict[str, str]:
    """Which of some cases stay, and why (the first reason)."""
    found: dict[str, str] = {}
    for why, keeper in _keepers.items():
        for case in keeper(cases):
            found.setdefault(case, why)
    return found


def completed_in(month: str) -> list[str]:
    """The cases whose open row was completed in a month (local), by number."""
    begin = datetime.fromisoformat(f"{month}-01")
    end = begin.replace(year=begin.year + begin.month // 12, month=begin.month % 12 + 1)
    rows = FACTS[CASES]._default_manager.filter(
        seen_to=None, completed_at__gte=instant(begin), completed_at__lt=instant(end)
    )
    return list(rows.order_by("case_no").values_list("case_no", flat=True))


def is_over(month: str) -> bool:
    """Whether a month has ended."""
    return month < f"{clock.local_now():%Y-%m}"


@keeps("刚有变动,还没有判定")
def _touched(cases: Sequence[str]) -> set[str]:
    return set(Touched.objects.filter(unit="case", key__in=cases).values_list("key", flat=True))
