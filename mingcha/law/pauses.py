"""Pauses (暂停): from reported rows to ordered columns, and the gaps between them.

- Pauses that start after the stop are left out; one without a start is none.
- Overlapping and touching pauses are merged by walking them in order of their start, never added.
- The day on which a pause starts counts as used, the day on which it ends does not: off are the days of
  (P, R].
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from mingcha.law.instants import MISSING, Bools, Instants, as_stop, before
from mingcha.law.rulers import NEVER, Positions, Ruler

Index = NDArray[np.intp]
Columns = list[tuple[Positions, Positions]]
"""Column k: start and end of the k-th pause of the first clocks of a group, in order of the start."""

MANY: Final = 8
"""Clocks with more pauses than this are sorted by row."""


@dataclass(frozen=True)
class Pauses:
    """Pauses as reported: clock i has rows offsets[i]:offsets[i + 1], in any order."""

    offsets: NDArray[np.int64]
    start: Instants
    end: Instants
    """MISSING where the pause has no end."""
    cap_end: Instants | None
    """Where a cap ends each pause, NEVER where there is none."""


@dataclass(frozen=True)
class Standing:
    """The pauses that stand for some clocks, and what is wrong with them."""

    columns: Columns
    open_start: Instants
    """Per clock the start of its pause without an end, NEVER if there is none."""
    open_at_stop: Instants
    """Per clock the start of a pause that its stop left open and does not end, NEVER if there is none."""
    reversed: Bools
    """Per clock: a pause ends before it starts."""


def by_count(pauses: Pauses, rows: Index) -> Index:
    """The given clocks, those with most pauses first: the k-th pauses are then those of the first clocks."""
    count = pauses.offsets[rows + 1] - pauses.offsets[rows]
    most = int(count.max(initial=0))
    return rows[np.argsort((most - count).astype(np.min_scalar_type(most)), kind="stable")]


def standing(
    pauses: Pauses, rows: Index, stop: Instants, ends_with_stop: Bools | None, ruler: Ruler
) -> Standing:
    """The pauses that stand for the clocks `rows` (ordered by `by_count`), placed on a ruler."""
    first = pauses.offsets[rows]
    count = pauses.offsets[rows + 1] - first
    never = np.full(len(rows), NEVER, dtype=np.int64)
    held = Standing([], never, never.copy(), np.zeros(len(rows), dtype=bool))
    for k in range(int(count.max(initial=0))):
        size = int(np.searchsorted(-count, -k))
        at = first[:size] + k
        begun, stopped = pauses.start[at], stop[:size]
        ended = _ends(pauses, at, stopped, None if ends_with_stop is None else ends_with_stop[:size], held)
        left_out = before(stopped, begun) | (begun == MISSING)
        np.logical_or(held.reversed[:size], before(ended, begun) & ~left_out, out=held.reversed[:size])
        # what is left out lies behind all time and takes nothing off; cheaper than to close up the columns
        gone = np.multiply(left_out, NEVER, dtype=np.int64)
        begun, ended = np.maximum(begun, gone), np.maximum(ended, gone)
        if (ended >= NEVER).any():
            opened = np.where(ended >= NEVER, begun, NEVER)
            np.minimum(held.open_start[:size], opened, out=held.open_start[:size])
        held.columns.append((ruler.place(begun), ruler.place_end(ended)))
    _put_in_order(held.columns)
    return held


def _ends(
    pauses: Pauses, at: Index, stop: Instants, ends_with_stop: Bools | None, held: Standing
) -> Instants:
    """Where the pauses `at` end, NEVER for an open one; notes those left open at the stop."""
    end, start = pauses.end[at], pauses.start[at]
    ended = np.minimum(end - 1, NEVER - 1) + 1  # MISSING - 1 wraps round to the latest instant of all
    if pauses.cap_end is not None:
        cap = pauses.cap_end[at]
        ended = np.where(as_stop(cap) < as_stop(ended), cap, ended)
    is_open = end == MISSING
    if is_open.any():
        hanging = is_open & before(stop, ended) & ~before(stop, start) & (start != MISSING)
        if ends_with_stop is not None:
            ended = np.where(hanging & ends_with_stop, stop, ended)
            hanging &= ~ends_with_stop
        noted = held.open_at_stop[: len(at)]
        np.minimum(noted, np.where(hanging, start, NEVER), out=noted)
    return ended


def _put_in_order(columns: Columns) -> None:
    """Order each clock's pauses by start, starts and ends each for themselves.

    The days covered stay the same: whichever start is paired with whichever end, as many pauses have begun
    and as many have ended by any day; and the smaller start never lies behind the smaller end.
    """
    if len(columns) > MANY:
        _sort_the_long(columns)
    unordered = True
    while unordered:
        unordered = False
        for k in range(len(columns) - 1):
            (start, end), (next_start, next_end) = columns[k], columns[k + 1]
            size = len(next_start)
            if (next_start < start[:size]).any():
                unordered = True
                columns[k + 1] = np.maximum(start[:size], next_start), np.maximum(end[:size], next_end)
                start[:size], end[:size] = (
                    np.minimum(start[:size], next_start),
                    np.minimum(end[:size], next_end),
                )


def _sort_the_long(columns: Columns) -> None:
    """Sort the pauses of the clocks that have many; exchanging neighbours would take long there."""
    clocks = len(columns[MANY][0])
    for side in (0, 1):
        table = np.full((clocks, len(columns)), np.iinfo(np.int64).max)
        for k, column in enumerate(columns):
            table[: len(column[side]), k] = column[side][:clocks]
        table.sort(axis=1)
        for k, column in enumerate(columns):
            column[side][:clocks] = table[: len(column[side]), k]


@dataclass(frozen=True)
class Gap:
    """Between pauses, for the first clocks of a group: `begin` <= d < `pause` are not paused."""

    begin: Positions
    pause: Positions | None
    """Where the next pause starts, `ruler.never` if there is none; None: no clock of the group has one."""
    resume: Positions | None
    """Where that next pause ends."""
    off: Any
    """What the pauses before took off."""
    last_end: Positions | None
    """End of the latest pause over a midnight before; no level begins on a day between two such pauses."""


def gaps(ruler: Ruler, begin: Positions, held: Columns) -> Iterator[Gap]:
    """The gaps of every clock from `begin` on, in order; the k-th is of the clocks with at least k pauses."""
    if not held:
        yield Gap(begin, None, None, 0, None)
        return
    off = np.zeros_like(begin)
    last_end = np.full_like(begin, -1)
    for start, end in [*held, (begin[:0], begin[:0])]:
        pause = np.full_like(begin, ruler.never)
        resume = pause.copy()
        pause[: len(start)], resume[: len(start)] = start, end
        yield Gap(begin, pause, resume, off, last_end)
        size = len(start)
        begin, off, last_end = begin[:size], off[:size], last_end[:size]
        low = np.maximum(start, begin)
        high = np.maximum(end, low)
        off = off + ruler.used(high) - ruler.used(low)
        overnight = ruler.day(end) > ruler.day(start)
        last_end = np.maximum(last_end, end * overnight)
        begin = high


def taken_off(ruler: Ruler, begin: Positions, until: Positions, held: Columns) -> Positions:
    """What the pauses took off between `begin` and `until`."""
    off = np.zeros_like(begin)
    covered = begin
    for start, end in held:
        size = len(start)
        low = np.maximum(start, covered[:size])
        high = np.maximum(end, low)
        till = until[:size]
        off[:size] += ruler.used(np.minimum(high, till)) - ruler.used(np.minimum(low, till))
        covered = high
    return off
