"""Published answers 评价与答复: handled bad reviews of the agencies that were opened, the latest first."""

from __future__ import annotations

from typing import Final

from mingcha.disclosure.models import Opened
from mingcha.evaluations.published import Answered, answered

MOST: Final = 100


def published() -> list[Answered]:
    """What is open now, each once."""
    regions = Opened.objects.filter(closed_at=None, what=Opened.What.ANSWERS).values_list(
        "region_code", flat=True
    )
    found = {each.no: each for region in regions for each in answered(region, most=MOST)}
    return sorted(found.values(), key=lambda each: (str(each.published_at), each.no), reverse=True)[:MOST]
