"""A sheet in words and in lines: what page, terminal and picture have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final

from mingcha.law.calendar import DayKind
from mingcha.law.clock import Cause
from mingcha.law.sheet import Mark, Moment, Sheet, SheetDay, State
from mingcha.law.units import Unit

WEEKDAYS: Final = "一二三四五六日"
FOLD_FROM: Final = 45
"""Sheets with more days than this fold their quiet weeks."""


@dataclass(frozen=True)
class Fold:
    """Quiet weeks taken together: nothing happens in them but counting."""

    days: tuple[SheetDay, ...]

    @property
    def used(self) -> int:
        """How much was counted in them."""
        return sum(day.used for day in self.days)


def folded(sheet: Sheet) -> list[SheetDay | Fold]:
    """The days, with two or more quiet weeks in a row folded where the sheet is long."""
    if len(sheet.days) <= FOLD_FROM:
        return list(sheet.days)
    lines: list[SheetDay | Fold] = []
    weeks = [list(days) for _, days in groupby(sheet.days, key=lambda each: each.day.isocalendar()[:2])]
    for kind, run in groupby(weeks, key=_quiet):
        held = list(run)
        days = [day for week in held for day in week]
        lines += [Fold(tuple(days))] if kind and len(held) > 1 else days
    return lines


def _quiet(week: list[SheetDay]) -> str:
    """What fills a week in which nothing happens: counting, or one pause; empty for any other week."""
    plain = (
        {DayKind.WORKING, DayKind.WEEKEND, DayKind.OFF}
        if week[0].pause
        else {DayKind.WORKING, DayKind.WEEKEND}
    )
    states = {each.state for each in week}
    whole = (
        len(week) == 7 and not any(each.marks for each in week) and {each.info.kind for each in week} <= plain
    )
    if (
        not whole
        or len({each.pause for each in week}) > 1
        or states - {State.COUNTED, State.OFF, State.PAUSED}
    ):
        return ""
    return week[0].pause or "counted"


def when(value: Moment | None) -> str:
    """2026-10-14 周三, with the time where there is one: 2026-10-14 周三 09:30; 未知 where unknown."""
    if value is None:
        return "未知"
    text = f"{value:%Y-%m-%d} 周{WEEKDAYS[value.weekday()]}"
    if not isinstance(value, datetime) or (value.hour, value.minute, value.second) == (0, 0, 0):
        return text
    return f"{text} {value:%H:%M}" if value.second == 0 else f"{text} {value:%H:%M:%S}"


def amount(count: int | None, unit: Unit | None) -> str:
    """An elapsed or paused amount: 4个工作日, 3小时20分; months are told in natural days."""
    if count is None:
        return "未知"
    if unit is None or unit == Unit.WORKING_DAY:
        return f"{count}{Unit.WORKING_DAY.label}"
    if unit.in_days:
        return f"{count}{Unit.NATURAL_DAY.label}"
    hours, minutes = divmod(count, 60)
    return f"{hours}小时{minutes}分" if hours else f"{minutes}分钟"


def sentence(sheet: Sheet) -> str:
    """自…起,时限…,已用…,暂停…,应于…前办结."""
    asked = sheet.question
    limit = (
        f"时限{asked.limit}{asked.unit.label}" if asked.limit is not None and asked.unit is not None else ""
    )
    parts = [f"自{when(asked.start)}起", f"给定办结时间{when(asked.due)}" if asked.due is not None else limit]
    if sheet.cause not in (Cause.OK, Cause.OPEN_PAUSE_AT_STOP):
        return ",".join([part for part in parts if part] + [f"不可判定:{sheet.cause.label}"])
    parts.append(f"已用{amount(sheet.elapsed, asked.unit)}")
    if sheet.paused:
        parts.append(f"暂停{amount(sheet.paused, asked.unit)}")
    if sheet.due is None:
        parts.append("暂停未结束,应办结日待定")
    else:
        by_date = not isinstance(sheet.due, datetime)
        parts.append(f"应于{when(sheet.due)}{'(含当日)' if by_date else ''}前办结")
    if sheet.cause != Cause.OK:
        parts.append(f"不可判定:{sheet.cause.label}")
    return ",".join(parts) + ("(暂定:放假通知尚未发布)" if sheet.provisional else "")


def why(sheet: Sheet, line: SheetDay) -> str:
    """Why a day is counted, and as the how-manieth, or why not."""
    in_days = sheet.question.unit is None or sheet.question.unit.in_days
    words = {
        State.START: "起算日,不计入" if in_days else "起算",
        State.COUNTED: f"第{line.total}日" if in_days else f"计{amount(line.used, sheet.question.unit)}",
        State.OFF: "不计入" if in_days else "不在办公时间",
        State.PAUSED: f"暂停:{line.pause},不计入",
        State.STOPPED: "已结束",
        State.UNKNOWN: "日历没有这一天" if line.info.kind == DayKind.UNKNOWN else "不可判定",
    }
    return words[line.state]


def kind_of(line: SheetDay) -> str:
    """What the calendar says of a day: 调休上班(国庆节), 国庆节放假, 周末, 工作日."""
    name = line.info.name
    words = {
        DayKind.WORKING: "工作日",
        DayKind.MAKEUP: f"调休上班({name})",
        DayKind.OFF: f"{name}放假",
        DayKind.WEEKEND: "周末",
        DayKind.UNKNOWN: "无数据",
    }
    return words[line.info.kind] + ("(暂定)" if line.info.provisional else "")


def happenings(sheet: Sheet, day: date, marks: tuple[Mark, ...]) -> Iterator[tuple[Mark, str]]:
    """What happens on a day, in words."""
    thresholds = [str(n) for n, at in sheet.warnings.items() if at is not None and _same(at, day)]
    words = {
        Mark.WARN: f"预警(所剩≤{'、'.join(thresholds)}个工作日)",
        Mark.DUE: "应办结",
        Mark.OVERRUN: "超期",
        Mark.STOP: "结束",
        Mark.TODAY: "截至",
    }
    for mark in marks:
        yield mark, words[mark]


def _same(at: Moment, day: date) -> bool:
    return (at.date() if isinstance(at, datetime) else at) == day
