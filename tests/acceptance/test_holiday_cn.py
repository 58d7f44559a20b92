"""The calendar files against holiday-cn, day by day."""

import json
from datetime import date
from pathlib import Path

import pytest

from mingcha.law.calendar_files import day_text, read_year
from mingcha.law.calendar_import import read_notice
from mingcha.law.instants import day_number
from mingcha.law.load import BUILT_IN, load_calendar

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "holiday-cn"
YEARS = range(2007, 2027)


def theirs(year: int) -> list[tuple[str, str, bool]]:
    held = json.loads((DATA / f"{year}.json").read_text(encoding="utf-8"))
    return sorted((day["date"], day["name"], day["isOffDay"]) for day in held["days"])


@pytest.mark.acceptance
@pytest.mark.parametrize("year", YEARS)
def test_a_year_file_lists_the_same_days(year: int) -> None:
    ours, faults = read_year(BUILT_IN / f"{year}.yaml")
    assert ours is not None and not faults
    assert sorted((day_text(entry.day), entry.name, entry.off) for entry in ours.entries) == theirs(year)


@pytest.mark.acceptance
def test_every_listed_day_is_off_or_worked_as_they_say() -> None:
    calendar = load_calendar()
    said = {day: off for year in YEARS for day, _, off in theirs(year)}
    wrong = [
        day for day, off in said.items() if calendar.is_working(0, day_number(date.fromisoformat(day))) == off
    ]
    assert wrong == []


@pytest.mark.acceptance
@pytest.mark.parametrize("year", YEARS)
def test_their_files_can_be_imported(year: int) -> None:
    draft = read_notice(DATA / f"{year}.json")
    assert (draft.year, len(draft.entries)) == (year, len(theirs(year)))
