"""What takes long to count and is asked for again at once: remembered in this process for some seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

T = TypeVar("T")


def remembered(asked: tuple[object, ...], count: Callable[[], T], seconds: int) -> T:
    """What `count` makes, from `seconds` ago at most; None is counted anew.

    `asked` is all that the answer depends on, and tells itself in full (`repr`): nobody is given the answer to another
    question, or what somebody else may see.
    """
    key = hashlib.sha256(repr(asked).encode()).hexdigest()
    found: T | None = cache.get(key)
    if found is None:
        found = count()
        cache.set(key, found, seconds)
    return found
