"""A case judged at this moment: its clocks day by day, and why other rules say nothing, as `explain` tells it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe

from mingcha.alerts.judging import about_cases
from mingcha.alerts.law import law_in_force
from mingcha.alerts.store import facts_for
from mingcha.engine.holds import in_force
from mingcha.law.sheet_view import sentence
from mingcha.readers.faults import Faults
from mingcha.readers.folder import Reading
from mingcha.report.checking import Opened, PackUse
from mingcha.report.choices import Choices
from mingcha.report.life import ClockTold, Life, tell_lives
from mingcha.report.sheet_svg import sheet_svg

WIDTH = 900


@dataclass(frozen=True)
class Drawn:
    """A clock of the case: its picture where it is worth one, and its sentence."""

    title: str
    rule: str
    said: str
    svg: SafeString


def life_of(case_no: str, now: datetime) -> Life | None:
    """The life of a case by what is known and by the law in force now; None where it was not received by then."""
    law = book, calendar = law_in_force()
    uses = tuple(PackUse(pack, "") for pack in in_force(book))
    with Reading(facts_for({("case", case_no)}, reads=about_cases(law)), Faults()) as reading:
        opened = Opened(Path(), now, reading, book, calendar, uses, Choices())
        return tell_lives(opened, [case_no]).get(case_no)


def drawn(clocks: Sequence[ClockTold]) -> list[Drawn]:
    """The main clocks as pictures, the others by their sentence."""
    count = itertools.count(1)
    return [_drawn(clock, f"c{next(count)}") for clock in sorted(clocks, key=lambda clock: not clock.main)]


def _drawn(clock: ClockTold, key: str) -> Drawn:
    titled = clock.titled
    svg = ""
    if clock.main:
        svg = sheet_svg(titled.sheet, width=WIDTH, caption=titled.caption, due=titled.due, key=key)
    said = titled.caption or f"{sentence(titled.sheet)}。"
    return Drawn(titled.title, clock.rule.id, said, mark_safe(svg))  # noqa: S308 it escapes every text itself
