"""Pauses (暂停): from reported rows to ordered columns, and the gaps between them.

- Pauses that start after the stop are left out; one without a start is none.
- Overlapping and touching pauses are merged by walking them in order of their start, never added.
- The day on which a pause starts counts as used, the day on which it ends does not: off are the days of (P, R].
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mingcha.law.instants import MISSING, Bools, Instants, as_stop, before
from mingcha.law.rulers import NEVER, Positions, Ruler

Index = NDArray[np.intp]


@dataclass(frozen=True)
class Pauses:
    """The pauses that stand for each of n clocks, ordered by start: clock i has rows offsets[i]:offsets[i + 1]."""

    offsets: Index
    start: Instants
    end: Instants
    """NEVER where the pause has no end."""
    open_from: Instants
    """Per clock: start of the pause that stood open when it stopped and that its stop does not end; else NEVER."""
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
    """The pauses that stand, from reported rows. `cap_end`: where a cap ends each pause, NEVER where there is none."""
    clocks = len(offsets) - 1
    row = np.repeat(np.arange(clocks), np.diff(offsets))
    own_stop = stop[row]
    is_open = end == MISSING
    ends = np.where(is_open, NEVER, end)
    if cap_end is not None:
        ends = np.where(as_stop(cap_end) < as_stop(ends), cap_end, ends)
    stopped_in_it = is_open & (own_stop != MISSING) & before(own_stop, ends)
    if ends_with_stop is not None:
        ends = np.where(stopped_in_it & ends_with_stop[row], own_stop, ends)
        stopped_in_it &= ~ends_with_stop[row]
    kept = (start != MISSING) & ~before(own_stop, start)
    backwards = kept & before(ends, start)
    if not kept.all():
        row, start, ends = row[kept], start[kept], ends[kept]
        stopped_in_it, backwards = stopped_in_it[kept], backwards[kept]
    unordered = (start[1:] < start[:-1]) & (row[1:] == row[:-1])
    offsets = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=clocks))))
    open_from = np.full(clocks, NEVER, dtype=np.int64)
    np.minimum.at(open_from, row[stopped_in_it], start[stopped_in_it])
    reversed_ = np.zeros(clocks, dtype=bool)
    reversed_[row[backwards]] = True
    if unordered.any():
        order = np.lexsort((start, row))
        start, ends = start[order], ends[order]
    return Pauses(offsets, start, ends, open_from, reversed_)


Columns = list[tuple[Positions, Positions]]


def by_count(pauses: Pauses, rows: Index) -> Index:
    """The given clocks, those with most pauses first, so that the k-th pauses are always those of the first clocks."""
    count = pauses.offsets[rows + 1] - pauses.offsets[rows]
    return rows[np.argsort(-count.astype(np.int32), kind="stable")]


def columns(pauses: Pauses, rows: Index, ruler: Ruler) -> Columns:
    """Column k holds start and end of the k-th pause of the first clocks of `rows` (ordered by `by_count`)."""
    first = pauses.offsets[rows]
    count = pauses.offsets[rows + 1] - first
    held: Columns = []
    for k in range(int(count[0]) if len(count) else 0):
        at = first[: np.searchsorted(-count, -k)] + k
        held.append((ruler.place(pauses.start[at]), ruler.place_end(pauses.end[at])))
    return held


@dataclass(frozen=True)
class Gap:
    """Between pauses, for the first clocks of a group: positions d with `begin` <= d < `pause` are not paused."""

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
    """The gaps of every clock from `begin` on, in order; the k-th gap concerns the clocks with at least k pauses."""
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
        last_end = np.where(overnight, np.maximum(last_end, end), last_end)
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
