"""Whose law a publication is: an office publishes for its own region and below, and does not change what others made.

A pack of the province that ships with the product holds in a city too; the city lays a pack of its own over it
(`over`), which says what it replaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mingcha.alerts.models import Publication
from mingcha.rules.model import Rulebook

_EVERYWHERE = "全国"


def own_prefix(region: str) -> str:
    """The digits that codes of a region and below begin with; empty for an installation without region (all of it)."""
    pairs = [region[:2], region[2:4], region[4:6], region[6:9], region[9:12]]
    while pairs and not pairs[-1].strip("0"):
        pairs.pop()
    return "".join(pairs)


def beyond(draft: Publication, region: str, book: Rulebook, shipped: Rulebook) -> list[str]:
    """The regions that a draft reaches and the office has no say in, as they are written; empty where all are its own.

    `book`: with the draft in force; `shipped`: as it is now.
    """
    own = own_prefix(region)
    if not own:
        return []
    return sorted({told for told in _reached(draft, book, shipped) if not told.startswith(own)})


def _reached(draft: Publication, book: Rulebook, shipped: Rulebook) -> Iterator[str]:
    if draft.kind == Publication.Kind.CALENDAR:
        yield from (name.removeprefix("local/").removesuffix(".yaml") for name in draft.files if "/" in name)
        return
    for held in (book, shipped):
        for pack in held.packs:
            if pack.id == draft.name:
                yield from _prefixes(pack.regions, replaces=held is shipped)


def _prefixes(regions: Iterable[str], *, replaces: bool) -> Iterator[str]:
    """An empty list: a pack that holds where another names it. To make one is free, to replace one is everybody's."""
    named = list(regions)
    yield from named if named or not replaces else [_EVERYWHERE]
