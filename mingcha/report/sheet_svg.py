"""The clock sheet as a picture (时限图): one cell a day, for page, report, certificate and public page alike.

Working days are white and filled once used, days off grey, make-up days marked 班, pauses hatched with their
name; the warning line is amber and dashed, the due line dark and thick, overrun days red and barred. Every
colour has a shape or a word beside it, so that it prints in black and white. Long clocks fold quiet weeks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from itertools import groupby
from typing import Final

from mingcha.law.calendar import DayKind
from mingcha.law.instants import instant
from mingcha.law.sheet import Mark, Sheet, SheetDay, State
from mingcha.law.sheet_view import WEEKDAYS, Fold, folded, happenings, sentence, when, why

CELL: Final = 30
BOX: Final = 34
LANE: Final = 17
FOOT: Final = 62
MARGIN: Final = 8
FONT: Final = "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
INK, GREY, FAINT, RULE = "#1f2933", "#616e7c", "#9aa5b1", "#cbd2d9"
USED, OFF_FILL, AMBER, RED = "#c3d4ec", "#eceff2", "#b45309", "#b42318"

DUE: Final = "应办结"
"""What the due day of a limit for handling a case is called."""

SIGNS: Final = {
    Mark.WARN: ("▲", AMBER),
    Mark.DUE: ("┃", INK),
    Mark.OVERRUN: ("■", RED),
    Mark.STOP: ("●", INK),
    Mark.TODAY: ("◆", "#1d4f91"),
}


@dataclass(frozen=True)
class Placed:
    """A day or a fold with the place of its cell."""

    line: SheetDay | Fold
    x: float
    width: float


@dataclass(frozen=True)
class Look:
    """What is the same all over a picture."""

    key: str
    """Begins its ids."""
    width: int
    due: str
    """What its due day is called."""


def sheet_svg(
    sheet: Sheet, *, width: int = 960, caption: str | None = None, due: str = DUE, key: str = ""
) -> str:
    """The sheet as one SVG element, `width` pixels wide.

    `caption` replaces its sentence, `due` names its due day; `key` begins its ids, where one page shows the same
    sheet twice.
    """
    text = caption if caption is not None else f"{sentence(sheet)}。"
    look = Look(key or _prefix(sheet), width, due)
    parts: list[str] = []
    y = float(MARGIN)
    for row in _rows(folded(sheet), width):
        drawn, height = _row(sheet, row, y, look)
        parts += drawn
        y += height
    parts.append(_text(MARGIN, y + 14, text, size=14))
    height, key = y + 26, look.key
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{key}t {key}d" width="{width}" '
        f'height="{height:.0f}" viewBox="0 0 {width} {height:.0f}" font-family="{FONT}">'
        f'<title id="{key}t">{escape(text)}</title><desc id="{key}d">{escape(_description(sheet, due))}</desc>'
        f"{_patterns(key)}{''.join(parts)}</svg>"
    )


def _prefix(sheet: Sheet) -> str:
    """Keeps the ids of several pictures on one page apart."""
    asked = sheet.question
    facts = repr(
        (asked.start, asked.limit, asked.unit, asked.stop, asked.pauses, asked.due, asked.as_of, sheet.due)
    )
    return "s" + hashlib.sha256(facts.encode()).hexdigest()[:10]


def _patterns(key: str) -> str:
    """Hatching of pauses and bars of overrun days."""
    return (
        f'<defs><pattern id="{key}h" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="6" height="6" fill="#fff"/>'
        f'<line x1="0" y1="0" x2="0" y2="6" stroke="{GREY}" stroke-width="1.6"/></pattern>'
        f'<pattern id="{key}r" width="5" height="5" patternUnits="userSpaceOnUse">'
        f'<rect width="5" height="5" fill="#fbe3e0"/>'
        f'<line x1="0" y1="1" x2="5" y2="1" stroke="{RED}" stroke-width="1"/></pattern></defs>'
    )


def _rows(lines: list[SheetDay | Fold], width: int) -> Iterator[list[Placed]]:
    """Cells from left to right, in as many rows as they need."""
    row: list[Placed] = []
    x = float(MARGIN)
    for line in lines:
        wide = CELL * (2.6 if isinstance(line, Fold) else 1)
        if row and x + wide > width - MARGIN:
            yield row
            row, x = [], float(MARGIN)
        row.append(Placed(line, x, wide))
        x += wide
    if row:
        yield row


def _row(sheet: Sheet, row: list[Placed], top: float, look: Look) -> tuple[list[str], float]:
    """One row of cells with its labels above and its dates beneath; returns its height too."""
    labels = list(_labels(sheet, row, look.due))
    lanes = max([lane for *_, lane in labels], default=-1) + 1
    y = top + max(lanes, 1) * LANE + 4
    parts = [part for place in row for part in _cell(sheet, place, y, look)]
    parts += [_line(mark, at, lane, top, y) for mark, _, at, _, lane in labels]
    parts += [_words(mark, text, begin, lane, top) for mark, text, _, begin, lane in labels]
    parts += _months(row, y)
    parts += _pause_names(row, y, look.width)
    return parts, y - top + BOX + FOOT


def _cell(sheet: Sheet, place: Placed, y: float, look: Look) -> Iterator[str]:
    """The box of a day, what stands in it, and its date."""
    if isinstance(place.line, Fold):
        yield from _fold(place.line, place, y, look.key)
        return
    line, middle = place.line, place.x + place.width / 2
    dashes = ' stroke-dasharray="2 2"' if line.info.provisional else ""
    yield (
        f"<g><title>{escape(_day_title(sheet, line, look.due))}</title>"
        f'<rect x="{place.x:g}" y="{y:g}" width="{place.width:g}" height="{BOX}" '
        f'fill="{_fill(sheet, line, look.key)}" stroke="{RULE}"{dashes}/></g>'
    )
    inside = _inside(sheet, line)
    if inside:
        yield _text(
            middle, y + 25, inside, size=12, anchor="middle", halo=line.pause != "" or _is_late(sheet, line)
        )
    corner = {DayKind.MAKEUP: "班", DayKind.OFF: "休"}.get(line.info.kind, "")
    if corner:
        bold = line.info.kind == DayKind.MAKEUP
        colour = INK if bold else GREY
        yield _text(place.x + place.width - 2, y + 10, corner, size=9, anchor="end", fill=colour, bold=bold)
    yield _text(middle, y + BOX + 13, str(line.day.day), size=11, anchor="middle", fill=INK)
    yield _text(middle, y + BOX + 25, WEEKDAYS[line.day.weekday()], size=9, anchor="middle", fill=GREY)


def _fold(fold: Fold, place: Placed, y: float, key: str) -> Iterator[str]:
    """Quiet weeks in one broken cell."""
    middle, pause = place.x + place.width / 2, fold.days[0].pause
    fill = f"url(#{key}h)" if pause else "#fff"
    yield (
        f'<rect x="{place.x:g}" y="{y:g}" width="{place.width:g}" height="{BOX}" '
        f'fill="{fill}" stroke="{RULE}" stroke-dasharray="3 3"/>'
    )
    count = pause or f"+{fold.used}"
    yield _text(middle, y + 22, f"⋯ {count} ⋯", size=12, anchor="middle", fill=INK, halo=True)
    first, last = fold.days[0].day, fold.days[-1].day
    span = f"{first.month}.{first.day}–{last.month}.{last.day}"
    yield _text(middle, y + BOX + 13, span, size=10, anchor="middle", fill=INK)
    yield _text(middle, y + BOX + 25, f"{len(fold.days) // 7}周", size=9, anchor="middle", fill=GREY)


def _inside(sheet: Sheet, line: SheetDay) -> str:
    """The number of a counted day, or a sign."""
    if line.state == State.START:
        return "起"
    if line.state == State.COUNTED:
        in_days = sheet.question.unit is None or sheet.question.unit.in_days
        return str(line.total) if in_days else _hours(line.used)
    return "?" if line.state == State.UNKNOWN else ""


def _hours(minutes: int) -> str:
    """Minutes as a short number of hours."""
    return f"{minutes / 60:.1f}".removesuffix(".0") + "h"


def _fill(sheet: Sheet, line: SheetDay, key: str) -> str:
    """What a cell is filled with; used days up to now, days to come stay white."""
    if _is_late(sheet, line):
        return f"url(#{key}r)"
    if line.state == State.PAUSED:
        return f"url(#{key}h)"
    if line.state == State.COUNTED:
        return USED if line.day <= _now(sheet) else "#fff"
    return OFF_FILL if line.state in (State.OFF, State.UNKNOWN) else "#fff"


def _is_late(sheet: Sheet, line: SheetDay) -> bool:
    """A day after the due day that has come, before the clock stopped."""
    if sheet.overrun is None or sheet.due is None:
        return False
    return _date(sheet.overrun) <= line.day <= _now(sheet) and line.day > _date(sheet.due)


def _now(sheet: Sheet) -> date:
    """The day up to which things have happened: min(stop, as_of)."""
    asked = sheet.question
    as_of = _date(asked.as_of)
    return as_of if asked.stop is None else min(_date(asked.stop), as_of)


def _labels(sheet: Sheet, row: list[Placed], due: str) -> Iterator[tuple[Mark, str, float, float, int]]:
    """Marks of a row: words, where their line stands, where the words begin, in which lane."""
    ends: list[float] = []
    right = row[-1].x + row[-1].width
    for place in row:
        if isinstance(place.line, Fold):
            continue
        for mark, words in happens(sheet, place.line, due):
            text = f"{SIGNS[mark][0]} {words} {place.line.day:%m-%d}"
            at = place.x + place.width * _where(sheet, mark)
            wide = _width(text)
            begin = max(min(at, right - wide), float(MARGIN))
            lane = next((n for n, end in enumerate(ends) if begin > end), len(ends))
            ends[lane : lane + 1] = [begin + wide + 8]
            yield mark, text, at, begin, lane


def happens(sheet: Sheet, line: SheetDay, due: str = DUE) -> Iterator[tuple[Mark, str]]:
    """What happens on a day, in words; ``due`` is the word for its due day."""
    for mark, words in happenings(sheet, line.day, shown_marks(sheet, line)):
        yield mark, due if mark == Mark.DUE else words


def shown_marks(sheet: Sheet, line: SheetDay) -> tuple[Mark, ...]:
    """The marks of a day; no overrun where the clock stopped in time."""
    return tuple(mark for mark in line.marks if mark != Mark.OVERRUN or not _in_time(sheet))


def _in_time(sheet: Sheet) -> bool:
    """Did the clock stop before it was overrun?"""
    stop = sheet.question.stop
    return stop is not None and sheet.overrun is not None and instant(stop) < instant(sheet.overrun)


def _where(sheet: Sheet, mark: Mark) -> float:
    """Where in its cell a mark stands: due at its end, overrun at its start, except to the second."""
    to_the_second = isinstance(sheet.due, datetime)
    return {Mark.DUE: 1.0, Mark.OVERRUN: 1.0 if to_the_second else 0.0, Mark.WARN: 0.0}.get(mark, 0.5)


def _line(mark: Mark, at: float, lane: int, top: float, y: float) -> str:
    """The line from the words of a mark down to its cell, and through it where a span begins or ends."""
    thick, dashes = {Mark.DUE: (3, ""), Mark.WARN: (2, "4 3")}.get(mark, (1.5, "1 2"))
    bottom = y + BOX if mark in (Mark.DUE, Mark.WARN, Mark.OVERRUN) else y
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<line x1="{at:g}" y1="{top + (lane + 1) * LANE - 1:g}" x2="{at:g}" y2="{bottom:g}" '
        f'stroke="{SIGNS[mark][1]}" stroke-width="{thick}"{dashed}/>'
    )


def _words(mark: Mark, text: str, begin: float, lane: int, top: float) -> str:
    """The words of a mark, written over all lines."""
    bold = mark in (Mark.DUE, Mark.OVERRUN)
    return _text(begin, top + (lane + 1) * LANE - 4, text, size=12, fill=SIGNS[mark][1], bold=bold, halo=True)


def _months(row: list[Placed], y: float) -> Iterator[str]:
    """The month under the first cell and under each first of a month; the year where there is room for it."""
    days = [(place.line.day, place.x) for place in row if isinstance(place.line, SheetDay)]
    begins = [(day, x) for place, (day, x) in enumerate(days) if place == 0 or day.day == 1]
    year = 0
    for (day, x), following in zip(begins, [*begins[1:], None], strict=True):
        room = following is None or following[1] - x >= 2.5 * CELL
        month = f"{day.year}年{day.month}月" if room and day.year != year else f"{day.month}月"
        year = day.year if room else year
        yield _text(x + 2, y + BOX + 39, month, size=11, fill=INK, bold=True)


def _pause_names(row: list[Placed], y: float, width: int) -> Iterator[str]:
    """A bracket with the name beneath each run of paused days; a name that has no room stays in the titles."""
    free = float(MARGIN)
    for name, run in groupby(row, key=_paused_by):
        held = list(run)
        if not name:
            continue
        left, right = held[0].x + 2, held[-1].x + held[-1].width - 2
        under = y + BOX + 44
        yield f'<path d="M{left:g} {under - 3:g}v3H{right:g}v-3" fill="none" stroke="{GREY}"/>'
        for words in (f"暂停:{name}", name):
            half = _width(words) * 11 / 12 / 2
            middle = min(max((left + right) / 2, MARGIN + half), width - MARGIN - half)
            if middle - half >= free:
                free = middle + half + 6
                yield _text(middle, under + 13, words, size=11, anchor="middle", fill=GREY)
                break


def _paused_by(place: Placed) -> str:
    """Name of the pause that a cell stands in; not on the first day and after the end, which no pause holds."""
    line = place.line.days[0] if isinstance(place.line, Fold) else place.line
    return "" if line.state in (State.START, State.STOPPED) else line.pause


def _day_title(sheet: Sheet, line: SheetDay, due: str) -> str:
    """What a pointer over the cell tells."""
    events = [words for _, words in happens(sheet, line, due)]
    named = f"({line.info.name},{line.info.notice})" if line.info.name else ""
    return ";".join([f"{when(line.day)}{named} {why(sheet, line)}", *events])


def _description(sheet: Sheet, due: str) -> str:
    """The picture in words."""
    asked = sheet.question
    said = [f"起算 {when(asked.start)}"]
    for pause in asked.pauses:
        until = when(pause.end) if pause.end is not None else "尚未结束"
        said.append(f"暂停({pause.name}) {when(pause.start)} 至 {until}")
    for n, at in sheet.warnings.items():
        said += [f"所剩不超过{n}个工作日 自 {when(at)}"] if at is not None else []
    said.append(f"{due} {when(sheet.due)}")
    said += [f"超期 自 {when(sheet.overrun)}"] if sheet.overrun is not None and not _in_time(sheet) else []
    said += [f"结束 {when(asked.stop)}"] if asked.stop is not None else []
    off = [f"{line.day:%m-%d}{line.info.name}" for line in sheet.days if line.info.kind == DayKind.OFF]
    worked = [f"{line.day:%m-%d}" for line in sheet.days if line.info.kind == DayKind.MAKEUP]
    said += [f"放假 {'、'.join(off)}"] if off else []
    said += [f"调休上班 {'、'.join(worked)}"] if worked else []
    return ";".join([*said, f"截至 {when(asked.as_of)}"]) + "。"


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: int,
    anchor: str = "start",
    fill: str = INK,
    bold: bool = False,
    halo: bool = False,
) -> str:
    """A line of text; a halo keeps it readable over hatching."""
    weight = ' font-weight="600"' if bold else ""
    around = ' stroke="#fff" stroke-width="3" paint-order="stroke"' if halo else ""
    placed = "" if anchor == "start" else f' text-anchor="{anchor}"'
    style = f'font-size="{size}" fill="{fill}"{placed}{weight}{around}'
    return f'<text x="{x:g}" y="{y:g}" {style}>{escape(text)}</text>'


def _width(text: str) -> float:
    """Rough width of a label of size 12."""
    return sum(12 if ord(character) > 0x2E7F else 7 for character in text)


def _date(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value
