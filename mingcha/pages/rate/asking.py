"""What the page asks: the form of a rating, and how its fields are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, QueryDict

from mingcha.accounts.address import address
from mingcha.accounts.places import places
from mingcha.base import clock
from mingcha.evaluations import taking
from mingcha.evaluations.answers import Answer, read
from mingcha.evaluations.scales import HENAN, LEVELS, asks_henan, tags_of
from mingcha.facts.rating_tags import CURRENT, tag_level
from mingcha.pages import lookups

_LEVELS: Final = frozenset(str(level) for level in LEVELS)
MOBILE: Final = ("Mobile", "Android", "iPhone")


@dataclass(frozen=True)
class About:
    """What is rated, as the citizen is told."""

    what: str
    where: str
    case_no: str
    agency_code: str


def about(case_no: str, agency_code: str, item_code: str, window: str = "") -> About:
    """In names, not codes; nobody's name among them."""
    item = lookups.item_names([item_code]).get(item_code, "") if item_code else ""
    return About(item or window or "本次服务", places().agency_name(agency_code), case_no, agency_code)


def levels() -> list[dict[str, Any]]:
    """The five levels with the tags of each, as the form draws them."""
    return [
        {"level": level, "label": label, "tags": list(tags_of(level).items()), "good": level > 2}
        for level, label in LEVELS.items()
    ]


def context(
    about: About, given: QueryDict | None = None, faults: dict[str, str] | None = None
) -> dict[str, Any]:
    """What the template of the form asks."""
    agency = places().agencies.get(about.agency_code)
    said = given or QueryDict()
    return {
        "about": about,
        "levels": levels(),
        "henan": [(q, said.get(q.column, "")) for q in HENAN] if agency and asks_henan(agency.region) else [],
        "given": said.dict(),
        "chosen": said.getlist("tags"),
        "faults": faults or {},
    }


def answer(given: QueryDict) -> Answer:
    """What the form says. Tags that were ticked under another level, and are hidden now, do not count.

    Raises NotTakenError.
    """
    level = given.get("level", "")
    tags = [tag for tag in given.getlist("tags") if not _of_other_level(tag, level)]
    return read({name: str(said) for name, said in given.dict().items()}, tags)


def _of_other_level(tag: str, level: str) -> bool:
    return tag in CURRENT and tag_level(tag) != (int(level) if level in _LEVELS else 0)


def device(request: HttpRequest) -> str:
    """The mark of the browser that rates."""
    agent = request.headers.get("User-Agent", "")[:300]
    return taking.device_mark(address(request), agent, clock.local_now())


def channel(request: HttpRequest, scanned: bool) -> str:
    """By what the rating comes: a code that was scanned, a phone, or a computer."""
    if scanned:
        return "qr"
    agent = request.headers.get("User-Agent", "")
    return "mobile" if any(word in agent for word in MOBILE) else "pc"
