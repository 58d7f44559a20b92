"""Merkle trees after RFC 6962, section 2.1, with SM3: the root of a list, and the path that leads from an entry to it.

A leaf is hashed with 0x00 before it and a node with 0x01, so that neither passes for the other.
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives import hashes


def sm3(data: bytes) -> bytes:
    """SM3 (GB/T 32905-2016), 32 bytes."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def leaf(data: bytes) -> bytes:
    """The hash of an entry."""
    return sm3(b"\0" + data)


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over hashed entries; of none the hash of nothing."""
    if not leaves:
        return sm3(b"")
    level = list(leaves)
    while len(level) > 1:
        pairs = [sm3(b"\1" + level[i] + level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def path(leaves: Sequence[bytes], place: int) -> list[bytes]:
    """The neighbours on the way from an entry (counted from 0) to the root, lowest first."""
    found, level = [], list(leaves)
    while len(level) > 1:
        neighbour = place ^ 1
        if neighbour < len(level):
            found.append(level[neighbour])
        pairs = [sm3(b"\1" + level[i] + level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
        place //= 2
    return found


def root_by(entry: bytes, place: int, count: int, neighbours: Sequence[bytes]) -> bytes:
    """The root that a hashed entry and its path give. Raises ValueError for a path of the wrong length."""
    if not 0 <= place < count:
        raise ValueError("no such place")
    rest = iter(neighbours)
    try:
        while count > 1:
            if place ^ 1 < count:
                other = next(rest)
                entry = sm3(b"\1" + (other + entry if place & 1 else entry + other))
            place, count = place // 2, (count + 1) // 2
    except StopIteration:
        raise ValueError("path too short") from None
    if next(rest, None) is not None:
        raise ValueError("path too long")
    return entry
