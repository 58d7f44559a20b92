"""Levels of messages in rising order: the words of alerts; a message without one stands lowest."""

from __future__ import annotations

from typing import Final

LABELS: Final = {"note": "提醒", "warning": "预警", "yellow": "黄牌", "red": "红牌"}
_ORDER: Final = {name: place for place, name in enumerate(["", *LABELS])}


def at_least(level: str, least: str) -> bool:
    """Whether a level is as high as another; an unknown word counts as none."""
    return _ORDER.get(level, 0) >= _ORDER.get(least, 0)
