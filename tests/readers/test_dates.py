"""Dates in every spelling (test-plan D2)."""

from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.law.instants import MISSING
from mingcha.readers.instants import read_instants

EPOCH = datetime.fromisoformat("1970-01-01")
NINE = "2026-03-01 09:30:00"
DAY = "2026-03-01"


def spelled(text: str, *, epoch_1904: bool = False) -> str | None:
    """What a text is read as: a date alone, an instant to the second, or None."""
    found, _ = read_instants(pa.array([text]), epoch_1904=epoch_1904)
    if found[0] == MISSING:
        return None
    moment = EPOCH + timedelta(microseconds=int(found[0]))
    if moment.microsecond:
        assert moment - timedelta(microseconds=1) == datetime.combine(moment.date(), datetime.min.time())
        return moment.date().isoformat()
    return moment.isoformat(sep=" ")


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("2026-03-01", DAY),
        ("2026-3-1", DAY),
        ("2026/03/01", DAY),
        ("2026/3/1", DAY),
        ("2026.3.1", DAY),
        ("20260301", DAY),
        ("2026年3月1日", DAY),
        ("2026年03月01日", DAY),
        ("2026-03-01 09:30", NINE),
        ("2026-03-01 9:30", NINE),
        ("2026-03-01 09:30:00", NINE),
        ("2026-03-01T09:30:00", NINE),
        ("2026/3/1 9:30", NINE),
        ("2026年3月1日 9:30:00", NINE),
        ("20260301093000", NINE),
        ("20260301T093000", NINE),
        ("2026-03-01T09:30:00.999", NINE),
        ("2026-03-01T01:30:00Z", NINE),
        ("2026-03-01T01:30:00.123456Z", NINE),
        ("2026-03-01T09:30:00+08:00", NINE),
        ("2026-03-01T10:30:00+0900", NINE),
        ("2026-02-28 20:30:00-05:00", NINE),
        ("2026-02-28T17:00Z", "2026-03-01 01:00:00"),
        ("2026-03-01 24:00", "2026-03-01 23:59:59"),
        ("2026-03-01 24:00:00", "2026-03-01 23:59:59"),
        ("2028-02-29", "2028-02-29"),
        ("9999-12-31", "9999-12-31"),
        ("46082", DAY),
        ("46082.395833333336", NINE),
        ("46082.5", "2026-03-01 12:00:00"),
    ],
)
def test_accepted_spellings(text: str, means: str) -> None:
    assert spelled(text) == means


def test_serials_of_the_1904_system_are_four_years_later() -> None:
    assert spelled("44620", epoch_1904=True) == "2026-03-01"
    assert spelled("44620.5", epoch_1904=True) == "2026-03-01 12:00:00"


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "2026-02-29 10:00",
        "2026-13-01",
        "2026-00-10",
        "2026-03-00",
        "2026-04-31",
        "20260230",
        "2026-03-01 24:01",
        "2026-03-01 25:00",
        "2026-03-01 09:60",
        "2026-03-01 09:30:60",
        "1026-03-01",
        "2026-03-01T09:30:00+15:00",
    ],
)
def test_days_and_times_that_do_not_exist_are_known_as_such(text: str) -> None:
    found, known = read_instants(pa.array([text]))
    assert found[0] == MISSING
    assert known[0]


@pytest.mark.parametrize(
    "text",
    [
        "26-3-1",
        "3/1/2026",
        "01.03.2026",
        "2026-03",
        "2026",
        "2026-3/1",
        "2026-03-01 9",
        "2026-03-01 09:3",
        "2026-03-01  09:30",
        "2026-03-01T09:30:00 +08:00",
        "2026-03-01Z",
        "昨天",
        "1234",
        "123456",
        "46082.",
        "-46082",
        "1767225600",
        "2026年3月1",
        "2026-03-01 下午3:00",
    ],
)
def test_everything_else_is_rejected(text: str) -> None:
    found, known = read_instants(pa.array([text]))
    assert found[0] == MISSING
    assert not known[0]


FORMS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y%m%d%H%M%S",
    "%Y年%m月%d日 %H:%M:%S",
)


@given(
    st.lists(
        st.tuples(
            st.datetimes(datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("2199-12-31")),
            st.sampled_from(FORMS),
        )
    )
)
def test_a_column_of_mixed_spellings_is_read_row_by_row(cells: list[tuple[datetime, str]]) -> None:
    texts = pa.array([moment.strftime(form) for moment, form in cells], pa.string())
    found, _ = read_instants(texts)
    expected = [
        int((moment.replace(microsecond=0) - EPOCH).total_seconds()) * 1_000_000 for moment, _ in cells
    ]
    assert found.tolist() == expected


@given(st.integers(1900, 2100), st.integers(0, 13), st.integers(0, 32))
def test_a_day_is_read_exactly_if_it_exists(year: int, month: int, day: int) -> None:
    try:
        expected = date(year, month, day).isoformat()
    except ValueError:
        expected = None
    for text in (f"{year}-{month:02d}-{day:02d}", f"{year}{month:02d}{day:02d}", f"{year}年{month}月{day}日"):
        assert spelled(text) == expected


@given(st.lists(st.text(max_size=30)))
def test_no_text_whatever_breaks_the_reading(texts: list[str]) -> None:
    array = pa.array(texts, pa.string())
    found, _ = read_instants(array)
    assert len(found) == len(array)


def test_slices_and_nulls_keep_their_places() -> None:
    array = pa.array([None, "2026-03-01", "bad", None, "2026-3-2 10:00", "46082"]).slice(1)
    found, known = read_instants(array)
    assert (found != MISSING).tolist() == [True, False, False, True, True]
    assert known.tolist() == [True, False, False, True, False]
