"""Substitute codes and sort numbers over all sorts of texts."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from mingcha.facts import checks
from mingcha.readers.mapping.coin import agency_code, item_code
from mingcha.readers.mapping.staging import sort_numbers


@given(st.text(min_size=1))
def test_every_name_gets_codes_that_pass_their_checks(name: str) -> None:
    assert checks.credit_code(agency_code(name)) == ""
    assert checks.item_code(item_code(name)) == ""


@given(st.text(min_size=1))
def test_a_code_of_a_code_is_the_code(name: str) -> None:
    assert agency_code(agency_code(name)) == agency_code(name)
    assert item_code(item_code(name)) == item_code(name)


@given(st.lists(st.text(min_size=1), unique=True))
def test_different_names_get_different_codes(names: list[str]) -> None:
    assert len({item_code(name) for name in names}) == len(names)


@given(st.lists(st.datetimes(min_value=pa.scalar(0, pa.timestamp("s")).as_py()), min_size=2))
def test_times_sort_as_time_however_they_are_spelled(moments: list[object]) -> None:
    spelled = [
        f"{m:%Y/%-m/%-d %-H:%M:%S}" if i % 2 else f"{m:%Y-%m-%dT%H:%M:%S}" for i, m in enumerate(moments)
    ]
    numbers = sort_numbers(pa.array(spelled)).to_pylist()
    whole = [m.replace(microsecond=0) for m in moments]  # type: ignore[attr-defined]
    assert sorted(range(len(whole)), key=numbers.__getitem__) == sorted(
        range(len(whole)), key=whole.__getitem__
    )


def test_whole_numbers_sort_as_numbers_and_the_rest_has_none() -> None:
    assert sort_numbers(pa.array(["9", "10", "20260301093000", "x", None])).to_pylist() == [
        9,
        10,
        20_260_301_093_000,
        None,
        None,
    ]
