"""Pictures of the public pages: the clock of a case at two widths, and QR codes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import segno
from django.utils.safestring import SafeString, mark_safe

from mingcha.pages.public.scrub import scrub
from mingcha.report.life import ClockTold
from mingcha.report.sheet_svg import sheet_svg

WIDTHS: Final = {"narrow": 326, "broad": 676}
"""Class of the figure -> pixels: for a phone, and for a wide screen."""
_CAPTION: Final = "一格是一天;粗线是最后期限。"
"""The sentence itself stands beneath the picture as text: it would not fit a phone."""


def clocks(clock: ClockTold | None, people: Iterable[str]) -> dict[str, SafeString]:
    """The same sheet at each width; empty where there is no clock. Names of `people` are taken out."""
    if clock is None:
        return {}
    sheet, due = clock.titled.sheet, clock.titled.due
    return {
        name: mark_safe(  # noqa: S308 it escapes every text itself
            scrub(sheet_svg(sheet, width=width, caption=_CAPTION, due=due, key=name), people)
        )
        for name, width in WIDTHS.items()
    }


def qr(address: str, label: str) -> SafeString:
    """An address as a QR code, an SVG of its own size that scales."""
    made = segno.make(address, error="m", micro=False)
    svg = made.svg_inline(scale=4, border=2, omitsize=True, title=label, svgclass="qr", lineclass=None)
    return mark_safe(svg)  # noqa: S308 segno escapes the title
