"""A case told on the terminal: what happened, its clocks as lines of days, the verdicts, the silent rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from mingcha.cli.console import table
from mingcha.law.calendar import DayKind
from mingcha.law.sheet import Mark, Moment, Sheet, SheetDay, State
from mingcha.law.sheet_view import Fold, folded, sentence, when
from mingcha.report.checking import Opened
from mingcha.report.life import ClockTold, Event, Life, Verdict, alone
from mingcha.report.sheet_svg import happens, shown_marks
from mingcha.report.sheets import Titled
from mingcha.report.silence import Silence, Why
from mingcha.report.spoken import spoken_day, spoken_time
from mingcha.report.text import tags_of

_CELL = 5
_WIDEST = 160
_SIGNS = {Mark.WARN: "▲", Mark.DUE: "┃", Mark.OVERRUN: "■", Mark.STOP: "●", Mark.TODAY: "◆"}
_SIGN_STYLES = {
    Mark.WARN: "dark_orange3",
    Mark.DUE: "bold",
    Mark.OVERRUN: "bold red",
    Mark.STOP: "bold",
    Mark.TODAY: "cyan",
}
_LEGEND = (
    "起 起算日  1 2 3 第几日  ·· 周末  休 放假  班 调休上班(计日)  ‖ 暂停  ▲预警 ┃应办结 ■超期 ●结束 ◆截至"
)


def show_life(screen: Console, life: Life, opened: Opened) -> None:
    """Print the whole story."""
    screen.print(
        Text(f"办件 {life.case_no}", "bold"), Text(f"截至 {spoken_day(life.as_of)} {life.as_of:%H:%M:%S}")
    )
    for word, name, code in life.about:
        screen.print(
            Text(f"  {word} ", "bright_black").append(f"{name}({code})" if code else name, "default")
        )
    _section(screen, "经过", _events(life.events))
    _section(screen, "时限", _clocks(life.clocks, screen.width))
    _section(screen, "判定", *(_verdict(verdict, screen.width) for verdict in life.verdicts))
    if life.unheld:
        screen.print(f"  未判定:{life.unheld}", style="bold", markup=False, soft_wrap=True)
    elif not life.verdicts:
        screen.print("  没有发现问题")
    _section(screen, "其余规则", _silent(life.silent))
    packs = "、".join(use.pack.id for use in opened.packs)
    screen.print(Text(f"规则包 {packs} · 日历 {opened.calendar.version}", "bright_black"))


def _section(screen: Console, title: str, *parts: RenderableType) -> None:
    screen.print()
    screen.print(Text(title, "bold underline"))
    for part in parts:
        screen.print(_indented(part, 2))


def _indented(part: RenderableType, columns: int) -> RenderableType:
    return Padding(part, (0, 0, 0, columns), expand=False)


def _events(events: Sequence[Event]) -> RenderableType:
    made = table("日期", "时刻", "事件", "记录")
    for event in events:
        what = f"{event.what}(计划)" if event.planned else event.what
        shown = spoken_time(event.at)
        made.add_row(
            spoken_day(event.at),
            shown[11:],
            Text(what),
            Text(event.row),
            style="bright_black" if event.planned else "",
        )
    return made


# -- clocks as a line of days -------------------------------------------------------------------------------


def _clocks(clocks: Sequence[ClockTold], width: int) -> RenderableType:
    if not clocks:
        return Text("没有起算的时限")
    parts: list[RenderableType] = []
    for told in sorted(clocks, key=lambda each: not each.main):
        parts.append(Text(f"{told.rule.id} {told.titled.title}", "bold"))
        sheet = told.titled.sheet
        shown = line_of_days(sheet, width - 4) if told.main else Text(sentence(sheet) + "。")
        parts.append(_indented(shown, 2))
    parts.append(Text(_LEGEND, "bright_black"))
    return Group(*parts)


def line_of_days(sheet: Sheet, width: int, caption: str | None = None) -> RenderableType:
    """The sheet as rows of days: dates, what counts, what happens; beneath it the sentence."""
    cells = list(_cells(sheet))
    per_row = max(min(width, _WIDEST) // _CELL, 7)
    parts: list[RenderableType] = []
    for first in range(0, len(cells), per_row):
        for line in zip(*cells[first : first + per_row], strict=True):
            text = Text(no_wrap=True)
            for cell in line:
                text.append(cell)
            if text.plain.strip():
                parts.append(text)
    parts.append(Text(caption or f"{sentence(sheet)}。"))
    return Group(*parts)


def _cells(sheet: Sheet) -> Iterator[tuple[Text, Text, Text]]:
    """Date, count and marks of each day, each four columns wide; a fold takes as many as its words need."""
    month = None
    for line in folded(sheet):
        if isinstance(line, Fold):
            first, last = line.days[0].day, line.days[-1].day
            yield from _fold_cells(
                f"⋯{first:%m-%d}至{last:%m-%d}", f"⋯{line.days[0].pause or f'计{line.used}'}⋯"
            )
            month = None
            continue
        shown = f"{line.day.month}月" if line.day.month != month else f"{line.day.day:02d}"
        if line.day.month != month:
            yield _cell(Text(shown, "bold")), _cell(Text("")), _cell(Text(""))
        month = line.day.month
        weekday = "一二三四五六日"[line.day.weekday()]
        yield (
            _cell(Text(f"{line.day.day}{weekday}", "bright_black")),
            _cell(_count(sheet, line)),
            _cell(_marks(sheet, line)),
        )


def _fold_cells(dates: str, counted: str) -> Iterator[tuple[Text, Text, Text]]:
    wide = -(-Text(dates).cell_len // _CELL) + 1
    for part in range(wide):
        yield _slice(dates, part), _slice(counted, part), _cell(Text(""))


def _slice(words: str, part: int) -> Text:
    """The part-th cell of words that run over several."""
    from rich.cells import chop_cells

    pieces = chop_cells(words, _CELL)
    return _cell(Text(pieces[part], "bright_black") if part < len(pieces) else Text(""))


def _cell(text: Text) -> Text:
    text.pad_right(max(0, _CELL - text.cell_len))
    return text


def _count(sheet: Sheet, line: SheetDay) -> Text:
    if line.state == State.START:
        return Text("起", "bold")
    if line.state == State.COUNTED:
        in_days = sheet.question.unit is None or sheet.question.unit.in_days
        worked = "班" if line.info.kind == DayKind.MAKEUP else ""
        late = sheet.overrun is not None and line.day >= _date(sheet.overrun)
        return Text(f"{line.total if in_days else line.used}{worked}", "red" if late else "blue")
    if line.state == State.PAUSED:
        return Text("‖", "magenta")
    if line.state == State.UNKNOWN:
        return Text("?", "bold")
    if line.state == State.STOPPED:
        return Text("")
    return Text("休" if line.info.kind == DayKind.OFF else "··", "bright_black")


def _date(value: Moment) -> date:
    return value.date() if isinstance(value, datetime) else value


def _marks(sheet: Sheet, line: SheetDay) -> Text:
    said = Text()
    for mark in shown_marks(sheet, line):
        said.append(_SIGNS[mark], _SIGN_STYLES[mark])
    return said


# -- verdicts and silence -----------------------------------------------------------------------------------


def _verdict(verdict: Verdict, width: int) -> RenderableType:
    finding, rule, mark = verdict.finding, verdict.rule, verdict.mark
    head = Text(f"{mark.shape} {mark.label}", mark.style).append(
        f"  {rule.id} {rule.title}  {rule.cites}", "bold"
    )
    for tag in tags_of(dict(finding)):
        head.append(f" [{tag}]", "magenta")
    parts: list[RenderableType] = [head, Text(f"  {finding['reason']}")]
    times = [(label, finding[name]) for name, label in _MOMENTS.items() if finding[name] is not None]
    parts.append(Text("  " + "  ".join(f"{label} {when(alone(value))}" for label, value in times)))
    parts.append(Text("  " + "  ".join(f"{label}:{value}" for label, value in verdict.facts), "bright_black"))
    parts.append(
        Text(f"  条文:{rule.text}" + ("" if rule.text_verified else "(原文有残缺,待核)"), "bright_black")
    )
    for titled in verdict.sheets:
        if titled.title != rule.title:
            days = line_of_days(titled.sheet, width - 6, titled.caption)
            parts += [Text(f"  {titled.title}"), _indented(days, 4), _indented(_happenings(titled), 4)]
    return Group(*parts, Text(""))


def _happenings(titled: Titled) -> Text:
    """The signs of a chain in words: the legend speaks of the limits for handling the case."""
    sheet = titled.sheet
    said = [
        f"{_SIGNS[mark]}{words} {line.day:%m-%d}"
        for line in sheet.days
        for mark, words in happens(sheet, line, titled.due)
    ]
    return Text("  ".join(said), "bright_black")


_MOMENTS = {
    "since": "自",
    "warn_at": "预警",
    "yellow_at": "黄牌",
    "red_at": "红牌",
    "due_at": "应办结",
    "next_at": "下次核查",
    "ended_at": "结束",
}


def _silent(silent: Sequence[Silence]) -> RenderableType:
    made = table("规则", "名称", "结果", "缘由")
    for why in Why:
        for each in (each for each in silent if each.why is why):
            made.add_row(
                each.rule.id, Text(each.rule.title), why.value, Text(each.said), style=_SILENT_STYLES[why]
            )
    return made


_SILENT_STYLES = {
    Why.COMPLIANT: "",
    Why.UNSETTLED: "dark_orange3",
    Why.NOT_APPLICABLE: "bright_black",
    Why.NO_ROWS: "bright_black",
    Why.REPLACED: "bright_black",
    Why.NOT_JUDGED: "bright_black",
}
