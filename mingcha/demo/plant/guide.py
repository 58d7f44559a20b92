"""Plantings in the registers: a hall without video, items not published, promises beyond the law."""

from __future__ import annotations

from datetime import date

import numpy as np

from mingcha.demo.registers import Row
from mingcha.demo.truth import Truth
from mingcha.demo.world import World
from mingcha.law.instants import DAY, day_number

SAMPLE_START = day_number(date(2019, 6, 10)) * DAY
UNPUBLISHED = 3


def plant_registers(world: World, rows: dict[str, list[Row]], truth: Truth) -> None:
    """zhengzhou-5.1, zhengzhou-6.5, henan-7.2."""
    _hall_without_video(world, rows["halls"], truth)
    _items_not_published(world, rows["items"], truth)
    _promises_beyond_the_law(rows["items"], truth)


def _hall_without_video(world: World, halls: list[Row], truth: Truth) -> None:
    """One hall is not connected."""
    hall = halls[int(world.dice.below("hall without video", np.arange(1), len(halls))[0])]
    hall["video_connected"] = False
    truth.add("zhengzhou-5.1", "halls", [hall["code"]], timed=False, warning=0)


def _items_not_published(world: World, items: list[Row], truth: Truth) -> None:
    """Some items in force have no guide on the net, or were never published."""
    lasting = [item for item in items if item["version"] == 1 and item["effective_to"] is None]
    order = world.dice.order("unpublished", np.arange(len(lasting)))[:UNPUBLISHED]
    for number, place in enumerate(order):
        item = lasting[place]
        item["guide_url" if number % 2 else "published_at"] = None
        truth.add("zhengzhou-6.5", "items", [item["item_code"]], ["1"], timed=False, warning=0)


def _promises_beyond_the_law(items: list[Row], truth: Truth) -> None:
    """Items that promise more than the law allows; nobody has applied for them (catalogue_text, weight 0)."""
    for item in items:
        promise, law = item["promised_limit"], item["statutory_limit"]
        longer = (
            promise > law
            if item["promised_unit"] == item["statutory_unit"]
            else _calendar_days(item, "promised") > _calendar_days(item, "statutory")
        )
        if longer:
            truth.add(
                "henan-7.2",
                "items",
                [item["item_code"]],
                [str(item["version"])],
                timed=False,
                warning=SAMPLE_START,
            )


def _calendar_days(item: Row, which: str) -> int:
    """Roughly: seven days for five working days, thirty for a month; enough for limits that lie far apart."""
    limit = int(item[f"{which}_limit"])
    return {"working_day": limit * 7 // 5, "month": limit * 30, "working_hour": limit // 7}.get(
        item[f"{which}_unit"], limit
    )
