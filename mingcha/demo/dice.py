"""Draws that depend on the seed, a name and a row number, and on nothing else.

A generator with a state gives every row another value as soon as rows are made in another order, in chunks
or in threads. Here a draw is a hash of (seed, name, row): SplitMix64, integer arithmetic only, so that one
seed gives the same city on any machine whatever the order of work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

_GAMMA: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)


def _mix(words: Words) -> Words:
    """The finishing steps of SplitMix64 (Steele, Lea, Flood 2014): a bijection of 64 bits. Works in place."""
    words ^= words >> np.uint64(30)
    words *= _FIRST
    words ^= words >> np.uint64(27)
    words *= _SECOND
    words ^= words >> np.uint64(31)
    return words


@dataclass(frozen=True)
class Dice:
    """All draws of one city. ``rows`` are row numbers; every draw of one name and row is the same."""

    seed: int

    def _key(self, name: str) -> int:
        return int.from_bytes(
            hashlib.blake2b(f"{self.seed}/{name}".encode(), digest_size=8).digest(), "little"
        )

    def roll(self, name: str, rows: NDArray[Any]) -> Words:
        """64 random bits a row."""
        return _mix(rows.astype(np.uint64) * _GAMMA + np.uint64(self._key(name)))

    def below(self, name: str, rows: NDArray[Any], limit: int | NDArray[Any]) -> Ints:
        """A whole number in 0..limit-1 a row; 0 where the limit is 0. Limits are less than 2**31."""
        high = (self.roll(name, rows) >> np.uint64(32)).astype(np.int64)
        return (high * limit) >> 32

    def between(self, name: str, rows: NDArray[Any], low: int, high: int) -> Ints:
        """A whole number in low..high, both included."""
        return low + self.below(name, rows, high - low + 1)

    def chance(self, name: str, rows: NDArray[Any], per_mille: int | NDArray[Any]) -> NDArray[np.bool_]:
        """True in so many of a thousand rows."""
        return np.asarray(self.below(name, rows, 1_000_000) < np.multiply(per_mille, 1000))

    def choose(self, name: str, rows: NDArray[Any], weights: Sequence[int] | Ints) -> Ints:
        """An index into ``weights`` a row, as often as its weight says."""
        bounds = np.cumsum(np.asarray(weights, dtype=np.int64))
        return np.searchsorted(bounds, self.below(name, rows, int(bounds[-1])), side="right")

    def order(self, name: str, rows: NDArray[Any], weights: Ints | None = None) -> Ints:
        """The places of ``rows`` in random order; rows of a greater weight tend to come first."""
        rolled = self.roll(name, rows) >> np.uint64(1)
        if weights is not None:
            rolled //= weights.astype(np.uint64)
        return np.argsort(rolled, kind="stable")

    def shuffled(self, name: str, count: int, chunk: int) -> Iterator[Ints]:
        """0..count-1 in random order, at most ``chunk`` at a time, without ever holding all of them.

        A bijection of the next power of two is walked through; what lies beyond ``count`` is left out.
        """
        bits = max(int(count - 1).bit_length(), 2)
        keys = _mix(np.arange(6, dtype=np.uint64) * _GAMMA + np.uint64(self._key(name)))
        for first in range(0, 1 << bits, chunk):
            places = np.arange(first, min(first + chunk, 1 << bits), dtype=np.uint64)
            found = _scattered(places, keys, bits).astype(np.int64)
            found = found[found < count]
            if len(found):
                yield found


def _scattered(places: Words, keys: Words, bits: int) -> Words:
    """A bijection of the numbers of so many bits: add, multiply by an odd number, fold the high half down."""
    mask, half = np.uint64((1 << bits) - 1), np.uint64((bits + 1) // 2)
    for add, times in keys.reshape(-1, 2):
        places = (places + add) * (times | np.uint64(1)) & mask
        places ^= places >> half
    return places
