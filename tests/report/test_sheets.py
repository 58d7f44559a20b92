"""Sheets of findings agree with their verdicts, or are not shown."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from mingcha.law.load import load_calendar
from mingcha.report.checking import Checked, check, open_folder
from mingcha.report.choices import Choices
from mingcha.report.sheet_svg import sheet_svg
from mingcha.report.sheets import Sheets

AS_OF = datetime(2026, 3, 6, 23, 59, 59)


def judged(city: Path) -> tuple[Checked, dict[str, dict[str, Any]]]:
    found = check(open_folder(city, Choices(as_of=AS_OF), load_calendar(), AS_OF))
    return found, {row["key"]: row for row in found.findings.to_pylist()}


def test_the_sheet_of_a_clock_has_the_due_day_of_its_finding(city: Path) -> None:
    found, rows = judged(city)
    sheets = Sheets(found.opened.book, found.opened.calendar)
    (titled,) = sheets.of(rows["SOON"])
    assert titled.sheet.due == date(2026, 3, 5) and titled.sheet.elapsed == 11


def test_the_sheet_of_a_chain_ends_where_the_red_card_begins(city: Path) -> None:
    found, rows = judged(city)
    (titled,) = Sheets(found.opened.book, found.opened.calendar).of(rows["LACKS"])
    assert titled.sheet.overrun == rows["LACKS"]["red_at"] and "3个工作日" in titled.title


def test_the_due_day_of_a_chain_is_one_to_mend_by_not_to_complete_by(city: Path) -> None:
    found, rows = judged(city)
    sheets = Sheets(found.opened.book, found.opened.calendar)
    (chain,), (clock,) = sheets.of(rows["LACKS"]), sheets.of(rows["SOON"])
    assert (chain.due, clock.due) == ("应改正", "应办结")
    drawn = sheet_svg(chain.sheet, caption=chain.caption, due=chain.due)
    assert "┃ 应改正 03-05" in drawn and "应改正 2026-03-05 周四" in drawn and "应办结" not in drawn
    assert "┃ 应办结 03-05" in sheet_svg(clock.sheet)


def test_a_sheet_that_would_disagree_with_its_verdict_is_not_shown(city: Path) -> None:
    found, rows = judged(city)
    evidence = json.loads(rows["SOON"]["evidence"])
    evidence["clock"]["due"] = "2026-03-06"
    told = {**rows["SOON"], "evidence": json.dumps(evidence)}
    assert Sheets(found.opened.book, found.opened.calendar).of(told) == []
