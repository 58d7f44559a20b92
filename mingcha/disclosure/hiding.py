"""Small groups 小样本: what fewer than five people said is not shown, nor what would let it be reckoned.

Of groups whose sum is known, one that is hidden alone is the sum less the others. So never one alone is hidden, and
those hidden together are five at least (complementary suppression).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Final, TypeVar

LEAST: Final = 5
"""So many must have said something before it is told."""

Key = TypeVar("Key", bound=Hashable)


def visible(counts: Mapping[Key, int]) -> frozenset[Key]:
    """The groups that may be shown beside their sum. Groups of none are not groups."""
    rising = sorted(
        (key for key, count in counts.items() if count > 0), key=lambda key: (counts[key], str(key))
    )
    hidden = [key for key in rising if counts[key] < LEAST]
    shown = rising[len(hidden) :]
    while hidden and shown and not _safe([counts[key] for key in hidden]):
        hidden.append(shown.pop(0))
    return frozenset(shown)


def total_visible(counts: Mapping[Key, int]) -> bool:
    """Whether the sum itself may be shown beside the groups that are."""
    shown = visible(counts)
    hidden = [count for key, count in counts.items() if count > 0 and key not in shown]
    return not hidden or _safe(hidden)


def _safe(hidden: list[int]) -> bool:
    return len(hidden) > 1 and sum(hidden) >= LEAST
