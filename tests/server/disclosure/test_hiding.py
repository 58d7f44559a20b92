"""Small groups are not shown, and cannot be reckoned from what is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingcha.disclosure.hiding import LEAST, total_visible, visible

GROUPS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 30), max_size=12)


@given(GROUPS)
def test_no_small_group_is_shown(counts):
    assert all(counts[key] >= LEAST for key in visible(counts))


@given(GROUPS)
def test_what_is_hidden_cannot_be_reckoned_from_the_sum(counts):
    shown = visible(counts)
    hidden = [count for key, count in counts.items() if count and key not in shown]
    if hidden and total_visible(counts):
        rest = sum(counts.values()) - sum(counts[key] for key in shown)
        assert len(hidden) > 1 and rest >= LEAST


@given(GROUPS)
def test_nothing_is_hidden_without_need(counts):
    if all(count >= LEAST for count in counts.values() if count):
        assert visible(counts) == {key for key, count in counts.items() if count}


@pytest.mark.parametrize(
    ("counts", "shown", "total"),
    [
        ({}, set(), True),
        ({"a": 4}, set(), False),
        ({"a": 5}, {"a"}, True),
        ({"a": 4, "b": 9, "c": 20}, {"c"}, True),
        ({"a": 1, "b": 2, "c": 20, "d": 30}, {"d"}, True),
        ({"a": 2, "b": 3, "c": 20}, {"c"}, True),
        ({"a": 1, "b": 1}, set(), False),
    ],
)
def test_the_next_smallest_is_hidden_with_a_small_one(counts, shown, total):
    assert (visible(counts), total_visible(counts)) == (shown, total)
