"""Charts: no count is lost, none is drawn that is not there."""

import re
from datetime import datetime

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from mingcha.report.charts import COLOURS, MOST_COLUMNS, bar, course, time_chart
from mingcha.report.marks import MARKS, sprite

NAMES = [mark.name for mark in MARKS]
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)).map(lambda t: t.replace(microsecond=0))


def table(rows: list[tuple[datetime | None, str]]) -> pa.Table:
    return pa.table(
        {
            "since": pa.array([since for since, _ in rows], pa.timestamp("us")),
            "mark": pa.array([mark for _, mark in rows], pa.string()),
        }
    )


@settings(deadline=None)  # the first of them loads what Arrow counts with
@given(st.lists(st.tuples(st.none() | MOMENTS, st.sampled_from(NAMES)), max_size=200))
def test_every_finding_with_a_time_is_in_a_column_or_counted_as_earlier(
    rows: list[tuple[datetime | None, str]],
) -> None:
    drawn = course(table(rows))
    counted = sum(sum(column.marks.values()) for column in drawn.columns) + drawn.earlier
    assert counted == sum(since is not None for since, _ in rows)
    assert len(drawn.columns) <= MOST_COLUMNS


@given(st.dictionaries(st.sampled_from(NAMES), st.integers(1, 100_000), min_size=1), st.integers(0, 10))
def test_every_count_of_a_bar_is_visible_within_its_width(marks: dict[str, int], spare: int) -> None:
    drawn = bar(marks, sum(marks.values()) + spare)
    assert drawn.count("<rect") == len(marks)
    widths = [float(part.partition('"')[0]) for part in drawn.split('<rect x="')[1:]]
    assert max(widths) <= 260


def test_an_empty_course_draws_nothing() -> None:
    assert time_chart(course(table([]))) == ""


def test_weeks_become_months_where_there_are_many() -> None:
    near = [(datetime(2026, 1, day), "red") for day in range(1, 29)]
    far = near + [(datetime(2024, month, 3), "red") for month in range(1, 13)]
    assert (course(table(near)).unit, course(table(far)).unit) == ("周", "月")


def test_the_axis_begins_with_something_to_show() -> None:
    old = [(datetime(2015, 1, 5), "red")] * 10
    new = [(datetime(2026, month, 3), "red") for month in range(1, 11)]
    drawn = course(table(old + new))
    assert (drawn.columns[0].label, len(drawn.columns), drawn.earlier) == ("2026-01", 10, 10)


def test_a_mark_has_the_same_colour_in_its_badge_and_in_charts() -> None:
    shapes = dict(re.findall(r'<symbol id="m-(\w+)"(.*?)</symbol>', str(sprite())))
    assert shapes.keys() == set(NAMES)
    wrong = [name for name, shape in shapes.items() if COLOURS[name] not in shape and name != "yellow"]
    assert wrong == []  # a yellow card's badge is lighter than ink could be, with a dark edge
