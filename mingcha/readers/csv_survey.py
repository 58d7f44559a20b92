"""A look over a CSV file before it is read: is it strictly well formed (RFC 4180), and how long is its
longest record?

A strictly well-formed file means the same to every parser, so the fast one may read it. Anything else goes to
the careful one, which names each bad row. All marks that matter are ASCII and never part of a UTF-8 letter,
so bytes are enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

BLOCK = 1 << 21
QUOTE, COMMA, LF, CR = 34, 44, 10, 13

Bytes = npt.NDArray[np.uint8]


@dataclass
class Survey:
    """What the survey found."""

    well_formed: bool = True
    quoted: bool = False
    longest: int = 0


@dataclass
class _State:
    """What has to be known at the edge between two blocks."""

    inside: bool = False  # an odd number of quotes so far
    last: int = LF
    since: int = 0  # bytes since the last end of a record


def survey(path: Path) -> Survey:
    """Survey a whole UTF-8 file in one pass and bounded memory; gives up as soon as it is known to be ill
    formed."""
    found, state = Survey(), _State()
    with path.open("rb") as file:
        block = file.read(BLOCK)
        block = block.removeprefix(b"\xef\xbb\xbf")
        while block:
            following = file.read(BLOCK)
            after = following[0] if following else LF
            _look(np.frombuffer(block, np.uint8), after, state, found)
            if not found.well_formed:
                return found
            block = following
    found.longest = max(found.longest, state.since)
    found.well_formed = not state.inside
    return found


def _look(data: Bytes, after: int, state: _State, found: Survey) -> None:
    quotes = np.flatnonzero(data == QUOTE)
    ends = np.flatnonzero((data == LF) | (data == CR))
    if len(quotes):
        found.quoted = True
        found.well_formed = _quotes_fit(data, quotes, after, state)
        closed = (np.searchsorted(quotes, ends) + state.inside) % 2 == 0
        ends = ends[closed]
        state.inside ^= bool(len(quotes) % 2)
    elif state.inside:
        ends = ends[:0]
    if len(ends):
        gaps = np.diff(ends, prepend=-1 - state.since)
        found.longest = max(found.longest, int(gaps.max()))
        state.since = len(data) - int(ends[-1]) - 1
    else:
        state.since += len(data)
    state.last = int(data[-1])


def _quotes_fit(data: Bytes, quotes: npt.NDArray[np.int64], after: int, state: _State) -> bool:
    """Whether each opening quote starts a field and each closing one ends it; a doubled quote closes and
    opens again."""
    before = np.where(quotes > 0, data[quotes - 1], state.last)
    padded = np.append(data, np.uint8(after))
    following = padded[quotes + 1]
    closing = (np.arange(len(quotes)) + state.inside) % 2 == 1
    starts = (before == COMMA) | (before == LF) | (before == CR) | (before == QUOTE)
    stops = (following == COMMA) | (following == LF) | (following == CR) | (following == QUOTE)
    return bool((stops | ~closing).all() and (starts | closing).all())
