"""The life line as a picture: one band over the whole time, each part filled by its holder, dates beneath."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from html import escape

from mingcha.pages.cases.holders import Holder, Span, spoken, totals
from mingcha.report.sheet_svg import FONT, GREY, INK, RULE, USED

WIDTH, BAND, LEFT, TOP = 900, 30, 8, 30
FILLS = {
    Holder.AGENCY: USED,
    Holder.APPLICANT: "url(#life-h)",
    Holder.SPECIAL: "url(#life-d)",
    Holder.HANDOVER: "#616e7c",
}
PATTERNS = (
    '<defs><pattern id="life-h" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="6" height="6" fill="#fff"/><line x1="0" y1="0" x2="0" y2="6" stroke="{GREY}" stroke-width="1.8"/>'
    '</pattern><pattern id="life-d" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<rect width="7" height="7" fill="#fff"/><circle cx="3.5" cy="3.5" r="1.7" fill="#1d4f91"/></pattern></defs>'
)
NEAREST = 96
"""Pixels from one word to the next, above and beneath."""

Place = Callable[[datetime], float]


def line_svg(spans: Sequence[Span], events: Sequence[tuple[datetime, str]] = (), width: int = WIDTH) -> str:
    """The band of `spans` (at least one) with events above. No span vanishes: a pixel at least."""
    start, end = spans[0].start, spans[-1].end
    scale = (width - 2 * LEFT) / max((end - start).total_seconds(), 1)

    def x(at: datetime) -> float:
        return LEFT + (at - start).total_seconds() * scale

    said = ";".join(f"{holder} {spoken(length)}" for holder, length in totals(spans).items() if length)
    height = TOP + BAND + 22
    parts = [*_band(spans, x), *_events(events, start, end, x, width), *_dates(start, end, x, width)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(said)}" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}" font-family="{FONT}">{PATTERNS}{"".join(parts)}</svg>'
    )


def swatch(holder: Holder) -> str:
    """A sample of a holder's filling, for the legend; its patterns are those of the band on the same page."""
    return (
        '<svg width="22" height="14" aria-hidden="true">'
        f'<rect x=".5" y=".5" width="21" height="13" fill="{FILLS[holder]}" stroke="{GREY}"/></svg>'
    )


def _band(spans: Sequence[Span], x: Place) -> Iterator[str]:
    for span in spans:
        wide = max(x(span.end) - x(span.start), 1)
        named = f"{span.holder} {span.label}".strip()
        title = f"{named}:{spoken(span.length)},{span.start:%Y-%m-%d %H:%M} 至 {span.end:%Y-%m-%d %H:%M}"
        yield (
            f'<g><title>{escape(title)}</title><rect x="{x(span.start):.1f}" y="{TOP}" width="{wide:.1f}" '
            f'height="{BAND}" fill="{FILLS[span.holder]}" stroke="{RULE}" stroke-width=".6"/></g>'
        )


def _events(
    events: Sequence[tuple[datetime, str]], start: datetime, end: datetime, x: Place, width: int
) -> Iterator[str]:
    """A tick for each; its word where there is room."""
    free = 0.0
    for at, what in sorted(events):
        if not start <= at <= end:
            continue
        place = x(at)
        yield f'<line x1="{place:.1f}" y1="{TOP - 6}" x2="{place:.1f}" y2="{TOP + BAND}" stroke="{INK}"><title>{escape(what)} {at:%Y-%m-%d %H:%M}</title></line>'  # noqa: E501
        wide = len(what) * 12
        begin = min(max(place - wide / 2, LEFT), width - LEFT - wide)
        if begin >= free:
            free = begin + wide + 8
            yield f'<text x="{begin:.1f}" y="{TOP - 10}" font-size="12" fill="{INK}">{escape(what)}</text>'


def _dates(start: datetime, end: datetime, x: Place, width: int) -> Iterator[str]:
    """Dates beneath, as many as there is room for."""
    days = max((end - start).days, 1)
    step = max(1, -(-days * NEAREST // (width - 2 * LEFT)))
    day = start.replace(hour=0, minute=0, second=0, microsecond=0)
    while day <= end:
        place = min(max(x(max(day, start)), LEFT), width - LEFT - 66)
        yield f'<text x="{place:.1f}" y="{TOP + BAND + 16}" font-size="11" fill="{GREY}">{day:%Y-%m-%d}</text>'
        day += timedelta(days=step)
