"""One judge a lane at a time, as there is one applier: two judgements of one unit cannot overtake each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from mingcha.alerts.units import Lane
from mingcha.base.locks import Lock, one_at_a_time

_JUDGES: Final = {Lane.CASES: Lock.JUDGE_OF_CASES, Lane.OTHERS: Lock.JUDGE_OF_OTHERS}


@contextmanager
def every_judge() -> Iterator[None]:
    """Both lanes, as soon as they are free: for what judges everything."""
    with one_judge(Lane.CASES, wait=True), one_judge(Lane.OTHERS, wait=True):
        yield


def one_judge(lane: Lane, *, wait: bool = False) -> AbstractContextManager[bool]:
    """Whether this process may judge now; False at once where another does, unless it is to wait."""
    return one_at_a_time(_JUDGES[lane], wait=wait)
