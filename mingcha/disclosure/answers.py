"""Published answers 评价与答复: handled bad reviews of the agencies that were opened, the latest first."""

from __future__ import annotations

from typing import Final

from mingcha.accounts.policy import Scope
from mingcha.disclosure import switches
from mingcha.disclosure.models import Opened
from mingcha.evaluations.published import Answered, answered, handled

AT_ONCE: Final = 50
"""Answers on one page."""


def published(page: int = 1) -> tuple[list[Answered], bool]:
    """A page of what is open now, counted from 1, and whether there is a further one."""
    regions = switches.opened_regions()[Opened.What.ANSWERS]
    scope = Scope(regions, switches.opened_agencies()[Opened.What.ANSWERS])
    first = (page - 1) * AT_ONCE
    return answered(scope, first, AT_ONCE), handled(scope)[first + AT_ONCE :].exists()
