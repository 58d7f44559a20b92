"""Charts of the report, drawn on the server: bars by mark beside their numbers, and columns over time.

Every colour has a pattern, so that bars tell apart in black and white; every bar has its numbers in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from itertools import dropwhile

import pyarrow as pa
import pyarrow.compute as pc

from mingcha.report.marks import BY_NAME, MARKS, ORDER

COLOURS = {
    "red": "#b42318",
    "yellow": "#d4a900",
    "warning": "#b45309",
    "note": "#0e7490",
    "abnormal": "#86198f",
    "lead": "#1d4f91",
    "manual": "#6d28d9",
    "undetermined": "#52606d",
    "withheld": "#52606d",
    "pending": "#7b8794",
}
"""Fill of each mark; the same in badges."""

_PATTERNS = {
    "yellow": '<path d="M0 3h6" stroke="#fff" stroke-width="1"/>',
    "warning": '<path d="M0 6L6 0" stroke="#fff" stroke-width="1.6"/>',
    "note": '<path d="M3 0v6" stroke="#fff" stroke-width="1.4"/>',
    "abnormal": '<path d="M0 0L6 6M0 6L6 0" stroke="#fff" stroke-width="1"/>',
    "lead": '<circle cx="3" cy="3" r="1.4" fill="#fff"/>',
    "manual": '<path d="M0 0L6 6" stroke="#fff" stroke-width="1"/>',
    "undetermined": '<rect x="1" y="1" width="3" height="3" fill="#fff"/>',
    "withheld": '<circle cx="3" cy="3" r="2" fill="#fff"/>',
    "pending": '<rect width="6" height="3" fill="#fff"/>',
}
MOST_COLUMNS = 60


def patterns() -> str:
    """The definitions that `fill` refers to; once a page."""
    made = "".join(
        f'<pattern id="p-{name}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<rect width="6" height="6" fill="{COLOURS[name]}"/>{drawn}</pattern>'
        for name, drawn in _PATTERNS.items()
    )
    return f'<svg width="0" height="0" class="defs" aria-hidden="true"><defs>{made}</defs></svg>'


def fill(mark: str) -> str:
    """What a bar of a mark is filled with."""
    return f"url(#p-{mark})" if mark in _PATTERNS else COLOURS[mark]


def told(marks: Mapping[str, int]) -> str:
    """Counts in words: 红牌 3、预警 12."""
    return "、".join(f"{BY_NAME[name].label} {count}" for name, count in marks.items() if count)


def bar(marks: Mapping[str, int], most: int, width: int = 260, height: int = 14) -> str:
    """One stacked bar; ``most`` is the total that fills the width. No count vanishes: two pixels at least."""
    parts, x = [], 0.0
    scale = (width - 2 * len(marks)) / max(most, 1)
    for name in sorted(marks, key=ORDER.__getitem__):
        wide = 2 + marks[name] * scale
        parts.append(
            f'<rect x="{x:.1f}" width="{max(wide - 1, 1):.1f}" height="{height}" fill="{fill(name)}"/>'
        )
        x += wide
    return (
        f'<svg class="bar" role="img" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'aria-label="{escape(told(marks))}"><title>{escape(told(marks))}</title>{"".join(parts)}</svg>'
    )


@dataclass(frozen=True)
class Column:
    """One span of time: its first day, its label, its counts."""

    start: date
    label: str
    marks: Mapping[str, int]


@dataclass(frozen=True)
class Course:
    """Findings over time: columns of one unit (周 or 月); ``earlier`` of them lie before the first."""

    unit: str
    columns: tuple[Column, ...] = ()
    earlier: int = 0


def course(marked: pa.Table) -> Course:
    """Findings by the span in which their level began: weeks, or months where there are many.

    The earliest fortieth is left out where it would only stretch the axis, which begins with something to show.
    """
    known = marked.filter(pc.is_valid(marked["since"])).sort_by("since")
    days = [at.date() for at in known["since"].to_pylist()]
    if not days:
        return Course("周")
    first = days[len(days) // 40]
    by_month = (days[-1] - first).days > 7 * MOST_COLUMNS // 2
    starts = _spans(_start(first, by_month), days[-1], by_month)[-MOST_COLUMNS:]
    counts: dict[date, dict[str, int]] = {start: {} for start in starts}
    earlier = 0
    for day, mark in zip(days, known["mark"].to_pylist(), strict=True):
        held = counts.get(_start(day, by_month))
        if held is None:
            earlier += 1
        else:
            held[mark] = held.get(mark, 0) + 1
    columns = [Column(start, _label(start, by_month), counts[start]) for start in starts]
    columns = list(dropwhile(lambda column: not column.marks, columns))
    return Course("月" if by_month else "周", tuple(columns), earlier)


def _label(start: date, by_month: bool) -> str:
    return f"{start.year}-{start.month:02d}" if by_month else f"{start:%m-%d}"


def _start(day: date, by_month: bool) -> date:
    return day.replace(day=1) if by_month else day - timedelta(days=day.weekday())


def _spans(first: date, last: date, by_month: bool) -> Sequence[date]:
    found, day = [], first
    while day <= last:
        found.append(day)
        day = _start(day + timedelta(days=32), True) if by_month else day + timedelta(days=7)
    return found


def time_chart(course: Course, width: int = 1080, height: int = 190) -> str:
    """Stacked columns with an axis of whole numbers."""
    columns, unit = course.columns, course.unit
    most = max((sum(c.marks.values()) for c in columns), default=0)
    if not most:
        return ""
    step = _step(most)
    top = -(-most // step) * step
    left, base = 36, height - 24
    scale, each = (base - 10) / top, (width - left) / len(columns)
    parts = [_axis(value, base - value * scale, left, width) for value in range(0, top + 1, step)]
    every = max(1, -(-len(columns) * 44 // (width - left)))
    for place, column in enumerate(columns):
        parts.append(_stack(column, unit, left + place * each, each, base, scale))
        if place % every == 0:
            x = left + (place + 0.5) * each
            parts.append(
                f'<text x="{x:.1f}" y="{height - 6}" text-anchor="middle">{escape(column.label)}</text>'
            )
    return (
        f'<svg class="time" role="img" viewBox="0 0 {width} {height}" width="100%" '
        f'aria-label="各{unit}新起的判定">'
        f"{''.join(parts)}</svg>"
    )


def _step(most: int) -> int:
    """A round step that gives three to six lines."""
    step = 1
    while most / step > 5:
        step = step * 2 if str(step)[0] in "15" else step * 5 // 2
    return step


def _axis(value: int, y: float, left: int, width: int) -> str:
    return (
        f'<line x1="{left}" y1="{y:.1f}" x2="{width}" y2="{y:.1f}" stroke="#e4e7eb"/>'
        f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{value}</text>'
    )


def _stack(column: Column, unit: str, x: float, wide: float, base: float, scale: float) -> str:
    parts, y = [], base
    for mark in MARKS:
        count = column.marks.get(mark.name, 0)
        if count:
            high = count * scale
            y -= high
            parts.append(
                f'<rect x="{x + wide * 0.14:.1f}" y="{y:.1f}" width="{wide * 0.72:.1f}" '
                f'height="{max(high - 0.6, 0.6):.1f}" fill="{fill(mark.name)}"/>'
            )
    title = f"{column.label} 起的一{unit}:{told(column.marks) or '无'}"
    return f"<g><title>{escape(title)}</title>{''.join(parts)}</g>"
