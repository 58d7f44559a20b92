"""Clock sheets of findings: the evidence of a verdict asked again, day by day.

A sheet is shown only where it agrees with the verdict to the day; a wrong picture is worse than none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mingcha.engine.candidates import Candidates, Options
from mingcha.engine.clock_levels import clock_settings
from mingcha.engine.plan import compile_rule
from mingcha.law.calendar import Calendar
from mingcha.law.clock import ClockSettings
from mingcha.law.instants import instant
from mingcha.law.sheet import Moment, Pause, Question, Sheet, draw
from mingcha.law.sheet_view import when
from mingcha.law.units import Unit
from mingcha.report.sheet_svg import DUE
from mingcha.rules.levels import LABELS, Level
from mingcha.rules.model import JUDGED_FORMS, Rulebook

Finding = Mapping[str, Any]
"""One row of findings as Python values."""

MEND = "应改正"
"""What the due day of a chain is called: there is nothing to complete, something to mend."""


@dataclass(frozen=True)
class Titled:
    """A sheet and what it is the sheet of."""

    title: str
    sheet: Sheet
    caption: str | None = None
    """The sentence beneath it, where it is not that of a limit for handling a case."""
    due: str = DUE
    """What its due day is called."""


class Sheets:
    """Sheets of the findings of one judgement; each rule's settings are worked out once."""

    def __init__(self, book: Rulebook, calendar: Calendar) -> None:
        self._book, self._calendar = book, calendar
        fixed = {name: calendar.layer(name) for name in ("every_day", "weekdays")}
        self._options = Options(dialect="duckdb", fixed_layers=fixed)
        self._specs: dict[str, Candidates] = {}

    def of(self, finding: Finding) -> list[Titled]:
        """The sheet of the finding's clock, and of the chain that leads from one level to the next; none of what a
        person entered (a rule of the form `manual` judges nothing)."""
        rule = self._book.rule(finding["rule"])
        if rule.form not in JUDGED_FORMS:
            return []
        clock = self.clock(finding)
        found = [Titled(rule.title, clock)] if clock else []
        return found + self._chains(finding)

    def _spec(self, rule_id: str) -> Candidates:
        if rule_id not in self._specs:
            rule = self._book.rule(rule_id)
            pack = self._book.pack(rule.pack)
            self._specs[rule_id] = compile_rule(self._book, pack, rule, self._options)
        return self._specs[rule_id]

    def clock(self, finding: Finding) -> Sheet | None:
        """The sheet of the finding's own clock; None where it has none, or none that agrees."""
        told = json.loads(finding["evidence"] or "{}").get("clock")
        if not told or told["start"] is None or (told["limit"] is None and told["due"] is None):
            return None
        spec = self._spec(finding["rule"])
        assert spec.rule.clock is not None
        given = bool(spec.rule.clock.due or spec.rule.clock.extension_to) and told["due"] is not None
        pauses = tuple(Pause(_moment(p), _moment(r) if r else None, name) for p, r, name in told["pauses"])
        stop = _moment(told["stop"]) if told["stop"] else None
        sheet = draw(
            Question(
                calendar=self._calendar,
                start=_moment(told["start"]),
                limit=told["limit"],
                unit=Unit.parse(told["unit"]) if told["unit"] else None,
                as_of=finding["as_of"],
                stop=stop,
                pauses=pauses,
                layer=told["layer"],
                due=_moment(told["due"]) if given else None,
                ends_with_stop=stop is not None and any(pause.end is None for pause in pauses),
                settings=clock_settings(spec),
            )
        )
        return sheet if _same(sheet.due, _moment(told["due"]) if told["due"] else None) else None

    def _chains(self, finding: Finding) -> list[Titled]:
        """Sheets of “3 working days after the warning”, where that level has a moment."""
        found = []
        for level in self._spec(finding["rule"]).levels:
            at, begin = _of_level(finding, level.name), _of_level(finding, level.of)
            if level.kind != "after level" or at is None or begin is None:
                continue
            unit = Unit.parse(level.unit)
            title = f"{LABELS[level.of]}后{level.count}{unit.label}内未改正,{LABELS[level.name]}"
            layer = json.loads(finding["evidence"] or "{}").get("clock", {}).get("layer", 0)
            asked = Question(
                calendar=self._calendar,
                start=_alone(begin),
                limit=int(level.count),
                unit=unit,
                as_of=finding["as_of"],
                layer=layer,
                settings=ClockSettings(),
            )
            sheet = draw(asked)
            if _same(sheet.overrun, at):
                found.append(Titled(title, sheet, _mend_by(level, sheet), MEND))
        return found


def _mend_by(level: Level, sheet: Sheet) -> str:
    """The sentence of a chain."""
    begin = f"{LABELS[level.of]}自{when(sheet.question.start)}"
    late = f"逾期未改,自{when(sheet.overrun)}{LABELS[level.name]}"
    return f"{begin}发出,应于{when(sheet.due)}(含当日)前改正;{late}。"


def _of_level(finding: Finding, level: str) -> datetime | None:
    name = {"warning": "warn_at", "yellow": "yellow_at", "red": "red_at"}.get(level, "")
    found = finding.get(name)
    return found if isinstance(found, datetime) else None


def _moment(text: str) -> Moment:
    """A time of the evidence; a date alone is a date."""
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)


def _alone(value: datetime) -> Moment:
    """A date alone (microsecond 1) as a date."""
    return value.date() if value.microsecond == 1 else value


def _same(a: Moment | None, b: Moment | None) -> bool:
    """The same instant; both unknown counts."""
    if a is None or b is None:
        return a is b
    return instant(_alone(a) if isinstance(a, datetime) else a) == instant(
        _alone(b) if isinstance(b, datetime) else b
    )
