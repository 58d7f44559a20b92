"""Pauses (暂停): from reported rows to ordered columns, and the gaps between them.

- Pauses that start after the stop are left out; one without a start is none.
- Overlapping and touching pauses are merged by walking them in order of their start, never added.
- The day on which a pause starts counts as used, the day on which it ends does not: off are the days of (P,
  R].
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mingcha.law.instants import MISSING, SECOND, Bools, Instants, as_stop, before
from mingcha.law.rulers import NEVER, Positions, Ruler

Index = NDArray[np.intp]


@dataclass(frozen=True)
class Pauses:
    """The pauses that stand, ordered by start: clock i has rows offsets[i]:offsets[i + 1]."""

    offsets: Index
    start: Instants
    end: Instants
    """NEVER where the pause has no end."""
    open_from: Instants
    """Per clock: start of the pause that its stop left open and does not end, or NEVER."""
    reversed: Bools
    """Per clock: a pause ends before it starts."""


def standing(
    offsets: Index,
    start: Instants,
    end: Instants,
    cap_end: Instants | None,
    stop: Instants,
    ends_with_stop: Bools | None,
) -> Pauses:
    """The pauses that stand, from reported rows. `cap_end`: where a cap ends each pause, or NEVER."""
    clocks = len(offsets) - 1
    row = np.repeat(np.arange(clocks), np.diff(offsets))
    own_stop = stop[row]
    is_open = end == MISSING
    ends = np.minimum(end - 1, NEVER - 1) + 1  # MISSING - 1 wraps round to the latest instant
    if cap_end is not None:
        ends = np.where(as_stop(cap_end) < as_stop(ends), cap_end, ends)
    open_from = np.full(clocks, NEVER, dtype=np.int64)
    if is_open.any():
        stopped_in_it = is_open & before(own_stop, ends) & ~before(own_stop, start) & (start != MISSING)
        if ends_with_stop is not None:
            ends = np.where(stopped_in_it & ends_with_stop[row], own_stop, ends)
            stopped_in_it &= ~ends_with_stop[row]
        np.minimum.at(open_from, row[stopped_in_it], start[stopped_in_it])
    kept = (start != MISSING) & ~before(own_stop, start)
    if not kept.all():
        standing_rows = np.flatnonzero(kept)
        row, start, ends = row[standing_rows], start[standing_rows], ends[standing_rows]
    reversed_ = np.zeros(clocks, dtype=bool)
    reversed_[row[before(ends, start)]] = True
    offsets = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=clocks))))
    if ((start[1:] < start[:-1]) & (row[1:] == row[:-1])).any():
        order = _by_start(row, start)
        start, ends = start[order], ends[order]
    return Pauses(offsets, start, ends, open_from, reversed_)


def _by_start(row: Index, start: Instants) -> Index:
    """Order by clock and start, by one key of seconds: a stable sort is quick on rows almost in order."""
    seconds = np.clip(start // SECOND + (1 << 33), 0, (1 << 34) - 1)
    return np.argsort((row << 34) + seconds, kind="stable")


Columns = list[tuple[Positions, Positions]]


def by_count(pauses: Pauses, rows: Index) -> Index:
    """The given clocks, those with most pauses first: the k-th pauses are then those of the first clocks."""
    count = pauses.offsets[rows + 1] - pauses.offsets[rows]
    most = int(count.max(initial=0))
    return rows[np.argsort((most - count).astype(np.min_scalar_type(most)), kind="stable")]


def columns(pauses: Pauses, rows: Index, ruler: Ruler) -> Columns:
    """Column k: start and end of the k-th pause of the first clocks of `rows` (ordered by `by_count`)."""
    first = pauses.offsets[rows]
    count = pauses.offsets[rows + 1] - first
    held: Columns = []
    for k in range(int(count[0]) if len(count) else 0):
        at = first[: np.searchsorted(-count, -k)] + k
        held.append((ruler.place(pauses.start[at]), ruler.place_end(pauses.end[at])))
    return held


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
